#include "crypto/pkcs11/material.hpp"

#include <algorithm>

#include "crypto/digest.hpp"
#include "crypto/openssl/key_material.hpp"
#include "crypto/openssl/numbers.hpp"
#include "crypto/random.hpp"

namespace twinkeep::crypto::pkcs11 {

namespace {

constexpr std::uint8_t type_octets[]{'R', 'E', 'S'};  // rsa, ec, oct: as key_type counts
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t head_bytes = 1 + sizeof(hsm_world) + sizeof(hsm_key_id);

void append(bytes& to, byte_view more) {
  to.insert(to.end(), more.begin(), more.end());
}

void append_two(bytes& to, std::size_t number) {
  to.push_back(static_cast<std::uint8_t>(number >> 8));
  to.push_back(static_cast<std::uint8_t>(number));
}

// SubjectPublicKeyInfo (RFC 5280 §4.1.2.7); of a symmetric key the number of its bits.
outcome<bytes> write_public(const public_key& pub) {
  if (pub.type == key_type::oct) {
    bytes size;
    append_two(size, pub.octet_bits);
    return size;
  }
  const openssl::error_scope errors;
  const auto key = openssl::read_public(pub);
  if (!key) return failure{key.error()};
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key->get(), &der);
  if (size <= 0) return openssl::library_failure(error_code::unavailable, "public key");
  bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

outcome<public_key> read_public(key_type type, byte_view half) {
  if (type == key_type::oct) {
    public_key pub;
    pub.type = type;
    if (half.size() != 2) return fail(error_code::corrupt, "HSM key: its size does not parse");
    pub.octet_bits = static_cast<unsigned>(half[0]) << 8 | half[1];
    return pub;
  }
  const openssl::error_scope errors;
  const auto* at = half.data();
  const openssl::pkey_ptr key{d2i_PUBKEY(nullptr, &at, static_cast<long>(half.size()))};
  if (key == nullptr || at != half.data() + half.size()) {
    return fail(error_code::corrupt, "HSM key: its public half does not parse");
  }
  auto pub = openssl::public_half_of(*key);
  if (!pub || pub->type != type) {
    return fail(error_code::corrupt, "HSM key: its public half is of another type");
  }
  return pub;
}

// Of the head's world and all that follows the head.
hsm_key_id id_of(const hsm_world& world, byte_view body) {
  bytes named(world.begin(), world.end());
  append(named, body);
  const auto digest = sha256(named);
  hsm_key_id id;
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

}  // namespace

outcome<generated_key> write_material(const hsm_world& world, public_key pub, byte_view blob) {
  const auto half = write_public(pub);
  if (!half) return failure{half.error()};
  // A key that is imported twice is two keys, and either may be removed.
  bytes body(salt_bytes);
  system_random().fill(body);
  body.push_back(type_octets[static_cast<std::size_t>(pub.type)]);
  append_two(body, half->size());
  append(body, *half);
  append(body, blob);
  bytes material{hsm_material_octet};
  append(material, world);
  append(material, id_of(world, body));
  append(material, body);
  return generated_key{std::move(pub), secret_bytes::copy_of(material)};
}

outcome<wrapped_key> read_material(byte_view material) {
  const auto wrong = [](std::string_view what) {
    return fail(error_code::corrupt, "HSM key: " + std::string{what});
  };
  const auto head = read_hsm_material_head(material);
  if (!head) return wrong("this is no key of an HSM");
  const auto body = material.subspan(head_bytes);
  if (id_of(head->world, body) != head->id) return wrong("its material was changed");
  if (body.size() < salt_bytes + 3) return wrong("its material is too short");
  const auto* const type = std::ranges::find(type_octets, body[salt_bytes]);
  const std::size_t size = std::size_t{body[salt_bytes + 1]} << 8 | body[salt_bytes + 2];
  const auto rest = body.subspan(salt_bytes + 3);
  if (type == std::end(type_octets) || rest.size() <= size)
    return wrong("its material is too short");
  auto pub = read_public(static_cast<key_type>(type - type_octets), rest.first(size));
  if (!pub) return failure{std::move(pub).error()};
  const auto blob = rest.subspan(size);
  return wrapped_key{head->world, head->id, *std::move(pub), {blob.begin(), blob.end()}};
}

outcome<public_key> public_half_of_point(curve crv, byte_view ec_point) {
  const std::size_t width = facts_of(crv).coordinate_bytes;
  const std::size_t size = 1 + 2 * width;
  // Whatever is before it: the OCTET STRING's tag and length.
  if (ec_point.size() < size || ec_point.size() > size + 3 ||
      ec_point[ec_point.size() - size] != 4) {
    return fail(error_code::unavailable, "HSM: expected an uncompressed point of a curve");
  }
  const auto point = ec_point.last(2 * width);
  public_key pub;
  pub.type = key_type::ec;
  pub.crv = crv;
  pub.x.assign(point.begin(), point.begin() + static_cast<std::ptrdiff_t>(width));
  pub.y.assign(point.begin() + static_cast<std::ptrdiff_t>(width), point.end());
  return pub;
}

bytes curve_parameters(curve crv) {
  const auto* const oid = OBJ_nid2obj(openssl::curve_number(facts_of(crv).openssl_name.data()));
  unsigned char* der = nullptr;
  const int size = i2d_ASN1_OBJECT(oid, &der);
  if (size <= 0) return {};
  bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

}  // namespace twinkeep::crypto::pkcs11
