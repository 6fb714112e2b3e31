#!/bin/sh
# dist/deb.sh DIRECTORY BUILD_DEPENDS: makes the Debian package in DIRECTORY
# from a copy of the sources, and has lintian look at it.
set -e
top=$1 depends=$2
version=$(sed -n 's/.*POSTERN_VERSION "\(.*\)"/\1/p' base/version.h)
tree=$top/postern-$version
rm -rf "$top"
mkdir -p "$tree"
git ls-files -z | xargs -0 cp --parents -t "$tree"
cp -a dist/debian "$tree/debian"
sed -i "s/@BUILD_DEPENDS@/$depends/" "$tree/debian/control"
for kind in service sysusers tmpfiles default; do
	cp "dist/postern.$kind" "$tree/debian/postern.$kind"
done
for kind in service timer; do
	for name in check tidy; do
		cp "dist/postern-$name.$kind" \
		    "$tree/debian/postern.postern-$name.$kind"
	done
done
cp dist/postern-milter.service "$tree/debian/postern.postern-milter.service"
cat >"$tree/debian/changelog" <<END
postern ($version) unstable; urgency=medium

  * Release $version.

 -- The Postern authors <postern@postern.example>  $(git log -1 --format=%cD)
END
(cd "$tree" && dpkg-buildpackage -b -us -uc >../build.log 2>&1) || {
	tail -n 40 "$top/build.log" >&2
	exit 1
}
lintian --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs \
    "$top"/*.deb
# What the services need before they start.
dpkg-deb -c "$top"/postern_*.deb >"$top/files"
for file in usr/lib/sysusers.d/postern.conf usr/lib/tmpfiles.d/postern.conf \
    lib/systemd/system/postern-milter.service; do
	grep -q " \./$file\$" "$top/files" || {
		echo "The package lacks $file." >&2
		exit 1
	}
done
ls "$top"/*.deb
