#!/usr/bin/env bash
# The main job on real input: a vulnerable release from the package index, then examples/shop.
# Everything is written below .demo/; the patches are shown to apply with `git apply`.
set -euo pipefail
cd "$(dirname "$0")/.."

release=${RELEASE:-yamale==3.0.7}
program=$PWD/.venv/bin/countermine
demo=$PWD/.demo
export COUNTERMINE_STATE=$demo/state
rm -rf "$demo/release" "$demo/shop"
mkdir -p "$demo"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }

# Runs the main job. The exit codes 1 (findings) and 3 (a bound was hit) are what may come of it.
run() {
    local target=$1 out=$2 code=0
    mkdir -p "$out"
    say "countermine run $target"
    local begun=$SECONDS
    "$program" run "$target" --patches "$out/patches" --html "$out/report.html" \
        --sarif "$out/report.sarif" || code=$?
    [ "$code" -le 1 ] || [ "$code" -eq 3 ] || exit "$code"
    spent=$((spent + SECONDS - begun))
    "$program" report --json >"$out/run.json" || code=$?
}

# Shows on a copy that the patches of a run, proven or not, are what `git apply` takes.
applies() {
    local out=$1 root copy patch count=0
    root=$(.venv/bin/python examples/check_demo.py --root "$out/run.json")
    [ -d "$root" ] && [ "$root" != / ] || { echo "no tree in $out/run.json" >&2; exit 1; }
    copy=$(mktemp -d)
    cp -r "$root/." "$copy"
    while IFS= read -r patch; do
        git -C "$copy" apply --check "$patch"
        count=$((count + 1))
    done < <(find "$out/patches" -name '*.patch' | sort)
    [ "$count" -gt 0 ] || { echo "no patch below $out/patches" >&2; exit 1; }
    printf 'git apply takes all patches of %s: %s\n' "${out#"$PWD"/}" "$count"
    rm -rf "$copy"
}

spent=0
run "pypi:$release" "$demo/release"
run examples/shop "$demo/shop"

say "The patches"
applies "$demo/release"
applies "$demo/shop"

.venv/bin/python examples/check_demo.py "$demo"
say "The main job took $spent s. Reports: .demo/release/report.html, .demo/shop/report.html"
echo "To look closer: COUNTERMINE_STATE=.demo/state .venv/bin/countermine explain CASE"
