#include "actors/runtime/issuer_keys.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>

#include "actors/runtime/https_client.hpp"
#include "actors/runtime/identity_parts.hpp"
#include "actors/runtime/key_publisher.hpp"
#include "protocol/token/openid.hpp"
#include "regions/identity/key_refresh.hpp"

namespace twinkeep::actors {

namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using clock = std::chrono::steady_clock;
using boost::system::error_code;

constexpr std::chrono::seconds stop_patience{12};  // an exchange's deadline, and some
constexpr std::chrono::seconds file_look_every{5};
constexpr std::size_t longest_document = 64 * 1024;

// What a file that was replaced or written to differs in.
struct file_facts {
  std::filesystem::file_time_type written;
  std::uintmax_t size = 0;
  bool operator==(const file_facts&) const = default;
};
std::optional<file_facts> facts_of(const std::filesystem::path& file) {
  std::error_code failed;
  file_facts facts{std::filesystem::last_write_time(file, failed), 0};
  if (!failed) facts.size = std::filesystem::file_size(file, failed);
  if (failed) return std::nullopt;
  return facts;
}

// What all sources of keys have: a loop of their own and a coroutine on it.
class source : public std::enable_shared_from_this<source> {
 public:
  source(const regions::issuer_config& config, std::size_t issuer, event_loop& loop,
         key_publisher& publisher)
      : config_(config),
        issuer_(issuer),
        loop_(loop),
        publisher_(publisher),
        timer_(loop.context()) {}
  virtual ~source() = default;
  source(const source&) = delete;
  source& operator=(const source&) = delete;

  // Until it is stopped. On its loop, as everything below.
  [[nodiscard]] virtual awaitable<void> keep() = 0;
  virtual void stop() {
    stopped_ = true;
    timer_.cancel();
  }
  [[nodiscard]] event_loop& loop() const { return loop_; }

 protected:
  // Until then, or until the timer is cancelled.
  awaitable<void> wait_until(clock::time_point when) {
    error_code ignored;
    timer_.expires_at(when);
    co_await timer_.async_wait(asio::redirect_error(use_awaitable, ignored));
  }

  const regions::issuer_config& config_;
  std::size_t issuer_;
  event_loop& loop_;
  key_publisher& publisher_;
  asio::steady_timer timer_;
  bool stopped_ = false;
};

// ---- behind an OpenID configuration ----

class openid_source final : public source {
 public:
  openid_source(const regions::issuer_config& config, std::size_t issuer, event_loop& loop,
                key_publisher& publisher, web_trust trust)
      : source(config, issuer, loop, publisher),
        trust_(std::move(trust)),
        refresh_(config.refresh_every) {}

  awaitable<void> keep() override;
  void stop() override;
  void ask(std::function<void()> done);
  // On whatever thread.
  [[nodiscard]] bool hears() const {
    return clock::now().time_since_epoch().count() >= deaf_until_.load(std::memory_order_acquire);
  }

 private:
  // The body of the answer, or why there is none.
  struct got {
    std::string text;
    std::string problem;
  };
  awaitable<got> get(regions::web_address where, std::size_t longest);
  // Empty: the keys are on the board.
  awaitable<std::string> fetch();
  void send_home();

  web_trust trust_;
  regions::key_refresh refresh_;
  std::atomic<clock::rep> deaf_until_{clock::time_point::min().time_since_epoch().count()};
  std::vector<std::function<void()>> waiting_;
  std::shared_ptr<web_exchange> under_way_;
};

awaitable<void> openid_source::keep() {
  const auto self = shared_from_this();
  while (!stopped_) {
    if (clock::now() < refresh_.next()) {
      co_await wait_until(refresh_.next());
      continue;
    }
    refresh_.began();
    const auto problem = co_await fetch();
    if (problem.empty()) {
      refresh_.succeeded(clock::now());
    } else {
      refresh_.failed(clock::now());
      if (!stopped_) publisher_.tell_failure(issuer_, problem);
    }
    deaf_until_.store(refresh_.deaf_until().time_since_epoch().count(), std::memory_order_release);
    send_home();
  }
  send_home();
}

void openid_source::stop() {
  source::stop();
  if (under_way_) under_way_->abort();
  send_home();
}

void openid_source::send_home() {
  for (const auto& done : std::exchange(waiting_, {})) done();
}

void openid_source::ask(std::function<void()> done) {
  if (stopped_ || !refresh_.ask(clock::now())) return done();
  waiting_.push_back(std::move(done));
  if (refresh_.next() <= clock::now()) timer_.cancel();
}

awaitable<openid_source::got> openid_source::get(regions::web_address where, std::size_t longest) {
  constexpr unsigned ok = 200;
  under_way_ = std::make_shared<web_exchange>(loop_, where, trust_);
  under_way_->longest_body = longest;
  append(under_way_->request, "GET " + where.target + " HTTP/1.1\r\nHost: " + host_line(where) +
                                  "\r\nUser-Agent: Twinkeep\r\nAccept: application/json\r\n"
                                  "Connection: close\r\n\r\n");
  auto answer = co_await under_way_->run();
  under_way_.reset();
  got out;
  const auto about = host_line(where) + where.target + ": ";
  if (!answer.problem.empty()) {
    out.problem = about + answer.problem;
  } else if (answer.status != ok) {
    out.problem = about + "expected status 200, found " + std::to_string(answer.status);
  } else {
    out.text = std::move(answer.body);
  }
  co_return out;
}

awaitable<std::string> openid_source::fetch() {
  const auto& openid = *config_.openid;
  const auto page = co_await get(openid, longest_document);
  if (!page.problem.empty()) co_return page.problem;
  const auto document = protocol::token::read_openid_document(as_bytes(page.text));
  if (!document) co_return document.error().message;
  if (!protocol::token::is_of_issuer(*document, config_.name, config_.tenant)) {
    co_return "the OpenID configuration is of another issuer: " + document->issuer;
  }
  auto where = regions::parse_web_address(document->key_set_uri);
  // Who was reached by TLS does not send anybody elsewhere in the clear.
  if (!where || (openid.tls && !where->tls)) {
    co_return "jwks_uri: expected an https URL, found " + document->key_set_uri;
  }
  const auto set = co_await get(*std::move(where), protocol::token::max_key_set_bytes);
  if (!set.problem.empty()) co_return set.problem;
  auto keys = protocol::token::read_key_set(as_bytes(set.text));
  if (!keys) co_return keys.error().message;
  if (keys->empty()) co_return "the key set has no key for RS256 or ES256";
  publisher_.publish(issuer_, *std::move(keys));
  co_return std::string{};
}

// ---- in a file ----

class file_source final : public source {
 public:
  file_source(const regions::issuer_config& config, std::size_t issuer, event_loop& loop,
              key_publisher& publisher, work_executor& work)
      : source(config, issuer, loop, publisher),
        work_(work),
        seen_(facts_of(config.key_set_file)) {}

  awaitable<void> keep() override;

 private:
  void look();

  work_executor& work_;
  std::atomic<bool> looking_{false};
  std::optional<file_facts> seen_;  // while `looking_`, the executor's
};

awaitable<void> file_source::keep() {
  const auto self = shared_from_this();
  while (!stopped_) {
    co_await wait_until(clock::now() + file_look_every);
    if (stopped_ || looking_.exchange(true)) continue;
    const bool taken = work_.submit(work_lane::disk, [self, this](unsigned) { look(); });
    if (!taken) looking_ = false;
  }
}

void file_source::look() {
  const auto facts = facts_of(config_.key_set_file);
  if (facts != seen_) {
    seen_ = facts;
    auto keys = identity::read_key_set_file(config_);
    if (keys) {
      publisher_.publish(issuer_, *std::move(keys));
    } else {
      publisher_.tell_failure(issuer_, keys.error());
    }
  }
  looking_ = false;
}

}  // namespace

struct issuer_keys::state {
  explicit state(trust_board& board) : publisher(board) {}

  key_publisher publisher;
  std::size_t first = 0;  // the board's index of the first configured issuer
  std::vector<std::shared_ptr<source>> sources;
  std::mutex mutex;
  std::condition_variable ended;
  std::size_t running = 0;

  // Null: its keys are in a file, or it is the built-in one.
  [[nodiscard]] std::shared_ptr<openid_source> find(std::size_t issuer) const {
    if (issuer < first || issuer - first >= sources.size()) return nullptr;
    return std::dynamic_pointer_cast<openid_source>(sources[issuer - first]);
  }
};

issuer_keys::issuer_keys(std::shared_ptr<state> made) : state_(std::move(made)) {}
issuer_keys::~issuer_keys() = default;

result<std::unique_ptr<issuer_keys>, std::string> issuer_keys::make(
    const regions::deployment& topology, event_loops& loops, work_executor& work,
    trust_board& board) {
  auto made = std::make_shared<state>(board);
  made->first = board.current()->issuers.size() - topology.issuers.size();
  for (std::size_t i = 0; i < topology.issuers.size(); ++i) {
    const auto& config = topology.issuers[i];
    auto& loop = loops.at(static_cast<unsigned>(i) % loops.size());
    const auto issuer = made->first + i;
    if (!config.openid) {
      made->sources.push_back(
          std::make_shared<file_source>(config, issuer, loop, made->publisher, work));
      continue;
    }
    web_trust trust;
    if (config.openid->tls) {
      auto read = trust_authorities(config.ca_file);
      if (!read) return failure{"[[issuers]] " + config.name + ": " + read.error()};
      trust = std::move(*read);
    }
    made->sources.push_back(
        std::make_shared<openid_source>(config, issuer, loop, made->publisher, std::move(trust)));
  }
  return std::unique_ptr<issuer_keys>(new issuer_keys(std::move(made)));
}

void issuer_keys::start() {
  std::lock_guard lock(state_->mutex);
  for (const auto& s : state_->sources) {
    ++state_->running;
    asio::co_spawn(s->loop().context(), s->keep(), [all = state_, s](std::exception_ptr thrown) {
      if (thrown) spdlog::error("the keys of an issuer are no longer kept: an internal error");
      s->stop();  // nobody waits for it, now or later
      std::lock_guard inner(all->mutex);
      if (--all->running == 0) all->ended.notify_all();
    });
  }
}

bool issuer_keys::may_fetch(std::size_t issuer) const {
  const auto s = state_->find(issuer);
  return s != nullptr && s->hears();
}

void issuer_keys::fetch(std::size_t issuer, std::function<void()> done) {
  const auto s = state_->find(issuer);
  if (s == nullptr) return done();
  asio::post(s->loop().context(),
             [s, done = std::move(done)]() mutable { s->ask(std::move(done)); });
}

void issuer_keys::stop() {
  for (const auto& s : state_->sources) {
    asio::post(s->loop().context(), [s] { s->stop(); });
  }
  std::unique_lock lock(state_->mutex);
  const auto none_left = [this] { return state_->running == 0; };
  if (!state_->ended.wait_for(lock, stop_patience, none_left)) {
    spdlog::warn("a fetch of an issuer's keys does not end");
  }
}

}  // namespace twinkeep::actors
