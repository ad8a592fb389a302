#include "crypto/pkcs11/world.hpp"

#include <algorithm>
#include <array>

#include "crypto/digest.hpp"

namespace twinkeep::crypto::pkcs11 {

namespace {

constexpr std::array<CK_MECHANISM_TYPE, 1> allowed{CKM_AES_KEY_WRAP_PAD};

attributes& what_is_unwrapped() {
  static attributes fixed = [] {
    attributes a;
    a.yes(CKA_SENSITIVE).no(CKA_EXTRACTABLE).yes(CKA_PRIVATE);
    return a;
  }();
  return fixed;
}

attributes key_template() {
  attributes a;
  a.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES);
  a.no(CKA_TOKEN).yes(CKA_PRIVATE).yes(CKA_SENSITIVE);
  a.yes(CKA_EXTRACTABLE).yes(CKA_WRAP_WITH_TRUSTED);
  a.yes(CKA_WRAP).yes(CKA_UNWRAP).no(CKA_ENCRYPT).no(CKA_DECRYPT);
  a.no(CKA_SIGN).no(CKA_VERIFY).no(CKA_DERIVE);
  a.octets(CKA_ALLOWED_MECHANISMS,
           {reinterpret_cast<const std::uint8_t*>(allowed.data()), sizeof allowed});
  a.within(CKA_UNWRAP_TEMPLATE, what_is_unwrapped());
  return a;
}

// The id of a world is a check value of its key: the digest of something known, wrapped by it. So a
// key that somebody else knows cannot take its place, and two tokens of one id have the same key.
attempt<hsm_world> world_of(session& in, CK_OBJECT_HANDLE key) {
  constexpr std::array<std::uint8_t, 32> known{'t', 'w', 'i', 'n', 'k', 'e', 'e', 'p'};
  attributes a;
  a.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES);
  a.no(CKA_TOKEN).yes(CKA_PRIVATE).yes(CKA_EXTRACTABLE).octets(CKA_VALUE, known);
  const auto made = in.create(a);
  if (!made) return failure{made.error()};
  const passing_object object(in, *made);
  const auto blob = in.wrap(by_world(), key, object.get());
  if (!blob) return failure{blob.error()};
  hsm_world world;
  std::copy_n(sha256(*blob).begin(), world.size(), world.begin());
  return world;
}

// A key is made, or arrives, as an object of the session. Its copy in the token is given its name
// and closed to changes in one step: C_UnwrapKey takes no CKA_MODIFIABLE, C_CopyObject does.
attempt<world_key> keep_forever(session& in, CK_OBJECT_HANDLE made) {
  const passing_object object(in, made);
  const auto world = world_of(in, object.get());
  if (!world) return failure{world.error()};
  attributes a;
  a.yes(CKA_TOKEN).octets(CKA_ID, *world).text(CKA_LABEL, world_label).no(CKA_MODIFIABLE);
  const auto kept = in.copy(object.get(), a);
  if (!kept) return failure{kept.error()};
  return world_key{*kept, *world};
}

}  // namespace

attempt<std::optional<world_key>> find_world(session& in) {
  attributes like;
  like.number(CKA_CLASS, CKO_SECRET_KEY).yes(CKA_TOKEN).text(CKA_LABEL, world_label);
  const auto found = in.find(like);
  if (!found) return failure{found.error()};
  if (found->empty()) return std::optional<world_key>{};
  if (found->size() > 1) {
    return trouble_of({error_code::unavailable, "there is more than one key \"" +
                                                    std::string{world_label} + "\" in the token"});
  }
  const auto id = in.read(found->front(), CKA_ID);
  if (!id) return failure{id.error()};
  const auto world = world_of(in, found->front());
  if (!world) return failure{world.error()};
  if (!std::ranges::equal(*id, *world)) {
    return trouble_of({error_code::unavailable,
                       "the key \"" + std::string{world_label} + "\" is not what its id says"});
  }
  return std::optional{world_key{found->front(), *world}};
}

attempt<world_key> make_world(session& in) {
  auto a = key_template();
  a.number(CKA_VALUE_LEN, 32);
  const auto made = in.generate(CKM_AES_KEY_GEN, a);
  if (!made) return failure{made.error()};
  return keep_forever(in, *made);
}

attempt<world_key> move_world(session& source, const world_key& key, CK_OBJECT_HANDLE trusted,
                              session& joining, CK_OBJECT_HANDLE helper) {
  // SHA-1 is what modules have. OAEP asks of it nothing that it has lost.
  CK_RSA_PKCS_OAEP_PARAMS oaep{CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, nullptr, 0};
  const method how{CKM_RSA_PKCS_OAEP, oaep};
  const auto blob = source.wrap(how, trusted, key.handle);
  if (!blob) return failure{blob.error()};
  auto a = key_template();
  const auto arrived = joining.unwrap(how, helper, *blob, a);
  if (!arrived) return failure{arrived.error()};
  return keep_forever(joining, *arrived);
}

}  // namespace twinkeep::crypto::pkcs11
