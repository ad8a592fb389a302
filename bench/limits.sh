#!/usr/bin/env bash
# How far Twinkeep is from what this machine can do: nginx and openssl speed beside it, in one run.
# See bench/README.md.
set -euo pipefail
export LC_ALL=C  # of numbers
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

seconds=5
rounds=5
starts=7
many=0
binary=$here/../build/release
before=
json=
readonly secrets=1000
readonly few=100
readonly many_value_bytes=32
readonly warmup=1s
readonly patience_us=20000000

usage() {
  cat <<END
usage: bench/limits.sh [--seconds N] [--rounds N] [--starts N] [--many N] [--binary DIR]
                       [--before DIR] [--json FILE]
  --seconds  of each measurement ($seconds)
  --rounds   how often all are measured, in turn; medians are shown ($rounds)
  --starts   of the service, for the time until it is ready ($starts)
  --many     also compare a vault of so many secrets with one of $few: what a page costs there,
             and the memory of a secret; 100000 takes some minutes
  --binary   where twinkeepd and twinkeep-load are (build/release)
  --before   where another twinkeepd is, of an earlier state: its secret get beside this one's
  --json     write the figures there, too
END
}

die() {
  echo "limits.sh: $*" >&2
  exit 1
}

need_number() {
  if [[ ! "$2" =~ ^[1-9][0-9]{0,5}$ ]]; then die "$1: expected a number from 1, found \"$2\""; fi
}

while (($#)); do
  case "$1" in
    --help | -h) usage; exit ;;
    --seconds | --rounds | --starts | --many)
      need_number "$1" "${2:-}"
      printf -v "${1#--}" %s "$2"
      shift 2
      ;;
    --binary | --before | --json)
      [[ -n "${2:-}" ]] || die "$1: its value is missing"
      printf -v "${1#--}" %s "$2"
      shift 2
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
done

PATH=$PATH:/usr/sbin
check_tools() {
  local missing=()
  command -v nginx >/dev/null || missing+=("nginx (Debian: nginx-light)")
  command -v openssl >/dev/null || missing+=("openssl (Debian: openssl)")
  [[ -x $binary/twinkeepd ]] || missing+=("$binary/twinkeepd (./start.sh --build-only)")
  [[ -x $binary/twinkeep-load ]] || missing+=("$binary/twinkeep-load (./start.sh --build-only)")
  ((${#missing[@]} == 0)) || die "missing:$(printf '\n  %s' "${missing[@]}")"
}
check_tools
[[ -z $before || -x $before/twinkeepd ]] || die "--before: there is no $before/twinkeepd"

work=$(mktemp -d "${TMPDIR:-/tmp}/twinkeep-limits.XXXXXX")
service=  # process ids, while they run
former=
nginx=
task=

stop() {
  [[ -n "$1" ]] || return 0
  kill "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}
clean_up() {
  stop "$task"
  stop "$service"
  stop "$former"
  stop "$nginx"
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# `read` waits on this without a process of its own.
exec {nothing}<> <(:)
pause() { read -rt "$1" -u "$nothing" || true; }
now_us() { REPLY=${EPOCHREALTIME/./}; }

progress() { printf '\r\e[K%s' "$*" >&2; }
[[ -t 2 ]] || progress() { printf '%s\n' "$*" >&2; }

# A vault for every comparison: what is in one does not weigh on the other.
write_configuration() {
  cat >"$work/twinkeep.toml" <<END
[[regions]]
name = "eastus2"
[[regions]]
name = "centralus"
[[vaults]]
name = "limits"
region = "eastus2"
[[vaults]]
name = "few"
region = "eastus2"
[[vaults]]
name = "many"
region = "eastus2"
[keys]
symmetric = true
END
  cp "$work/twinkeep.toml" "$work/former.toml"
}
write_configuration

# With SoftHSM2, a vault whose keys are in its tokens, beside the module alone.
softhsm=/usr/lib/softhsm/libsofthsm2.so
readonly hsm_pin=hsm-limits
has_hsm=false
if command -v softhsm2-util >/dev/null && [[ -e $softhsm && -x $binary/hsm-speed ]]; then has_hsm=true; fi
prepare_tokens() {
  local place
  export SOFTHSM2_CONF=$work/softhsm2.conf
  mkdir "$work/tokens"
  printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' \
    "$work/tokens" >"$SOFTHSM2_CONF"
  (umask 077 && echo "$hsm_pin" >"$work/pin")
  printf '[[vaults]]\nname = "hsm"\nregion = "eastus2"\nsku = "premium"\n' >"$work/hsm.toml"
  for place in eastus2-1 eastus2-2 centralus-1 centralus-2; do
    softhsm2-util --init-token --free --label "$place" --pin "$hsm_pin" --so-pin "$hsm_pin" \
      >"$work/task.log" || die "softhsm2-util: $(<"$work/task.log")"
    printf '[[hsm]]\nregion = "%s"\nzone = %s\ntoken = "%s"\nmodule = "%s"\npin_file = "%s"\n' \
      "${place%-*}" "${place#*-}" "$place" "$softhsm" "$work/pin" >>"$work/hsm.toml"
  done
  cat "$work/hsm.toml" >>"$work/twinkeep.toml"
  "$binary/twinkeep" hsm provision --config "$work/twinkeep.toml" --so-pin-file "$work/pin" \
    >"$work/task.log" || die "twinkeep hsm provision: $(<"$work/task.log")"
}
if $has_hsm; then prepare_tokens; fi

# Sets `took_us`: from the start of the process to its ready file.
start_service() {
  local ready=$work/ready.json begun
  rm -f "$ready"
  now_us && begun=$REPLY
  "$binary/twinkeepd" --config "$work/twinkeep.toml" --data "$work/data" --listen 127.0.0.1:0 --admin 127.0.0.1:0 \
    --ready-file "$ready" >"$work/service.log" 2>&1 &
  service=$!
  while [[ ! -e $ready ]]; do
    pause 0.001
    now_us
    if ! kill -0 "$service" 2>/dev/null || ((REPLY - begun > patience_us)); then
      tail -n 20 "$work/service.log" >&2
      die "twinkeepd did not become ready"
    fi
  done
  now_us && took_us=$((REPLY - begun))
}
# The same service of an earlier state, with as much in it.
start_former() {
  local ready=$work/former.json
  "$before/twinkeepd" --config "$work/former.toml" --data "$work/former" --listen 127.0.0.1:0 \
    --admin 127.0.0.1:0 --ready-file "$ready" >"$work/former.log" 2>&1 &
  former=$!
  while [[ ! -e $ready ]]; do
    pause 0.01
    kill -0 "$former" 2>/dev/null || die "$before/twinkeepd: $(tail -n 20 "$work/former.log")"
  done
  load --ready-file "$ready" --mix get --secrets "$secrets" --prepare-only
  printf '%s\t%s\n' before "$before" >>"$work/facts"
}
stop_service() {
  stop "$service"
  service=
}

# In the background, so that a signal ends the wait and `clean_up` the task.
run() {
  "$@" >"$work/task.log" 2>&1 &
  task=$!
  local status=0
  wait "$task" || status=$?
  task=
  if ((status)); then
    cat "$work/task.log" >&2
    die "failed: $1"
  fi
}
load() { run "$binary/twinkeep-load" --json "$work/load.json" "$@"; }
of_service=(--ready-file "$work/ready.json")

# The first number or text called $1 in the last report: that of all operations together.
field() {
  local report pattern="\"$1\":\"?([^,\"}]+)"
  report=$(<"$work/load.json")
  [[ $report =~ $pattern ]] || die "twinkeep-load's report has no \"$1\""
  REPLY=${BASH_REMATCH[1]}
}

write_nginx_configuration() {
  local port=$1 cipher=$2 body certificate
  printf -v body '{"value":"%*s"}' $(($3 - 12)) ''
  printf -v certificate '{"value":"%*s"}' $(($4 - 12)) ''
  mkdir -p "$work/nginx"
  cat >"$work/nginx/nginx.conf" <<END
daemon off;
worker_processes 2;
pid nginx.pid;
error_log stderr;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:$port ssl reuseport;
    ssl_certificate $work/data/tls/server.pem;
    ssl_certificate_key $work/data/tls/server.key;
    ssl_protocols TLSv1.3;
    ssl_conf_command Ciphersuites $cipher;
    default_type application/json;
    location / { return 200 '${body// /x}'; }
    location /certificate { return 200 '${certificate// /x}'; }
  }
}
END
}

is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# nginx cannot choose a free port itself. Sets `nginx_port`.
start_nginx() {
  for _ in {1..10}; do
    nginx_port=$((20000 + RANDOM % 12000))
    if is_open "$nginx_port"; then continue; fi
    write_nginx_configuration "$nginx_port" "$@"
    nginx -p "$work/nginx/" -c nginx.conf -e stderr >"$work/nginx.log" 2>&1 &
    nginx=$!
    for _ in {1..100}; do
      if is_open "$nginx_port"; then return; fi
      pause 0.05
      kill -0 "$nginx" 2>/dev/null || break
    done
    stop "$nginx"
    nginx=
  done
  cat "$work/nginx.log" >&2
  die "nginx does not start"
}

record() { printf '%s\t%s\t%s\t%s\t%s\n' "$round" "$@" >>"$work/results"; }

# measure_load NAME PID ARGUMENT...
measure_load() {
  local name=$1 process=$2 rate server generator
  shift 2
  load --server-pid "$process" --warmup "$warmup" --duration "${seconds}s" "$@"
  field failed
  ((REPLY == 0)) || die "$name: $REPLY requests failed: $(<"$work/task.log")"
  field tls
  [[ $REPLY == "$tls" ]] || die "$name: speaks $REPLY instead of $tls"
  field requests_per_second && rate=$REPLY
  field server_cpu_us_per_request && server=$REPLY
  field generator_cpu_us_per_request && generator=$REPLY
  record "$name" "$rate" "$server" "$generator"
}

# The same for what openssl counts in bytes: thousands of them a second, by the clock and, of one
# process, by its CPU time.
measure_openssl_cipher() {
  local name=$1 cipher=$2 block=$3 rate in_cpu_time
  local speed=(openssl speed -seconds "$seconds" -evp "$cipher" -bytes "$block")
  run "${speed[@]}" -multi 2
  rate=$(awk '/k$/ { print $NF * 1000 }' "$work/task.log" | tail -n 1)
  run "${speed[@]}"
  in_cpu_time=$(awk '/k$/ { print $NF * 1000 }' "$work/task.log" | tail -n 1)
  [[ -n "$rate" && -n "$in_cpu_time" ]] || die "openssl speed $cipher: unexpected output"
  record "$name" "$(awk "BEGIN { print $rate / $block }")" \
    "$(awk "BEGIN { print 1e6 * $block / $in_cpu_time }")" 0
}

# Two processes at once for the rate: that is by the clock. One process for the CPU time: openssl
# then divides by that, unless it is told otherwise. Either signs so long and verifies so long.
measure_openssl() {
  local name=$1 algorithm=$2 line=$3 rate in_cpu_time
  run openssl speed -seconds "$seconds" -multi 2 "$algorithm"
  rate=$(awk "/^ *$line/ { print \$(NF - 1) }" "$work/task.log")
  run openssl speed -seconds "$seconds" "$algorithm"
  in_cpu_time=$(awk "/^ *$line/ { print \$(NF - 1) }" "$work/task.log")
  [[ -n "$rate" && -n "$in_cpu_time" ]] || die "openssl speed $algorithm: unexpected output"
  record "$name" "$rate" "$(awk "BEGIN { print 1e6 / $in_cpu_time }")" 0
}

# A module by itself, with as many threads as the service has for a token.
measure_module() {
  local rate cpu
  run "$binary/hsm-speed" --module "$softhsm" --token eastus2-1 --pin-file "$work/pin" \
    --algorithm "$2" --seconds "$seconds"
  read -r rate cpu <"$work/task.log"
  record "$1" "$rate" "$cpu" 0
}

measure() {
  case "$1" in
    module_rsa) measure_module module_rsa RS256 ;;
    hsm_rsa) measure_load hsm_rsa "$service" "${of_service[@]}" --vault hsm --hsm --mix sign:RS256:2048 ;;
    module_ec) measure_module module_ec ES256 ;;
    hsm_ec) measure_load hsm_ec "$service" "${of_service[@]}" --vault hsm --hsm --mix sign:ES256 ;;
    nginx) measure_load nginx "$nginx" --url "https://127.0.0.1:$nginx_port/" \
      --ca-file "$work/data/tls/ca.pem" ;;
    get) measure_load get "$service" "${of_service[@]}" --mix get ;;
    get_before) measure_load get_before "$former" --ready-file "$work/former.json" --mix get ;;
    nginx_certificate) measure_load nginx_certificate "$nginx" \
      --url "https://127.0.0.1:$nginx_port/certificate" --ca-file "$work/data/tls/ca.pem" ;;
    certificate_get) measure_load certificate_get "$service" "${of_service[@]}" \
      --mix certificate-get ;;
    openssl_kw) measure_openssl_cipher openssl_kw id-aes256-wrap 32 ;;
    wrap_kw) measure_load wrap_kw "$service" "${of_service[@]}" --mix wrap:A256KW ;;
    list_few) measure_load list_few "$service" "${of_service[@]}" --vault few --secrets "$few" \
      --mix list ;;
    list_many) measure_load list_many "$service" "${of_service[@]}" --vault many --secrets 1 \
      --mix list ;;
    openssl_rsa) measure_openssl openssl_rsa rsa2048 'rsa +2048 bits' ;;
    sign_rsa) measure_load sign_rsa "$service" "${of_service[@]}" --mix sign:RS256:2048 ;;
    openssl_ec) measure_openssl openssl_ec ecdsap256 '256 bits ecdsa' ;;
    sign_ec) measure_load sign_ec "$service" "${of_service[@]}" --mix sign:ES256 ;;
  esac
}

describe_machine() {
  local load
  load=$(cut -d' ' -f1 /proc/loadavg)
  printf '%s\t%s\n' "load_$1" "$load" >>"$work/facts"
}

printf '%s\t%s\n' seconds "$seconds" rounds "$rounds" secrets "$secrets" cores "$(nproc)" \
  date "$(date -u +%FT%TZ)" nginx "$(nginx -v 2>&1 | sed 's|.*/||')" \
  openssl "$(openssl version | cut -d' ' -f2)" >"$work/facts"
describe_machine before

progress "preparing $secrets secrets, three keys and a certificate"
start_service
load "${of_service[@]}" --mix get --secrets "$secrets" --prepare-only
load "${of_service[@]}" --mix sign:RS256:2048,sign:ES256,wrap:A256KW,certificate-get --prepare-only

for ((i = 1; i <= starts; ++i)); do
  progress "start $i of $starts"
  stop_service
  start_service
  printf '%s\n' "$took_us" >>"$work/starts"
done

# Resident memory of the service, in KiB.
resident() { awk '$1 == "VmRSS:" { print $2 }' "/proc/$service/status"; }

# Fills the vault. Memory is compared between fresh processes as well: the one that took the
# secrets in also holds what its stores keep of late writes.
fill_many() {
  local empty filled begun
  progress "preparing $many secrets"
  stop_service
  start_service
  load "${of_service[@]}" --vault few --mix get --secrets "$few" --value-size "$many_value_bytes" \
    --prepare-only
  load "${of_service[@]}" --vault few --mix list --secrets "$few" --duration 1s
  empty=$(resident)
  now_us && begun=$REPLY
  load "${of_service[@]}" --vault many --mix get --secrets "$many" \
    --value-size "$many_value_bytes" --prepare-only
  now_us
  filled=$(resident)
  printf '%s\t%s\n' many "$many" few "$few" many_value_bytes "$many_value_bytes" \
    many_seconds $(((REPLY - begun) / 1000000)) rss_empty "$empty" rss_filled "$filled" \
    >>"$work/facts"
  stop_service
  start_service
  load "${of_service[@]}" --vault few --mix list --secrets "$few" --duration 1s
  printf '%s\t%s\n' rss_restarted "$(resident)" many_ready_ms $((took_us / 1000)) >>"$work/facts"
}

load "${of_service[@]}" --mix get --requests 1 --warmup 0s
field tls && tls=$REPLY
field body_bytes && body_bytes=$REPLY
load "${of_service[@]}" --mix certificate-get --requests 1 --warmup 0s
field body_bytes && certificate_bytes=$REPLY
printf '%s\t%s\n' tls "$tls" body_bytes "$body_bytes" certificate_bytes "$certificate_bytes" \
  >>"$work/facts"
start_nginx "${tls##* }" "$body_bytes" "$certificate_bytes"

# Every second round goes backwards: what drifts on the machine hits either of two alike.
cases=(nginx get nginx_certificate certificate_get openssl_rsa sign_rsa openssl_ec sign_ec openssl_kw
  wrap_kw)
if ((many)); then
  fill_many
  cases+=(list_few list_many)
fi
if $has_hsm; then
  load "${of_service[@]}" --vault hsm --hsm --mix sign:RS256:2048,sign:ES256 --prepare-only
  cases+=(module_rsa hsm_rsa module_ec hsm_ec)
  printf '%s\t%s\n' hsm SoftHSM2 >>"$work/facts"
fi
if [[ -n $before ]]; then
  progress "preparing the earlier state"
  start_former
  cases=(get_before "${cases[@]}")
fi
for ((round = 1; round <= rounds; ++round)); do
  for ((i = 0; i < ${#cases[@]}; ++i)); do
    at=$((round % 2 ? i : ${#cases[@]} - 1 - i))
    progress "round $round of $rounds: ${cases[at]}"
    measure "${cases[at]}"
  done
done
describe_machine after
progress ""

report=(awk -f "$here/limits_report.awk")
"${report[@]}" -v form=table "$work/facts" "$work/starts" "$work/results"
if [[ -n "$json" ]]; then
  "${report[@]}" -v form=json "$work/facts" "$work/starts" "$work/results" >"$json"
fi
