#include "crypto/openssl/imported_key.hpp"
#include "crypto/openssl/key_material.hpp"
#include "crypto/openssl/numbers.hpp"

namespace twinkeep::crypto::openssl {

namespace {

// A JWK of others may leave leading zero octets out, or have more of them (CONTRACT §5.6).
outcome<void> check_member(std::string_view name, byte_view given, std::size_t width) {
  if (given.empty())
    return fail(error_code::bad_input, "EC key: " + std::string{name} + " is missing");
  const auto size = without_leading_zeros(given).size();
  if (size <= width) return {};
  return fail(error_code::bad_input, "EC key: expected " + std::string{name} + " of at most " +
                                         std::to_string(width) + " bytes, found " +
                                         std::to_string(size));
}

bytes padded(byte_view given, std::size_t width) {
  const auto significant = without_leading_zeros(given);
  bytes out(width - significant.size());
  out.insert(out.end(), significant.begin(), significant.end());
  return out;
}

// SEC 1 §3.2.1: from 1 to the order less 1.
outcome<void> check_range(const BIGNUM& d, const curve_facts& facts) {
  const ec_group_ptr group{EC_GROUP_new_by_curve_name(curve_number(facts.openssl_name.data()))};
  if (group == nullptr) return library_failure(error_code::unsupported, std::string{facts.name});
  if (BN_is_zero(&d) == 0 && BN_cmp(&d, EC_GROUP_get0_order(group.get())) < 0) return {};
  return fail(error_code::bad_input,
              "EC key: expected d from 1 to the order of " + std::string{facts.name} + " less 1");
}

}  // namespace

outcome<pkey_ptr> import_ec(const private_jwk& given) {
  const auto& facts = facts_of(given.crv);
  const std::size_t width = facts.coordinate_bytes;
  if (auto fits = check_member("x", given.x, width); !fits) return failure{fits.error()};
  if (auto fits = check_member("y", given.y, width); !fits) return failure{fits.error()};
  if (auto fits = check_member("d", given.d.view(), width); !fits) return failure{fits.error()};

  const auto d = secret_number(without_leading_zeros(given.d.view()));
  if (d == nullptr) return library_failure(error_code::unavailable, "EC key");
  if (auto fits = check_range(*d, facts); !fits) return failure{fits.error()};
  public_key pub;
  pub.type = key_type::ec;
  pub.crv = given.crv;
  pub.x = padded(given.x, width);
  pub.y = padded(given.y, width);
  auto pair = read_ec(pub, d.get());  // refuses a point off the curve
  if (!pair) return pair;
  const pkey_ctx_ptr ctx{EVP_PKEY_CTX_new_from_pkey(nullptr, pair->get(), nullptr)};
  if (ctx == nullptr) return library_failure(error_code::unavailable, "EC key");
  if (EVP_PKEY_pairwise_check(ctx.get()) != 1) {
    return fail(error_code::bad_input, "EC key: d does not belong to x and y");
  }
  return pair;
}

}  // namespace twinkeep::crypto::openssl
