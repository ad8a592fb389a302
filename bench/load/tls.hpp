#pragma once

#include <openssl/types.h>
#include <sys/socket.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/result.hpp"

namespace twinkeep::load {

// Where a URL leads: an address to connect to, a name to verify, a Host header to send.
struct endpoint {
  sockaddr_storage address{};
  socklen_t address_size = 0;
  std::string host;       // checked against the certificate
  std::string authority;  // host[:port]
};
struct location {
  endpoint server;
  std::string target;  // path and query
};
// https URLs only. Names below "localhost" lead to 127.0.0.1 without asking a resolver (RFC 6761
// §6.3), because a bare Debian's libc does not know them.
[[nodiscard]] result<location, std::string> locate(std::string_view url);

struct free_openssl {
  void operator()(SSL_CTX* context) const;
  void operator()(SSL* session) const;
};
using tls_context = std::unique_ptr<SSL_CTX, free_openssl>;

// Trusts the authorities in `ca_file` and nobody else; TLS 1.2 and 1.3.
[[nodiscard]] result<tls_context, std::string> make_tls_context(const std::string& ca_file);

enum class io { done, again, closed };

// One TLS connection over a non-blocking socket that OpenSSL reads and writes itself: two system
// calls a request. The generator shares its cores with what it measures, so that counts.
class tls_connection {
 public:
  tls_connection() = default;
  tls_connection(tls_connection&& other) noexcept;
  tls_connection& operator=(tls_connection&&) = delete;
  ~tls_connection() { close(); }

  // Starts to connect; false when that fails at once. Goes on with handshake().
  [[nodiscard]] bool open(const endpoint& server, SSL_CTX* context);
  void close();
  [[nodiscard]] bool is_open() const { return socket_ >= 0; }
  [[nodiscard]] int socket() const { return socket_; }

  // `again`: call once more when the socket is ready. After `closed` only close() makes sense.
  [[nodiscard]] io handshake();
  [[nodiscard]] io write(std::string_view data, std::size_t& written);
  [[nodiscard]] io read(char* space, std::size_t size, std::size_t& received);

  // Why the handshake failed, for a person: "certificate verify failed: ...".
  [[nodiscard]] const std::string& problem() const { return problem_; }
  // "TLSv1.3 TLS_AES_256_GCM_SHA384"
  [[nodiscard]] std::string description() const;

 private:
  [[nodiscard]] io outcome(int code);

  int socket_ = -1;
  std::unique_ptr<SSL, free_openssl> session_;
  std::string problem_;
};

}  // namespace twinkeep::load
