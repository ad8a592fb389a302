#include "regions/vault/decide.hpp"

#include "regions/vault/certificate_decisions.hpp"
#include "regions/vault/notices.hpp"

namespace twinkeep::regions {

namespace {

// The name that a request is about: a restore carries it in its blob, not in its path.
const std::string& name_of(const protocol::request& request) {
  if (const auto* secret = std::get_if<protocol::restore_secret>(&request.body)) {
    return secret->name;
  }
  if (const auto* key = std::get_if<protocol::restore_key>(&request.body)) return key->name;
  if (const auto* c = std::get_if<protocol::restore_certificate>(&request.body)) return c->name;
  return request.name;
}

// What the service sends to itself goes under a client's operation, but is told by its body.
std::optional<decision> own_step(const question& q) {
  if (body_of<protocol::notice_taken>(q) != nullptr) return forget_notice(q);
  if (body_of<protocol::tell_expiry>(q) == nullptr) return std::nullopt;
  switch (protocol::row_of(q.request.operation).kind) {
    case protocol::object_kind::secret:
      return tell_expiry<stored_secret>(q);
    case protocol::object_kind::key:
      return tell_expiry<stored_key>(q);
    case protocol::object_kind::certificate:
      return tell_expiry<stored_certificate>(q);
  }
  return std::nullopt;
}

decision answer(const question& q) {
  using id = protocol::operation_id;
  // clang-format off
  switch (q.request.operation) {
    case id::secret_set:           return set_secret(q);
    case id::secret_get:           return get_secret(q);
    case id::secret_update:        return update_secret(q);
    case id::secret_delete:        return delete_object<stored_secret>(q);
    case id::secret_list:          return list<stored_secret>(q);
    case id::secret_list_versions: return list_versions<stored_secret>(q);
    case id::secret_backup:        return back_up<stored_secret>(q);
    case id::secret_restore:       return restore<stored_secret>(q);
    case id::secret_get_deleted:   return get_deleted<stored_secret>(q);
    case id::secret_list_deleted:  return list_deleted<stored_secret>(q);
    case id::secret_recover:       return recover<stored_secret>(q);
    case id::secret_purge:         return purge<stored_secret>(q);
    case id::key_create:           return create_key(q);
    case id::key_import:           return import_key(q);
    case id::key_get:              return get_key(q);
    case id::key_update:           return update_key(q);
    case id::key_delete:           return delete_object<stored_key>(q);
    case id::key_list:             return list<stored_key>(q);
    case id::key_list_versions:    return list_versions<stored_key>(q);
    case id::key_backup:           return back_up<stored_key>(q);
    case id::key_restore:          return restore<stored_key>(q);
    case id::key_get_deleted:      return get_deleted<stored_key>(q);
    case id::key_list_deleted:     return list_deleted<stored_key>(q);
    case id::key_recover:          return recover<stored_key>(q);
    case id::key_purge:            return purge<stored_key>(q);
    case id::key_encrypt:
    case id::key_decrypt:
    case id::key_wrap:
    case id::key_unwrap:
    case id::key_sign:
    case id::key_verify:           return use_a_key(q);
    case id::key_rotate:               return rotate_key(q);
    case id::key_get_rotation_policy:  return get_rotation_policy(q);
    case id::key_set_rotation_policy:  return set_rotation_policy(q);
    case id::key_release:              return release_key(q);
    case id::key_get_attestation:      return get_attestation(q);
    case id::random_bytes:             return random_octets(q);
    case id::certificate_create:         return create_certificate(q);
    case id::certificate_import:         return import_certificate(q);
    case id::certificate_get:            return get_certificate(q);
    case id::certificate_update:         return update_certificate(q);
    case id::certificate_delete:         return delete_object<stored_certificate>(q);
    case id::certificate_list:           return list<stored_certificate>(q);
    case id::certificate_list_versions:  return list_versions<stored_certificate>(q);
    case id::certificate_backup:         return back_up<stored_certificate>(q);
    case id::certificate_restore:        return restore<stored_certificate>(q);
    case id::certificate_get_deleted:    return get_deleted<stored_certificate>(q);
    case id::certificate_list_deleted:   return list_deleted<stored_certificate>(q);
    case id::certificate_recover:        return recover<stored_certificate>(q);
    case id::certificate_purge:          return purge<stored_certificate>(q);
    case id::certificate_get_policy:     return get_policy(q);
    case id::certificate_update_policy:  return update_policy(q);
    case id::certificate_get_pending:    return get_pending(q);
    case id::certificate_cancel_pending: return cancel_pending(q);
    case id::certificate_delete_pending: return delete_pending(q);
    case id::certificate_merge:          return merge_certificate(q);
    case id::contacts_get:               return get_contacts(q);
    case id::contacts_set:               return set_contacts(q);
    case id::contacts_delete:            return delete_contacts(q);
    case id::issuer_list:                return list_issuers(q);
    case id::issuer_get:                 return get_issuer(q);
    case id::issuer_set:                 return set_issuer(q);
    case id::issuer_update:              return update_issuer(q);
    case id::issuer_delete:              return delete_issuer(q);
  }
  // clang-format on
  return refuse(refusals::wrong_shape());
}

}  // namespace

decision decide(const vault_state& vault, const protocol::request& request,
                const request_context& context) {
  const question q{vault, request, context, protocol::lower(name_of(request))};
  auto decided = own_step(q);
  if (!decided) decided = answer(q);
  if (vault.identity->options.notices) add_notices(q, *decided);
  return *std::move(decided);
}

std::string object_of(const protocol::request& request) {
  return protocol::lower(name_of(request));
}

}  // namespace twinkeep::regions
