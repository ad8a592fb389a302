#include "actors/gateway/session.hpp"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cstring>
#include <optional>

#include "actors/gateway/request_reader.hpp"

namespace twinkeep::actors {

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;
using boost::system::error_code;
using progress = request_reader::progress;
using want = tls_stream::want;

constexpr auto handshake_limit = 10s;
constexpr auto idle_limit = 120s;
constexpr auto read_limit = 30s;  // of a head, and again of a body
constexpr auto write_limit = 30s;
constexpr auto close_limit = 2s;
constexpr std::size_t buffer_bytes = 2 * request_reader::max_head_bytes;
// So much of a refused request's body is read to keep the connection.
constexpr std::size_t most_lingered = 64u << 20;

protocol::ip_address address_of(const asio::ip::address& peer) {
  if (peer.is_v4()) return protocol::from_v4(peer.to_v4().to_bytes());
  return {peer.to_v6().to_bytes()};
}

class session final : public connection,
                      public body_source,
                      public std::enable_shared_from_this<session> {
 public:
  session(tcp_socket socket, std::shared_ptr<loop_front> front, const door& by);
  ~session() override;
  task<void> run();

  void expire() override;
  void leave() override;
  void abort() override;

  bool complete() const override { return reader_->state() == progress::done; }
  task<body_state> read() override;
  byte_view view() const override { return reader_->body(); }

 private:
  enum class phase : std::uint8_t { handshake, idle, reading, working, writing, closing };
  using clock = std::chrono::steady_clock;

  void enter(phase p, clock::duration limit) {
    phase_ = p;
    deadline_ = front_->watching->now() + limit;
  }
  task<bool> exchange();
  task<bool> read_head();
  task<bool> read_more();
  void note(const answer& a, std::string_view id, clock::duration took);
  std::string_view prepare(const answer& a, std::string_view id, bool without_body, bool& keeps);
  task<bool> write_all(std::string_view text);
  task<bool> finish_body();
  task<void> close();
  void forget_request();
  answer refusal_of_head() const;

  tls_stream stream_;
  std::shared_ptr<loop_front> front_;
  visitor who_;
  crypto::wiping_chars in_;
  std::size_t begin_ = 0;  // of what is received and not yet read
  std::size_t end_ = 0;
  std::size_t filled_ = 0;    // no secret stands behind
  std::size_t head_end_ = 0;  // what stands before must not move: the head is looked at
  crypto::wiping_chars out_;
  std::optional<request_reader> reader_;
  phase phase_ = phase::handshake;
  bool late_ = false;
  bool leaving_ = false;
  bool lost_ = false;  // the other side is gone, or its TLS is
};

session::session(tcp_socket socket, std::shared_ptr<loop_front> front, const door& by)
    : stream_(std::move(socket), front->tls->native_handle()),
      front_(std::move(front)),
      in_(buffer_bytes) {
  who_.by = by;
  front_->watching->add(*this);
  error_code failed;
  const auto peer = stream_.socket().remote_endpoint(failed).address();
  who_.client = client_address(address_of(peer), front_->core->setup.env.topology.trusted_proxies,
                               by.endpoint == nullptr ? std::string() : by.endpoint->resource_id);
  enter(phase::handshake, handshake_limit);
}

session::~session() {
  front_->watching->remove(*this);
  front_->core->connections.fetch_sub(1, std::memory_order_release);
}

void session::expire() {
  if (phase_ == phase::working) return;  // the asker keeps that time
  if (phase_ == phase::reading) {
    // Told so, then closed.
    late_ = true;
    error_code ignored;
    stream_.socket().cancel(ignored);
    enter(phase::writing, write_limit);
    return;
  }
  abort();
}

void session::leave() {
  leaving_ = true;
  if (phase_ != phase::idle) return;
  error_code ignored;
  stream_.socket().cancel(ignored);
}

void session::abort() {
  lost_ = true;
  error_code ignored;
  stream_.socket().close(ignored);
}

task<void> session::run() {
  for (auto wanted = stream_.accept(); wanted != want::nothing; wanted = stream_.accept()) {
    const bool come = co_await stream_.wait_for(wanted);
    if (come) continue;
    abort();
    co_return;
  }
  while (!lost_) {
    const bool keeps = co_await exchange();
    forget_request();
    if (!keeps) break;
  }
  co_await close();
}

// Tokens and bodies leave the buffers as soon as they were answered; what a client has sent ahead
// moves to the front.
void session::forget_request() {
  reader_.reset();
  const auto ahead = end_ - begin_;
  if (ahead > 0) std::memmove(in_.data(), in_.data() + begin_, ahead);
  crypto::wipe(in_.data() + ahead, filled_ - ahead);
  begin_ = head_end_ = 0;
  end_ = filled_ = ahead;
  crypto::wipe(out_.data(), out_.size());
  out_.clear();
}

// Receives behind what is there. False: nothing more comes, or not in time.
task<bool> session::read_more() {
  if (end_ == in_.size()) {
    // Only a body can fill the buffer; its head stays where it is.
    std::memmove(in_.data() + head_end_, in_.data() + begin_, end_ - begin_);
    end_ -= begin_ - head_end_;
    begin_ = head_end_;
    if (end_ == in_.size()) co_return false;
  }
  const auto space = std::span(in_).subspan(end_);
  std::size_t n = 0;
  for (auto wanted = stream_.read(space, n); wanted != want::nothing;
       wanted = stream_.read(space, n)) {
    const bool come = co_await stream_.wait_for(wanted);
    if (come) continue;
    if (!late_ && !leaving_) lost_ = true;
    co_return false;
  }
  end_ += n;
  filled_ = std::max(filled_, end_);
  co_return !late_;
}

// True: a head was read, or something that is answered by a refusal.
task<bool> session::read_head() {
  enter(phase::idle, idle_limit);
  for (;;) {
    if (begin_ < end_) {
      begin_ += reader_->take({in_.data() + begin_, end_ - begin_});
      if (reader_->state() != progress::more) break;
      if (reader_->started() && phase_ == phase::idle) enter(phase::reading, read_limit);
    }
    if (phase_ == phase::idle && leaving_) co_return false;
    const bool more = co_await read_more();
    if (!more) co_return late_;
  }
  head_end_ = begin_;
  co_return true;
}

answer session::refusal_of_head() const {
  if (late_) return body_refusal(body_state::late);
  if (reader_->state() == progress::head_too_large) {
    protocol::error e{protocol::error_code::header_too_large, protocol::inner_code::none,
                      "The request's head is too large.", std::nullopt};
    auto a = refusal(e);
    a.close = true;
    return a;
  }
  return body_refusal(body_state::malformed);
}

// One request and its answer. False: the connection is to be closed.
task<bool> session::exchange() {
  reader_.emplace();
  const bool received = co_await read_head();
  if (!received) co_return false;
  const auto started = clock::now();
  const bool readable =
      !late_ && (reader_->state() == progress::head || reader_->state() == progress::done);
  const bool audited = readable && front_->clerk.begin();
  answer a;
  if (audited) {
    enter(phase::working, write_limit);
    try {
      a = co_await front_->desk.serve(reader_->head(), *this, who_);
    } catch (const std::exception& e) {
      spdlog::error("a request could not be answered: {}", e.what());
      a = refusal({protocol::error_code::internal, protocol::inner_code::none,
                   "The request could not be carried out.", std::nullopt});
      a.close = true;
    }
  } else {
    a = readable ? unaudited_refusal() : refusal_of_head();
  }
  if (a.drop) abort();
  const auto id = front_->desk.fresh_id();
  // Whether or not anybody is left to hear the answer.
  const auto took = clock::now() - started;
  if (audited) note(a, {id.data(), id.size()}, took);
  if (lost_) co_return false;
  const bool without_body = reader_->head().method == "HEAD";
  bool keeps = readable && !a.close && !leaving_ && reader_->head().keep_alive;
  auto text = prepare(a, {id.data(), id.size()}, without_body, keeps);
  bool written = stream_.write(text) == want::nothing;  // mostly the socket takes it at once
  if (!written) written = co_await write_all(text);
  front_->core->setup.observer.finished(a.op, a.status, took);
  if (!written || !keeps) co_return false;
  if (complete()) co_return true;
  const bool finished = co_await finish_body();
  co_return finished;
}

void session::note(const answer& a, std::string_view id, clock::duration took) {
  const std::string_view vault = who_.place ? std::string_view{who_.place->vault} : "";
  const std::string_view origin =
      who_.place ? std::string_view{who_.place->base_url} : std::string_view{who_.origin};
  front_->clerk.record({reader_->head(), a, vault, origin, who_.client.network_info(), id, took},
                       who_.notes);
}

// The response as it is to be written, and whether the connection goes on after it.
std::string_view session::prepare(const answer& a, std::string_view id, bool without_body,
                                  bool& keeps) {
  // A client that was not told to go on may or may not send its body: who knows where the next
  // request starts.
  if (!complete() && !reader_->head().expect.empty()) keeps = false;
  write_response(out_, a,
                 {id, reader_->head().client_request_id, who_.client.network_info(),
                  front_->desk.date(), !keeps, without_body, who_.rights.assignment()});
  enter(phase::writing, write_limit);
  return {out_.data(), out_.size()};
}

// False: the other side takes no more.
task<bool> session::write_all(std::string_view text) {
  for (auto wanted = stream_.write(text); wanted != want::nothing; wanted = stream_.write(text)) {
    const bool come = co_await stream_.wait_for(wanted);
    if (come) continue;
    lost_ = true;
    co_return false;
  }
  co_return true;
}

// PORT body_source.
task<body_state> session::read() {
  enter(phase::reading, read_limit);
  if (!complete() && !reader_->head().expect.empty()) {
    co_await write_all("HTTP/1.1 100 Continue\r\n\r\n");
  }
  while (!lost_ && reader_->state() == progress::head) {
    if (begin_ < end_) {
      const auto n = reader_->take({in_.data() + begin_, end_ - begin_});
      begin_ += n;
      if (n > 0 || reader_->state() != progress::head) continue;
    }
    const bool more = co_await read_more();
    if (!more) break;
  }
  const bool late = late_;
  if (!late) enter(phase::working, write_limit);
  if (late) co_return body_state::late;
  if (lost_) co_return body_state::lost;
  switch (reader_->state()) {
    case progress::done:
      co_return body_state::complete;
    case progress::body_too_large:
      co_return body_state::too_large;
    default:
      co_return body_state::malformed;
  }
}

// The body of a request that was refused without it.
task<bool> session::finish_body() {
  reader_->discard_body();
  const auto state = co_await read();
  co_return state == body_state::complete;
}

// Says good-bye, and lets the other side read what was written before the connection goes: closing
// on unread data would take the answer away from it (RFC 9112 §9.6).
task<void> session::close() {
  if (lost_) {
    abort();
    co_return;
  }
  enter(phase::closing, close_limit);
  stream_.say_goodbye();
  auto& socket = stream_.socket();
  error_code ignored;
  socket.shutdown(asio::socket_base::shutdown_send, ignored);
  for (std::size_t n = 0; !ignored && n < most_lingered;) {
    const auto got =
        co_await socket.async_read_some(asio::buffer(in_), asio::redirect_error(use_task, ignored));
    n += got;
  }
  abort();
}

task<void> live(std::shared_ptr<session> self) {
  co_await self->run();
}

}  // namespace

loop_front::loop_front(std::shared_ptr<gateway_core> shared,
                       std::shared_ptr<asio::ssl::context> context, event_loop& on)
    : core(std::move(shared)),
      tls(std::move(context)),
      loop(on),
      desk(core, on),
      clerk(core->setup.env),
      watching(std::make_shared<watch>(on)) {}

void serve_connection(tcp_socket socket, std::shared_ptr<loop_front> front, const door& by) {
  auto& context = front->loop.context();
  auto made = std::make_shared<session>(std::move(socket), std::move(front), by);
  asio::co_spawn(context.get_executor(), live(std::move(made)), asio::detached);
}

}  // namespace twinkeep::actors
