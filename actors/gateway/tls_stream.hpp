#pragma once

#include <openssl/types.h>

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <span>
#include <string_view>

#include "actors/gateway/coroutine.hpp"

namespace twinkeep::actors {

using tcp_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, loop_executor>;

// TLS on a connected socket, the server's side. OpenSSL sends by itself and reads what one receive
// has brought, so that a request costs one receive and its answer one send, and nothing is copied
// in between but by OpenSSL. On the loop's thread alone; closing or cancelling the socket ends what
// is waited for.
class tls_stream {
 public:
  // What a step wants before it is called again.
  enum class want : std::uint8_t { nothing, input, output, end };

  tls_stream(tcp_socket socket, SSL_CTX* context);
  ~tls_stream();
  tls_stream(const tls_stream&) = delete;
  tls_stream& operator=(const tls_stream&) = delete;

  [[nodiscard]] tcp_socket& socket() { return socket_; }

  // Steps; none of them waits.
  [[nodiscard]] want accept();
  // `nothing`: `received` bytes are at the front of `space`.
  [[nodiscard]] want read(std::span<char> space, std::size_t& received);
  // `nothing`: all was sent. Else `rest` is what was not; it must stay where it stands.
  [[nodiscard]] want write(std::string_view& rest);
  // A close_notify, if the socket takes it at once.
  void say_goodbye();

  // Waits for what a step wanted. False: it does not come.
  [[nodiscard]] task<bool> wait_for(want what);

 private:
  struct freed {
    void operator()(SSL* session) const;
  };
  struct transport;  // the BIO
  [[nodiscard]] want after(int result);

  tcp_socket socket_;
  std::unique_ptr<char[]> input_;  // received and not yet taken by OpenSSL
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::unique_ptr<SSL, freed> session_;
};

}  // namespace twinkeep::actors
