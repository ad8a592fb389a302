#include "actors/gateway/tls_stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/redirect_error.hpp>
#include <cstring>

namespace twinkeep::actors {

namespace asio = boost::asio;

namespace {

using boost::system::error_code;

// A record with its overhead, and some of what follows it.
constexpr std::size_t input_bytes = 17 * 1024;

// The queue belongs to the thread: what somebody left there would be taken for our reason. Looking
// is cheaper than clearing, and there is hardly ever anything.
void forget_errors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

}  // namespace

// What OpenSSL calls for its octets. Its own socket BIO would raise SIGPIPE and receive every
// record's head and content apart.
struct tls_stream::transport {
  static int read(BIO* bio, char* space, std::size_t size, std::size_t* taken) {
    auto& self = *static_cast<tls_stream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    *taken = std::min(size, self.end_ - self.begin_);
    if (*taken == 0) {
      BIO_set_retry_read(bio);
      return 0;
    }
    std::memcpy(space, self.input_.get() + self.begin_, *taken);
    self.begin_ += *taken;
    return 1;
  }

  static int write(BIO* bio, const char* data, std::size_t size, std::size_t* sent) {
    auto& self = *static_cast<tls_stream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    *sent = 0;
    ssize_t n = 0;
    do {
      n = ::send(self.socket_.native_handle(), data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    if (n > 0) {
      *sent = static_cast<std::size_t>(n);
      return 1;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) BIO_set_retry_write(bio);
    return 0;
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static const BIO_METHOD* method() {
    static const auto* const made = [] {
      auto* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "twinkeep");
      BIO_meth_set_read_ex(m, read);
      BIO_meth_set_write_ex(m, write);
      BIO_meth_set_ctrl(m, control);
      return m;
    }();
    return made;
  }
};

void tls_stream::freed::operator()(SSL* session) const {
  SSL_free(session);
}

tls_stream::tls_stream(tcp_socket socket, SSL_CTX* context)
    : socket_(std::move(socket)),
      input_(std::make_unique_for_overwrite<char[]>(input_bytes)),
      session_(SSL_new(context)) {
  auto* const bio = BIO_new(transport::method());
  if (session_ == nullptr || bio == nullptr) {
    BIO_free(bio);
    throw std::bad_alloc();
  }
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(session_.get(), bio, bio);
}

tls_stream::~tls_stream() = default;

tls_stream::want tls_stream::after(int result) {
  if (result == 1) return want::nothing;
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return want::input;
    case SSL_ERROR_WANT_WRITE:
      return want::output;
    default:
      ERR_clear_error();
      return want::end;
  }
}

tls_stream::want tls_stream::accept() {
  forget_errors();
  return after(SSL_accept(session_.get()));
}

tls_stream::want tls_stream::read(std::span<char> space, std::size_t& received) {
  // OpenSSL would find out the same at the end of a long way.
  if (begin_ == end_ && SSL_has_pending(session_.get()) == 0) return want::input;
  forget_errors();
  return after(SSL_read_ex(session_.get(), space.data(), space.size(), &received));
}

tls_stream::want tls_stream::write(std::string_view& rest) {
  forget_errors();
  while (!rest.empty()) {
    std::size_t sent = 0;
    const auto wanted = after(SSL_write_ex(session_.get(), rest.data(), rest.size(), &sent));
    if (wanted != want::nothing) return wanted;
    rest.remove_prefix(sent);
  }
  return want::nothing;
}

void tls_stream::say_goodbye() {
  forget_errors();
  SSL_shutdown(session_.get());
  forget_errors();
}

task<bool> tls_stream::wait_for(want what) {
  error_code failed;
  if (what == want::input) {
    begin_ = end_ = 0;
    end_ = co_await socket_.async_read_some(asio::buffer(input_.get(), input_bytes),
                                            asio::redirect_error(use_task, failed));
  } else if (what == want::output) {
    co_await socket_.async_wait(tcp_socket::wait_write, asio::redirect_error(use_task, failed));
  } else {
    co_return false;
  }
  co_return !failed;
}

}  // namespace twinkeep::actors
