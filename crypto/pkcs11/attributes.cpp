#include "crypto/pkcs11/attributes.hpp"

namespace twinkeep::crypto::pkcs11 {

namespace {

constexpr CK_BBOOL is_true = CK_TRUE;
constexpr CK_BBOOL is_false = CK_FALSE;

}  // namespace

attributes& attributes::yes(CK_ATTRIBUTE_TYPE type) {
  return add(type, &is_true, sizeof is_true);
}

attributes& attributes::no(CK_ATTRIBUTE_TYPE type) {
  return add(type, &is_false, sizeof is_false);
}

attributes& attributes::number(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
  return add(type, &numbers_.emplace_back(value), sizeof value);
}

attributes& attributes::octets(CK_ATTRIBUTE_TYPE type, byte_view value) {
  return add(type, value.data(), value.size());
}

attributes& attributes::text(CK_ATTRIBUTE_TYPE type, std::string_view value) {
  return octets(type, as_bytes(value));
}

attributes& attributes::within(CK_ATTRIBUTE_TYPE type, attributes& value) {
  return add(type, value.data(), value.list_.size() * sizeof(CK_ATTRIBUTE));
}

attributes& attributes::add(CK_ATTRIBUTE_TYPE type, const void* value, std::size_t size) {
  list_.push_back({type, const_cast<void*>(value), size});
  return *this;
}

}  // namespace twinkeep::crypto::pkcs11
