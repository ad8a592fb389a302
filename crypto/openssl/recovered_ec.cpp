#include "crypto/openssl/recovered_ec.hpp"

#include "crypto/openssl/numbers.hpp"

namespace twinkeep::crypto::openssl {

namespace {

// In the notation of SEC 1 §4.1.6.
class recovery {
 public:
  recovery(curve crv, byte_view digest, byte_view signature)
      : crv_(crv),
        width_(facts_of(crv).coordinate_bytes),
        context_(BN_CTX_new()),
        group_(EC_GROUP_new_by_curve_name(curve_number(facts_of(crv).openssl_name.data()))) {
    if (group_ == nullptr || signature.size() != 2 * width_) return;
    n_ = EC_GROUP_get0_order(group_.get());
    r_ = number(signature.first(width_));
    s_ = number(signature.last(width_));
    e_ = number(digest);
  }

  [[nodiscard]] std::vector<public_key> all() const {
    std::vector<public_key> found;
    if (!in_range(r_) || !in_range(s_) || e_ == nullptr) return found;
    const bn_ptr x{BN_dup(r_.get())};
    if (x == nullptr) return found;
    // r is the x coordinate modulo the order: what is above that is nearly always outside the
    // field.
    for (const bool above : {false, true}) {
      if (above && BN_add(x.get(), x.get(), n_) != 1) break;
      for (const int y_bit : {0, 1}) add(found, *x, y_bit);
    }
    return found;
  }

 private:
  [[nodiscard]] bool in_range(const bn_ptr& value) const {
    return value != nullptr && BN_is_zero(value.get()) == 0 && BN_cmp(value.get(), n_) < 0;
  }

  // Q = r^-1 (sR - eG).
  void add(std::vector<public_key>& found, const BIGNUM& x, int y_bit) const {
    auto* const c = context_.get();
    const auto* const g = group_.get();
    const ec_point_ptr point{EC_POINT_new(g)};
    const bn_ptr inverse{BN_mod_inverse(nullptr, r_.get(), n_, c)};
    const bn_ptr u1{BN_new()};
    const bn_ptr u2{BN_new()};
    const bn_ptr px{BN_new()};
    const bn_ptr py{BN_new()};
    if (point == nullptr || inverse == nullptr || u1 == nullptr || u2 == nullptr || px == nullptr ||
        py == nullptr || EC_POINT_set_compressed_coordinates(g, point.get(), &x, y_bit, c) != 1 ||
        BN_mod_mul(u1.get(), e_.get(), inverse.get(), n_, c) != 1 ||
        BN_sub(u1.get(), n_, u1.get()) != 1 ||
        BN_mod_mul(u2.get(), s_.get(), inverse.get(), n_, c) != 1 ||
        EC_POINT_mul(g, point.get(), u1.get(), point.get(), u2.get(), c) != 1 ||
        EC_POINT_get_affine_coordinates(g, point.get(), px.get(), py.get(), c) != 1) {
      return;
    }
    public_key pub;
    pub.type = key_type::ec;
    pub.crv = crv_;
    pub.x = octets(*px, width_);
    pub.y = octets(*py, width_);
    found.push_back(std::move(pub));
  }

  curve crv_;
  std::size_t width_;
  bn_ctx_ptr context_;
  ec_group_ptr group_;
  const BIGNUM* n_ = nullptr;
  bn_ptr r_, s_, e_;
};

}  // namespace

std::vector<public_key> keys_that_may_have_signed(curve crv, byte_view digest,
                                                  byte_view signature) {
  const error_scope errors;  // a number that is no x coordinate leaves one
  return recovery(crv, digest, signature).all();
}

}  // namespace twinkeep::crypto::openssl
