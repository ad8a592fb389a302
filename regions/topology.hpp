#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "crypto/hsm.hpp"
#include "crypto/result.hpp"
#include "protocol/attributes.hpp"
#include "protocol/backup.hpp"
#include "protocol/ip_address.hpp"
#include "protocol/vault.hpp"
#include "regions/audit_config.hpp"
#include "regions/catalog.hpp"
#include "regions/failover/timings.hpp"
#include "regions/limits/failures.hpp"
#include "regions/seal_config.hpp"
#include "regions/vault/vault_options.hpp"
#include "regions/web_address.hpp"

namespace twinkeep::regions {

struct endpoint {
  std::string address;  // IP literal
  std::uint16_t port = 0;
};

// A token for one zone of a region. A region has none, or one for each of two zones.
struct hsm_config {
  std::string region;
  unsigned zone = 0;
  crypto::hsm_location where;
};

struct vault_config {
  std::string name;
  std::string region;
  protocol::recovery_rules recovery;
  // Object ids (or application ids) with full rights; the built-in client always has them.
  std::vector<std::string> owners;
  // Whether roles say who may do what, or access policies.
  bool rbac_authorization = false;
  std::string tenant = {};  // whose tokens it takes; empty: the deployment's
  protocol::vault_sku sku = protocol::vault_sku::standard;
};

// A private way to one vault: an address of its own on which it is served once the connection is
// approved. It belongs to a region, the vault's by default.
struct private_endpoint_config {
  std::string name;
  std::string vault;
  std::string region;
  endpoint listen;
  bool approved = false;  // without being asked: the requester may approve
  std::string resource_id;
};

// Whose tokens count, and where its keys are: in a file, or behind its OpenID configuration.
struct issuer_config {
  std::string name;  // `iss`
  std::string tenant;
  std::filesystem::path key_set_file = {};  // JWKS
  std::optional<web_address> openid = {};
  std::filesystem::path ca_file = {};  // PEM, for openid; empty: the system's authorities
  duration refresh_every = std::chrono::hours{24};
};

// Who hears of new versions and of expiry: notices are POSTed there.
struct webhook_config {
  web_address where;
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
  std::vector<endpoint> management_listen;  // of the management plane; empty: where `listen` says
  std::vector<region_config> regions;
  std::vector<hsm_config> hsms;
  std::vector<vault_config> vaults;  // the first one answers on the alias too
  failover_timings timings;
  std::vector<std::string> suffixes;      // "vault.localhost" first
  std::vector<std::string> server_names;  // further names of the server certificate
  std::vector<issuer_config> issuers;
  failure_limits failed_authentication;
  std::vector<std::string> audiences;  // accepted besides https://<suffix>
  std::vector<std::string> clients;    // of the built-in issuer, besides its own: without rights
  bool built_in_issuer = true;         // off by default once [[issuers]] are given
  // Empty: that of the first of [[issuers]]; with the built-in issuer, made at first start and kept
  // in the data directory.
  std::string tenant;
  std::string subscription;                 // backups restore within it; has a default
  std::string resource_group = "twinkeep";  // of the vaults declared here
  std::vector<private_endpoint_config> private_endpoints;
  protocol::restore_scope restore_scope = protocol::restore_scope::geography;
  std::chrono::milliseconds request_deadline{10'000};
  vault_options options;             // of every vault
  bool allow_clock_advance = false;  // drills may move the vaults' civil time
  std::optional<webhook_config> webhook;
  // Azure role-based access for the whole subscription or parts of it, for as long as the file
  // says.
  std::vector<protocol::role_assignment> role_assignments;
  protocol::ip_ranges trusted_proxies;        // whose X-Forwarded-For is believed
  std::vector<std::string> trusted_services;  // object ids that the bypass of firewalls lets in
  // The built-in issuer's root, PEM; both or none. None: made at first start.
  std::filesystem::path authority_file, authority_key_file;
  audit_config audit;
  seal_config seal;

  [[nodiscard]] const region_config* find_region(std::string_view name) const;
  [[nodiscard]] const vault_config* find_vault(std::string_view name) const;  // without case
  // The region that copies `name`'s vaults: its pair, if replicated and part of this deployment.
  [[nodiscard]] const region_config* secondary_of(std::string_view name) const;
  [[nodiscard]] bool has_hsms(std::string_view region) const;
  // Whether keys of HSMs can be held wherever the region's vaults are served: in it, and in the
  // region that copies it.
  [[nodiscard]] bool offers_premium(std::string_view region) const;
};
// The deployment's options as a vault's sku has them.
[[nodiscard]] vault_options options_of(const deployment& d, protocol::vault_sku sku);

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
// The same of a file; also if it cannot be read.
[[nodiscard]] result<deployment, config_error> read_deployment_file(
    const std::filesystem::path& file);
[[nodiscard]] result<endpoint, config_error> parse_endpoint(std::string_view text);

}  // namespace twinkeep::regions
