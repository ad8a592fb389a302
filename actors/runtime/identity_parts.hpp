#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "actors/runtime/service_identity.hpp"

// Private to service_identity and issuer_keys: their parts.
namespace twinkeep::actors::identity {

template <class T>
using outcome = result<T, std::string>;

// "FILE: WHY. ADVICE"
[[nodiscard]] failure<std::string> broken(const std::filesystem::path& file, const std::string& why,
                                          std::string_view advice);

struct tls_files {
  std::string authority_pem;
  std::filesystem::path authority_file;
  crypto::certified_key server;
};
// Of the directory DATA/tls.
[[nodiscard]] outcome<tls_files> load_tls(const std::filesystem::path& directory,
                                          const regions::deployment& topology,
                                          protocol::unix_seconds now);

// The built-in issuer of vaults' certificates: the configured one, or one of its own in the
// directory DATA/issuer.
[[nodiscard]] outcome<crypto::certified_key> load_issuing_authority(
    const std::filesystem::path& directory, const regions::deployment& topology,
    protocol::unix_seconds now);

// Every name that the server certificate must cover.
[[nodiscard]] crypto::server_names names_of(const regions::deployment& topology);

[[nodiscard]] outcome<std::string> load_tenant(const std::filesystem::path& file,
                                               crypto::random_source& random);
[[nodiscard]] outcome<built_in_client> load_client(const std::filesystem::path& file,
                                                   crypto::random_source& random);

struct signing_key {
  std::unique_ptr<crypto::key> key;
  protocol::token::issuer_key pub;
};
[[nodiscard]] outcome<signing_key> load_signer(const std::filesystem::path& file,
                                               const crypto::keyring& keys,
                                               crypto::key_provider& provider,
                                               crypto::random_source& random);

// With the keys of its file; those behind an OpenID configuration are fetched later.
[[nodiscard]] outcome<protocol::token::issuer> read_issuer(const regions::issuer_config& config);
[[nodiscard]] outcome<std::vector<protocol::token::issuer_key>> read_key_set_file(
    const regions::issuer_config& config);

}  // namespace twinkeep::actors::identity
