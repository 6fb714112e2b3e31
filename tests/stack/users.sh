#!/bin/sh
# Runs a command where the users of dist/postern.sysusers exist, as after the
# installation of the package, though this machine keeps its own: in a mount
# namespace with copies of passwd and group.  Needs root.
#   tests/stack/users.sh COMMAND...
set -e
if [ -z "$USERS_MADE" ]; then
	exec unshare --mount --propagation private \
	    env USERS_MADE=yes "$0" "$@"
fi
here=$(cd "$(dirname "$0")/../.." && pwd)
copies=$(mktemp -d)
cp /etc/passwd /etc/group "$copies"
id=64100

add_user() { # NAME
	id=$((id + 1))
	getent passwd "$1" >/dev/null && return
	echo "$1:x:$id:$id::/nonexistent:/usr/sbin/nologin" >>"$copies/passwd"
	echo "$1:x:$id:" >>"$copies/group"
}

add_member() { # USER GROUP
	sed -i "/^$2:/{s/\$/,$1/;s/:,/:/}" "$copies/group"
}

while read -r kind name what _; do
	case $kind in
	u) add_user "$name" ;;
	m) add_member "$name" "$what" ;;
	esac
done <"$here/dist/postern.sysusers"
for file in passwd group; do
	mount --bind "$copies/$file" "/etc/$file"
done
rm -r "$copies"
exec "$@"
