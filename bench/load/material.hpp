#pragma once

#include <string>
#include <string_view>

#include "crypto/result.hpp"

namespace twinkeep::load {

// What a client brings along, made once for a run.
struct material {
  std::string pem;  // a self-signed certificate and its key, as the inside of a JSON string
};
[[nodiscard]] result<material, std::string> make_material();

// A certificate for the PKCS#10 request in base64, by an authority made for it; base64 too.
[[nodiscard]] result<std::string, std::string> certificate_for(std::string_view request);

// RFC 7517, appendix A.2: a private key that everybody knows.
inline constexpr std::string_view known_jwk =
    R"({"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",)"
    R"("y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",)"
    R"("d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"})";

}  // namespace twinkeep::load
