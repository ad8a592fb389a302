#include "regions/vault/decide.hpp"

#include "regions/vault/decisions.hpp"

namespace twinkeep::regions {

namespace {

// The name that a request is about: a restore carries it in its blob, not in its path.
const std::string& name_of(const protocol::request& request) {
  if (const auto* secret = std::get_if<protocol::restore_secret>(&request.body)) {
    return secret->name;
  }
  if (const auto* key = std::get_if<protocol::restore_key>(&request.body)) return key->name;
  return request.name;
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
  }
  // clang-format on
  return refuse(refusals::wrong_shape());
}

}  // namespace

decision decide(const vault_state& vault, const protocol::request& request,
                const request_context& context) {
  return answer({vault, request, context, protocol::lower(name_of(request))});
}

std::string object_of(const protocol::request& request) {
  return head_record(protocol::row_of(request.operation).kind, protocol::lower(name_of(request)));
}

}  // namespace twinkeep::regions
