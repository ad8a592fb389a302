#!/usr/bin/env bash
# Installs what is missing, builds the release and starts the service. `--build-only` stops after
# the build; `--premium` adds a Premium vault, with tokens of SoftHSM2 for its keys; every other
# argument goes to twinkeepd. `--with-tests` (test.sh) also installs what the tests need, and builds
# no more than they run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

build_packages=(
  g++ cmake ninja-build ccache
  libcaf-dev libboost1.81-dev libboost-system1.81-dev libboost-url1.81-dev libboost-json1.81-dev
  libsimdjson-dev libssl-dev librocksdb-dev libspdlog-dev libcli11-dev libtomlplusplus-dev
  prometheus-cpp-dev libp11-kit-dev
  openssl curl ca-certificates
)
# libnss-myhostname resolves *.vault.localhost, for the tests that use a vault's own name; clang with
# its run-time library is for tests/fuzz; softhsm2 and opensc are an HSM and a way to look into it.
test_packages=(libboost-test1.81-dev libnss-myhostname clang libclang-rt-14-dev softhsm2 opensc)

installed() {
  [[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

# Debian 12's Node.js 18 is enough: tests/e2e brings the one global that the SDKs miss in it.
node_is_enough() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    (($(node -p 'process.versions.node.split(".")[0]') >= 18))
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

install_missing() {
  local missing=() package
  for package in "$@"; do
    installed "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  echo "Installing: ${missing[*]}"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300)
  as_root "${apt[@]}" update
  as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}"
}

# Tokens for two zones of eastus2 and of its pair, in one security world, below twinkeep-data; made
# at the first start. What SoftHSM keeps is protected by nothing but the PIN beside it: a demo.
prepare_premium() {
  local home=twinkeep-data/premium
  local place region zone
  export SOFTHSM2_CONF=$PWD/$home/softhsm2.conf
  if [[ -e "$home/twinkeep.toml" ]]; then return 0; fi
  (umask 077 && mkdir -p "$home/tokens")
  (
    umask 077
    openssl rand -hex 16 >"$home/pin"
    openssl rand -hex 16 >"$home/officer-pin"
    printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' \
      "$PWD/$home/tokens" >"$SOFTHSM2_CONF"
    printf '[[regions]]\nname = "%s"\n' eastus2 centralus westus3
    printf '[[vaults]]\nname = "%s"\nregion = "%s"\n' demo eastus2 west westus3 premium eastus2
    printf 'sku = "premium"\n'
    for place in eastus2-1 eastus2-2 centralus-1 centralus-2; do
      region=${place%-*} zone=${place#*-}
      softhsm2-util --init-token --free --label "$place" --pin "$(<"$home/pin")" \
        --so-pin "$(<"$home/officer-pin")" >&2
      printf '[[hsm]]\nregion = "%s"\nzone = %s\ntoken = "%s"\n' "$region" "$zone" "$place"
      printf 'module = "/usr/lib/softhsm/libsofthsm2.so"\npin_file = "%s"\n' "$PWD/$home/pin"
    done
  ) >"$home/draft.toml"
  build/release/twinkeep hsm provision --config "$home/draft.toml" --so-pin-file "$home/officer-pin"
  mv "$home/draft.toml" "$home/twinkeep.toml"
}

build_only=false
with_tests=false
premium=false
own_data=true
arguments=()
for argument in "$@"; do
  case "$argument" in
    --build-only) build_only=true ;;
    --with-tests) with_tests=true ;;
    --premium) premium=true ;;
    --data | --data=*)
      own_data=false
      arguments+=("$argument")
      ;;
    *) arguments+=("$argument") ;;
  esac
done

packages=("${build_packages[@]}")
if $with_tests; then
  packages+=("${test_packages[@]}")
  node_is_enough || packages+=(nodejs npm)
fi
if $premium; then packages+=(softhsm2); fi
install_missing "${packages[@]}"

cmake --preset release
targets=()
if $with_tests; then targets=(--target twinkeepd twinkeep); fi  # without bench
cmake --build --preset release "${targets[@]}"
if $build_only; then exit 0; fi

if $premium; then
  prepare_premium
  arguments=(--config twinkeep-data/premium/twinkeep.toml "${arguments[@]}")
fi
if $own_data; then arguments=(--data ./twinkeep-data "${arguments[@]}"); fi
exec build/release/twinkeepd "${arguments[@]}"
