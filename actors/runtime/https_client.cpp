#include "actors/runtime/https_client.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
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

#include "actors/runtime/durable_file.hpp"

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
constexpr std::uint32_t longest_head = 16 * 1024;  // of an answer
constexpr std::size_t longest_ca_file = 4 * 1024 * 1024;

std::string failed(std::string_view what, const error_code& why) {
  return std::string(what) + ": " + why.message();
}

// What ends a wait goes before what is waited for.
class forgetting {
 public:
  explicit forgetting(std::function<void()>& cancel) : cancel_(cancel) {}
  ~forgetting() { cancel_ = nullptr; }
  forgetting(const forgetting&) = delete;
  forgetting& operator=(const forgetting&) = delete;

 private:
  std::function<void()>& cancel_;
};

web_answer without_answer(std::string_view what, const error_code& why) {
  return {0, {}, failed(what, why)};
}

}  // namespace

void append(crypto::wiping_chars& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
}

result<web_trust, std::string> trust_authorities(const std::filesystem::path& file) {
  auto trust = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(trust->native_handle(), TLS1_2_VERSION);
  trust->set_verify_mode(ssl::verify_peer);
  error_code problem;
  if (file.empty()) {
    trust->set_default_verify_paths(problem);
    if (problem) return failure{"the system's authorities: " + problem.message()};
    return trust;
  }
  const auto pem = read_small_file(file, longest_ca_file, secrecy::is_public);
  if (!pem) return failure{pem.error()};
  if (!*pem) return failure{file.string() + ": there is no such file"};
  const auto text = (**pem).view();
  trust->add_certificate_authority(asio::buffer(text.data(), text.size()), problem);
  if (problem) return failure{file.string() + ": " + problem.message()};
  return trust;
}

void web_exchange::abort() {
  aborted_ = true;
  if (cancel_) cancel_();
}

// Sends the request and reads the answer.
template <class Stream>
asio::awaitable<web_answer> web_exchange::talk(Stream& stream) {
  error_code problem;
  co_await asio::async_write(stream, asio::buffer(request.data(), request.size()),
                             redirect_error(use_awaitable, problem));
  if (problem) co_return without_answer("sending", problem);
  beast::flat_buffer buffer(longest_head);
  http::response_parser<http::string_body> parser;
  parser.header_limit(longest_head);
  if (longest_body > 0) parser.body_limit(longest_body);
  co_await http::async_read_header(stream, buffer, parser, redirect_error(use_awaitable, problem));
  if (!problem && longest_body > 0) {
    co_await http::async_read(stream, buffer, parser, redirect_error(use_awaitable, problem));
  }
  if (problem) co_return without_answer("no answer", problem);
  co_return web_answer{parser.get().result_int(), std::move(parser.get().body()), {}};
}

// Empty: connected.
template <class Stream>
asio::awaitable<std::string> web_exchange::reach(Stream& stream) {
  auto& socket = beast::get_lowest_layer(stream);
  error_code problem;
  tcp::resolver resolver(loop_.context());
  cancel_ = [&resolver] { resolver.cancel(); };
  const auto port = std::to_string(where_.port);
  const auto found =
      co_await resolver.async_resolve(where_.host, port, redirect_error(use_awaitable, problem));
  cancel_ = [&socket] { socket.close(); };
  if (!problem && aborted_) problem = asio::error::operation_aborted;
  if (!problem) {
    co_await socket.async_connect(found, redirect_error(use_awaitable, problem));
  }
  if (problem) co_return failed("connecting", problem);
  co_return std::string{};
}

asio::awaitable<web_answer> web_exchange::run() {
  const auto self = shared_from_this();
  asio::steady_timer timer(loop_.context(), deadline);
  timer.async_wait([weak = weak_from_this()](const error_code& stopped) {
    if (const auto late = weak.lock(); late && !stopped) late->abort();
  });
  web_answer answer;
  if (!where_.tls) {
    beast::tcp_stream stream(loop_.context());
    const forgetting end(cancel_);
    answer.problem = co_await reach(stream);
    if (answer.problem.empty()) answer = co_await talk(stream);
    co_return answer;
  }
  beast::ssl_stream<beast::tcp_stream> stream(loop_.context(), *trust_);
  const forgetting end(cancel_);
  answer.problem = co_await reach(stream);
  if (answer.problem.empty()) {
    error_code refused;
    stream.set_verify_callback(ssl::host_name_verification(where_.host), refused);
    // The server name is for names only (RFC 6066 §3).
    asio::ip::make_address(where_.host, refused);
    if (refused) SSL_set_tlsext_host_name(stream.native_handle(), where_.host.c_str());
    refused.clear();
    co_await stream.async_handshake(ssl::stream_base::client,
                                    redirect_error(use_awaitable, refused));
    if (refused) {
      answer.problem = failed("TLS", refused);
    } else {
      answer = co_await talk(stream);
    }
  }
  co_return answer;
}

}  // namespace twinkeep::actors
