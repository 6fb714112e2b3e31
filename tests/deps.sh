#!/bin/sh
# Installs the named Debian packages that are not there yet; asks nothing.
missing=
for p in "$@"; do
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null |
	    grep -q 'install ok installed' || missing="$missing $p"
done
[ -z "$missing" ] && exit 0
root=
[ "$(id -u)" -eq 0 ] || root=sudo
echo "Installing:$missing"
$root apt-get update -qq || exit 1
# Services of test packages must not start on this machine.
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
