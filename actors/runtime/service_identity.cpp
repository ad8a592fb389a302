#include "actors/runtime/service_identity.hpp"

#include "actors/runtime/durable_file.hpp"
#include "actors/runtime/identity_parts.hpp"

namespace twinkeep::actors {

namespace identity {

failure<std::string> broken(const std::filesystem::path& file, const std::string& why,
                            std::string_view advice) {
  return file_failure(file, why + ". " + std::string(advice));
}

}  // namespace identity

result<service_identity, std::string> load_service_identity(const std::filesystem::path& data,
                                                            const regions::deployment& topology,
                                                            const crypto::keyring& keys,
                                                            crypto::key_provider& provider,
                                                            crypto::random_source& random,
                                                            const wall_clock& clock) {
  std::error_code unknown;
  const auto directory = std::filesystem::absolute(data, unknown).lexically_normal();
  if (unknown) return file_failure(data, unknown.message());
  if (auto made = make_private_directory(directory); !made) return failure{made.error()};

  service_identity self;
  auto tls = identity::load_tls(directory / "tls", topology, clock.now());
  if (!tls) return failure{std::move(tls).error()};
  self.authority_pem = std::move(tls->authority_pem);
  self.authority_file = std::move(tls->authority_file);
  self.server = std::move(tls->server);
  auto issuing = identity::load_issuing_authority(directory / "issuer", topology, clock.now());
  if (!issuing) return failure{std::move(issuing).error()};
  self.issuing = std::move(*issuing);
  self.client_file = directory / "client.json";

  self.tenant = topology.tenant;
  if (self.tenant.empty() && !topology.built_in_issuer && !topology.issuers.empty()) {
    self.tenant = topology.issuers.front().tenant;
  }
  if (self.tenant.empty()) {
    auto tenant = identity::load_tenant(directory / "tenant", random);
    if (!tenant) return failure{std::move(tenant).error()};
    self.tenant = std::move(*tenant);
  }
  if (topology.built_in_issuer) {
    auto client = identity::load_client(self.client_file, random);
    if (!client) return failure{std::move(client).error()};
    auto signer = identity::load_signer(directory / "issuer.key", keys, provider, random);
    if (!signer) return failure{std::move(signer).error()};
    self.client = std::move(*client);
    for (const auto& name : topology.clients) {
      if (auto made = make_private_directory(directory / "clients"); !made) {
        return failure{made.error()};
      }
      auto further = identity::load_client(directory / "clients" / (name + ".json"), random);
      if (!further) return failure{std::move(further).error()};
      self.clients.push_back(std::move(*further));
    }
    self.signer = std::move(signer->key);
    self.issuers.push_back({"", true, self.tenant, {std::move(signer->pub)}});
  }
  for (const auto& config : topology.issuers) {
    auto issuer = identity::read_issuer(config);
    if (!issuer) return failure{std::move(issuer).error()};
    self.issuers.push_back(std::move(*issuer));
  }
  return self;
}

}  // namespace twinkeep::actors
