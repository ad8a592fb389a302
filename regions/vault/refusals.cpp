#include "regions/vault/refusals.hpp"

#include <string>

#include "protocol/join.hpp"

namespace twinkeep::regions::refusals {

using protocol::error_code;
using protocol::inner_code;
using protocol::join;

error unknown_algorithm() {
  return protocol::bad_parameter("alg is not an algorithm of this service.");
}

error unfit_algorithm(std::string_view name, std::string_view version,
                      const crypto::algorithm& algorithm, std::string_view why) {
  return protocol::bad_parameter(join({"Key and ", algorithm.signs() ? "signing" : "encryption",
                                       " algorithm are incompatible. Key keys/", name, "/", version,
                                       ", algorithm '", algorithm.name, "': ", why}));
}

error wrong_length(std::string_view parameter, std::size_t given, std::size_t required) {
  return protocol::bad_parameter(
      join({"Invalid length of '", parameter, "': ", std::to_string(given), " bytes, required are ",
            std::to_string(required), " bytes, encoded with base64url."}));
}

error too_long(std::string_view parameter, std::size_t given, std::size_t longest) {
  return protocol::bad_parameter(
      join({"Invalid length of '", parameter, "': ", std::to_string(given),
            " bytes, allowed are at most ", std::to_string(longest),
            " bytes, encoded with base64url."}));
}

error expires_too_early() {
  return protocol::bad_parameter("Attribute exp must be later than attribute nbf.");
}

error unfit_key_operation(protocol::key_kind kind, std::string_view operation) {
  return protocol::bad_parameter(join({"Operation ", operation, " in key_ops is not one that this ",
                                       to_string(kind), " key can have."}));
}

error uneven_length(std::string_view parameter, std::size_t given, std::size_t unit,
                    std::size_t least) {
  return protocol::bad_parameter(
      join({"Invalid length of '", parameter, "': ", std::to_string(given),
            " bytes, required is a multiple of ", std::to_string(unit), " bytes and at least ",
            std::to_string(least), ", encoded with base64url."}));
}

error no_symmetric_keys() {
  return protocol::bad_parameter(
      "Member 'kty' is 'oct': this vault does not hold such keys. Accepted are RSA and EC.");
}

error needs_premium(protocol::key_kind kind) {
  return protocol::bad_parameter(join(
      {"Keys of the type ", to_string(kind),
       " need a vault of the sku Premium; this vault's is Standard. Change the vault's sku, or "
       "use a type without -HSM."}));
}

error restore_needs_premium() {
  return protocol::bad_parameter(
      "The backup holds a key of an HSM, which needs a vault of the sku Premium; this vault's is "
      "Standard. Change the vault's sku, or restore into another vault.");
}

error no_exchange_key(const protocol::key_transfer& transfer) {
  return protocol::bad_parameter(
      join({"Member 'key.key_hsm' is wrapped for the key ", transfer.name, "/", transfer.version,
            ", which is not a key of this vault."}));
}

error not_an_exchange_key(const protocol::key_transfer& transfer) {
  return protocol::bad_parameter(
      join({"Member 'key.key_hsm' is wrapped for the key ", transfer.name, "/", transfer.version,
            ", which is no key-exchange key: that is of the type RSA-HSM, and its key_ops are "
            "'import'."}));
}

error hsm_keys_stay() {
  return protocol::bad_parameter(
      "Member 'key_props.exportable' is true: a key of the types RSA-HSM and EC-HSM does not leave "
      "its HSM.");
}

error exportable_needs_premium() {
  return protocol::bad_parameter(
      "AKV.SKR.1001: Exportable keys need a vault of the sku Premium; this vault's is Standard.");
}

error exportable_without_policy() {
  return protocol::bad_parameter("AKV.SKR.1004: Exportable keys must have release policy.");
}

error policy_without_exportable() {
  return protocol::bad_parameter("AKV.SKR.1005: Non-exportable keys must not have release policy.");
}

error exportable_needs_hsm() {
  return protocol::bad_parameter("AKV.SKR.1006: Exportable keys must be protected by an HSM.");
}

error policy_of_a_version() {
  return protocol::bad_parameter(
      "AKV.SKR.1016: The release policy can only be changed for the key's current version, "
      "without naming a version.");
}

error policy_is_immutable() {
  return protocol::bad_parameter("AKV.SKR.1020: Immutable release policy cannot be modified.");
}

error not_exportable() {
  return protocol::bad_parameter("The key cannot be released: it is not exportable.");
}

error release_denied() {
  return {error_code::forbidden, inner_code::none,
          "The key cannot be released: its release policy is not met by the target's attestation.",
          std::nullopt};
}

error no_attestation(bool hsm) {
  return protocol::bad_parameter(
      hsm ? "The key has no attestation: the HSMs behind this service attest to none."
          : "The key has no attestation: only keys that an HSM protects have one.");
}

error exportable_is_fixed() {
  return protocol::bad_parameter("AKV.SKR.1003: Attribute exportable cannot be changed.");
}

error bad_position() {
  return protocol::bad_parameter("The $skiptoken is not one that this list has given.");
}

error wrong_shape() {
  return {error_code::internal, inner_code::none, "The request could not be carried out.",
          std::nullopt};
}

error unavailable(const admission_facts& facts) {
  return protocol::service_unavailable(join({"The vault is not available at the moment.\r\nVault: ",
                                             facts.vault, ";location=", facts.home_region}),
                                       facts.retry_after_s);
}

}  // namespace twinkeep::regions::refusals
