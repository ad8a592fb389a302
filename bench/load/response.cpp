#include "bench/load/response.hpp"

#include <strings.h>
#include <charconv>

namespace twinkeep::load {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Calls `use(name, value)` for each header line; `head` starts with the status line.
template <class Use>
void each_header(std::string_view head, Use use) {
  std::size_t at = head.find("\r\n");
  while (at != head.npos) {
    at += 2;
    const std::size_t end = head.find("\r\n", at);
    if (end == head.npos || end == at) return;
    const std::string_view line = head.substr(at, end - at);
    if (const std::size_t colon = line.find(':'); colon != line.npos) {
      use(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
    at = end;
  }
}

}  // namespace

parsed parse_head(std::string_view received, response_head& head) {
  const std::size_t end = received.find("\r\n\r\n");
  if (end == received.npos) return parsed::incomplete;
  const std::string_view text = received.substr(0, end + 4);
  const bool http =
      text.size() > 12 && (text.starts_with("HTTP/1.1 ") || text.starts_with("HTTP/1.0 "));
  if (!http) return parsed::malformed;
  head = {};
  head.head_bytes = text.size();
  head.keep_alive = text[7] == '1';
  if (std::from_chars(text.data() + 9, text.data() + 12, head.status).ptr != text.data() + 12 ||
      head.status < 200 || head.status > 599) {
    return parsed::malformed;
  }

  bool has_length = head.status == 204 || head.status == 304;
  bool valid = true;
  each_header(text, [&](std::string_view name, std::string_view value) {
    if (same_name(name, "content-length")) {
      const char* const stop = value.data() + value.size();
      const auto [rest, error] = std::from_chars(value.data(), stop, head.body_bytes);
      valid = valid && error == std::errc() && rest == stop;
      has_length = true;
    } else if (same_name(name, "transfer-encoding")) {
      valid = false;
    } else if (same_name(name, "connection")) {
      head.keep_alive = !same_name(value, "close");
    }
  });
  return valid && has_length ? parsed::complete : parsed::malformed;
}

std::string_view find_header(std::string_view head, std::string_view name) {
  std::string_view found;
  each_header(head, [&](std::string_view candidate, std::string_view value) {
    if (found.empty() && same_name(candidate, name)) found = value;
  });
  return found;
}

}  // namespace twinkeep::load
