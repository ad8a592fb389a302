#include "actors/runtime/webhook_courier.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <condition_variable>
#include <mutex>
#include <set>
#include <vector>

#include "actors/runtime/durable_file.hpp"
#include "protocol/identifiers.hpp"
#include "regions/vault/event_grid.hpp"

namespace twinkeep::actors {

namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::redirect_error;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds deadline{10};
constexpr std::chrono::seconds stop_patience{12};
constexpr std::uint32_t longest_head = 16 * 1024;  // of an answer; its body is not read
constexpr std::size_t longest_ca_file = 4 * 1024 * 1024;
constexpr std::size_t longest_authorization = 16 * 1024;

// One try. On one loop alone, but for its making.
struct attempt {
  attempt(event_loop& l, notice_courier::done d) : loop(l), on_done(std::move(d)) {}
  void abort() {
    aborted = true;
    if (cancel) cancel();
  }

  event_loop& loop;
  notice_courier::done on_done;
  crypto::wiping_chars request;
  std::function<void()> cancel;  // ends what it waits for
  bool aborted = false;
};
using attempt_ptr = std::shared_ptr<attempt>;

void append(crypto::wiping_chars& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
}

std::string host_line(const regions::webhook_config& hook) {
  const bool v6 = hook.host.find(':') != std::string::npos;
  auto line = v6 ? '[' + hook.host + ']' : hook.host;
  constexpr unsigned https_port = 443;
  constexpr unsigned http_port = 80;
  if (hook.port != (hook.tls ? https_port : http_port)) line += ':' + std::to_string(hook.port);
  return line;
}

std::string failed(std::string_view what, const error_code& why) {
  return std::string(what) + ": " + why.message();
}

// Empty: taken.
template <class Stream>
asio::awaitable<std::string> exchange(Stream& stream, attempt_ptr a) {
  error_code problem;
  co_await asio::async_write(stream, asio::buffer(a->request.data(), a->request.size()),
                             redirect_error(use_awaitable, problem));
  if (problem) co_return failed("sending", problem);
  beast::flat_buffer buffer(longest_head);
  http::response_parser<http::string_body> parser;
  parser.header_limit(longest_head);
  co_await http::async_read_header(stream, buffer, parser, redirect_error(use_awaitable, problem));
  if (problem) co_return failed("no answer", problem);
  const auto status = parser.get().result_int();
  constexpr unsigned success = 200;
  constexpr unsigned redirection = 300;
  if (status >= success && status < redirection) co_return std::string{};
  co_return "status " + std::to_string(status);
}

asio::awaitable<error_code> reach(beast::tcp_stream& stream, attempt_ptr a, std::string host,
                                  std::string port) {
  error_code problem;
  tcp::resolver resolver(a->loop.context());
  a->cancel = [&resolver] { resolver.cancel(); };
  const auto found =
      co_await resolver.async_resolve(host, port, redirect_error(use_awaitable, problem));
  a->cancel = [&stream] { stream.close(); };
  if (problem) co_return problem;
  if (a->aborted) co_return asio::error::operation_aborted;
  co_await stream.async_connect(found, redirect_error(use_awaitable, problem));
  co_return problem;
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
  [[nodiscard]] static asio::awaitable<std::string> deliver(std::shared_ptr<state> self,
                                                            attempt_ptr a);
  void ended(const attempt_ptr& a, const std::string& problem);
  void tell(const std::string& problem);

  const regions::deployment& topology;
  const regions::webhook_config& hook;
  event_loops& loops;
  counter count;
  std::optional<ssl::context> tls;
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
  if (!hook.tls) return {};
  tls.emplace(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
  tls->set_verify_mode(ssl::verify_peer);
  error_code problem;
  if (hook.ca_file.empty()) {
    tls->set_default_verify_paths(problem);
    if (problem) return failure{"the system's authorities: " + problem.message()};
    return {};
  }
  const auto pem = read_small_file(hook.ca_file, longest_ca_file, secrecy::is_public);
  if (!pem) return failure{pem.error()};
  if (!*pem) return failure{hook.ca_file.string() + ": there is no such file"};
  const auto text = (**pem).view();
  tls->add_certificate_authority(asio::buffer(text.data(), text.size()), problem);
  if (problem) return failure{hook.ca_file.string() + ": " + problem.message()};
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
  out.reserve(body.size() + authorization.size() + hook.target.size() + 512);
  append(out, "POST " + hook.target + " HTTP/1.1\r\nHost: " + host_line(hook) + "\r\n");
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
  asio::co_spawn(a->loop.context(), deliver(shared_from_this(), a),
                 [self = shared_from_this(), a](std::exception_ptr thrown, std::string problem) {
                   self->ended(a, thrown ? "an error within the service" : std::move(problem));
                 });
}

asio::awaitable<std::string> webhook_courier::state::deliver(std::shared_ptr<state> self,
                                                             attempt_ptr a) {
  const auto& hook = self->hook;
  asio::steady_timer timer(a->loop.context(), deadline);
  timer.async_wait([weak = std::weak_ptr(a)](const error_code& stopped) {
    if (const auto late = weak.lock(); late && !stopped) late->abort();
  });
  const auto port = std::to_string(hook.port);
  if (!hook.tls) {
    beast::tcp_stream stream(a->loop.context());
    const auto unreached = co_await reach(stream, a, hook.host, port);
    std::string problem = failed("connecting", unreached);
    if (!unreached) problem = co_await exchange(stream, a);
    a->cancel = nullptr;
    co_return problem;
  }
  beast::ssl_stream<beast::tcp_stream> stream(a->loop.context(), *self->tls);
  const auto unreached = co_await reach(stream.next_layer(), a, hook.host, port);
  std::string problem = failed("connecting", unreached);
  if (!unreached) {
    error_code refused;
    stream.set_verify_callback(ssl::host_name_verification(hook.host), refused);
    // The server name is for names only (RFC 6066 §3).
    asio::ip::make_address(hook.host, refused);
    if (refused) SSL_set_tlsext_host_name(stream.native_handle(), hook.host.c_str());
    refused.clear();
    co_await stream.async_handshake(ssl::stream_base::client,
                                    redirect_error(use_awaitable, refused));
    problem = failed("TLS", refused);
    if (!refused) problem = co_await exchange(stream, a);
  }
  a->cancel = nullptr;
  co_return problem;
}

void webhook_courier::state::ended(const attempt_ptr& a, const std::string& problem) {
  a->cancel = nullptr;
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
                 host_line(hook), problem);
  } else {
    spdlog::info("notices are delivered to {} again", host_line(hook));
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
  const auto a = std::make_shared<attempt>(loop, std::move(on_done));
  a->request = s.write_request(n, vault);
  s.begin(a);
}

void webhook_courier::stop() {
  auto& s = *state_;
  std::unique_lock lock(s.mutex);
  s.stopped = true;
  s.queue.clear();
  for (const auto& a : s.under_way) {
    asio::post(a->loop.context(), [a] { a->abort(); });
  }
  if (!s.emptied.wait_for(lock, stop_patience, [&] { return s.under_way.empty(); })) {
    spdlog::warn("a notice under way does not end");
  }
}

}  // namespace twinkeep::actors
