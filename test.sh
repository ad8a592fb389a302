#!/usr/bin/env bash
# The same set-up as start.sh, then every test. `--only NAME` builds and runs what is called NAME...
# (crypto, service, e2e_keys): the developer's loop.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

only=
if [[ "${1:-}" == --only && -n "${2:-}" && $# -eq 2 ]]; then
  only=$2
elif (($#)); then
  echo "usage: test.sh [--only NAME]" >&2
  exit 2
fi

install_node_packages() {
  local wanted=package-lock.json present=node_modules/.package-lock.json
  if [[ ! "$present" -nt "$wanted" ]]; then npm ci --no-audit --no-fund --loglevel=error; fi
}

# The end-to-end tests run against the release, everything else with ASan and UBSan.
if [[ -z "$only" || "$only" == e2e* ]]; then ./start.sh --build-only --with-tests; fi

cmake --preset dev
targets=()
if [[ "$only" == fuzz ]]; then
  exec ctest --preset dev -R "^fuzz$"  # it builds what it needs itself
elif [[ -n "$only" && -d "tests/$only" && -n "$(compgen -G "tests/$only/*.cpp")" ]]; then
  targets=(--target "test_$only")
elif [[ -n "$only" ]]; then
  targets=(--target twinkeepd twinkeep)
fi
cmake --build --preset dev "${targets[@]}"

if [[ -z "$only" || "$only" == e2e* ]]; then (cd tests/e2e && install_node_packages); fi

if [[ -n "$only" ]]; then
  exec ctest --preset dev -R "^$only"
fi
exec ctest --preset dev
