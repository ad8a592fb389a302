#include "protocol/json/write_certificate.hpp"
#include "protocol/json/write_parts.hpp"

// Who issues certificates, who is told about them, and random octets.
namespace twinkeep::protocol::json {

namespace {

constexpr std::string_view issuers = "certificates/issuers";

void write_optional(writer& out, std::string_view name, const std::optional<std::string>& value) {
  if (value) out.key(name).string(*value);
}

// Nobody reads the zip, yet Azure writes it (CONTRACT 6.1).
void write_organization(writer& out, const certificate_issuer& issuer) {
  out.key("org_details").begin_object();
  write_optional(out, "id", issuer.organization_id);
  out.key("zip").integer(0).key("admin_details").begin_array();
  for (const auto& administrator : issuer.administrators) {
    out.begin_object();
    write_optional(out, "first_name", administrator.first_name);
    write_optional(out, "last_name", administrator.last_name);
    write_optional(out, "email", administrator.email);
    write_optional(out, "phone", administrator.phone);
    out.end_object();
  }
  out.end_array().end_object();
}

}  // namespace

text write_contacts(const answer_context& context, std::span<const contact> contacts) {
  writer out((contacts.size() + 1) * bundle_chars);
  out.begin_object().key("id");
  write_id(out, context, collection_of(object_kind::certificate), "contacts", {});
  out.key("contacts").begin_array();
  for (const auto& person : contacts) {
    out.begin_object().key("email").string(person.email);
    write_optional(out, "name", person.name);
    write_optional(out, "phone", person.phone);
    out.end_object();
  }
  return out.end_array().end_object().take();
}

text write_issuer(const answer_context& context, const certificate_issuer& issuer) {
  writer out((issuer.administrators.size() + 2) * bundle_chars);
  out.begin_object().key("id");
  write_id(out, context, issuers, issuer.name, {});
  out.key("provider").string(issuer.provider);
  out.key("credentials").begin_object();  // never the password
  write_optional(out, "account_id", issuer.account_id);
  out.end_object();
  write_organization(out, issuer);
  write_plain_attributes(out, issuer.enabled, issuer.created, issuer.updated);
  return out.end_object().take();
}

text write_issuer_page(const page_context& page, std::span<const certificate_issuer* const> rows) {
  return write_page(page, rows, [&page](writer& out, const certificate_issuer* issuer) {
    out.key("id");
    write_id(out, page.answer, issuers, issuer->name, {});
    out.key("provider").string(issuer->provider);
  });
}

text write_random(byte_view value) {
  return write_value(value);
}

}  // namespace twinkeep::protocol::json
