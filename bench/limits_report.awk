# limits.sh's figures as a table or as JSON: -v form=table|json FACTS STARTS RESULTS
#   FACTS    name, value
#   STARTS   microseconds until the service was ready
#   RESULTS  round, case, requests a second, server CPU us, client CPU us
BEGIN {
  FS = "\t"
  cases = split("nginx get nginx_certificate certificate_get openssl_rsa sign_rsa openssl_ec " \
                "sign_ec openssl_kw wrap_kw", order, " ")
  title["nginx"] = "nginx return 200"
  title["nginx_certificate"] = "nginx return 200, as long"
  title["certificate_get"] = "Twinkeep certificate get"
  title["openssl_kw"] = "openssl speed id-aes256-wrap"
  title["wrap_kw"] = "Twinkeep wrap A256KW"
  title["get"] = "Twinkeep secret get"
  title["openssl_rsa"] = "openssl speed rsa2048"
  title["sign_rsa"] = "Twinkeep sign RS256, 2048 bits"
  title["openssl_ec"] = "openssl speed ecdsap256"
  title["sign_ec"] = "Twinkeep sign ES256"
  limit["get"] = "nginx"
  limit["certificate_get"] = "nginx_certificate"
  limit["wrap_kw"] = "openssl_kw"
  limit["sign_rsa"] = "openssl_rsa"
  limit["sign_ec"] = "openssl_ec"
  least_rate["get"] = 0.7
  most_cpu["get"] = 2
  least_rate["sign_rsa"] = 0.85
  most_ready_ms = 300
  # With --many: a page costs as much in a large vault, and a secret little more than its value.
  most_cpu["list_many"] = 1.5
  most_secret_bytes = 1536
  copies = 2
}

FNR == 1 { ++file }
file == 1 { fact[$1] = $2 }
file == 2 { start_ms[++starts] = $1 / 1000 }
file == 3 {
  rate[$2, $1] = $3
  cpu[$2, $1] = $4
  client[$2, $1] = $5
}

# The cases of --many, which only its facts tell.
function add_many() {
  title["list_few"] = "page of 25, of " fact["few"]
  title["list_many"] = "page of 25, of " fact["many"]
  limit["list_many"] = "list_few"
  order[++cases] = "list_few"
  order[++cases] = "list_many"
}

# Where there is an HSM.
function add_hsm(    i, added) {
  title["module_rsa"] = fact["hsm"] " alone, RS256, 2048 bits"
  title["hsm_rsa"] = "Twinkeep sign RS256, RSA-HSM"
  title["module_ec"] = fact["hsm"] " alone, ES256"
  title["hsm_ec"] = "Twinkeep sign ES256, EC-HSM"
  limit["hsm_rsa"] = "module_rsa"
  limit["hsm_ec"] = "module_ec"
  for (i = split("hsm_ec module_ec hsm_rsa module_rsa", added, " "); i > 0; --i) {
    order[++cases] = added[i]
  }
}

# The same of an earlier state, with --before.
function add_before() {
  title["get_before"] = "secret get of " fact["before"]
  limit["get_before"] = "get"
  order[++cases] = "get_before"
}

# Bytes of memory that a secret takes beside its value.
function secret_bytes(kib) {
  return (kib - fact["rss_empty"]) * 1024 / fact["many"] - fact["many_value_bytes"]
}

# Of list[1] to list[n], which it sorts.
function median(list, n,    i, j, value) {
  for (i = 2; i <= n; ++i) {
    value = list[i]
    for (j = i - 1; j >= 1 && list[j] > value; --j) list[j + 1] = list[j]
    list[j + 1] = value
  }
  return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}

function median_of(figures, name,    i, list) {
  for (i = 1; i <= fact["rounds"]; ++i) list[i] = figures[name, i]
  return median(list, fact["rounds"])
}

# Neighbours in time are compared with each other: the median of the rounds' ratios.
function median_ratio(figures, name, base,    i, list) {
  for (i = 1; i <= fact["rounds"]; ++i) list[i] = figures[name, i] / figures[base, i]
  return median(list, fact["rounds"])
}

function verdict(met) { return met ? "met" : "MISSED" }

function print_row(name) {
  printf "%-32s %10.0f %12.1f %12s\n", title[name], median_of(rate, name), median_of(cpu, name),
         (client[name, 1] > 0 ? sprintf("%.1f", median_of(client, name)) : "-")
}

function print_ratio(name,    of_rate, of_cpu, goals) {
  of_rate = median_ratio(rate, name, limit[name])
  of_cpu = median_ratio(cpu, name, limit[name])
  if (name in least_rate) {
    goals = sprintf("   at least %.2f: %s", least_rate[name], verdict(of_rate >= least_rate[name]))
  }
  if (name in most_cpu) {
    goals = goals sprintf("   CPU at most %.2f: %s", most_cpu[name],
                          verdict(of_cpu <= most_cpu[name]))
  }
  printf "%-32s %10.2f %12.2f %12s%s\n\n", "  ratio", of_rate, of_cpu, "", goals
}

function print_table(    i) {
  printf "%s; %d cores, load average %s before and %s after\n", fact["date"], fact["cores"],
         fact["load_before"], fact["load_after"]
  printf "%s; bodies of %d bytes; nginx %s, openssl %s\n", fact["tls"], fact["body_bytes"],
         fact["nginx"], fact["openssl"]
  printf "medians of %d round(s) of %d s\n\n", fact["rounds"], fact["seconds"]
  printf "%-32s %10s %12s %12s\n", "", "req/s", "server us", "client us"
  for (i = 1; i <= cases; ++i) {
    print_row(order[i])
    if (order[i] in limit) print_ratio(order[i])
  }
  printf "ready with %d secrets: %.0f ms (%.0f to %.0f in %d starts)   below %d: %s\n",
         fact["secrets"], ready_ms, start_ms[1], start_ms[starts], starts, most_ready_ms,
         verdict(ready_ms < most_ready_ms)
  if ("many" in fact) print_memory()
}

function print_memory(    loaded, restarted) {
  loaded = secret_bytes(fact["rss_filled"])
  restarted = secret_bytes(fact["rss_restarted"])
  printf "%d secrets of %d bytes, made in %d s: %d MiB resident before, %d after, %d started again" \
         " (ready in %d ms)\n", fact["many"], fact["many_value_bytes"], fact["many_seconds"],
         fact["rss_empty"] / 1024, fact["rss_filled"] / 1024, fact["rss_restarted"] / 1024,
         fact["many_ready_ms"]
  # The vault's region and its pair each keep the vault, here in one process.
  printf "bytes a secret beside its value, in each of the %d regions that keep it: %d after, %d" \
         " started again   at most %d: %s\n", copies, loaded / copies, restarted / copies,
         most_secret_bytes, verdict(loaded / copies <= most_secret_bytes)
}

function list_of(figures, name, format,    i, text) {
  for (i = 1; i <= fact["rounds"]; ++i) {
    text = text (i > 1 ? ", " : "") sprintf(format, figures[name, i])
  }
  return "[" text "]"
}

function print_json(    i, name, first) {
  printf "{\n  \"date\": \"%s\", \"seconds\": %d, \"rounds\": %d, \"cores\": %d,\n", fact["date"],
         fact["seconds"], fact["rounds"], fact["cores"]
  printf "  \"load_average\": {\"before\": %s, \"after\": %s},\n", fact["load_before"],
         fact["load_after"]
  printf "  \"tls\": \"%s\", \"body_bytes\": %d, \"nginx\": \"%s\", \"openssl\": \"%s\",\n",
         fact["tls"], fact["body_bytes"], fact["nginx"], fact["openssl"]
  print "  \"results\": {"
  for (i = 1; i <= cases; ++i) {
    name = order[i]
    printf "    \"%s\": {\"requests_per_second\": %.1f, \"server_cpu_us\": %.2f,\n", name,
           median_of(rate, name), median_of(cpu, name)
    printf "      \"each\": {\"requests_per_second\": %s, \"server_cpu_us\": %s, ",
           list_of(rate, name, "%.1f"), list_of(cpu, name, "%.2f")
    printf "\"client_cpu_us\": %s}}%s\n", list_of(client, name, "%.2f"), (i < cases ? "," : "")
  }
  print "  },\n  \"ratios\": {"
  for (i = 1; i <= cases; ++i) {
    name = order[i]
    if (!(name in limit)) continue
    printf "%s    \"%s\": {\"to\": \"%s\", \"requests_per_second\": %.3f, \"server_cpu\": %.3f}",
           first, name, limit[name], median_ratio(rate, name, limit[name]),
           median_ratio(cpu, name, limit[name])
    first = ",\n"
  }
  printf "\n  },\n  \"ready\": {\"secrets\": %d, \"milliseconds\": %.1f, \"each\": [",
         fact["secrets"], ready_ms
  for (i = 1; i <= starts; ++i) printf "%s%.1f", (i > 1 ? ", " : ""), start_ms[i]
  printf "]}"
  if ("many" in fact) {
    printf ",\n  \"many\": {\"secrets\": %d, \"resident_kib\": {\"before\": %d, \"after\": %d, ",
           fact["many"], fact["rss_empty"], fact["rss_filled"]
    printf "\"started_again\": %d}, \"bytes_a_secret\": {\"after\": %d, \"started_again\": %d}}",
           fact["rss_restarted"], secret_bytes(fact["rss_filled"]),
           secret_bytes(fact["rss_restarted"])
  }
  print "\n}"
}

END {
  if ("many" in fact) add_many()
  if ("hsm" in fact) add_hsm()
  if ("before" in fact) add_before()
  ready_ms = median(start_ms, starts)
  if (form == "json") print_json()
  else print_table()
}
