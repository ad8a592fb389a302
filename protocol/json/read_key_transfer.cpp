#include <boost/url/parse.hpp>

#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"
#include "protocol/json/read.hpp"
#include "protocol/json/read_parts.hpp"

// The transfer blob of a key that is brought from another HSM (Azure Key Vault, "Bring your own key
// specification", schema 1.0.0), as HSMs' vendors make it for Azure.
namespace twinkeep::protocol::json {

namespace {

// Far more than an RSA key of 4096 bits takes, wrapped for another one.
constexpr std::size_t max_ciphertext_bytes = 8192;

struct given_blob {
  std::optional<std::string_view> schema, kid, alg, enc;
  std::optional<bytes> ciphertext;
};

outcome<void> read_header(reader& in, reader::value& v, given_blob& given) {
  return in.object(v, "header", [&](std::string_view name, reader::value& m) -> outcome<void> {
    if (name == "kid") return assign(in.string(m, "header.kid"), given.kid);
    if (name == "alg") return assign(in.string(m, "header.alg"), given.alg);
    if (name == "enc") return assign(in.string(m, "header.enc"), given.enc);
    return in.ignore(m);
  });
}

outcome<void> expect(std::string_view name, const std::optional<std::string_view>& given,
                     std::string_view accepted) {
  if (!given) return failure{missing_member(name)};
  if (*given != accepted) return failure{not_accepted(name, *given, {accepted})};
  return {};
}

// https://{vault}.vault.azure.net/keys/{name}/{version}. The host is the vault's name, or another
// address of it: a version's id is one of its kind, so that it need not be known which.
outcome<void> take_exchange_key(std::string_view kid, key_transfer& out) {
  const auto refused = [&] {
    return failure{
        bad_parameter(join({"Member 'header.kid' is ", quoted(kid),
                            ". Expected is the id of the key-exchange key, with its version."}))};
  };
  const auto url = boost::urls::parse_uri(kid);
  if (!url) return refused();
  const auto segments = url->segments();
  if (segments.size() != 3 || lower(segments.front()) != "keys") return refused();
  out.name = *std::next(segments.begin());
  out.version = segments.back();
  if (!is_object_name(out.name) || !is_object_name(out.version)) return refused();
  return {};
}

}  // namespace

outcome<key_transfer> read_key_transfer(byte_view blob) {
  reader in(blob, "The transfer blob in 'key.key_hsm'");
  given_blob given;
  const auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "schema_version") return assign(in.string(v, name), given.schema);
    if (name == "header") return read_header(in, v, given);
    if (name == "ciphertext") return read_bytes(in, v, name, given.ciphertext);
    return in.ignore(v);
  });
  if (!done) return failure{done.error()};
  if (auto ok = expect("schema_version", given.schema, "1.0.0"); !ok) return failure{ok.error()};
  if (auto ok = expect("header.alg", given.alg, "dir"); !ok) return failure{ok.error()};
  if (auto ok = expect("header.enc", given.enc, "CKM_RSA_AES_KEY_WRAP"); !ok) {
    return failure{ok.error()};
  }
  if (!given.kid) return failure{missing_member("header.kid")};
  if (!given.ciphertext) return failure{missing_member("ciphertext")};
  if (auto fits = check_bytes("ciphertext", given.ciphertext->size(), max_ciphertext_bytes);
      !fits) {
    return failure{fits.error()};
  }
  key_transfer out;
  if (auto ok = take_exchange_key(*given.kid, out); !ok) return failure{ok.error()};
  out.ciphertext = *std::move(given.ciphertext);
  return out;
}

}  // namespace twinkeep::protocol::json
