#include "actors/runtime/webhook_courier.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <mutex>
#include <set>
#include <vector>

#include "actors/runtime/durable_file.hpp"
#include "actors/runtime/https_client.hpp"
#include "protocol/identifiers.hpp"
#include "regions/vault/event_grid.hpp"

namespace twinkeep::actors {

namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds stop_patience{12};  // an exchange's deadline, and some
constexpr std::size_t longest_authorization = 16 * 1024;

// One try.
struct attempt {
  std::shared_ptr<web_exchange> exchange;
  notice_courier::done on_done;
};
using attempt_ptr = std::shared_ptr<attempt>;

// Empty: taken.
std::string problem_of(const web_answer& answer) {
  constexpr unsigned success = 200;
  constexpr unsigned redirection = 300;
  if (!answer.problem.empty()) return answer.problem;
  if (answer.status >= success && answer.status < redirection) return {};
  return "status " + std::to_string(answer.status);
}

}  // namespace

struct webhook_courier::state : std::enable_shared_from_this<state> {
  state(const regions::deployment& t, event_loops& l, counter c)
      : topology(t), hook(*t.webhook), loops(l), count(std::move(c)) {}

  result<void, std::string> prepare();
  result<void, std::string> read_authorization();
  [[nodiscard]] crypto::wiping_chars write_request(const regions::notice& n,
                                                   const regions::vault_identity& vault) const;
  void begin(const attempt_ptr& a);
  void ended(const attempt_ptr& a, const std::string& problem);
  void tell(const std::string& problem);

  const regions::deployment& topology;
  const regions::webhook_config& hook;
  event_loops& loops;
  counter count;
  web_trust trust;
  crypto::secret_bytes authorization;

  std::mutex mutex;
  std::condition_variable emptied;
  bool stopped = false;
  std::uint16_t port = 0;  // 0: not open yet
  struct waiting {
    regions::notice told;
    regions::vault_identity vault;
    done on_done;
  };
  std::vector<waiting> queue;  // until it is open
  std::set<attempt_ptr> under_way;
  unsigned turn = 0;
  bool failing = false;  // as last logged
};

result<void, std::string> webhook_courier::state::prepare() {
  if (!hook.authorization_file.empty()) {
    if (auto read = read_authorization(); !read) return read;
  }
  if (!hook.where.tls) return {};
  auto trusted = trust_authorities(hook.ca_file);
  if (!trusted) return failure{std::move(trusted).error()};
  trust = std::move(*trusted);
  return {};
}

// One line of visible characters and blanks (RFC 9110 §5.5): anything else could end the header.
result<void, std::string> webhook_courier::state::read_authorization() {
  const auto& file = hook.authorization_file;
  auto read = read_small_file(file, longest_authorization, secrecy::is_secret);
  if (!read) return failure{read.error()};
  if (!*read) return failure{file.string() + ": there is no such file"};
  authorization = std::move(**read);
  auto size = authorization.size();
  const auto octets = authorization.view();
  while (size > 0 && (octets[size - 1] == '\n' || octets[size - 1] == '\r')) --size;
  authorization.truncate(size);
  const bool fits = std::ranges::all_of(
      authorization.view(), [](std::uint8_t octet) { return octet >= ' ' && octet != 0x7f; });
  if (authorization.empty() || !fits) {
    return failure{file.string() +
                   ": expected one line of text, found none, or control characters"};
  }
  return {};
}

crypto::wiping_chars webhook_courier::state::write_request(
    const regions::notice& n, const regions::vault_identity& vault) const {
  auto base = "https://" + protocol::lower(vault.name) + '.' + topology.suffixes.front();
  constexpr unsigned https_port = 443;
  if (port != https_port) base += ':' + std::to_string(port);
  const auto body = regions::write_events(n, {vault.name, base, topology.subscription});
  crypto::wiping_chars out;
  out.reserve(body.size() + authorization.size() + hook.where.target.size() + 512);
  append(out, "POST " + hook.where.target + " HTTP/1.1\r\nHost: " + host_line(hook.where) + "\r\n");
  append(out,
         "User-Agent: Twinkeep\r\nConnection: close\r\naeg-event-type: Notification\r\n"
         "Content-Type: application/json\r\n");
  append(out, "Content-Length: " + std::to_string(body.size()) + "\r\n");
  if (!authorization.empty()) {
    append(out, "Authorization: ");
    append(out, as_text(authorization.view()));
    append(out, "\r\n");
  }
  append(out, "\r\n");
  append(out, body);
  return out;
}

// Under the lock.
void webhook_courier::state::begin(const attempt_ptr& a) {
  under_way.insert(a);
  asio::co_spawn(a->exchange->loop().context(), a->exchange->run(),
                 [self = shared_from_this(), a](std::exception_ptr thrown, const web_answer& got) {
                   self->ended(a, thrown ? "an error within the service" : problem_of(got));
                 });
}

void webhook_courier::state::ended(const attempt_ptr& a, const std::string& problem) {
  if (count) count(problem.empty());
  const auto on_done = std::move(a->on_done);
  if (on_done) on_done(problem.empty());
  std::lock_guard lock(mutex);
  if (!stopped) tell(problem);
  under_way.erase(a);
  if (under_way.empty()) emptied.notify_all();
}

// A line when it fails first, and one when it works again.
void webhook_courier::state::tell(const std::string& problem) {
  if (problem.empty() == !failing) return;
  failing = !problem.empty();
  if (failing) {
    spdlog::warn("notices cannot be delivered to {}: {}; they are kept and tried again",
                 host_line(hook.where), problem);
  } else {
    spdlog::info("notices are delivered to {} again", host_line(hook.where));
  }
}

webhook_courier::webhook_courier(std::shared_ptr<state> made) : state_(std::move(made)) {}
webhook_courier::~webhook_courier() = default;

result<std::unique_ptr<webhook_courier>, std::string> webhook_courier::make(
    const regions::deployment& topology, event_loops& loops, counter count) {
  auto made = std::make_shared<state>(topology, loops, std::move(count));
  if (auto ready = made->prepare(); !ready) return failure{"[events] " + ready.error()};
  return std::unique_ptr<webhook_courier>(new webhook_courier(std::move(made)));
}

void webhook_courier::open(std::uint16_t port) {
  std::vector<state::waiting> queue;
  {
    std::lock_guard lock(state_->mutex);
    state_->port = port;
    queue.swap(state_->queue);
  }
  for (auto& w : queue) post(w.told, w.vault, std::move(w.on_done));
}

void webhook_courier::post(const regions::notice& n, const regions::vault_identity& vault,
                           done on_done) {
  auto& s = *state_;
  std::unique_lock lock(s.mutex);
  if (s.stopped) {
    lock.unlock();
    return on_done(false);
  }
  if (s.port == 0) {
    s.queue.push_back({n, vault, std::move(on_done)});
    return;
  }
  auto& loop = s.loops.at(s.turn++ % s.loops.size());
  auto exchange = std::make_shared<web_exchange>(loop, s.hook.where, s.trust);
  exchange->request = s.write_request(n, vault);
  s.begin(std::make_shared<attempt>(attempt{std::move(exchange), std::move(on_done)}));
}

void webhook_courier::stop() {
  auto& s = *state_;
  std::unique_lock lock(s.mutex);
  s.stopped = true;
  s.queue.clear();
  for (const auto& a : s.under_way) {
    asio::post(a->exchange->loop().context(), [a] { a->exchange->abort(); });
  }
  if (!s.emptied.wait_for(lock, stop_patience, [&] { return s.under_way.empty(); })) {
    spdlog::warn("a notice under way does not end");
  }
}

}  // namespace twinkeep::actors
