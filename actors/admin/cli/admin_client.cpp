#include "actors/admin/cli/admin_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <boost/url/parse.hpp>
#include <exception>
#include <fstream>
#include <iterator>

#include "actors/admin/cli/json_fields.hpp"
#include "actors/admin/cli/text_table.hpp"

namespace twinkeep::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;
using request = http::request<http::string_body>;
using response = http::response<http::string_body>;

constexpr std::chrono::seconds patience{10};

http::verb to_beast(verb v) {
  switch (v) {
    case verb::get:
      return http::verb::get;
    case verb::post:
      return http::verb::post;
    case verb::remove:
      return http::verb::delete_;
  }
  return http::verb::unknown;
}

// Asynchronous although nothing else goes on meanwhile: Asio's blocking calls know no deadline,
// and a frozen service is what this client is there to look at.
asio::awaitable<void> exchange(std::string host, std::string port, const request& question,
                               response& answer) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto addresses = co_await resolver.async_resolve(host, port, asio::use_awaitable);
  beast::tcp_stream stream(executor);
  stream.expires_after(patience);
  co_await stream.async_connect(addresses, asio::use_awaitable);
  co_await http::async_write(stream, question, asio::use_awaitable);
  beast::flat_buffer buffer;
  co_await http::async_read(stream, buffer, answer, asio::use_awaitable);
}

// {"error":{"code","message"}} on one line, or what little is known without it.
std::string refusal(const response& answer, const json::value& content) {
  const json::value& error = member(content, "error");
  if (error.is_object()) return field(error, "code") + ": " + field(error, "message");
  return "HTTP " + std::to_string(answer.result_int()) + ' ' + printable(answer.reason());
}

}  // namespace

result<admin_answer, std::string> admin_client::send(verb v, std::string_view path,
                                                     std::string body) const {
  const auto parsed = boost::urls::parse_uri(uri_);
  if (!parsed || parsed->scheme() != "http" || parsed->host().empty()) {
    return failure{"expected an admin address such as http://127.0.0.1:9443, found \"" +
                   printable(uri_) + '"'};
  }
  const std::string port = parsed->has_port() ? std::string(parsed->port()) : "80";

  request question(to_beast(v), path, 11);
  question.set(http::field::host, std::string(parsed->encoded_host_and_port()));
  question.set(http::field::user_agent, "twinkeep");
  question.set(http::field::connection, "close");
  if (v == verb::post) question.set(http::field::content_type, "application/json");
  question.body() = std::move(body);
  question.prepare_payload();

  response answer;
  std::exception_ptr problem;
  asio::io_context loop;
  asio::co_spawn(loop, exchange(std::string(parsed->host_address()), port, question, answer),
                 [&](std::exception_ptr e) { problem = std::move(e); });
  loop.run();
  try {
    if (problem) std::rethrow_exception(problem);
  } catch (const boost::system::system_error& e) {
    return failure{"no answer from " + printable(uri_) + ": " + e.code().message()};
  }

  boost::system::error_code malformed;
  admin_answer out{json::parse(answer.body(), malformed), std::move(answer.body())};
  if (http::to_status_class(answer.result()) != http::status_class::successful) {
    return failure{refusal(answer, out.content)};
  }
  // An empty body is a plain "done".
  if (malformed && !out.text.empty()) {
    return failure{printable(uri_) +
                   " answered something else than JSON: is it the admin address?"};
  }
  out.text.erase(out.text.find_last_not_of("\r\n") + 1);
  return out;
}

result<std::string, std::string> admin_uri_of(const std::string& ready_file) {
  std::ifstream file(ready_file);
  if (!file) return failure{"cannot read the ready file " + ready_file};
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  boost::system::error_code malformed;
  const json::value content = json::parse(text, malformed);
  const json::value& uri = member(content, "admin_uri");
  if (!uri.is_string()) {
    return failure{ready_file + ": expected a JSON object with the text \"admin_uri\""};
  }
  return std::string(uri.get_string());
}

}  // namespace twinkeep::cli
