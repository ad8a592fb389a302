#include "crypto/openssl/rsa_factors.hpp"

#include <array>

#include "crypto/openssl/numbers.hpp"

namespace twinkeep::crypto::openssl {

namespace {

// NIST SP 800-56B r2 appendix C.1 draws its bases at random, so that whoever made the key cannot
// have foreseen them. Here that would only spoil the import of the maker's own key; each base finds
// the factors of an honest one with a chance of a half or better.
constexpr std::array<BN_ULONG, 25> bases{2,  3,  5,  7,  11, 13, 17, 19, 23, 29, 31, 37, 41,
                                         43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97};

// FIPS 186-4 §B.3.1: primes whose upper 100 bits agree are found by Fermat's method.
constexpr int least_difference = 100;

failure<error> wrong(std::string_view what) {
  return fail(error_code::bad_input, "RSA key: " + std::string{what});
}

failure<error> no_memory() {
  return library_failure(error_code::unavailable, "RSA key");
}

constexpr std::string_view foreign_exponent = "d does not belong to n and e";

enum class finding { found, nothing, no_exponent, failed };

// One base: y = base^r and its squares. A square root of 1 that is neither 1 nor -1 gives a factor;
// a chain that does not come to 1 says that d is not the inverse of e.
finding try_base(BN_ULONG base, const BIGNUM* r, int twos, const BIGNUM* n, BIGNUM* factor,
                 BN_CTX* ctx) {
  const auto y = secret_number();
  const auto square = secret_number();
  const auto minus_one = secret_number();
  if (y == nullptr || square == nullptr || minus_one == nullptr ||
      BN_set_word(square.get(), base) != 1 || BN_sub(minus_one.get(), n, BN_value_one()) != 1 ||
      BN_mod_exp_mont_consttime(y.get(), square.get(), r, n, ctx, nullptr) != 1) {
    return finding::failed;
  }
  if (BN_is_one(y.get()) == 1) return finding::nothing;
  for (int i = 0; i < twos; ++i) {
    if (BN_cmp(y.get(), minus_one.get()) == 0) return finding::nothing;
    if (BN_mod_sqr(square.get(), y.get(), n, ctx) != 1) return finding::failed;
    if (BN_is_one(square.get()) == 1) {
      const bool done = BN_sub_word(y.get(), 1) == 1 && BN_gcd(factor, y.get(), n, ctx) == 1;
      return done ? finding::found : finding::failed;
    }
    BN_swap(y.get(), square.get());
  }
  return finding::no_exponent;
}

finding find_factor(const rsa_numbers& key, BIGNUM* factor, BN_CTX* ctx) {
  const auto k = secret_number();
  const auto r = secret_number();
  if (k == nullptr || r == nullptr || BN_mul(k.get(), key.d.get(), key.e.get(), ctx) != 1 ||
      BN_sub_word(k.get(), 1) != 1) {
    return finding::failed;
  }
  if (BN_is_zero(k.get()) == 1 || BN_is_odd(k.get()) == 1) return finding::no_exponent;
  int twos = 0;
  while (BN_is_bit_set(k.get(), twos) == 0) ++twos;
  if (BN_rshift(r.get(), k.get(), twos) != 1) return finding::failed;
  for (const auto base : bases) {
    const auto result = try_base(base, r.get(), twos, key.n.get(), factor, ctx);
    if (result != finding::nothing) return result;
  }
  return finding::nothing;
}

// Known: the same. Not known: taken.
bool agrees(bn_ptr& known, bn_ptr computed) {
  if (known != nullptr) return BN_cmp(known.get(), computed.get()) == 0;
  known = std::move(computed);
  return true;
}

outcome<void> complete_exponent(const rsa_numbers& key, const BIGNUM* prime, bn_ptr& known,
                                std::string_view name, BN_CTX* ctx) {
  const auto less = secret_number();
  const auto product = secret_number();
  auto reduced = secret_number();
  if (less == nullptr || product == nullptr || reduced == nullptr ||
      BN_sub(less.get(), prime, BN_value_one()) != 1 ||
      BN_mod(reduced.get(), key.d.get(), less.get(), ctx) != 1 ||
      BN_mod_mul(product.get(), reduced.get(), key.e.get(), less.get(), ctx) != 1) {
    return no_memory();
  }
  if (BN_is_one(product.get()) == 0) return wrong(foreign_exponent);
  if (!agrees(known, std::move(reduced))) return wrong(std::string{name} + " does not belong to d");
  return {};
}

}  // namespace

outcome<void> recover_factors(rsa_numbers& key) {
  const bn_ctx_ptr ctx{BN_CTX_new()};
  key.p = secret_number();
  key.q = secret_number();
  if (ctx == nullptr || key.p == nullptr || key.q == nullptr) return no_memory();
  switch (find_factor(key, key.p.get(), ctx.get())) {
    case finding::found:
      break;
    case finding::nothing:
      return wrong("n, e and d do not lead to two primes");
    case finding::no_exponent:
      return wrong(foreign_exponent);
    case finding::failed:
      return no_memory();
  }
  if (BN_div(key.q.get(), nullptr, key.n.get(), key.p.get(), ctx.get()) != 1) return no_memory();
  if (BN_cmp(key.p.get(), key.q.get()) < 0) std::swap(key.p, key.q);
  return {};
}

outcome<void> check_factors(const rsa_numbers& key) {
  const int half = BN_num_bits(key.n.get()) / 2;
  for (const auto& [name, factor] : {std::pair{"p", key.p.get()}, std::pair{"q", key.q.get()}}) {
    if (BN_num_bits(factor) == half) continue;
    return wrong("expected " + std::string{name} + " of " + std::to_string(half) +
                 " bits, half of n, found " + std::to_string(BN_num_bits(factor)));
  }
  const bn_ctx_ptr ctx{BN_CTX_new()};
  const auto computed = secret_number();
  if (ctx == nullptr || computed == nullptr ||
      BN_mul(computed.get(), key.p.get(), key.q.get(), ctx.get()) != 1) {
    return no_memory();
  }
  if (BN_cmp(computed.get(), key.n.get()) != 0) return wrong("n is not the product of p and q");
  if (BN_sub(computed.get(), key.p.get(), key.q.get()) != 1) return no_memory();
  if (BN_num_bits(computed.get()) <= half - least_difference) {
    return wrong("p and q are too close to one another");
  }
  return {};
}

outcome<void> complete(rsa_numbers& key) {
  const bn_ctx_ptr ctx{BN_CTX_new()};
  if (ctx == nullptr) return no_memory();
  auto fits = complete_exponent(key, key.p.get(), key.dp, "dp", ctx.get());
  if (fits) fits = complete_exponent(key, key.q.get(), key.dq, "dq", ctx.get());
  if (!fits) return fits;
  auto inverse = secret_number();
  if (inverse == nullptr) return no_memory();
  if (BN_mod_inverse(inverse.get(), key.q.get(), key.p.get(), ctx.get()) == nullptr) {
    return wrong("p and q have a common factor");
  }
  if (!agrees(key.qi, std::move(inverse))) return wrong("qi does not belong to p and q");
  return {};
}

}  // namespace twinkeep::crypto::openssl
