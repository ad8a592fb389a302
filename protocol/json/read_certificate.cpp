#include <algorithm>

#include "protocol/join.hpp"
#include "protocol/json/read_parts.hpp"

// Bodies about certificates (CONTRACT 6.3, 6.5).
namespace twinkeep::protocol::json {

namespace {

constexpr std::string_view blanks = " \t\r\n";

outcome<void> read_policy(reader& in, reader::value& v, policy_input& out) {
  return in.object(v, "policy", [&](std::string_view name, reader::value& m) {
    return read_policy_member(in, name, m, out);
  });
}

// A certificate is PEM if it says so, whatever the policy says: the JS SDK leaves the policy out
// (CONTRACT 6.5).
bool is_pem(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.starts_with("-----BEGIN");
}

// Base64 as tools print it, in lines. A private key is in it: nothing of it stays behind.
std::optional<crypto::secret_bytes> decode_lines(std::string_view text) {
  crypto::wiping_chars digits;
  digits.reserve(text.size());
  std::ranges::copy_if(text, std::back_inserter(digits),
                       [](char c) { return blanks.find(c) == std::string_view::npos; });
  auto plain = crypto::base64_decode({digits.data(), digits.size()});
  if (!plain || plain->empty()) return std::nullopt;
  auto out = crypto::secret_bytes::copy_of(*plain);
  crypto::wipe(plain->data(), plain->size());
  return out;
}

outcome<void> read_imported(reader& in, reader::value& v, import_certificate& out) {
  const auto text = in.string(v, "value");
  if (!text) return failure{text.error()};
  out.is_pem = is_pem(*text);
  if (out.is_pem) {
    out.value = crypto::secret_bytes::copy_of(as_bytes(*text));
    return {};
  }
  auto der = decode_lines(*text);
  if (!der) {
    return failure{bad_parameter(
        "Member 'value' must be a PEM text that begins with -----BEGIN, or the base64 "
        "of a PKCS#12 file. Check the format of the certificate.")};
  }
  out.value = *std::move(der);
  return {};
}

outcome<void> read_password(reader& in, reader::value& v, crypto::secret_bytes& out) {
  const auto text = in.string(v, "pwd");
  if (!text) return failure{text.error()};
  out = crypto::secret_bytes::copy_of(as_bytes(*text));
  return {};
}

outcome<void> read_chain(reader& in, reader::value& v, std::vector<bytes>& out) {
  out.clear();
  return read_list(in, v, "x5c", crypto::max_chain, [&](reader::value& item) -> outcome<void> {
    const auto text = in.string(item, "x5c[]");
    if (!text) return failure{text.error()};
    auto der = crypto::base64_decode(*text);
    if (!der || der->empty()) {
      return failure{bad_parameter("Member 'x5c[]' must be the base64 of a certificate's DER.")};
    }
    out.push_back(*std::move(der));
    return {};
  });
}

}  // namespace

outcome<request_body> read_create_certificate(reader& in, operation_id) {
  create_certificate body;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "policy") return read_policy(in, v, body.policy);
    if (name == "attributes") return read_attributes(in, v, of::certificate, body.attributes);
    if (name == "tags") return read_tags(in, v, body.tags);
    if (name == "preserveCertOrder") return assign(in.boolean(v, name), body.preserve_order);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  return request_body{std::move(body)};
}

outcome<request_body> read_import_certificate(reader& in, operation_id) {
  import_certificate body;
  bool has_value = false;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    has_value |= name == "value";
    if (name == "value") return read_imported(in, v, body);
    if (name == "pwd") return read_password(in, v, body.password);
    if (name == "policy")
      return read_policy(in, v, body.policy ? *body.policy : body.policy.emplace());
    if (name == "attributes") return read_attributes(in, v, of::certificate, body.attributes);
    if (name == "tags") return read_tags(in, v, body.tags);
    if (name == "preserveCertOrder") return assign(in.boolean(v, name), body.preserve_order);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  if (!has_value) return failure{missing_member("value")};
  return request_body{std::move(body)};
}

outcome<request_body> read_update_certificate(reader& in, operation_id) {
  update_certificate body;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "policy") return read_policy(in, v, body.policy);
    if (name == "attributes") return read_attributes(in, v, of::certificate, body.attributes);
    if (name == "tags") return read_tags(in, v, body.tags);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  return request_body{std::move(body)};
}

// The whole body is the policy.
outcome<request_body> read_certificate_policy(reader& in, operation_id) {
  policy_input body;
  auto done = in.read([&](std::string_view name, reader::value& v) {
    return read_policy_member(in, name, v, body);
  });
  if (!done) return failure{std::move(done).error()};
  return request_body{std::move(body)};
}

outcome<request_body> read_merge_certificate(reader& in, operation_id) {
  merge_certificate body;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "x5c") return read_chain(in, v, body.chain);
    if (name == "attributes") return read_attributes(in, v, of::certificate, body.attributes);
    if (name == "tags") return read_tags(in, v, body.tags);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  if (body.chain.empty()) return failure{missing_member("x5c")};
  return request_body{std::move(body)};
}

outcome<request_body> read_cancel_pending(reader& in, operation_id) {
  std::optional<bool> requested;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "cancellation_requested") return assign(in.boolean(v, name), requested);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  if (!requested) return failure{missing_member("cancellation_requested")};
  return request_body{cancel_pending{*requested}};
}

}  // namespace twinkeep::protocol::json
