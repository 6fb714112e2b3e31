#!/bin/sh
# Installs the named Debian packages that are not there yet; asks nothing.
# Services that come with them are not started on this machine.
set -e
missing=
for p in "$@"; do
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null |
	    grep -q 'install ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
echo "Installing:$missing"
if [ "$(id -u)" -eq 0 ]; then
	root=
elif command -v sudo >/dev/null; then
	root=sudo
else
	echo "Run this once as root: apt-get install$missing" >&2
	exit 1
fi
# policy-rc.d is what invoke-rc.d asks before it starts a service; 101 says no.
# A policy that is there already is put back at the end, however it ends.
# shellcheck disable=SC2086,SC2016
exec $root env DEBIAN_FRONTEND=noninteractive sh -c '
	policy=/usr/sbin/policy-rc.d
	kept=
	if [ -e $policy ]; then
		kept=$(mktemp -u $policy.XXXXXX)
		mv $policy "$kept"
	fi
	restore() {
		rm -f $policy
		[ -z "$kept" ] || mv "$kept" $policy
	}
	trap restore EXIT
	trap "exit 1" HUP INT TERM
	printf "#!/bin/sh\nexit 101\n" >$policy
	chmod 755 $policy
	apt-get update -qq || exit 1
	apt-get install -y -qq --no-install-recommends "$@" >/dev/null
' deps $missing
