#include "regions/vault/certificate_decisions.hpp"

// Issuers and contacts (CONTRACT 6.3): settings of a vault's certificates, without versions or
// soft deletion.
namespace twinkeep::regions {

namespace {

using protocol::certificate_issuer;

const std::shared_ptr<const stored_issuer>* find_issuer(const question& q) {
  const auto it = q.vault.issuers.find(q.lower_name);
  return it == q.vault.issuers.end() ? nullptr : &it->second;
}

std::string issuer_record(const question& q) {
  return std::string(issuer_prefix) + q.lower_name;
}

template <class T>
void take(T& member, const T& said) {
  if (said) member = said;
}

// The answer's issuer has no password: it is never shown.
decision put_issuer(const question& q, certificate_issuer issuer,
                    const protocol::issuer_input& said, const sealed_part& former_password) {
  if (said.provider) issuer.provider = *said.provider;
  take(issuer.account_id, said.account_id);
  take(issuer.organization_id, said.organization_id);
  if (said.administrators) issuer.administrators = *said.administrators;
  issuer.enabled = said.enabled.value_or(issuer.enabled);
  issuer.updated = q.context.now;
  record_part password = former_password;
  if (said.password) password = said.password->view();
  plain_record record{issuer_record(q), false, protocol::json::store_issuer(issuer), password};
  auto shown =
      std::make_shared<const stored_issuer>(stored_issuer{std::move(issuer), {}, record.key});
  return {issuer_answer{std::move(shown)}, {std::move(record)}};
}

}  // namespace

decision get_contacts(const question& q) {
  if (q.vault.contacts.empty()) return refuse(protocol::contacts_not_found());
  return {contacts_answer{q.vault.contacts}, {}};
}

decision set_contacts(const question& q) {
  const auto* body = body_of<protocol::set_contacts>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  return {contacts_answer{body->contacts},
          {{std::string(contacts_record), false, protocol::json::store_contacts(body->contacts)}}};
}

decision delete_contacts(const question& q) {
  if (q.vault.contacts.empty()) return refuse(protocol::contacts_not_found());
  return {contacts_answer{q.vault.contacts}, {{std::string(contacts_record), true, {}}}};
}

decision get_issuer(const question& q) {
  const auto* found = find_issuer(q);
  if (found == nullptr) return refuse(protocol::issuer_not_found());
  return {issuer_answer{*found}, {}};
}

decision set_issuer(const question& q) {
  const auto* body = body_of<protocol::issuer_input>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  if (!body->provider || body->provider->empty()) {
    return refuse(protocol::bad_parameter("Member 'provider' is required."));
  }
  for (const auto reserved : {protocol::issuer_self, protocol::issuer_unknown}) {
    if (q.lower_name == protocol::lower(reserved)) {
      return refuse(
          protocol::bad_parameter("The issuer name " + std::string(reserved) + " is reserved."));
    }
  }
  certificate_issuer issuer;
  issuer.name = q.request.name;
  issuer.created = q.context.now;
  if (const auto* former = find_issuer(q)) {
    issuer.name = (*former)->issuer.name;
    issuer.created = (*former)->issuer.created;
  }
  return put_issuer(q, std::move(issuer), *body, {});
}

decision update_issuer(const question& q) {
  const auto* body = body_of<protocol::issuer_input>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  const auto* former = find_issuer(q);
  if (former == nullptr) return refuse(protocol::issuer_not_found());
  return put_issuer(q, (*former)->issuer, *body, (*former)->password);
}

decision delete_issuer(const question& q) {
  const auto* found = find_issuer(q);
  if (found == nullptr) return refuse(protocol::issuer_not_found());
  return {issuer_answer{*found}, {{issuer_record(q), true, {}}}};
}

}  // namespace twinkeep::regions
