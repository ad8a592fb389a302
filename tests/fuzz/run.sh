#!/usr/bin/env bash
# Builds the fuzz targets and runs each for a while, two at a time; fails on the first crash and says
# which input it was. The seed is fixed, so that the same tree fails or passes again; by hand,
# `--seed 0` takes another one each time. `--keep` then adds to the kept inputs what reaches code
# that none of them did: after hours by hand, so that the next minute begins where they ended.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds=60
seed=1
keep=false
usage="usage: tests/fuzz/run.sh [--seconds N] [--seed N] [--keep] [TARGET...]   (all, $seconds s each, by default)"
while [[ "${1:-}" == -* ]]; do
  if [[ "$1" == --keep ]]; then
    keep=true
    shift
    continue
  fi
  if [[ ! "${2:-}" =~ ^[0-9]+$ ]]; then
    echo "$usage" >&2
    exit 2
  fi
  case "$1" in
    --seconds) seconds=$2 ;;
    --seed) seed=$2 ;;
    *)
      echo "$usage" >&2
      exit 2
      ;;
  esac
  shift 2
done

all=()
for file in tests/fuzz/*.cpp; do all+=("$(basename "$file" .cpp)"); done
targets=("${@:-${all[@]}}")
for target in "${targets[@]}"; do
  if [[ ! -f "tests/fuzz/$target.cpp" ]]; then
    echo "run.sh: expected one of ${all[*]}, found \"$target\"" >&2
    exit 2
  fi
done
if ! command -v clang++ >/dev/null; then
  echo "run.sh: clang++ is missing (Debian: clang and libclang-rt-14-dev)" >&2
  exit 1
fi

build=build/fuzz
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target "${targets[@]/#/fuzz_}"

# RocksDB is not instrumented: containers that cross its boundary look overflown to ASan.
export ASAN_OPTIONS=detect_container_overflow=0
declare -A target_of=()

start() {
  local target=$1
  mkdir -p "$build/corpus/$target" "tests/fuzz/corpus/$target" "$build/found"
  # What is found anew goes to the first directory; the kept one is only read.
  "$build/fuzz_$target" -seed="$seed" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=1024 -print_final_stats=1 \
    -artifact_prefix="$build/found/$target-" "$build/corpus/$target" "tests/fuzz/corpus/$target" \
    >"$build/$target.log" 2>&1 &
  target_of[$!]=$target
}

stop_all() {
  for process in "${!target_of[@]}"; do kill "$process" 2>/dev/null || true; done
  wait || true
}
trap stop_all EXIT

# Shows how a target's log ends, and says what it does not do.
give_up() {
  tail -n 60 "$build/$1.log" >&2
  echo "run.sh: fuzz_$1 $2" >&2
  exit 1
}

# Waits for one of those that run.
finish_one() {
  local process status=0
  wait -n -p process "${!target_of[@]}" || status=$?
  local target=${target_of[$process]}
  unset "target_of[$process]"
  if ((status)); then
    give_up "$target" "fails; see \"Test unit written to\" above, and $build/found"
  fi
  local figures
  figures=$(awk '/^stat::number_of_executed_units/ { runs = $2 } /^stat::average_exec_per_sec/ { rate = $2 }
    END { printf "%9d runs, %6d a second", runs, rate }' "$build/$target.log")
  printf '%-12s %s, %5d inputs\n' "$target" "$figures" "$(find "$build/corpus/$target" -type f | wc -l)"
}

for target in "${targets[@]}"; do
  if ((${#target_of[@]} == 2)); then finish_one; fi
  start "$target"
done
while ((${#target_of[@]})); do finish_one; done

if $keep; then
  for target in "${targets[@]}"; do
    kept=tests/fuzz/corpus/$target
    # By edges alone: how often an edge is run through would keep ten times as many.
    "$build/fuzz_$target" -merge=1 -use_counters=0 "$kept" "$build/corpus/$target" &>"$build/$target.log" ||
      give_up "$target" "does not merge what it found"
    printf '%-12s %5d inputs kept\n' "$target" "$(find "$kept" -type f | wc -l)"
  done
fi
