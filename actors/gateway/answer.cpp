#include "actors/gateway/answer.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstring>

namespace twinkeep::actors {

namespace {

using crypto::wiping_chars;

constexpr std::string_view same_for_all =
    "Cache-Control: no-cache\r\n"
    "Pragma: no-cache\r\n"
    "Expires: -1\r\n"
    "x-ms-keyvault-service-version: 1.9.0.1\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Strict-Transport-Security: max-age=31536000;includeSubDomains\r\n";

}  // namespace

// RFC 9110 §15, and RFC 6585 §4, §5.
std::string_view reason_of(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Other";
  }
}

answer refusal(const protocol::error& e, std::string_view region) {
  answer a;
  a.status = protocol::http_status(e.code);
  const auto body = protocol::json::write_error(e);
  a.body.assign(body.begin(), body.end());
  a.region = region;
  a.retry_after_s = e.retry_after_s;
  a.code = protocol::to_string(e.code);
  a.inner = protocol::to_string(e.inner);
  return a;
}

answer json_answer(unsigned status, std::string_view body) {
  answer a;
  a.status = status;
  a.body.assign(body.begin(), body.end());
  return a;
}

answer body_refusal(body_state state) {
  using protocol::error_code;
  auto e = protocol::bad_parameter("The request is not valid HTTP.");
  if (state == body_state::too_large) {
    e.code = error_code::request_entity_too_large;
    e.message = "The request body is too large.";
  } else if (state == body_state::late) {
    e.code = error_code::request_timeout;
    e.message = "The request did not come in time.";
  }
  auto a = refusal(e);
  a.close = true;
  return a;
}

void write_response(wiping_chars& out, const answer& a, const response_lines& lines) {
  // Enough for every line whose length is not counted here.
  constexpr std::size_t most_fixed = 1024;
  const auto start = out.size();
  const auto body_bytes = lines.without_body ? 0 : a.body.size();
  out.resize(start + most_fixed + a.region.size() + a.challenge.size() + a.location.size() +
             lines.client_request_id.size() + lines.network_info.size() + lines.assignment.size() +
             body_bytes);
  char* at = out.data() + start;
  const auto add = [&at](std::string_view text) {
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    at += text.size();
  };
  const auto add_number = [&at](std::size_t number) {
    at = std::to_chars(at, at + 20, number).ptr;
  };
  const auto add_line = [&add](std::string_view name, std::string_view value) {
    add(name);
    add(value);
    add("\r\n");
  };
  add("HTTP/1.1 ");
  add_number(a.status);
  add_line(" ", reason_of(a.status));
  add(same_for_all);
  if (!a.region.empty()) add_line("x-ms-keyvault-region: ", a.region);
  if (!lines.network_info.empty()) add_line("x-ms-keyvault-network-info: ", lines.network_info);
  if (!lines.assignment.empty()) {
    add_line("x-ms-keyvault-rbac-assignment-id: ", lines.assignment);
  }
  add_line("x-ms-request-id: ", lines.request_id);
  if (!lines.client_request_id.empty()) {
    add_line("x-ms-client-request-id: ", lines.client_request_id);
  }
  if (!a.challenge.empty()) add_line("WWW-Authenticate: ", a.challenge);
  if (!a.location.empty()) add_line("Location: ", a.location);
  if (a.retry_after_s) {
    add("Retry-After: ");
    add_number(*a.retry_after_s);
    add("\r\n");
  }
  add_line("Date: ", lines.date);
  if (lines.close) add("Connection: close\r\n");
  if (a.status != 204) {
    add("Content-Type: application/json; charset=utf-8\r\nContent-Length: ");
    add_number(a.body.size());
    add("\r\n");
  }
  add("\r\n");
  add({a.body.data(), body_bytes});
  out.resize(static_cast<std::size_t>(at - out.data()));
}

std::string http_date(std::int64_t unix_seconds) {
  using namespace std::chrono;
  constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds moment{seconds{unix_seconds}};
  const auto day = floor<days>(moment);
  const year_month_day date{day};
  const hh_mm_ss time{moment - day};
  std::string out;
  const auto two = [&out](long number) {
    out += static_cast<char>('0' + number / 10 % 10);
    out += static_cast<char>('0' + number % 10);
  };
  out += weekdays.at(weekday{day}.c_encoding());
  out += ", ";
  two(static_cast<long>(static_cast<unsigned>(date.day())));
  out += ' ';
  out += months.at(static_cast<unsigned>(date.month()) - 1);
  out += ' ';
  const auto year = static_cast<int>(date.year());
  two(year / 100);
  two(year % 100);
  out += ' ';
  two(time.hours().count());
  out += ':';
  two(time.minutes().count());
  out += ':';
  two(time.seconds().count());
  out += " GMT";
  return out;
}

}  // namespace twinkeep::actors
