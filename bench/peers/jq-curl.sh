#!/bin/sh
# The same destination out of jq, split and curl: jq-curl.sh URL < messages
export URL="$1/api/users/bulkUpdate"
jq -c 'select(.type == "RECORD").record.data |
  def date: "\(.[0:10]) \(.[11:19]) +00:00";
  {email: (.email | ascii_downcase), dataFields: {
    firstName: (.name / " ")[0], lastName: (.name / " ")[1:] | join(" "), phoneNumber: .phone,
    "Shirt Size": .["Shirt Size"], interests, score: (.score | tonumber), newsletter: (.newsletter == "yes"),
    firstConvertedAt: (.firstConvertedAt | date), lastConvertedAt: (.lastConvertedAt | date)}}' |
  split -l 1000 --filter='jq -cs "{users: .}" |
    curl -sSf -o /dev/null -H "content-type: application/json" --data-binary @- "$URL"'
