#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "crypto/result.hpp"
#include "protocol/attributes.hpp"
#include "protocol/backup.hpp"
#include "regions/audit_config.hpp"
#include "regions/catalog.hpp"
#include "regions/failover/timings.hpp"
#include "regions/vault/vault_options.hpp"

namespace twinkeep::regions {

struct endpoint {
  std::string address;  // IP literal
  std::uint16_t port = 0;
};

struct vault_config {
  std::string name;
  std::string region;
  protocol::recovery_rules recovery;
  // Object ids (or application ids) with full rights; the built-in client always has them.
  std::vector<std::string> owners;
};

struct issuer_config {
  std::string name;  // `iss`
  std::string tenant;
  std::filesystem::path key_set_file;  // JWKS
};

// Who hears of new versions and of expiry: notices are POSTed there.
struct webhook_config {
  bool tls = true;   // false: plain HTTP, on a loopback address only
  std::string host;  // a name, or an IP literal without brackets
  std::uint16_t port = 443;
  std::string target;                        // path and query
  std::filesystem::path ca_file;             // PEM; empty: the system's authorities
  std::filesystem::path authorization_file;  // what it holds is sent as Authorization
};

struct region_config {
  const region_facts* facts = nullptr;
  std::filesystem::path directory;  // of its three stores; empty: below the data directory
};

// This deployment: what twinkeepd reads from its TOML file.
struct deployment {
  std::vector<endpoint> listen;
  endpoint admin;
  std::vector<region_config> regions;
  std::vector<vault_config> vaults;  // the first one answers on the alias too
  failover_timings timings;
  std::vector<std::string> suffixes;      // "vault.localhost" first
  std::vector<std::string> server_names;  // further names of the server certificate
  std::vector<issuer_config> issuers;
  std::vector<std::string> audiences;  // accepted besides https://<suffix>
  bool built_in_issuer = true;         // off by default once [[issuers]] are given
  std::string tenant;                  // empty: made at first start, kept in the data directory
  std::string subscription;            // backups restore within it; has a default
  protocol::restore_scope restore_scope = protocol::restore_scope::geography;
  std::chrono::milliseconds request_deadline{10'000};
  vault_options options;             // of every vault
  bool allow_clock_advance = false;  // drills may move the vaults' civil time
  std::optional<webhook_config> webhook;
  // The built-in issuer's root, PEM; both or none. None: made at first start.
  std::filesystem::path authority_file, authority_key_file;
  audit_config audit;

  [[nodiscard]] const region_config* find_region(std::string_view name) const;
  [[nodiscard]] const vault_config* find_vault(std::string_view name) const;  // without case
  // The region that copies `name`'s vaults: its pair, if replicated and part of this deployment.
  [[nodiscard]] const region_config* secondary_of(std::string_view name) const;
};

// eastus2 and centralus (a pair), westus3; vaults demo (eastus2) and west (westus3); listening on
// 127.0.0.1 and ::1, port 8443, admin 127.0.0.1:9443.
[[nodiscard]] deployment default_deployment();

// What is wrong with a configuration file: "FILE:LINE: KEY: expected ..., found ...".
struct config_error {
  std::string message;
};
// Unknown keys are errors too: a misspelt timing must not be silently ignored.
[[nodiscard]] result<deployment, config_error> read_deployment(std::string_view toml,
                                                               std::string_view file_name);
[[nodiscard]] result<endpoint, config_error> parse_endpoint(std::string_view text);

}  // namespace twinkeep::regions
