#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <cstdio>
#include <iostream>

#include "actors/admin/cli/admin_client.hpp"
#include "actors/admin/cli/drill_view.hpp"
#include "actors/admin/cli/duration.hpp"
#include "actors/admin/cli/event_view.hpp"
#include "actors/admin/cli/hsm_command.hpp"
#include "actors/admin/cli/json_fields.hpp"
#include "actors/admin/cli/status_view.hpp"
#include "actors/admin/cli/text_table.hpp"

namespace {

using namespace twinkeep::cli;

enum exit_code { done = 0, refused = 1, wrong_usage = 2 };

constexpr std::chrono::seconds watch_every{1};
constexpr std::chrono::milliseconds follow_every{500};

void pause(std::chrono::milliseconds length) {
  boost::asio::io_context loop;
  boost::asio::steady_timer timer(loop, length);
  timer.wait();
}

int complain(const std::string& message) {
  std::cerr << "twinkeep: " << message << '\n';
  return refused;
}

// Sends and prints; `show` turns the answer into text.
template <class Show>
int run(const admin_client& client, verb v, const std::string& path, const std::string& body,
        bool as_json, Show show) {
  const auto answer = client.send(v, path, body);
  if (!answer.ok()) return complain(answer.error());
  std::cout << (as_json ? answer->text + '\n' : show(answer->content)) << std::flush;
  return done;
}

// Until interrupted. A service that is away for a while is part of what is watched.
[[noreturn]] void watch_status(const admin_client& client, bool as_json) {
  const bool terminal = isatty(STDOUT_FILENO) != 0;
  for (;;) {
    const auto answer = client.send(verb::get, "/v1/status");
    // Home and erase after the answer is there: no flicker. A file or a pipe gets plain text.
    if (terminal && !as_json) std::cout << "\x1b[H\x1b[J";
    if (!answer.ok()) {
      std::cout << (as_json ? "" : "twinkeep: " + answer.error() + '\n') << std::flush;
      if (as_json) complain(answer.error());
    } else {
      std::cout << (as_json ? answer->text : show_status(answer->content)) << std::endl;
    }
    pause(watch_every);
  }
}

int events(const admin_client& client, bool as_json, bool follow) {
  const auto page_of = as_json ? list_events : show_events;
  if (!as_json) std::cout << event_titles();
  std::uint64_t last = 0;
  bool away = false;
  for (;;) {
    const auto answer = client.send(verb::get, "/v1/events");
    if (answer.ok()) {
      const event_page page = page_of(answer->content, last);
      std::cout << page.text << std::flush;
      last = page.last;
    } else if (!follow) {
      return complain(answer.error());
    } else if (!away) {
      complain(answer.error());
    }
    away = !answer.ok();
    if (!follow) return done;
    pause(follow_every);
  }
}

struct arguments {
  std::string admin = "http://127.0.0.1:9443";
  std::string ready_file, drill_id, length;
  bool json = false, watch = false, follow = false;
  drill_request drill;
};

int start_drill(const admin_client& client, arguments& given) {
  if (!given.length.empty()) {
    const auto length = parse_duration(given.length);
    if (!length.ok()) {
      complain("--for: " + length.error());
      return wrong_usage;
    }
    given.drill.length = *length;
  }
  const boost::json::object request = to_json(given.drill);
  return run(client, verb::post, "/v1/drills", boost::json::serialize(request), given.json,
             [&](const boost::json::value& answer) {
               const std::string id = field(answer, "id");
               return "drill " + id + ": " + given.drill.fault + ' ' + drill_target(request) +
                      (given.drill.length ? ", for " + show_duration(*given.drill.length) : "") +
                      "\nend it with: twinkeep drill end " + id + '\n';
             });
}

}  // namespace

int main(int argc, char** argv) {
  arguments given;
  CLI::App app{"Operates a running Twinkeep over its admin interface."};
  app.require_subcommand(1);
  app.add_option("--admin", given.admin, "Address of the admin interface")->capture_default_str();
  app.add_option("--ready-file", given.ready_file, "Take the address from twinkeepd's ready file")
      ->excludes("--admin");

  CLI::App* const status = app.add_subcommand("status", "Regions, zones, replication and vaults");
  status->add_flag("--json", given.json, "As the service answers");
  status->add_flag("--watch", given.watch, "Again every second, until interrupted");

  CLI::App* const drill = app.add_subcommand("drill", "Faults on purpose, on the running service");
  drill->require_subcommand(1);
  CLI::App* const start = drill->add_subcommand("start", "Start a drill; prints its id");
  start
      ->add_option("fault", given.drill.fault,
                   "region_down, region_frozen, zone_down, zone_frozen, zone_wiped, hsm_down, "
                   "link_cut, fsync_error, component_crash, clock_advance or throttled")
      ->required();
  start->add_option("--region", given.drill.region, "The region it happens in");
  start->add_option("--zone", given.drill.zone, "The zone it happens in");
  start->add_option("--from", given.drill.from, "link_cut: changes no longer travel from here");
  start->add_option("--to", given.drill.to, "link_cut: ... to here");
  start->add_option("--component", given.drill.component,
                    "component_crash: vault, crypto, zone, replicator or supervisor");
  start->add_option("--vault", given.drill.vault,
                    "component_crash of a vault, throttled: which vault");
  start->add_option("--seconds", given.drill.seconds,
                    "clock_advance: how far the vaults' time moves forward");
  start->add_option("--share", given.drill.share,
                    "throttled: the share of requests answered with 429, 0.5 for half");
  start->add_option("--for", given.length, "Ends by itself after this long: 500ms, 30s, 2m");
  start->add_flag("--json", given.json, "As the service answers");
  CLI::App* const drills = drill->add_subcommand("list", "Drills, under way and past");
  drills->add_flag("--json", given.json, "As the service answers");
  CLI::App* const end = drill->add_subcommand("end", "End a drill");
  end->add_option("id", given.drill_id, "Its id")->required();

  CLI::App* const log = app.add_subcommand("events", "What happened, oldest first");
  log->add_flag("--json", given.json, "One JSON object a line");
  log->add_flag("--follow", given.follow, "Go on as more happens, until interrupted");

  const hsm_command hsm(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? done : wrong_usage;
  }

  if (hsm.parsed()) return hsm.run();
  if (!given.ready_file.empty()) {
    auto uri = admin_uri_of(given.ready_file);
    if (!uri.ok()) return complain(uri.error());
    given.admin = *std::move(uri);
  }
  const admin_client client(given.admin);
  if (status->parsed()) {
    if (given.watch) watch_status(client, given.json);
    return run(client, verb::get, "/v1/status", "", given.json, show_status);
  }
  if (start->parsed()) return start_drill(client, given);
  if (drills->parsed()) return run(client, verb::get, "/v1/drills", "", given.json, show_drills);
  if (end->parsed()) {
    const std::string id = boost::urls::encode(given.drill_id, boost::urls::unreserved_chars);
    return run(client, verb::remove, "/v1/drills/" + id, "", false,
               [&](const auto&) { return "drill " + printable(given.drill_id) + " ended\n"; });
  }
  return events(client, given.json, given.follow);
}
