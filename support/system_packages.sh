#!/usr/bin/env bash
# Sees to it that system programs are there: bubblewrap (the sandbox), chromium (a test of the
# HTML report). Installs only when it is root already, says what it runs, and never asks for sudo.
set -euo pipefail

program_of() {
    case "$1" in
        bubblewrap) echo bwrap ;;
        chromium)
            for name in chromium chromium-browser google-chrome; do
                if command -v "$name" >/dev/null; then
                    echo "$name"
                    return
                fi
            done
            echo chromium
            ;;
        *) echo "$1" ;;
    esac
}

missing=()
for package in "$@"; do
    command -v "$(program_of "$package")" >/dev/null || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if command -v apt-get >/dev/null; then
    install="apt-get install --yes --no-install-recommends ${missing[*]}"
    refresh="apt-get update --quiet --quiet"
elif command -v dnf >/dev/null; then
    install="dnf install --assumeyes ${missing[*]}"
    refresh=true
elif command -v apk >/dev/null; then
    install="apk add ${missing[*]}"
    refresh=true
elif command -v pacman >/dev/null; then
    install="pacman --sync --noconfirm ${missing[*]}"
    refresh=true
else
    echo "missing: ${missing[*]}; install it with this system's package manager" >&2
    exit 5
fi

if [ "$(id -u)" -ne 0 ]; then
    echo "missing: ${missing[*]}; as root, run: $install" >&2
    exit 5
fi
echo "+ $install"
$refresh
DEBIAN_FRONTEND=noninteractive $install >/dev/null
