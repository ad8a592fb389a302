#include "actors/admin/admin_server.hpp"

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <future>
#include <set>

#include "actors/admin/admin_api.hpp"
#include "actors/runtime/welcome.hpp"

namespace twinkeep::actors {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::redirect_error;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::seconds;
using http_request = http::request<http::string_body>;
using http_response = http::response<http::string_body>;

constexpr std::size_t most_connections = 64;
constexpr std::uint32_t longest_header = 8 * 1024;
constexpr std::uint64_t longest_body = 64 * 1024;
constexpr std::size_t most_ignored = 1024 * 1024;
constexpr seconds request_patience{30};  // idle, or slow to say what it wants
constexpr seconds answer_patience{10};
constexpr seconds ignore_patience{2};
constexpr seconds supervisor_patience{1};
constexpr milliseconds supervisor_patience_at_most{1500};
constexpr milliseconds pause_without_descriptors{100};
constexpr seconds stop_patience{3};

struct session {
  session(std::set<session*>& others, tcp::socket socket) : all(others), stream(std::move(socket)) {
    all.insert(this);
  }
  ~session() { all.erase(this); }
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  std::set<session*>& all;
  beast::tcp_stream stream;
  bool idle = true;
};

// A status on its way from the supervisor: the timer wakes the session that waits.
struct awaited_status {
  explicit awaited_status(asio::io_context& context) : timer(context) {}
  void arrive(status_reply_ptr r) {
    reply = std::move(r);
    timer.cancel();
  }
  asio::steady_timer timer;
  status_reply_ptr reply;
};

// What the coroutines share. All of it belongs to loop 0.
struct service {
  explicit service(admin_setup setup)
      : context(setup.loops.at(0).context()),
        system(setup.system),
        env(setup.env),
        api(setup.env, setup.exercises, setup.numbers, std::move(setup.authority_pem),
            std::move(setup.issuing_pem),
            std::move(setup.ready)),
        acceptor(context) {}

  void leave() {
    if (--coroutines == 0 && stopping) all_done.set_value();
  }
  void stop() {
    stopping = true;
    error_code ignored;
    acceptor.close(ignored);
    for (auto* s : sessions) {
      if (s->idle) s->stream.cancel();
    }
    if (coroutines == 0) all_done.set_value();
  }
  void cut() {
    for (auto* s : sessions) s->stream.close();
  }

  asio::io_context& context;
  caf::actor_system& system;
  environment& env;
  admin_api api;
  tcp::acceptor acceptor;
  std::set<session*> sessions;
  std::size_t coroutines = 0;
  status_reply_ptr last_status;
  bool stopping = false;
  std::promise<void> all_done;
};
using service_ptr = std::shared_ptr<service>;

// An actor that lives until the answer is there; it must not touch what belongs to the loop. (CAF
// takes a function with arguments only: without any it dereferences a null pointer to them.)
void fetch_status(caf::event_based_actor* self, const supervisor_actor& supervisor,
                  const std::shared_ptr<awaited_status>& awaited, asio::io_context* context) {
  const auto arrive = [awaited, context](const status_reply_ptr& reply) {
    asio::post(*context, [awaited, reply] { awaited->arrive(reply); });
  };
  self->request(supervisor, supervisor_patience, status_query{})
      .then(arrive, [arrive](const caf::error&) { arrive(nullptr); });
}

// The supervisor's word, or what it said last.
asio::awaitable<status_reply_ptr> ask_status(service_ptr self) {
  const auto supervisor = self->env.where.supervisor();
  if (!supervisor) co_return self->last_status;
  const auto awaited = std::make_shared<awaited_status>(self->context);
  // The actor's own time-out may be late: it needs a loop that is not stuck.
  awaited->timer.expires_after(supervisor_patience_at_most);
  self->system.spawn(fetch_status, supervisor, awaited, &self->context);
  error_code woken;
  co_await awaited->timer.async_wait(redirect_error(use_awaitable, woken));
  if (awaited->reply) self->last_status = awaited->reply;
  co_return self->last_status;
}

http_response to_http(admin_reply reply, unsigned version, bool keep_alive) {
  http_response out(static_cast<http::status>(reply.status), version);
  out.set(http::field::content_type, reply.content_type);
  out.set(http::field::cache_control, "no-store");
  out.set("X-Content-Type-Options", "nosniff");
  if (!reply.allow.empty()) out.set(http::field::allow, reply.allow);
  out.body() = std::move(reply.body);
  out.keep_alive(keep_alive);
  out.prepare_payload();
  return out;
}

admin_request to_request(const http_request& in) {
  const auto view = [](beast::string_view text) {
    return std::string_view{text.data(), text.size()};
  };
  admin_request out;
  out.method = view(in.method_string());
  out.target = view(in.target());
  if (in.count(http::field::host) == 1) out.host = view(in[http::field::host]);
  out.has_origin = in.count(http::field::origin) != 0;
  out.body = in.body();
  return out;
}

// What to say to a request that could not be read; 0: nothing, the connection is gone.
unsigned status_of(const error_code& unread) {
  if (unread == http::error::body_limit) return 413;
  if (unread == http::error::header_limit || unread == http::error::buffer_overflow) return 431;
  if (unread == http::error::end_of_stream || unread == http::error::partial_message) return 0;
  return unread.category() == make_error_code(http::error::bad_method).category() ? 400 : 0;
}

// A peer that still sends would have its connection reset and never see the answer.
asio::awaitable<void> ignore_the_rest(session& s) {
  error_code problem;
  s.stream.socket().shutdown(tcp::socket::shutdown_send, problem);
  std::array<char, 4096> rest{};
  s.stream.expires_after(ignore_patience);
  for (std::size_t ignored = 0; !problem && ignored < most_ignored;) {
    ignored += co_await s.stream.async_read_some(asio::buffer(rest),
                                                 redirect_error(use_awaitable, problem));
  }
}

asio::awaitable<bool> serve_one(service_ptr self, session& s, beast::flat_buffer& buffer) {
  http::request_parser<http::string_body> parser;
  parser.header_limit(longest_header);
  parser.body_limit(longest_body);
  s.idle = true;
  s.stream.expires_after(request_patience);
  error_code problem;
  co_await http::async_read(s.stream, buffer, parser, redirect_error(use_awaitable, problem));
  s.idle = false;

  http_response answer;
  bool keep_alive = false;
  if (problem) {
    const auto status = status_of(problem);
    if (status == 0) co_return false;
    answer = to_http(admin_refusal(status, problem.message()), 11, false);
  } else {
    const auto& question = parser.get();
    const auto request = to_request(question);
    status_reply_ptr status;
    if (admin_api::needs_status(request.target)) status = co_await ask_status(self);
    keep_alive = question.keep_alive() && !self->stopping;
    answer = to_http(self->api.answer(request, status), question.version(), keep_alive);
  }
  s.stream.expires_after(answer_patience);
  error_code unsent;
  co_await http::async_write(s.stream, answer, redirect_error(use_awaitable, unsent));
  if (problem && !unsent) co_await ignore_the_rest(s);
  co_return keep_alive && !unsent;
}

asio::awaitable<void> serve(service_ptr self, tcp::socket socket) {
  session s(self->sessions, std::move(socket));
  beast::flat_buffer buffer(longest_header + longest_body);
  bool more = true;
  while (more && !self->stopping) more = co_await serve_one(self, s, buffer);
  error_code ignored;
  s.stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
}

asio::awaitable<void> accept(service_ptr self) {
  asio::steady_timer pause(self->context);
  while (!self->stopping) {
    error_code problem;
    tcp::socket socket =
        co_await self->acceptor.async_accept(redirect_error(use_awaitable, problem));
    if (self->stopping) co_return;
    if (problem) {
      pause.expires_after(pause_without_descriptors);
      co_await pause.async_wait(redirect_error(use_awaitable, problem));
      continue;
    }
    if (self->sessions.size() >= most_connections) continue;  // closes it
    ++self->coroutines;
    asio::co_spawn(self->context, serve(self, std::move(socket)),
                   [self](const std::exception_ptr&) { self->leave(); });
  }
}

}  // namespace

struct admin_server::state {
  explicit state(admin_setup setup) : shared(std::make_shared<service>(std::move(setup))) {}
  service_ptr shared;
  bool listening = false;
};

admin_server::admin_server(admin_setup setup) : state_(std::make_unique<state>(std::move(setup))) {}

admin_server::~admin_server() {
  stop();
}

result<regions::endpoint, std::string> admin_server::listen(const regions::endpoint& e) {
  const auto& shared = state_->shared;
  const auto refused = [&](const error_code& why) {
    return failure{"admin listener " + uri_of("http", e) + ": " + why.message()};
  };
  error_code problem;
  const auto address = asio::ip::make_address(e.address, problem);
  if (problem) return refused(problem);
  const tcp::endpoint wanted(address, e.port);
  auto& acceptor = shared->acceptor;
  acceptor.open(wanted.protocol(), problem);
  if (!problem) acceptor.set_option(tcp::acceptor::reuse_address(true), problem);
  if (!problem) acceptor.bind(wanted, problem);
  if (!problem) acceptor.listen(tcp::acceptor::max_listen_connections, problem);
  if (problem) return refused(problem);
  const auto port = acceptor.local_endpoint(problem).port();
  if (problem) return refused(problem);

  shared->api.restrict_to_local_names(address.is_loopback());
  state_->listening = true;
  asio::post(shared->context, [shared] {
    ++shared->coroutines;
    asio::co_spawn(shared->context, accept(shared),
                   [shared](const std::exception_ptr&) { shared->leave(); });
  });
  return regions::endpoint{e.address, port};
}

void admin_server::stop() {
  if (!std::exchange(state_->listening, false)) return;
  const auto& shared = state_->shared;
  if (shared->context.stopped()) return;
  auto done = shared->all_done.get_future();
  asio::post(shared->context, [shared] { shared->stop(); });
  if (done.wait_for(stop_patience) == std::future_status::ready) return;
  asio::post(shared->context, [shared] { shared->cut(); });
  done.wait_for(stop_patience);
}

}  // namespace twinkeep::actors
