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

outcome<void> check_range(const BIGNUM& d, curve crv) {
  const std::string name{facts_of(crv).name};
  const auto group = group_of(crv);
  if (group == nullptr) return library_failure(error_code::unsupported, name);
  if (is_scalar_of(*group, d)) return {};
  return fail(error_code::bad_input,
              "EC key: expected d from 1 to the order of " + name + " less 1");
}

}  // namespace

outcome<pkey_ptr> import_ec(const private_jwk& given) {
  const std::size_t width = facts_of(given.crv).coordinate_bytes;
  if (auto fits = check_member("x", given.x, width); !fits) return failure{fits.error()};
  if (auto fits = check_member("y", given.y, width); !fits) return failure{fits.error()};
  if (auto fits = check_member("d", given.d.view(), width); !fits) return failure{fits.error()};

  const auto d = secret_number(without_leading_zeros(given.d.view()));
  if (d == nullptr) return library_failure(error_code::unavailable, "EC key");
  if (auto fits = check_range(*d, given.crv); !fits) return failure{fits.error()};
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
