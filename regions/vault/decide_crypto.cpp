#include <algorithm>
#include <array>

#include "regions/vault/decisions.hpp"

// Whether a key may be used as asked. The order of the checks is the contract's (5.4): what a
// caller may learn of a key comes before what is wrong with the caller's numbers.
namespace twinkeep::regions {

namespace {

using protocol::key_operation;
using protocol::operation_id;

struct use {
  operation_id operation;
  key_operation key_op;
  bool makes;  // makes something new with the key: refused outside nbf and exp
  bool signs;  // takes a signature algorithm; the others take one of encryption
};
constexpr std::array uses = std::to_array<use>({
    {operation_id::key_encrypt, key_operation::encrypt, true, false},
    {operation_id::key_decrypt, key_operation::decrypt, false, false},
    {operation_id::key_wrap, key_operation::wrap_key, true, false},
    {operation_id::key_unwrap, key_operation::unwrap_key, false, false},
    {operation_id::key_sign, key_operation::sign, true, true},
    {operation_id::key_verify, key_operation::verify, false, true},
});

const use* find_use(operation_id operation) {
  const auto it = std::ranges::find(uses, operation, &use::operation);
  return it == uses.end() ? nullptr : &*it;
}

using refusal = std::optional<protocol::error>;

refusal refuse_state(const use& asked, const protocol::key_properties& key,
                     protocol::unix_seconds now) {
  const auto op = to_string(asked.key_op);
  const auto& a = key.attributes;
  if (!a.enabled) return protocol::object_disabled(protocol::object_kind::key, op);
  if (asked.makes && a.not_before && now < *a.not_before) return protocol::key_not_yet_valid(op);
  if (asked.makes && a.expires && now >= *a.expires) return protocol::key_expired(op);
  if (std::ranges::find(key.key_ops, asked.key_op) == key.key_ops.end()) {
    return protocol::key_operation_forbidden(op);
  }
  return std::nullopt;
}

refusal refuse_algorithm(const use& asked, const std::string& name,
                         const protocol::key_properties& key, const crypto::algorithm& algorithm) {
  if (asked.signs != algorithm.signs()) {
    return refusals::unfit_algorithm(
        name, key.version, algorithm,
        algorithm.signs() ? "it only signs and verifies." : "it only encrypts and decrypts.");
  }
  if (const auto fit = crypto::check_fit(key.pub, algorithm); !fit) {
    return refusals::unfit_algorithm(name, key.version, algorithm, fit.error().message);
  }
  return std::nullopt;
}

// AES: what the mode demands of text, iv and tag (CONTRACT 5.3).
refusal refuse_symmetric(const use& asked, const protocol::crypto_parameters& given) {
  using enum crypto::scheme;
  constexpr std::size_t block = 16;
  constexpr std::size_t gcm_iv = 12;
  const auto scheme = given.algorithm->scheme;
  const auto size = given.value.size();
  const bool encrypts = asked.makes;
  const bool chained = scheme == aes_cbc || scheme == aes_cbc_pad;
  if (chained && given.iv.size() != block) {
    return refusals::wrong_length("iv", given.iv.size(), block);
  }
  if (scheme == aes_gcm && !encrypts) {
    if (given.iv.size() != gcm_iv) return refusals::wrong_length("iv", given.iv.size(), gcm_iv);
    if (given.tag.size() != block) return refusals::wrong_length("tag", given.tag.size(), block);
  }
  const bool whole_blocks = scheme == aes_cbc || (scheme == aes_cbc_pad && !encrypts);
  if (whole_blocks && (size == 0 || size % block != 0)) {
    return refusals::uneven_length("value", size, block, block);
  }
  // RFC 3394: two 64-bit blocks at least, and one more when wrapped; RFC 5649: one octet at least.
  constexpr std::size_t half = 8;
  if (scheme == aes_key_wrap || (scheme == aes_key_wrap_pad && !encrypts)) {
    const auto least = scheme == aes_key_wrap && !encrypts ? 3 * half : 2 * half;
    if (size < least || size % half != 0)
      return refusals::uneven_length("value", size, half, least);
  }
  if (scheme == aes_key_wrap_pad && size == 0) return refusals::uneven_length("value", 0, 1, 1);
  return std::nullopt;
}

// Exact for digests and ciphertexts, at most for what is padded.
refusal refuse_length(const use& asked, const crypto::public_key& pub,
                      const protocol::crypto_parameters& given) {
  const auto& algorithm = *given.algorithm;
  const bool verifies = asked.key_op == key_operation::verify;
  const std::string_view name = verifies ? "digest" : "value";
  const auto size = verifies ? given.digest.size() : given.value.size();
  if (pub.type == crypto::key_type::oct) return refuse_symmetric(asked, given);
  if (algorithm.digest_bytes != 0) {
    if (size != algorithm.digest_bytes)
      return refusals::wrong_length(name, size, algorithm.digest_bytes);
    return std::nullopt;
  }
  const std::size_t modulus = pub.modulus_bytes();
  if (!asked.signs && !asked.makes) {
    if (size != modulus) return refusals::wrong_length(name, size, modulus);
    return std::nullopt;
  }
  const auto longest = modulus - std::min<std::size_t>(modulus, algorithm.rsa_overhead_bytes);
  if (size > longest) return refusals::too_long(name, size, longest);
  return std::nullopt;
}

}  // namespace

decision use_a_key(const question& q) {
  const auto* asked = find_use(q.request.operation);
  const auto* given = body_of<protocol::crypto_parameters>(q);
  if (asked == nullptr || given == nullptr) return refuse(refusals::wrong_shape());
  auto found = find_named<stored_key>(q);
  if (!found) return refuse_missing<stored_key>(q);
  const auto& key = found.version->properties;
  auto refused = refuse_state(*asked, key, q.context.now);
  if (!refused && given->algorithm == nullptr) refused = refusals::unknown_algorithm();
  if (!refused) refused = refuse_algorithm(*asked, found.object->name, key, *given->algorithm);
  if (!refused) refused = refuse_length(*asked, key.pub, *given);
  if (refused) return refuse(std::move(*refused));
  return {use_key{found.object->name, std::move(found.version)}, {}};
}

}  // namespace twinkeep::regions
