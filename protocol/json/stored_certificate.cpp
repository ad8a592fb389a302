#include "protocol/json/stored.hpp"
#include "protocol/json/stored_parts.hpp"

// Versions of certificates, and the operations that make them.
namespace twinkeep::protocol::json {

namespace {

outcome<void> load_chain(reader& in, reader::value& v, std::vector<bytes>& out) {
  return in.array(v, "chain", [&](reader::value& item) {
    return load_octets(in, item, "chain", out.emplace_back());
  });
}

outcome<void> load_certificate_member(reader& in, std::string_view name, reader::value& v,
                                      certificate_properties& out) {
  if (auto common = load_common(in, name, v, out)) return *std::move(common);
  if (name == "chain") return load_chain(in, v, out.chain);
  if (name == "contentType") return load_string(in, v, name, out.content_type);
  if (name == "exportable") return assign(in.boolean(v, name), out.exportable);
  if (name == "hsm") return assign(in.boolean(v, name), out.hsm);
  if (name == "preserveCertOrder") return assign(in.boolean(v, name), out.preserve_order);
  if (name == "key_usage") return load_usages(in, v, out.usages);
  return in.ignore(v);
}

// While the first version is pending there is no leaf, and nothing to know of it.
outcome<void> read_leaf(certificate_properties& certificate) {
  if (certificate.is_pending()) return {};
  auto leaf = crypto::read_certificate(certificate.chain.front());
  if (!leaf) return wrong("chain", "does not begin with a certificate that can be read.");
  certificate.pub = std::move(leaf->pub);
  certificate.thumbprint = std::move(leaf->thumbprint);
  certificate.subject = std::move(leaf->subject);
  return {};
}

void store_input(writer& out, const attributes_input& input) {
  out.key("attributes").begin_object();
  if (input.enabled) out.key("enabled").boolean(*input.enabled);
  if (input.not_before) out.key("nbf").integer(*input.not_before);
  if (input.expires) out.key("exp").integer(*input.expires);
  if (input.exportable) out.key("exportable").boolean(*input.exportable);
  out.end_object();
}

outcome<void> load_input_member(reader& in, std::string_view name, reader::value& v,
                                attributes_input& out) {
  if (name == "enabled") return assign(in.boolean(v, name), out.enabled);
  if (name == "nbf") return assign(in.integer(v, name), out.not_before);
  if (name == "exp") return assign(in.integer(v, name), out.expires);
  if (name == "exportable") return assign(in.boolean(v, name), out.exportable);
  return in.ignore(v);
}

outcome<void> load_pending_member(reader& in, std::string_view name, reader::value& v,
                                  pending_operation& out) {
  if (name == "name") return load_string(in, v, name, out.name);
  if (name == "request_id") return load_string(in, v, name, out.request_id);
  if (name == "version") return load_string(in, v, name, out.version);
  if (name == "issuer") return load_string(in, v, name, out.issuer);
  if (name == "cty") return load_string(in, v, name, out.certificate_type);
  if (name == "csr") return load_octets(in, v, name, out.csr);
  if (name == "cancellation_requested") {
    return assign(in.boolean(v, name), out.cancellation_requested);
  }
  if (name == "status") return load_name(in, v, name, find_pending_status, out.status);
  if (name == "status_details") return load_string(in, v, name, out.status_details);
  if (name == "error_code") return load_string(in, v, name, out.error_code);
  if (name == "error_message") return load_string(in, v, name, out.error_message);
  if (name == "created") return assign(in.integer(v, name), out.created);
  if (name == "policy") return load_object(in, v, name, load_policy_member, out.policy);
  if (name == "attributes") return load_object(in, v, name, load_input_member, out.attributes);
  if (name == "tags") return load_tags(in, v, out.tags);
  if (name == "preserveCertOrder") return assign(in.boolean(v, name), out.preserve_order);
  return in.ignore(v);
}

}  // namespace

std::string store_certificate(const certificate_properties& certificate) {
  std::size_t chain_chars = 0;
  for (const auto& der : certificate.chain) chain_chars += der.size() * 4 / 3 + 8;
  writer out(stored_chars + chain_chars);
  out.begin_object().key("version").string(certificate.version);
  store_attributes(out, certificate.attributes);
  store_tags(out, certificate.tags);
  out.key("chain").begin_array();
  for (const auto& der : certificate.chain) out.base64url(der);
  out.end_array().key("contentType").string(certificate.content_type);
  out.key("exportable").boolean(certificate.exportable);
  if (certificate.hsm) out.key("hsm").boolean(true);
  out.key("preserveCertOrder").boolean(certificate.preserve_order);
  store_names(out, "key_usage", certificate.usages);
  return finish(out);
}

crypto::outcome<certificate_properties> load_certificate(std::string_view text) {
  return load_record<certificate_properties>(text, load_certificate_member, read_leaf);
}

std::string store_pending(const pending_operation& pending) {
  writer out(4 * stored_chars + pending.csr.size() * 4 / 3);
  out.begin_object().key("name").string(pending.name);
  out.key("request_id").string(pending.request_id).key("version").string(pending.version);
  out.key("issuer").string(pending.issuer);
  store_optional(out, "cty", pending.certificate_type);
  out.key("csr").base64url(pending.csr);
  out.key("cancellation_requested").boolean(pending.cancellation_requested);
  out.key("status").string(to_string(pending.status));
  out.key("status_details").string(pending.status_details);
  out.key("error_code").string(pending.error_code);
  out.key("error_message").string(pending.error_message);
  out.key("created").integer(pending.created);
  out.key("policy").begin_object();
  store_policy_members(out, pending.policy);
  out.end_object();
  store_input(out, pending.attributes);
  store_tags(out, pending.tags);
  out.key("preserveCertOrder").boolean(pending.preserve_order);
  return finish(out);
}

crypto::outcome<pending_operation> load_pending(std::string_view text) {
  return load_record<pending_operation>(
      text, load_pending_member,
      [](const pending_operation& pending) { return check_policy(pending.policy); });
}

}  // namespace twinkeep::protocol::json
