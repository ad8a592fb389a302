#include "crypto/keyring.hpp"

#include "crypto/digest.hpp"
#include "crypto/hkdf.hpp"
#include "crypto/seal/kek_file.hpp"

namespace twinkeep::crypto {

namespace {

namespace fs = std::filesystem;

outcome<data_key> open_content(const fs::path& file, const kek_content& content, kek_seal& seal,
                               std::string_view advice) {
  if (content.type != seal.type()) {
    return kek_failure(file, error_code::unavailable,
                       "expected one under the seal \"" + std::string{to_string(seal.type())} +
                           "\", found one under \"" + std::string{to_string(content.type)} +
                           "\"; " + std::string{advice});
  }
  auto key = seal.open(content.sealed.view());
  if (!key) return kek_failure(file, key.error().code, key.error().message);
  if (key->size() != data_key::size) {
    return kek_failure(file, error_code::corrupt,
                       "expected a key of " + std::to_string(data_key::size) + " bytes, found " +
                           std::to_string(key->size()));
  }
  return data_key(std::move(*key));
}

// What cannot be opened again must never become the file.
outcome<kek_draft> checked_draft(const fs::path& file, const data_key& key, kek_seal& seal,
                                 random_source& random) {
  auto sealed = seal.close(key.view(), random);
  if (!sealed) return kek_failure(file, sealed.error().code, sealed.error().message);
  auto draft = kek_draft::write(file, {seal.type(), std::move(*sealed)});
  if (!draft) return draft;
  const auto written = read_kek_file(draft->path());
  if (!written) return failure{written.error()};
  if (!*written) return kek_failure(file, error_code::unavailable, "its draft vanished");
  const auto opened = open_content(file, **written, seal, "");
  if (!opened) return failure{opened.error()};
  if (!equal_in_constant_time(opened->view(), key.view())) {
    return kek_failure(file, error_code::corrupt, "the seal opens to another key than it closed");
  }
  return draft;
}

// No value: another process was quicker, and its key is the truth.
outcome<std::optional<data_key>> create(const fs::path& file, kek_seal& seal,
                                        random_source& random) {
  auto key = data_key::generate(random);
  auto draft = checked_draft(file, key, seal, random);
  if (!draft) return failure{std::move(draft).error()};
  const auto published = draft->publish();
  if (!published) return failure{published.error()};
  return *published ? std::optional{std::move(key)} : std::nullopt;
}

constexpr std::string_view how_to_change =
    "the service does not change seals as it starts: stop it, and twinkeepd rotate-seal does";
constexpr std::string_view how_to_name = "--from names the configuration under which it was sealed";

}  // namespace

outcome<keyring> keyring::open_or_create(const fs::path& file, kek_seal& seal,
                                         random_source& random) {
  auto found = read_kek_file(file);
  if (found && !*found) {
    auto made = create(file, seal, random);
    if (!made) return failure{std::move(made).error()};
    if (*made) return keyring(std::move(**made));
    found = read_kek_file(file);
  }
  if (!found) return failure{std::move(found).error()};
  if (!*found) return kek_failure(file, error_code::unavailable, "it vanished while it was made");
  auto key = open_content(file, **found, seal, how_to_change);
  if (!key) return failure{std::move(key).error()};
  return keyring(std::move(*key));
}

outcome<void> reseal(const fs::path& file, kek_seal& from, kek_seal& to, random_source& random) {
  discard_kek_drafts(file);
  const auto found = read_kek_file(file);
  if (!found) return failure{found.error()};
  if (!*found) return kek_failure(file, error_code::unavailable, "there is none");
  const auto key = open_content(file, **found, from, how_to_name);
  if (!key) return failure{key.error()};
  auto draft = checked_draft(file, *key, to, random);
  if (!draft) return failure{std::move(draft).error()};
  return draft->replace();
}

void discard_leftovers(const fs::path& file) {
  discard_kek_drafts(file);
}

bytes keyring::wrap(const data_key& key, const record_identity& id, random_source& random) const {
  return seal(kek_, id, key.view(), random);
}

outcome<data_key> keyring::unwrap(byte_view wrapped, const record_identity& id) const {
  auto key = open(kek_, id, wrapped);
  if (!key) return failure{std::move(key).error()};
  if (key->size() != data_key::size) {
    return fail(error_code::corrupt, "wrapped data key: expected " +
                                         std::to_string(data_key::size) + " bytes, found " +
                                         std::to_string(key->size()));
  }
  return data_key(std::move(*key));
}

data_key keyring::derive(std::string_view label) const {
  return data_key(hkdf_sha256(kek_.view(), {}, as_bytes(label), data_key::size));
}

}  // namespace twinkeep::crypto
