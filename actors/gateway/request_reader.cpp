#include "actors/gateway/request_reader.hpp"

#include <boost/beast/http/error.hpp>
#include <functional>

#include "protocol/attributes.hpp"

namespace twinkeep::actors {

namespace {

namespace http = boost::beast::http;

// Refused by us and not by Beast; which of its errors stands for it says nothing to anybody.
constexpr auto refused = http::error::bad_value;

// What a chunked body ends with, so that more of it always comes: "0", CRLF, CRLF (RFC 9112 §7.1).
// Of the last chunk Beast asserts that so much is there when it looks for the trailer again.
constexpr std::size_t least_of_chunks = 5;

std::string_view std_view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

bool is_within(std::string_view part, std::string_view whole) {
  const std::less_equal<> not_after;
  return not_after(whole.data(), part.data()) &&
         not_after(part.data() + part.size(), whole.data() + whole.size());
}

}  // namespace

request_reader::request_reader() {
  eager(false);
  header_limit(max_head_bytes);
  // Its own limit would refuse by the length alone, before anybody asked who is calling.
  body_limit(boost::none);
}

std::size_t request_reader::take(std::string_view data) {
  std::size_t used = 0;
  while (used < data.size() && (state_ == progress::more || state_ == progress::head)) {
    data_ = data.substr(used);
    // Empty lines before a request are tolerated (RFC 9112 §2.2), within the head's limit.
    if (!got_some() && (data_.front() == '\r' || data_.front() == '\n')) {
      ++used;
      if (++head_bytes_ > max_head_bytes) state_ = progress::head_too_large;
      continue;
    }
    started_ = true;
    if (in_body_ && chunked() && data_.size() < least_of_chunks) break;
    error_code e;
    const bool was_head = !in_body_;
    const auto n = put(boost::asio::const_buffer(data_.data(), data_.size()), e);
    used += n;
    if (was_head) head_bytes_ += n;
    if (e == http::error::need_more) {
      if (was_head && head_bytes_ + data.size() - used >= max_head_bytes) {
        state_ = progress::head_too_large;
      }
      break;
    }
    settle(e);
    if (was_head && state_ == progress::head) break;  // the body is read once it is wanted
  }
  return used;
}

void request_reader::settle(const error_code& e) {
  if (e == http::error::header_limit) {
    state_ = progress::head_too_large;
  } else if (e == http::error::body_limit) {
    state_ = progress::body_too_large;
  } else if (e) {
    state_ = progress::malformed;
  } else if (is_done()) {
    state_ = progress::done;
    head_.keep_alive = http11_ && keep_alive();
  } else if (is_header_done()) {
    state_ = progress::head;
    head_.keep_alive = http11_ && keep_alive();
  }
}

void request_reader::on_request_impl(http::verb, string_view method, string_view target,
                                     int version, error_code&) {
  head_.method = std_view(method);
  head_.target = std_view(target);
  http11_ = version == 11;
}

void request_reader::set_once(std::string_view& line, string_view value, error_code& e) {
  if (line.data() != nullptr) e = refused;
  line = std_view(value);
}

void request_reader::on_field_impl(field name, string_view name_text, string_view value,
                                   error_code& e) {
  if (in_body_) return;  // a trailer: nothing that counts comes so late
  // A folded line was put together in a buffer of Beast's own. Folding is obsolete, and a way to
  // hide lines from another reader (RFC 9112 §5.2).
  if (!is_within(std_view(value), data_)) {
    e = refused;
    return;
  }
  switch (name) {
    case field::host:
      return set_once(head_.host, value, e);
    case field::authorization:
      return set_once(head_.authorization, value, e);
    case field::transfer_encoding:
      // Beast lets other codings pass and takes the body for empty.
      if (!boost::beast::iequals(value, "chunked") || !http11_) e = refused;
      return;
    case field::content_length:
      // A list of equal lengths is allowed and never sent.
      if (value.find_first_not_of("0123456789") != string_view::npos) e = refused;
      return;
    case field::expect:
      return set_once(head_.expect, value, e);
    case field::user_agent:
      head_.user_agent = std_view(value);
      return;
    case field::unknown:
      if (boost::beast::iequals(name_text, "x-ms-client-request-id")) {
        head_.client_request_id = std_view(value);
      } else if (boost::beast::iequals(name_text, "x-forwarded-for")) {
        head_.forwarded_for.add(std_view(value));
      }
      return;
    default:
      return;
  }
}

void request_reader::on_header_impl(error_code& e) {
  in_body_ = true;
  if (head_.host.empty()) e = refused;
  if (!head_.expect.empty() &&
      !boost::beast::iequals(string_view(head_.expect.data(), head_.expect.size()),
                             "100-continue")) {
    e = refused;
  }
}

void request_reader::on_body_init_impl(const boost::optional<std::uint64_t>& size, error_code& e) {
  if (!size) return;
  if (*size > protocol::max_body_bytes) {
    e = http::error::body_limit;
    return;
  }
  if (!discards_) body_.reserve(static_cast<std::size_t>(*size));
}

std::size_t request_reader::keep(string_view part, error_code& e) {
  if (part.size() > protocol::max_body_bytes - body_bytes_) {
    e = http::error::body_limit;
    return 0;
  }
  body_bytes_ += part.size();
  if (!discards_) body_.insert(body_.end(), part.begin(), part.end());
  return part.size();
}

std::size_t request_reader::on_body_impl(string_view part, error_code& e) {
  return keep(part, e);
}

void request_reader::on_chunk_header_impl(std::uint64_t size, string_view, error_code& e) {
  if (size > protocol::max_body_bytes - body_bytes_) e = http::error::body_limit;
}

std::size_t request_reader::on_chunk_body_impl(std::uint64_t, string_view part, error_code& e) {
  return keep(part, e);
}

}  // namespace twinkeep::actors
