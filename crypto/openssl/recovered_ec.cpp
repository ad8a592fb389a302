#include "crypto/openssl/recovered_ec.hpp"

#include "crypto/openssl/numbers.hpp"

namespace twinkeep::crypto::openssl {

namespace {

// In the notation of SEC 1 §4.1.6: Q = r^-1 (sR - eG), for each point R whose x coordinate is r
// modulo the order n.
class recovery {
 public:
  explicit recovery(curve crv) : crv_(crv), group_(group_of(crv)), context_(BN_CTX_new()) {}

  [[nodiscard]] std::vector<public_key> all(byte_view digest, byte_view signature) const {
    std::vector<public_key> found;
    const std::size_t width = facts_of(crv_).coordinate_bytes;
    if (group_ == nullptr || context_ == nullptr || signature.size() != 2 * width) return found;
    const auto* const n = EC_GROUP_get0_order(group_.get());
    const bn_ptr r = number(signature.first(width));
    const bn_ptr s = number(signature.last(width));
    const bn_ptr e = number(digest);
    if (r == nullptr || s == nullptr || e == nullptr || !is_scalar_of(*group_, *r) ||
        !is_scalar_of(*group_, *s)) {
      return found;
    }
    const bn_ptr inverse{BN_mod_inverse(nullptr, r.get(), n, context_.get())};
    if (inverse == nullptr || BN_mod_mul(s.get(), s.get(), inverse.get(), n, context_.get()) != 1 ||
        BN_mod_mul(e.get(), e.get(), inverse.get(), n, context_.get()) != 1 ||
        BN_sub(e.get(), n, e.get()) != 1) {
      return found;
    }
    // What is above the order is nearly always outside of the field.
    for (const bool above : {false, true}) {
      if (above && BN_add(r.get(), r.get(), n) != 1) break;
      for (const int y_bit : {0, 1}) add(found, *r, y_bit, *s, *e);
    }
    return found;
  }

 private:
  // The point with this coordinate, times `of_point`, and the generator times `of_generator`.
  void add(std::vector<public_key>& found, const BIGNUM& x, int y_bit, const BIGNUM& of_point,
           const BIGNUM& of_generator) const {
    auto* const c = context_.get();
    const auto* const g = group_.get();
    const ec_point_ptr point{EC_POINT_new(g)};
    const bn_ptr px{BN_new()};
    const bn_ptr py{BN_new()};
    if (point == nullptr || px == nullptr || py == nullptr ||
        EC_POINT_set_compressed_coordinates(g, point.get(), &x, y_bit, c) != 1 ||
        EC_POINT_mul(g, point.get(), &of_generator, point.get(), &of_point, c) != 1 ||
        EC_POINT_get_affine_coordinates(g, point.get(), px.get(), py.get(), c) != 1) {
      return;
    }
    const std::size_t width = facts_of(crv_).coordinate_bytes;
    public_key pub;
    pub.type = key_type::ec;
    pub.crv = crv_;
    pub.x = octets(*px, width);
    pub.y = octets(*py, width);
    found.push_back(std::move(pub));
  }

  curve crv_;
  ec_group_ptr group_;
  bn_ctx_ptr context_;
};

}  // namespace

std::vector<public_key> keys_that_may_have_signed(curve crv, byte_view digest,
                                                  byte_view signature) {
  const error_scope errors;  // a number that is no x coordinate leaves one
  return recovery(crv).all(digest, signature);
}

}  // namespace twinkeep::crypto::openssl
