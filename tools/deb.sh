#!/usr/bin/env bash
# Builds the Debian package into build/deb/, from the files that git knows, without a network.
#   tools/deb.sh             with the unit tests
#   DEB_BUILD_OPTIONS=nocheck tools/deb.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/setup.sh

install_packages "${build_packages[@]}" "${deb_packages[@]}"
case " ${DEB_BUILD_OPTIONS:-} " in
    *nocheck*) profiles=nocheck ;;
    *) profiles= && install_packages catch2 ;;
esac

rm -rf build/deb
mkdir -p build/deb/wend
git ls-files -z -co --exclude-standard | xargs -0 cp -a --parents -t build/deb/wend
cd build/deb/wend
DEB_BUILD_PROFILES=$profiles dpkg-buildpackage -b -us -uc >../build.log 2>&1 ||
    { tail -n 40 ../build.log >&2; fail "the package could not be built; all is in build/deb/build.log"; }
cd ..
say "lintian"
lintian --fail-on error,warning --info --tag-display-limit 0 wend_*.changes
say "built: $(printf "build/deb/%s " wend_*.deb)"
