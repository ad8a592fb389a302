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

error unfit_key_operation(crypto::key_type type, std::string_view operation) {
  return protocol::bad_parameter(join({"Operation ", operation, " in key_ops is not one that this ",
                                       to_string(type), " key can have."}));
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
