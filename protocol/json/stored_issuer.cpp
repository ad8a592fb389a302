#include "protocol/json/stored.hpp"
#include "protocol/json/stored_parts.hpp"

// Issuers of certificates, and whom a vault tells about them.
namespace twinkeep::protocol::json {

namespace {

outcome<void> load_administrator_member(reader& in, std::string_view name, reader::value& v,
                                        administrator& out) {
  if (name == "first_name") return load_string(in, v, name, out.first_name);
  if (name == "last_name") return load_string(in, v, name, out.last_name);
  if (name == "email") return load_string(in, v, name, out.email);
  if (name == "phone") return load_string(in, v, name, out.phone);
  return in.ignore(v);
}

outcome<void> load_issuer_member(reader& in, std::string_view name, reader::value& v,
                                 certificate_issuer& out) {
  if (name == "name") return load_string(in, v, name, out.name);
  if (name == "provider") return load_string(in, v, name, out.provider);
  if (name == "account_id") return load_string(in, v, name, out.account_id);
  if (name == "organization_id") return load_string(in, v, name, out.organization_id);
  if (name == "administrators") {
    return load_objects(in, v, name, load_administrator_member, out.administrators);
  }
  if (name == "enabled") return assign(in.boolean(v, name), out.enabled);
  if (name == "created") return assign(in.integer(v, name), out.created);
  if (name == "updated") return assign(in.integer(v, name), out.updated);
  return in.ignore(v);
}

outcome<void> load_contact_member(reader& in, std::string_view name, reader::value& v,
                                  contact& out) {
  if (name == "email") return load_string(in, v, name, out.email);
  if (name == "name") return load_string(in, v, name, out.name);
  if (name == "phone") return load_string(in, v, name, out.phone);
  return in.ignore(v);
}

outcome<void> load_contacts_member(reader& in, std::string_view name, reader::value& v,
                                   std::vector<contact>& out) {
  if (name == "contacts") return load_objects(in, v, name, load_contact_member, out);
  return in.ignore(v);
}

}  // namespace

std::string store_issuer(const certificate_issuer& issuer) {
  writer out(stored_chars);
  out.begin_object().key("name").string(issuer.name).key("provider").string(issuer.provider);
  store_optional(out, "account_id", issuer.account_id);
  store_optional(out, "organization_id", issuer.organization_id);
  out.key("administrators").begin_array();
  for (const auto& administrator : issuer.administrators) {
    out.begin_object();
    store_optional(out, "first_name", administrator.first_name);
    store_optional(out, "last_name", administrator.last_name);
    store_optional(out, "email", administrator.email);
    store_optional(out, "phone", administrator.phone);
    out.end_object();
  }
  out.end_array().key("enabled").boolean(issuer.enabled);
  out.key("created").integer(issuer.created).key("updated").integer(issuer.updated);
  return finish(out);
}

crypto::outcome<certificate_issuer> load_issuer(std::string_view text) {
  return load_record<certificate_issuer>(text, load_issuer_member);
}

std::string store_contacts(const std::vector<contact>& contacts) {
  writer out(stored_chars);
  out.begin_object().key("contacts").begin_array();
  for (const auto& person : contacts) {
    out.begin_object().key("email").string(person.email);
    store_optional(out, "name", person.name);
    store_optional(out, "phone", person.phone);
    out.end_object();
  }
  out.end_array();
  return finish(out);
}

crypto::outcome<std::vector<contact>> load_contacts(std::string_view text) {
  return load_record<std::vector<contact>>(text, load_contacts_member);
}

}  // namespace twinkeep::protocol::json
