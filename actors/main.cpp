// twinkeepd: reads what it is to do, starts the service, waits for the signal to end.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <functional>
#include <iostream>

#include "actors/runtime/process.hpp"
#include "actors/runtime/seals.hpp"
#include "actors/runtime/service.hpp"
#include "crypto/openssl_memory.hpp"

namespace {

namespace asio = boost::asio;
using namespace twinkeep;

struct arguments {
  std::string config, data = "twinkeep-data", listen, admin, ready_file;
  std::string sealed_under;  // rotate-seal: a configuration file
};

// Without a name, the default deployment.
result<regions::deployment, std::string> read_config(const std::string& name) {
  if (name.empty()) return regions::default_deployment();
  auto read = regions::read_deployment_file(name);
  if (!read) return failure{read.error().message};
  return std::move(*read);
}

result<regions::deployment, std::string> read_topology(const arguments& given) {
  auto read = read_config(given.config);
  if (!read) return read;
  auto topology = std::move(*read);
  if (!given.listen.empty()) {
    auto listen = regions::parse_endpoint(given.listen);
    if (!listen) return failure{"--listen: " + listen.error().message};
    // The other loopback goes with the one that is named, because names may resolve to either.
    const bool both = listen->address == "127.0.0.1" && given.config.empty();
    topology.listen = {*listen};
    if (both) topology.listen.push_back({"::1", listen->port});
  }
  if (!given.admin.empty()) {
    auto admin = regions::parse_endpoint(given.admin);
    if (!admin) return failure{"--admin: " + admin.error().message};
    topology.admin = *admin;
  }
  return topology;
}

int fail(const std::string& why) {
  spdlog::error("{}", why);
  return EXIT_FAILURE;
}

// Says that it serves as soon as it does; a vault that cannot be served is told, and the others
// are not made to wait for it for ever.
class announcement {
 public:
  announcement(asio::io_context& context, const actors::service& s, std::string ready_file,
               std::function<void(const std::string&)> fatal)
      : timer_(context), service_(s), file_(std::move(ready_file)), fatal_(std::move(fatal)) {}

  void look() {
    constexpr auto every = std::chrono::milliseconds{2};
    constexpr int patience = 10'000;
    if (service_.ready() || ++looks_ > patience) return announce();
    timer_.expires_after(every);
    timer_.async_wait([this](const boost::system::error_code& e) {
      if (!e) look();
    });
  }

 private:
  void announce() {
    if (!service_.ready()) spdlog::warn("not every vault is served; see GET /v1/status");
    if (!file_.empty()) {
      auto written = actors::write_ready_file(file_, actors::ready_document(service_.doors()));
      if (!written) return fatal_(written.error());
    }
    std::cout << actors::welcome_text(service_.doors()) << std::flush;
  }

  asio::steady_timer timer_;
  const actors::service& service_;
  std::string file_;
  std::function<void(const std::string&)> fatal_;
  int looks_ = 0;
};

int rotate_seal(const arguments& given) {
  const auto from = read_config(given.sealed_under);
  if (!from) return fail(from.error());
  const auto to = read_config(given.config);
  if (!to) return fail(to.error());
  const auto done = actors::rotate_seal(given.data, from->seal, to->seal);
  if (!done) return fail(done.error());
  std::cout << *done << '\n';
  return EXIT_SUCCESS;
}

int run(const arguments& given) {
  actors::raise_file_limit();
  auto topology = read_topology(given);
  if (!topology) return fail(topology.error());
  std::error_code ignored;
  const auto data = std::filesystem::absolute(given.data, ignored);
  auto lock = actors::data_lock::acquire(data);
  if (!lock) return fail(lock.error());

  asio::io_context context{1};
  int status = EXIT_SUCCESS;
  // Signals are taken before any thread exists that could miss them.
  asio::signal_set signals{context, SIGINT, SIGTERM};
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit is an error of the write that meets it
  const auto fatal = [&](const std::string& why) {
    asio::post(context, [&, why] {
      status = fail(why);
      context.stop();
    });
  };
  actors::service service{std::move(*topology), data, fatal};
  if (auto started = service.start(); !started) return fail(started.error());
  announcement ready{context, service, given.ready_file, fatal};
  ready.look();
  signals.async_wait([&](const boost::system::error_code&, int) {
    spdlog::info("ending: what is under way is finished");
    context.stop();
  });
  context.run();
  service.stop();
  if (service.left_threads_behind()) {
    // A thread in a module that hangs may come back at any moment: nothing is taken away from it.
    spdlog::warn("an HSM's module does not come back: it is not waited for");
    spdlog::shutdown();
    std::_Exit(status);
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Twinkeep: a key vault that stays available.", "twinkeepd"};
  arguments given;
  app.add_option("--config", given.config, "TOML file that describes the deployment");
  app.add_option("--data", given.data, "directory of stores, keys and certificates")
      ->capture_default_str();
  app.add_option("--listen", given.listen, "ADDR:PORT of the data plane; port 0 takes a free one");
  app.add_option("--admin", given.admin, "ADDR:PORT of the admin listener");
  app.add_option("--ready-file", given.ready_file, "written as soon as the service serves");
  auto* const rotate = app.add_subcommand(
      "rotate-seal",
      "put the key-encryption key under the seal of --config; the service must not run");
  rotate->add_option("--from", given.sealed_under,
                     "TOML file with the seal that it is under now; without it, the seal \"file\"");
  rotate->fallthrough();
  CLI11_PARSE(app, argc, argv);
  spdlog::set_default_logger(spdlog::stderr_color_mt("twinkeepd"));
  try {
    if (!crypto::wipe_what_openssl_gives_back()) return fail("OpenSSL was used before main");
    if (auto safe = actors::protect_process(); !safe) return fail(safe.error());
    return rotate->parsed() ? rotate_seal(given) : run(given);
  } catch (const std::exception& e) {
    return fail(e.what());
  }
}
