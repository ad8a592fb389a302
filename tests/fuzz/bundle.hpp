#pragma once

#include <algorithm>

#include "crypto/certificates.hpp"
#include "fuzz.hpp"

namespace twinkeep::fuzz {

// What every way of importing a certificate promises (crypto/certificates.hpp): a refusal says why;
// what is read is a key and its certificate, and can be written so that it is read again.
inline void check_bundle(const crypto::outcome<crypto::certificate_bundle>& read) {
  if (!read) {
    const auto& e = read.error();
    require(e.code == crypto::error_code::bad_input || e.code == crypto::error_code::unsupported);
    require(!e.message.empty());
    return;
  }
  require(!read->chain.empty() && read->chain.size() <= crypto::max_chain);
  const auto own = crypto::public_key_of_material(read->material.view());
  require(own.ok());
  if (const auto leaf = crypto::read_certificate(read->chain.front()); leaf.ok()) {
    require(crypto::same_key(leaf->pub, *own));
  }
  const auto pem = crypto::write_pem_bundle(read->material.view(), read->chain);
  require(pem.ok());
  const auto again = crypto::read_pem_bundle(pem->view());
  require(again.ok() && again->chain == read->chain);
  require(std::ranges::equal(again->material.view(), read->material.view()));
}

}  // namespace twinkeep::fuzz
