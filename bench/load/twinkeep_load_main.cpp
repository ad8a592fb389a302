#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <fstream>
#include <iostream>

#include "actors/admin/cli/duration.hpp"
#include "bench/load/cpu_time.hpp"
#include "bench/load/run.hpp"

namespace {

using namespace twinkeep::load;
namespace cli = twinkeep::cli;
using twinkeep::failure;
using twinkeep::result;

enum exit_code { succeeded = 0, nothing_succeeded = 1, wrong_usage = 2 };

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set by a signal handler");

struct arguments {
  std::string ready_file, url, ca_file, json_file;
  std::string mode = "closed", arrivals = "poisson", mix = "get";
  std::string duration, warmup = "1s", timeout = "10s";
  double rate = 0;
  std::uint64_t requests = 0;
  bool prepare_only = false;
  workload_shape shape;
  run_options options;
};

void declare(CLI::App& app, arguments& given) {
  app.add_option("--ready-file", given.ready_file, "The service to load, as twinkeepd wrote it");
  app.add_option("--url", given.url, "Instead: GET this https URL without a token")
      ->excludes("--ready-file");
  app.add_option("--ca-file", given.ca_file, "With --url: whom to trust");
  app.add_option("--vault", given.shape.vault, "Name of the vault; the first by default");
  app.add_option("--mix", given.mix,
                 "Items and weights: get=90,set=5,list=1,sign:RS256=4; all items: below")
      ->capture_default_str();
  app.add_option("--mode", given.mode, "closed: the next request follows an answer; open: --rate")
      ->check(CLI::IsMember({"closed", "open"}))
      ->capture_default_str();
  app.add_option("--rate", given.rate, "Open loop: requests a second")
      ->check(CLI::Range(0.001, 1e7));
  app.add_option("--arrivals", given.arrivals, "Open loop: how requests follow each other")
      ->check(CLI::IsMember({"poisson", "fixed"}))
      ->capture_default_str();
  app.add_option("--connections", given.options.connections, "Kept connections, in all")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--threads", given.options.threads, "Threads of the generator")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--duration", given.duration,
                 "Of the measurement; 10s unless --requests is given");
  app.add_option("--requests", given.requests, "End after so many measured requests")
      ->check(CLI::PositiveNumber);
  app.add_option("--warmup", given.warmup, "Load before the measurement")->capture_default_str();
  app.add_option("--timeout", given.timeout, "Give a request up after so long")
      ->capture_default_str();
  app.add_option("--secrets", given.shape.secrets, "Secrets that get and list find")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--set-names", given.shape.set_names, "Names that set writes to, in turn")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--keys", given.shape.keys, "Objects of each other kind that are used in turn")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_flag("--hsm", given.shape.hsm, "Keys are an HSM's; needs a Premium vault");
  app.add_option("--value-size", given.shape.value_bytes, "Bytes of a secret")
      ->check(CLI::Range(1, 25'600))
      ->capture_default_str();
  app.add_option("--server-pid", given.options.server_processes,
                 "Report the CPU that these processes and their children use")
      ->delimiter(',');
  app.add_option("--seed", given.options.seed, "Of all random choices")->capture_default_str();
  app.add_option("--json", given.json_file, "Write the report there, too");
  app.add_flag("--progress", given.options.progress, "A line a second to stderr");
  app.add_flag("--prepare-only", given.prepare_only, "Make secrets and keys, send no load");
}

// Checks what the parser cannot, and fills in the options of the run.
result<void, std::string> settle(arguments& given) {
  if (given.ready_file.empty() == given.url.empty()) {
    return failure{std::string("give either --ready-file or --url")};
  }
  if (!given.url.empty() && given.ca_file.empty()) {
    return failure{std::string("--url needs --ca-file")};
  }
  const bool open = given.mode == "open";
  if (open != (given.rate > 0)) return failure{std::string("--rate goes with --mode open")};
  run_options& options = given.options;
  if (options.connections < options.threads) {
    return failure{std::string("--connections must be at least --threads")};
  }
  if (open) options.rate = given.rate;
  options.kind = given.arrivals == "fixed" ? arrivals::fixed : arrivals::poisson;
  if (given.requests > 0) options.requests = given.requests;
  if (given.duration.empty() && !options.requests) given.duration = "10s";

  const auto take = [&](const char* name, const std::string& text,
                        auto& into) -> result<void, std::string> {
    const auto parsed = cli::parse_duration(text);
    if (!parsed.ok()) return failure{name + (": " + parsed.error())};
    into = *parsed;
    return {};
  };
  if (auto r = take("--warmup", given.warmup, options.warmup); !r.ok()) return r;
  if (auto r = take("--timeout", given.timeout, options.timeout); !r.ok()) return r;
  if (given.duration.empty()) return {};
  return take("--duration", given.duration, options.duration);
}

result<workload, std::string> prepare_workload(const arguments& given) {
  if (!given.url.empty()) return prepare_url(given.url, given.ca_file);
  const auto mix = parse_mix(given.mix);
  if (!mix.ok()) return failure{"--mix: " + mix.error()};
  const auto service = read_ready_file(given.ready_file);
  if (!service.ok()) return failure{service.error()};
  workload_shape shape = given.shape;
  shape.connections = given.options.connections;
  auto work = prepare(*service, *mix, shape);
  if (!work.ok()) return work;
  // Requests carry the token that they were written with.
  const auto length = given.options.warmup + given.options.duration.value_or(nanoseconds{0});
  if (length >= work->token_lasts) {
    return failure{"the token lasts " + std::to_string(work->token_lasts.count()) +
                   " s only, which is less than the run"};
  }
  return work;
}

bool write_json(const arguments& given, const workload& work, const run_report& report) {
  boost::json::object out = to_json(report);
  out["mode"] = given.mode;
  if (given.options.rate) {
    out["rate"] = *given.options.rate;
    out["arrivals"] = given.arrivals;
  }
  out["connections"] = given.options.connections;
  out["threads"] = given.options.threads;
  out["tls"] = work.tls;
  if (work.body_bytes > 0) out["body_bytes"] = work.body_bytes;
  std::ofstream file(given.json_file);
  file << boost::json::serialize(out) << '\n';
  return static_cast<bool>(file.flush());
}

int complain(int code, const std::string& message) {
  std::cerr << "twinkeep-load: " << message << '\n';
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  arguments given;
  CLI::App app{"Loads a Twinkeep over kept TLS connections and measures what comes back."};
  declare(app, given);
  app.footer(describe_items());
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? succeeded : wrong_usage;
  }
  if (const auto settled = settle(given); !settled.ok()) {
    return complain(wrong_usage, settled.error());
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGINT, [](int) { interrupted = true; });

  const auto work = prepare_workload(given);
  if (!work.ok()) return complain(nothing_succeeded, work.error());
  if (given.prepare_only) return succeeded;
  given.options.server_processes = with_children(given.options.server_processes);

  const run_report report = run(*work, given.options, interrupted);
  std::cout << show_report(report);
  if (!given.json_file.empty() && !write_json(given, *work, report)) {
    return complain(nothing_succeeded, "cannot write " + given.json_file);
  }
  if (report.total.succeeded() == 0) return complain(nothing_succeeded, "nothing succeeded");
  return succeeded;
}
