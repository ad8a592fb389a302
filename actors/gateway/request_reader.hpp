#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <string_view>

#include "actors/gateway/request_head.hpp"
#include "crypto/secret_bytes.hpp"

namespace twinkeep::actors {

// Reads one HTTP/1.1 request from a connection's buffer (RFC 9112). Beast's parser does the work;
// what it is lenient about, and what two readers could read differently, is refused here.
class request_reader : private boost::beast::http::basic_parser<true> {
 public:
  enum class progress : std::uint8_t {
    more,
    head,
    done,
    malformed,
    head_too_large,
    body_too_large
  };
  static constexpr std::size_t max_head_bytes = 16 * 1024;

  request_reader();

  // Takes what it can from the front of `data` and says how much; the rest is to be given again.
  // Views in head() point into `data`, which therefore must not move until the request is done.
  std::size_t take(std::string_view data);
  [[nodiscard]] progress state() const { return state_; }
  [[nodiscard]] bool started() const { return started_; }
  [[nodiscard]] const request_head& head() const { return head_; }
  [[nodiscard]] byte_view body() const { return body_; }
  // From now on the body is only counted.
  void discard_body() { discards_ = true; }

 private:
  using error_code = boost::beast::error_code;
  using field = boost::beast::http::field;
  using string_view = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, string_view method, string_view target, int,
                       error_code&) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(field name, string_view name_text, string_view value, error_code&) override;
  void on_header_impl(error_code&) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& size, error_code&) override;
  std::size_t on_body_impl(string_view part, error_code&) override;
  void on_chunk_header_impl(std::uint64_t size, string_view, error_code&) override;
  std::size_t on_chunk_body_impl(std::uint64_t, string_view part, error_code&) override;
  void on_finish_impl(error_code&) override {}
  std::size_t keep(string_view part, error_code& e);
  void set_once(std::string_view& line, string_view value, error_code& e);
  void settle(const error_code& e);

  request_head head_;
  crypto::wiping_bytes body_;
  std::string_view data_;  // of the call that is running
  std::size_t head_bytes_ = 0;
  std::size_t body_bytes_ = 0;
  progress state_ = progress::more;
  bool started_ = false;
  bool in_body_ = false;
  bool http11_ = false;
  bool discards_ = false;
};

}  // namespace twinkeep::actors
