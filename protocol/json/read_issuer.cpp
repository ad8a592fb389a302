#include "protocol/json/read_parts.hpp"

// Issuers of certificates and the people to be told about them (CONTRACT 6.1, 6.3).
namespace twinkeep::protocol::json {

namespace {

outcome<void> read_contact(reader& in, reader::value& v, std::vector<contact>& out) {
  contact person;
  std::optional<std::string> email;
  const auto member = [&](std::string_view name, reader::value& m) -> outcome<void> {
    if (name == "email") return read_text(in, m, "contacts[].email", email);
    if (name == "name") return read_text(in, m, "contacts[].name", person.name);
    if (name == "phone") return read_text(in, m, "contacts[].phone", person.phone);
    return in.ignore(m);
  };
  if (auto done = in.object(v, "contacts[]", member); !done) return done;
  if (!email || email->empty()) return failure{missing_member("contacts[].email")};
  person.email = *std::move(email);
  out.push_back(std::move(person));
  return {};
}

outcome<void> read_password(reader& in, reader::value& v, std::string_view name,
                            std::optional<crypto::secret_bytes>& out) {
  const auto text = in.string(v, name);
  if (!text) return failure{text.error()};
  out = crypto::secret_bytes::copy_of(as_bytes(*text));
  return {};
}

outcome<void> read_credentials(reader& in, reader::value& v, issuer_input& out) {
  const auto member = [&](std::string_view name, reader::value& m) -> outcome<void> {
    if (name == "account_id") return read_text(in, m, "credentials.account_id", out.account_id);
    if (name == "pwd") return read_password(in, m, "credentials.pwd", out.password);
    return in.ignore(m);
  };
  return in.object(v, "credentials", member);
}

outcome<void> read_administrator(reader& in, reader::value& v, std::vector<administrator>& out) {
  administrator person;
  const auto member = [&](std::string_view name, reader::value& m) -> outcome<void> {
    if (name == "first_name") {
      return read_text(in, m, "org_details.admin_details[].first_name", person.first_name);
    }
    if (name == "last_name") {
      return read_text(in, m, "org_details.admin_details[].last_name", person.last_name);
    }
    if (name == "email") {
      return read_text(in, m, "org_details.admin_details[].email", person.email);
    }
    if (name == "phone") {
      return read_text(in, m, "org_details.admin_details[].phone", person.phone);
    }
    return in.ignore(m);
  };
  auto done = in.object(v, "org_details.admin_details[]", member);
  if (done) out.push_back(std::move(person));
  return done;
}

// `zip`, which Azure shows and nobody sets, is not read.
outcome<void> read_organization(reader& in, reader::value& v, issuer_input& out) {
  const auto member = [&](std::string_view name, reader::value& m) -> outcome<void> {
    if (name == "id") return read_text(in, m, "org_details.id", out.organization_id);
    if (name != "admin_details") return in.ignore(m);
    std::vector<administrator> people;
    auto done =
        read_list(in, m, "org_details.admin_details", max_list_items,
                  [&](reader::value& item) { return read_administrator(in, item, people); });
    if (done) out.administrators = std::move(people);
    return done;
  };
  return in.object(v, "org_details", member);
}

outcome<void> read_issuer_attributes(reader& in, reader::value& v, issuer_input& out) {
  attributes_input given;
  auto done = read_attributes(in, v, of::certificate, given);
  if (given.enabled) out.enabled = given.enabled;
  return done;
}

}  // namespace

outcome<request_body> read_set_contacts(reader& in, operation_id) {
  std::optional<std::vector<contact>> contacts;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name != "contacts") return in.ignore(v);
    auto& list = contacts.emplace();
    return read_list(in, v, name, max_list_items,
                     [&](reader::value& item) { return read_contact(in, item, list); });
  });
  if (!done) return failure{std::move(done).error()};
  if (!contacts) return failure{missing_member("contacts")};
  return request_body{set_contacts{*std::move(contacts)}};
}

// A new issuer needs a provider, an old one has it.
outcome<request_body> read_issuer(reader& in, operation_id operation) {
  issuer_input body;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "provider") return read_text(in, v, name, body.provider);
    if (name == "credentials") return read_credentials(in, v, body);
    if (name == "org_details") return read_organization(in, v, body);
    if (name == "attributes") return read_issuer_attributes(in, v, body);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  const bool empty = !body.provider || body.provider->empty();
  if (empty && (operation == operation_id::issuer_set || body.provider)) {
    return failure{missing_member("provider")};
  }
  return request_body{std::move(body)};
}

}  // namespace twinkeep::protocol::json
