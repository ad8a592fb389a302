#include "bench/load/tls.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace twinkeep::load {
namespace {

bool is_below_localhost(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost");
}

bool is_address(const std::string& host) {
  in6_addr ignored{};
  return inet_pton(AF_INET, host.c_str(), &ignored) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

std::string last_openssl_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* const reason = ERR_reason_error_string(code);
  return reason ? reason : "unknown error";
}

}  // namespace

result<location, std::string> locate(std::string_view url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || parsed->scheme() != "https" || parsed->host().empty()) {
    return failure{"expected an https URL, found \"" + std::string(url) + '"'};
  }
  location found;
  found.server.host = parsed->host_address();
  found.server.authority = std::string(parsed->encoded_host_and_port());
  found.target = std::string(parsed->encoded_target());
  if (found.target.empty()) found.target = "/";

  const std::string port = parsed->has_port() ? std::string(parsed->port()) : "443";
  const std::string node = is_below_localhost(found.server.host) ? "127.0.0.1" : found.server.host;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int error = getaddrinfo(node.c_str(), port.c_str(), &hints, &list); error != 0) {
    return failure{node + ": " + gai_strerror(error)};
  }
  std::memcpy(&found.server.address, list->ai_addr, list->ai_addrlen);
  found.server.address_size = list->ai_addrlen;
  freeaddrinfo(list);
  return found;
}

void free_openssl::operator()(SSL_CTX* context) const {
  SSL_CTX_free(context);
}
void free_openssl::operator()(SSL* session) const {
  SSL_free(session);
}

result<tls_context, std::string> make_tls_context(const std::string& ca_file) {
  tls_context context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  // Without it every record costs two reads: its head and its content.
  SSL_CTX_set_read_ahead(context.get(), 1);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE);
  if (SSL_CTX_load_verify_file(context.get(), ca_file.c_str()) != 1) {
    return failure{ca_file + ": expected a PEM file of certificates: " + last_openssl_error()};
  }
  return context;
}

tls_connection::tls_connection(tls_connection&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      session_(std::move(other.session_)),
      problem_(std::move(other.problem_)) {}

bool tls_connection::open(const endpoint& server, SSL_CTX* context) {
  close();
  socket_ = ::socket(server.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return false;
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&server.address), server.address_size) !=
          0 &&
      errno != EINPROGRESS) {
    problem_ = std::generic_category().message(errno);
    close();
    return false;
  }
  session_.reset(SSL_new(context));
  SSL_set_fd(session_.get(), socket_);
  if (is_address(server.host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session_.get()), server.host.c_str());
  } else {
    SSL_set1_host(session_.get(), server.host.c_str());
    SSL_set_tlsext_host_name(session_.get(), server.host.c_str());
  }
  return true;
}

void tls_connection::close() {
  // Without a close_notify: the server learns it from the socket, as from most clients.
  session_.reset();
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

io tls_connection::outcome(int code) {
  switch (SSL_get_error(session_.get(), code)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return io::again;
    default:
      break;
  }
  const int system_error = errno;
  const long verified = SSL_get_verify_result(session_.get());
  if (verified != X509_V_OK) {
    problem_ = std::string("certificate refused: ") + X509_verify_cert_error_string(verified);
  } else if (ERR_peek_last_error() != 0) {
    problem_ = last_openssl_error();
  } else {
    problem_ = system_error != 0 ? std::generic_category().message(system_error) : "closed";
  }
  // SSL_get_error looks at this thread's queue: what is left there would spoil the next verdict.
  ERR_clear_error();
  return io::closed;
}

io tls_connection::handshake() {
  errno = 0;
  const int code = SSL_connect(session_.get());
  return code == 1 ? io::done : outcome(code);
}

io tls_connection::write(std::string_view data, std::size_t& written) {
  errno = 0;
  const int code = SSL_write_ex(session_.get(), data.data(), data.size(), &written);
  return code == 1 ? io::done : outcome(code);
}

io tls_connection::read(char* space, std::size_t size, std::size_t& received) {
  errno = 0;
  const int code = SSL_read_ex(session_.get(), space, size, &received);
  return code == 1 ? io::done : outcome(code);
}

std::string tls_connection::description() const {
  return std::string(SSL_get_version(session_.get())) + ' ' + SSL_get_cipher_name(session_.get());
}

}  // namespace twinkeep::load
