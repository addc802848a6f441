#!/bin/sh
# Installs sophon and sophon-node for the user who runs this:
#
#   deploy/install.sh --from FOLDER-OR-URL [--version 0.1.0] [--to ~/.local]
#
# FOLDER-OR-URL holds an archive that deploy/package made, and its SHA256SUMS. An archive whose checksum is not the listed
# one is not installed. Over the network only https is taken: the checksums come from the same place, and are worth as
# much as the connection.
set -eu

fail() {
  echo "install: $*" >&2
  exit 1
}

from='' version='' to="$HOME/.local"
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "usage: install.sh --from FOLDER-OR-URL [--version VERSION] [--to FOLDER]"
  case $1 in
    --from) from=${2%/} ;;
    --version) version=$2 ;;
    --to) to=${2%/} ;;
    *) fail "there is no option $1" ;;
  esac
  shift 2
done
[ -n "$from" ] || fail "name the place of the release with --from FOLDER-OR-URL"

[ "$(uname -s)" = Linux ] || fail "archives are for Linux. Elsewhere build it: make install"
case $(uname -m) in
  x86_64 | amd64) target=x86_64-unknown-linux-gnu ;;
  aarch64 | arm64) target=aarch64-unknown-linux-gnu ;;
  *) fail "there is no archive for $(uname -m). Build it: make install" ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fetch NAME: puts a file of the release into the work folder.
fetch() {
  case $from in
    https://*) curl --proto '=https' --tlsv1.2 -fsSL --retry 3 --max-time 300 -o "$work/$1" "$from/$1" ;;
    *://*) fail "only https:// addresses and folders are taken, not $from" ;;
    *) cp "$from/$1" "$work/$1" ;;
  esac || fail "$from/$1 cannot be had"
}

fetch SHA256SUMS
# The only archive for this machine, or the one of the version.
listed=$(grep -E "^[0-9a-f]{64}  sophon-[0-9][0-9A-Za-z.+-]*-$target\.tar\.gz\$" "$work/SHA256SUMS" || true)
[ -z "$version" ] || listed=$(printf '%s\n' "$listed" | grep -F "  sophon-$version-$target.tar.gz" || true)
[ -n "$listed" ] || fail "SHA256SUMS lists no archive for $target${version:+ of version $version}"
[ "$(printf '%s\n' "$listed" | wc -l)" -eq 1 ] || fail "there are several versions. Choose one with --version"
archive=${listed##* }

fetch "$archive"
(cd "$work" && printf '%s\n' "$listed" | sha256sum -c --status -) ||
  fail "$archive is not the file that SHA256SUMS lists. It may be damaged or forged; nothing was installed"

tar -xzf "$work/$archive" -C "$work" --no-same-owner
unpacked=$work/${archive%.tar.gz}
mkdir -p "$to/bin" "$to/share"
# A program that runs cannot be overwritten, but replaced.
for program in sophon sophon-node; do
  install -m 0755 "$unpacked/bin/$program" "$to/bin/.$program.new"
  mv -f "$to/bin/.$program.new" "$to/bin/$program"
done
cp -r "$unpacked/share/." "$to/share/"

echo "Installed $("$to/bin/sophon" --version) in $to/bin"
case ":$PATH:" in
  *":$to/bin:"*) ;;
  *) echo "Add $to/bin to your PATH." ;;
esac
echo 'Start it:  sophon serve'
