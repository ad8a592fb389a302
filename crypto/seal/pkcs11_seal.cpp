#include <algorithm>
#include <array>

#include "crypto/barrier.hpp"
#include "crypto/pkcs11/connection.hpp"
#include "crypto/pkcs11/pin.hpp"
#include "crypto/seal.hpp"
#include "crypto/seal/kek_file.hpp"

namespace twinkeep::crypto {

namespace {

using pkcs11::attempt;
using pkcs11::attributes;
using pkcs11::cryptoki;
using pkcs11::passing_object;
using pkcs11::session;
using pkcs11::trouble_of;

// What is sealed: the length of the label, the label, the id of the HSM key (both are the head, and
// bound to what follows), the nonce, the key encrypted by AES-256-GCM, the tag.
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
constexpr std::size_t cipher_bytes = data_key::size + tag_bytes;
// CKA_ID. Not as long as an hsm_key_id, so that a token that holds a region's keys as well does not
// list this one among them: what no vault knows may be removed from there.
using key_id = std::array<std::uint8_t, 12>;
static_assert(sizeof(key_id) != sizeof(hsm_key_id));

struct sealed_parts {
  byte_view head, label, id, nonce, cipher;
};

outcome<sealed_parts> split(byte_view sealed) {
  const std::size_t label_bytes = sealed.empty() ? 0 : sealed.front();
  const std::size_t head_bytes = 1 + label_bytes + sizeof(key_id);
  if (sealed.size() != head_bytes + nonce_bytes + cipher_bytes) {
    return fail(error_code::corrupt, "it is not as long as it says");
  }
  return sealed_parts{sealed.first(head_bytes), sealed.subspan(1, label_bytes),
                      sealed.subspan(1 + label_bytes, sizeof(key_id)),
                      sealed.subspan(head_bytes, nonce_bytes), sealed.last(cipher_bytes)};
}

// AES-256-GCM (NIST SP 800-38D) as a module takes it. Looks at what it was made of.
class gcm {
 public:
  gcm(byte_view head, byte_view nonce) {
    const auto intro = as_bytes(kek_intro(seal_type::pkcs11));
    bound_.assign(intro.begin(), intro.end());
    bound_.insert(bound_.end(), head.begin(), head.end());
    nonce_.assign(nonce.begin(), nonce.end());
    parameters_ = {nonce_.data(), nonce_.size(), 8 * nonce_.size(),
                   bound_.data(), bound_.size(), 8 * tag_bytes};
  }
  gcm(const gcm&) = delete;
  gcm& operator=(const gcm&) = delete;
  [[nodiscard]] pkcs11::method method() { return {CKM_AES_GCM, parameters_}; }

 private:
  bytes bound_, nonce_;
  CK_GCM_PARAMS parameters_{};
};

attempt<void> want_true(session& in, CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type) {
  const auto value = in.read(key, type);
  if (!value) return failure{value.error()};
  if (value->size() == 1 && value->front() == CK_TRUE) return {};
  return trouble_of({error_code::unsupported, "it does not keep keys to itself"});
}

// A new key for each sealing, which is what "the HSM key's next version" comes to.
attempt<CK_OBJECT_HANDLE> make_key(session& in, std::string_view label, byte_view id) {
  static constexpr std::array<CK_MECHANISM_TYPE, 1> allowed{CKM_AES_GCM};
  attributes a;
  a.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES);
  a.number(CKA_VALUE_LEN, data_key::size).text(CKA_LABEL, label).octets(CKA_ID, id);
  a.yes(CKA_TOKEN).yes(CKA_PRIVATE).yes(CKA_SENSITIVE).no(CKA_EXTRACTABLE).no(CKA_MODIFIABLE);
  a.yes(CKA_ENCRYPT).yes(CKA_DECRYPT).no(CKA_WRAP).no(CKA_UNWRAP);
  a.no(CKA_SIGN).no(CKA_VERIFY).no(CKA_DERIVE);
  a.octets(CKA_ALLOWED_MECHANISMS,
           {reinterpret_cast<const std::uint8_t*>(allowed.data()), sizeof allowed});
  const auto made = in.generate(CKM_AES_KEY_GEN, a);
  if (!made) return failure{made.error()};
  passing_object key(in, *made);
  for (const auto promise : {CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE}) {
    if (auto kept = want_true(in, key.get(), promise); !kept) {
      return failure{std::move(kept).error()};
    }
  }
  return key.keep();
}

attempt<CK_OBJECT_HANDLE> find_key(session& in, std::string_view label, byte_view id) {
  attributes like;
  like.number(CKA_CLASS, CKO_SECRET_KEY).yes(CKA_TOKEN).text(CKA_LABEL, label);
  like.octets(CKA_ID, id);
  const auto found = in.find(like);
  if (!found) return failure{found.error()};
  if (found->size() == 1) return found->front();
  return trouble_of({error_code::unavailable,
                     std::string{found->empty() ? "there is no" : "there is more than one"} +
                         " key \"" + std::string{label} + "\" with id " + hex_encode(id)});
}

class pkcs11_seal final : public kek_seal {
 public:
  pkcs11_seal(hsm_location where, std::string label)
      : where_(std::move(where)), label_(std::move(label)) {}

  [[nodiscard]] seal_type type() const override { return seal_type::pkcs11; }
  [[nodiscard]] std::string name() const override {
    return "pkcs11 (key \"" + label_ + "\" in token \"" + where_.token + "\" of " +
           where_.module.string() + ")";
  }

  outcome<secret_bytes> close(byte_view plain, random_source& random) override {
    bytes sealed{static_cast<std::uint8_t>(label_.size())};
    sealed.insert(sealed.end(), label_.begin(), label_.end());
    const auto head_bytes = sealed.size() + sizeof(key_id);
    sealed.resize(head_bytes + nonce_bytes);
    random.fill(std::span(sealed).last(sizeof(key_id) + nonce_bytes));
    const auto head = byte_view{sealed}.first(head_bytes);
    gcm how(head, byte_view{sealed}.subspan(head_bytes));
    const auto cipher = with_session([&](session& in) -> attempt<bytes> {
      const auto made = make_key(in, label_, head.last(sizeof(key_id)));
      if (!made) return failure{made.error()};
      passing_object key(in, *made);
      auto out = in.encrypt(how.method(), key.get(), plain);
      if (!out) return out;
      if (out->size() != cipher_bytes) {
        return trouble_of({error_code::unsupported, "its AES-GCM is none that is known here"});
      }
      key.keep();
      return out;
    });
    if (!cipher) return failure{cipher.error()};
    sealed.insert(sealed.end(), cipher->begin(), cipher->end());
    return secret_bytes::copy_of(sealed);
  }

  outcome<secret_bytes> open(byte_view sealed) override {
    const auto parts = split(sealed);
    if (!parts) return failure{parts.error()};
    if (as_text(parts->label) != label_) {
      return fail(error_code::unavailable, "expected one sealed by the HSM key \"" + label_ +
                                               "\", found one by \"" + printable(parts->label) +
                                               '"');
    }
    gcm how(parts->head, parts->nonce);
    return with_session([&](session& in) -> attempt<secret_bytes> {
      const auto key = find_key(in, label_, parts->id);
      if (!key) return failure{key.error()};
      auto plain = in.decrypt(how.method(), *key, parts->cipher);
      if (plain || !is_refusal(plain.error().code)) return plain;
      return trouble_of({error_code::refused, "the HSM key does not open it"});
    });
  }

 private:
  // Modules are vague about a tag that does not fit.
  [[nodiscard]] static bool is_refusal(CK_RV code) {
    return code == CKR_ENCRYPTED_DATA_INVALID || code == CKR_ENCRYPTED_DATA_LEN_RANGE ||
           pkcs11::is_vague(code);
  }

  [[nodiscard]] static std::string printable(byte_view label) {
    std::string text{as_text(label)};
    std::ranges::replace_if(
        text, [](char c) { return c < ' ' || c > '~'; }, '?');
    return text;
  }

  // Without logging out: that would be for the whole process, and others may use the token.
  template <class Call>
  auto with_session(Call call) const
      -> outcome<typename std::invoke_result_t<Call, session&>::value_type> {
    const auto library = cryptoki::open(where_.module);
    if (!library) return failure{library.error()};
    const auto working = (*library)->working();
    const auto token = (*library)->find_token(where_.token);
    if (!token) return failure{token.error().what};
    const auto pin = pkcs11::read_pin(where_.pin_file, where_.pin_variable);
    if (!pin) return failure{pin.error()};
    auto in = session::open(**library, token->slot);
    if (!in) return about_token(in.error().what);
    if (auto done = pkcs11::login(**library, *token, *in, CKU_USER, *pin); !done) {
      return failure{done.error().what};
    }
    auto done = call(*in);
    if (!done) return about_token(done.error().what);
    return std::move(*done);
  }

  [[nodiscard]] failure<error> about_token(const error& what) const {
    return fail(what.code, "token \"" + where_.token + "\": " + what.message);
  }

  const hsm_location where_;
  const std::string label_;
};

}  // namespace

std::unique_ptr<kek_seal> make_pkcs11_seal(hsm_location where, std::string label) {
  return std::make_unique<pkcs11_seal>(std::move(where), std::move(label));
}

}  // namespace twinkeep::crypto
