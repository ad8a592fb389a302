#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "crypto/bytes.hpp"
#include "protocol/api_versions.hpp"
#include "protocol/ascii.hpp"
#include "protocol/http/target.hpp"
#include "protocol/join.hpp"

// What the query of a request says: the api-version, and the parameters of single operations.
namespace twinkeep::protocol::http {

namespace {

// outContentType is of this api-version; an older one does not know the parameter (CONTRACT 4).
constexpr std::string_view secret_formats_since = "2025-07-01";

outcome<void> read_max_results(std::string_view text, unsigned& out) {
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out);
  if (read.ec == std::errc{} && read.ptr == end && out >= 1 && out <= max_page_size) return {};
  return failure{bad_parameter(join({"The query parameter maxresults must lie between 1 and ",
                                     std::to_string(max_page_size), "."}))};
}

outcome<void> read_skip_token(std::string_view text, std::string& out) {
  auto position = position_of(text);
  if (!position)
    return failure{bad_parameter("The $skiptoken is not one that this list has given.")};
  out = *std::move(position);
  return {};
}

outcome<void> read_include_pending(std::string_view text, bool& out) {
  out = ascii::equal_ignoring_case(text, "true");
  if (out || ascii::equal_ignoring_case(text, "false")) return {};
  return failure{bad_parameter("The query parameter includePending must be true or false.")};
}

}  // namespace

std::string_view latest_api_version() {
  return api_versions.back();
}

outcome<std::string_view> api_version_of(const target& t) {
  const auto asked = t.find("api-version");
  if (!asked || asked->empty()) {
    return failure{
        bad_parameter(join({"The query parameter api-version is required. Consider "
                            "using the latest supported version (",
                            latest_api_version(), ")."}))};
  }
  const auto it = std::ranges::find(api_versions, *asked);
  if (it != api_versions.end()) return *it;
  // Clients take the LAST version in this text and try again with it (CONTRACT 1.2).
  return failure{bad_parameter(join({"The specified version (", *asked,
                                     ") is not recognized. Consider using the latest supported "
                                     "version (",
                                     latest_api_version(), ")."}))};
}

std::optional<std::string> position_of(std::string_view skip_token) {
  const auto position = crypto::base64url_decode(skip_token);
  if (!position ||
      !simdjson::validate_utf8(reinterpret_cast<const char*>(position->data()), position->size())) {
    return std::nullopt;
  }
  return std::string(as_text(*position));
}

outcome<page_request> page_of(const target& t) {
  page_request page;
  if (const auto asked = t.find("maxresults")) {
    auto done = read_max_results(*asked, page.max_results);
    if (!done) return failure{std::move(done).error()};
  }
  if (const auto token = t.find("$skiptoken")) {
    auto done = read_skip_token(*token, page.after);
    if (!done) return failure{std::move(done).error()};
  }
  if (const auto asked = t.find("includePending")) {
    auto done = read_include_pending(*asked, page.include_pending);
    if (!done) return failure{std::move(done).error()};
  }
  return page;
}

outcome<secret_format> secret_format_of(const target& t, std::string_view api_version) {
  const auto asked = t.find("outContentType");
  if (!asked || !is_since(api_version, secret_formats_since)) return secret_format{};
  // Media types compare without case (RFC 9110 §8.3.1).
  for (const auto known : {pem_content_type, pkcs12_content_type}) {
    if (ascii::equal_ignoring_case(*asked, known)) return secret_format{std::string(known)};
  }
  return failure{bad_parameter(join({"The query parameter outContentType must be ",
                                     pem_content_type, " or ", pkcs12_content_type, "."}))};
}

pending_filter pending_filter_of(const target& t) {
  return {std::string(t.find("request_id").value_or(std::string_view{}))};
}

outcome<request_body> parameters_of(const target& t, const operation& op,
                                    std::string_view api_version) {
  const auto as_body = [](auto read) -> outcome<request_body> {
    if (!read) return failure{std::move(read).error()};
    return request_body{*std::move(read)};
  };
  if (op.shape == shape::page) return as_body(page_of(t));
  if (op.id == operation_id::secret_get) return as_body(secret_format_of(t, api_version));
  if (op.id == operation_id::certificate_get_pending) return request_body{pending_filter_of(t)};
  return request_body{};
}

}  // namespace twinkeep::protocol::http
