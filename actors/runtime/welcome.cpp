#include "actors/runtime/welcome.hpp"

#include <unistd.h>

#include <boost/json.hpp>

namespace twinkeep::actors {

namespace {

namespace json = boost::json;

constexpr std::string_view api_version = "7.5";

void append(crypto::wiping_bytes& out, std::string_view text) {
  const auto view = as_bytes(text);
  out.insert(out.end(), view.begin(), view.end());
}

std::string in_quotes(std::string_view text) {
  return json::serialize(json::string{text.data(), text.size()});
}

// As one word for a shell.
std::string shell_word(const std::string& text) {
  constexpr std::string_view harmless =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._/:=,@+";
  if (!text.empty() && text.find_first_not_of(harmless) == std::string::npos) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return word + "'";
}

std::string port_of(const service_doors& doors) {
  return std::to_string(doors.listening.front().port);
}

std::string vault_uri(const service_doors& doors, const regions::vault_config& vault) {
  return "https://" + vault.name + "." + doors.topology.suffixes.front() + ":" + port_of(doors);
}

std::string vaults_member(const service_doors& doors) {
  json::array vaults;
  for (const auto& vault : doors.topology.vaults) {
    json::object row;
    row["name"] = vault.name;
    row["region"] = vault.region;
    row["uri"] = vault_uri(doors, vault);
    if (vaults.empty()) row["alias"] = uri_of("https", doors.listening.front());
    vaults.emplace_back(std::move(row));
  }
  return json::serialize(vaults);
}

std::string curl_example(const service_doors& doors, const built_in_client& client) {
  const auto authority = uri_of("https", doors.listening.front());
  const auto ca = shell_word(doors.identity.authority_file.string());
  const auto member = [](std::string_view name) {
    return R"~(sed -n 's/.*")~" + std::string(name) + R"~(": *"\([^"]*\)".*/\1/p')~";
  };
  std::string text;
  text += "  secret=$(" + member("client_secret") + " " +
          shell_word(doors.identity.client_file.string()) + ")\n";
  // By way of the shell's own printf, so that no list of processes shows the secret.
  text += "  token=$(printf %s \"grant_type=client_credentials&client_id=" + client.client_id +
          "&client_secret=$secret&scope=https://" + doors.topology.suffixes.front() +
          "/.default\" | curl -s --cacert " + ca + " " + authority + "/" + doors.identity.tenant +
          "/oauth2/v2.0/token -d @- | " + member("access_token") + ")\n";
  text += "  curl --cacert " + ca +
          " -X PUT -H \"Authorization: Bearer $token\" -H 'Content-Type: application/json'" +
          " -d '{\"value\": \"world\"}' '" + authority +
          "/secrets/hello?api-version=" + std::string(api_version) + "'\n";
  return text;
}

std::string javascript_example(const service_doors& doors) {
  const auto authority = in_quotes(uri_of("https", doors.listening.front()));
  std::string text;
  text +=
      "  const { ClientSecretCredential } = require(\"@azure/identity\"), { SecretClient } = "
      "require(\"@azure/keyvault-secrets\"), { client_id, client_secret } = require(" +
      in_quotes(doors.identity.client_file.string()) + ");\n";
  text += "  const credential = new ClientSecretCredential(" + in_quotes(doors.identity.tenant) +
          ", client_id, client_secret, { authorityHost: " + authority +
          ", disableInstanceDiscovery: true });\n";
  text += "  new SecretClient(" + authority +
          ", credential, { disableChallengeResourceVerification: true })"
          ".setSecret(\"hello\", \"world\").then(console.log);\n";
  return text;
}

std::string trust_lines(const std::string& authority_file) {
  const auto ca = shell_word(authority_file);
  std::string text = "To trust its certificates, the local authority " + authority_file +
                     " (also at /v1/ca.pem of the admin listener):\n";
  text += "  Node    export NODE_EXTRA_CA_CERTS=" + ca + "\n";
  text += "  Python  export SSL_CERT_FILE=" + ca + " REQUESTS_CA_BUNDLE=" + ca + "\n";
  text += "  Java    keytool -importcert -noprompt -alias twinkeep -file " + ca +
          " -keystore twinkeep.p12 -storetype PKCS12 -storepass changeit && export "
          "JAVA_TOOL_OPTIONS='-Djavax.net.ssl.trustStore=twinkeep.p12 "
          "-Djavax.net.ssl.trustStorePassword=changeit'\n";
  text += "  .NET    export SSL_CERT_FILE=" + ca + "\n";
  text += "  Go      export SSL_CERT_FILE=" + ca + "\n";
  text += "  curl    export CURL_CA_BUNDLE=" + ca + "\n";
  return text;
}

}  // namespace

std::string uri_of(std::string_view scheme, const regions::endpoint& e) {
  auto address = e.address;
  if (address == "0.0.0.0") address = "127.0.0.1";
  if (address == "::") address = "::1";
  if (address.find(':') != std::string::npos) address = "[" + address + "]";
  return std::string(scheme) + "://" + address + ":" + std::to_string(e.port);
}

// Member by member, so that the secret passes through no memory that is not wiped.
crypto::secret_bytes ready_document(const service_doors& doors) {
  const auto& self = doors.identity;
  crypto::wiping_bytes out;
  constexpr std::size_t enough = 16 * 1024;  // growing would be no leak: the allocator wipes
  out.reserve(enough);
  append(out, "{\n  \"pid\": " + std::to_string(::getpid()));
  append(out, ",\n  \"admin_uri\": " + in_quotes(uri_of("http", doors.admin)));
  append(out, ",\n  \"authority\": " + in_quotes(uri_of("https", doors.listening.front())));
  append(out, ",\n  \"tenant_id\": " + in_quotes(self.tenant));
  append(out, ",\n  \"client_id\": " + in_quotes(self.client ? self.client->client_id : ""));
  append(out, ",\n  \"client_secret\": \"");
  if (self.client) append(out, as_text(self.client->client_secret.view()));
  append(out, "\",\n  \"clients\": [");
  for (std::size_t i = 0; i < self.clients.size(); ++i) {
    const auto& client = self.clients[i];
    append(out, (i == 0 ? "\n    {\"name\": " : ",\n    {\"name\": ") +
                    in_quotes(doors.topology.clients.at(i)));
    append(out, ", \"client_id\": " + in_quotes(client.client_id));
    append(out, ", \"object_id\": " + in_quotes(client.object_id));
    append(out, ", \"client_secret\": \"");
    append(out, as_text(client.client_secret.view()));
    append(out, "\"}");
  }
  append(out, "],\n  \"ca_file\": " + in_quotes(self.authority_file.string()));
  append(out, ",\n  \"management_uri\": " + in_quotes(uri_of("https", doors.management)));
  append(out, ",\n  \"subscription_id\": " + in_quotes(doors.topology.subscription));
  append(out, ",\n  \"resource_group\": " + in_quotes(doors.topology.resource_group));
  append(out, ",\n  \"vaults\": " + vaults_member(doors) + "\n}\n");
  return crypto::secret_bytes{std::move(out)};
}

std::string welcome_text(const service_doors& doors) {
  std::string text = "Twinkeep is ready.\n";
  for (const auto& vault : doors.topology.vaults) {
    text += "  vault " + vault.name + " (" + vault.region + "): " + vault_uri(doors, vault);
    if (&vault == &doors.topology.vaults.front()) {
      text += ", also " + uri_of("https", doors.listening.front());
    }
    text += "\n";
  }
  text += "  management (Azure Resource Manager): " + uri_of("https", doors.management) +
          ", subscription " + doors.topology.subscription + "\n";
  text += "  operators: " + uri_of("http", doors.admin) + ", for example: twinkeep --admin " +
          uri_of("http", doors.admin) + " status\n";
  if (doors.identity.client) {
    text += "With curl:\n" + curl_example(doors, *doors.identity.client);
    text += "With the Azure SDK for JavaScript:\n" + javascript_example(doors);
  }
  return text + trust_lines(doors.identity.authority_file.string());
}

}  // namespace twinkeep::actors
