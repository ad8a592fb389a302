#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crypto/certificates.hpp"
#include "crypto/hsm.hpp"
#include "crypto/random.hpp"
#include "protocol/errors.hpp"
#include "protocol/requests.hpp"
#include "regions/vault/vault_state.hpp"

// What a decision needs done before it can be made: things that take long, or need keys. A crypto
// actor does it on a worker; a test calls carry_out itself. `hsm_label` not empty: in the region's
// HSMs, where the key has this label.
namespace twinkeep::regions {

struct generate_key {
  crypto::key_spec spec;
  std::string hsm_label = {};
};
// The JWK of the request.
struct import_key_material {
  std::string hsm_label = {};
  std::shared_ptr<const stored_key> exchange = {};  // of a key that is transferred
};
// The versions that a restored key brings are put into the region's HSMs.
struct install_hsm_keys {
  struct entry {
    byte_view material;  // of the request
    std::string label;
  };
  std::vector<entry> keys;
};
// A key and a request for a certificate of it.
struct request_certificate {
  crypto::key_spec spec;
  std::shared_ptr<const stored_certificate> reuse;  // its key again; null: a new one
  crypto::certificate_content content;
  std::string hsm_label = {};
};
// The certificate of a pending operation and its secret's value. `chain` empty: the service signs,
// with the key itself or with its own authority.
struct complete_certificate {
  std::shared_ptr<const stored_pending> pending;
  std::vector<bytes> chain;
  bool self_signed = false;
  crypto::validity valid;
  std::string hsm_label = {};  // where the key signs
};
// The certificate that the request brings with its key.
struct import_certificate_bundle {
  std::string hsm_label = {};
};

using vault_work =
    std::variant<generate_key, import_key_material, install_hsm_keys, request_certificate,
                 complete_certificate, import_certificate_bundle>;
// Whether it is the region's HSMs that carry it out.
[[nodiscard]] bool is_for_hsms(const vault_work& work);
[[nodiscard]] const std::string& hsm_label_of(const vault_work& work);
struct hsm_keys_installed {};

struct requested_certificate {
  crypto::secret_bytes material;
  crypto::public_key pub;
  bytes csr;
};
struct completed_certificate {
  crypto::secret_bytes material;
  crypto::secret_bytes secret_value;
  std::vector<bytes> chain;  // leaf first
  crypto::certificate_info info;
  std::string content_type;  // of the secret's value
};
using work_result = std::variant<protocol::error, crypto::generated_key, hsm_keys_installed,
                                 requested_certificate, completed_certificate>;
using work_result_ptr = std::shared_ptr<const work_result>;
// Of the key that was made, or used; empty: there is none.
[[nodiscard]] byte_view material_in(const work_result& result);

struct work_tools {
  crypto::key_provider& provider;
  const vault_identity& vault;
  const crypto::certified_key* authority;  // of the built-in issuer; null: there is none
  crypto::hsm_token* token = nullptr;      // the provider, where it is an HSM
};

// Blocks for as long as it takes. An error is the client's answer.
[[nodiscard]] work_result carry_out(const vault_work& work, const protocol::request& request,
                                    const work_tools& tools);
// The same; what the provider fails with is not made an answer yet.
[[nodiscard]] crypto::outcome<work_result> attempt(const vault_work& work,
                                                   const protocol::request& request,
                                                   const work_tools& tools);

// What a client is told when a key, or work on one, fails.
[[nodiscard]] protocol::error refused(const crypto::error& e);

}  // namespace twinkeep::regions
