#pragma once

#include <p11-kit/pkcs11.h>

#include <deque>
#include <string_view>
#include <vector>

#include "crypto/bytes.hpp"

// Private to crypto/: templates, as PKCS #11 calls lists of attributes.
namespace twinkeep::crypto::pkcs11 {

// Holds numbers itself; octets, texts and further templates are only looked at and must outlive it:
// a secret is not copied on its way into the module.
class attributes {
 public:
  attributes& yes(CK_ATTRIBUTE_TYPE type);
  attributes& no(CK_ATTRIBUTE_TYPE type);
  attributes& number(CK_ATTRIBUTE_TYPE type, CK_ULONG value);
  attributes& octets(CK_ATTRIBUTE_TYPE type, byte_view value);
  attributes& text(CK_ATTRIBUTE_TYPE type, std::string_view value);
  attributes& within(CK_ATTRIBUTE_TYPE type, attributes& value);

  // The module only reads what it is given in a template.
  [[nodiscard]] CK_ATTRIBUTE* data() { return list_.data(); }
  [[nodiscard]] CK_ULONG size() const { return list_.size(); }

 private:
  attributes& add(CK_ATTRIBUTE_TYPE type, const void* value, std::size_t size);

  std::vector<CK_ATTRIBUTE> list_;
  std::deque<CK_ULONG> numbers_;  // whose elements stay where they are
};

}  // namespace twinkeep::crypto::pkcs11
