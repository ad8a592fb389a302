#include "crypto/pkcs11/transfer.hpp"

#include "crypto/openssl/imported_key.hpp"
#include "crypto/openssl/recovered_ec.hpp"
#include "crypto/pkcs11/key_objects.hpp"
#include "crypto/pkcs11/offered.hpp"
#include "crypto/random.hpp"

namespace twinkeep::crypto::pkcs11 {

namespace {

// Opens one thing and stays where it is: an object of the session.
attributes opening_template(CK_OBJECT_CLASS of, CK_KEY_TYPE type) {
  attributes a;
  a.number(CKA_CLASS, of).number(CKA_KEY_TYPE, type).yes(CKA_UNWRAP);
  a.no(CKA_TOKEN).yes(CKA_PRIVATE).yes(CKA_SENSITIVE).no(CKA_EXTRACTABLE);
  return a;
}

// One text for every cause, whichever of the steps it was.
failure<trouble> does_not_open(CK_RV code = CKR_OK) {
  return failure{
      trouble{code,
              {error_code::bad_input,
               "The key that is transferred does not open: it is to be wrapped for this "
               "key-exchange key by CKM_RSA_AES_KEY_WRAP (RSA-OAEP with SHA-1, then RFC 5649), and "
               "to be the PKCS#8 of a private key of the type that `kty` says."}}};
}

// Of what a token answers to a wrong key nothing is told, as long as the token is well.
failure<trouble> judged_by(session& in, const connection& link, const trouble& why) {
  const auto is = why.what.code;
  const bool is_said = is == error_code::unsupported || is == error_code::bad_input;
  if (is_lost(why.code) || is_said) return failure{why};
  if (const auto seen = in.read(link.world().handle, CKA_ID); !seen) return failure{seen.error()};
  return does_not_open(why.code);
}

attempt<CK_OBJECT_HANDLE> unwrap(session& in, CK_OBJECT_HANDLE exchange, std::size_t first,
                                 const transferred_key& given) {
  auto oaep = oaep_parameters(*find_algorithm("RSA-OAEP"));
  auto opening = opening_template(CKO_SECRET_KEY, CKK_AES);
  const auto aes =
      in.unwrap(method{CKM_RSA_PKCS_OAEP, oaep}, exchange, given.ciphertext.first(first), opening);
  if (!aes) return failure{aes.error()};
  const passing_object secret(in, *aes);
  auto what = passing_private();
  what.number(CKA_CLASS, CKO_PRIVATE_KEY).yes(CKA_SIGN);
  if (given.type == key_type::rsa) {
    what.number(CKA_KEY_TYPE, CKK_RSA).yes(CKA_DECRYPT);
  } else {
    what.number(CKA_KEY_TYPE, CKK_EC);
  }
  return in.unwrap(method{CKM_AES_KEY_WRAP_PAD}, secret.get(), given.ciphertext.subspan(first),
                   what);
}

attempt<public_key> find_modulus(session& in, CK_OBJECT_HANDLE object) {
  auto half = read_rsa_half(in, object);
  if (!half) return half;
  if (auto may = openssl::check_public_rsa(half->n, half->e); !may) return trouble_of(may.error());
  if (auto fits = check_signature(in, object, *half); !fits) return failure{fits.error()};
  return half;
}

// Tokens do not show the point of a private key. Two signatures do: the first leaves a choice (SEC
// 1 §4.1.6), the second makes it.
attempt<public_key> find_point(session& in, CK_OBJECT_HANDLE object, curve crv) {
  const auto parameters = in.read(object, CKA_EC_PARAMS);
  if (!parameters) return failure{parameters.error()};
  if (*parameters != curve_parameters(crv)) {
    return trouble_of({error_code::bad_input, "EC key: it is not on the curve that `crv` says"});
  }
  bytes digest(32);  // short enough for every curve
  system_random().fill(digest);
  const auto signature = in.sign(method{CKM_ECDSA}, object, digest);
  if (!signature) return failure{signature.error()};
  for (auto& candidate : openssl::keys_that_may_have_signed(crv, digest, *signature)) {
    const auto checked = check_signature(in, object, candidate);
    if (checked) return std::move(candidate);
    if (checked.error().what.code != error_code::corrupt) return failure{checked.error()};
  }
  return does_not_open();
}

attempt<generated_key> open_and_wrap(session& in, connection& link, CK_OBJECT_HANDLE exchange,
                                     std::size_t first, const transferred_key& given) {
  const auto opened = unwrap(in, exchange, first, given);
  if (!opened) return failure{opened.error()};
  const passing_object object(in, *opened);
  auto pub = given.type == key_type::rsa ? find_modulus(in, object.get())
                                         : find_point(in, object.get(), given.crv);
  if (!pub) return failure{std::move(pub).error()};
  return wrapped(in, link, object.get(), *std::move(pub));
}

}  // namespace

attempt<generated_key> unwrap_transferred(session& in, connection& link,
                                          const wrapped_key& exchange,
                                          const transferred_key& given) {
  const std::size_t first = exchange.pub.modulus_bytes();
  if (exchange.pub.type != key_type::rsa || given.ciphertext.size() <= first) {
    return does_not_open();
  }
  auto opening = opening_template(CKO_PRIVATE_KEY, CKK_RSA);
  const auto pair = unwrap_as(in, link, exchange, opening);
  if (!pair) return failure{pair.error()};
  const passing_object opener(in, *pair);
  auto done = open_and_wrap(in, link, opener.get(), first, given);
  if (!done) return judged_by(in, link, done.error());
  return done;
}

}  // namespace twinkeep::crypto::pkcs11
