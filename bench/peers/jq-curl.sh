#!/bin/sh
# The same destination out of jq, split and curl: jq-curl.sh URL < messages
export URL="$1/api/users/bulkUpdate"
jq -c 'select(.type == "RECORD").record.data | {email, dataFields: del(.email)}' |
  split -l 1000 --filter='jq -cs "{users: .}" |
    curl -sSf -o /dev/null -H "content-type: application/json" --data-binary @- "$URL"'
