#include "regions/config/issuers.hpp"

#include <algorithm>

#include "protocol/identifiers.hpp"
#include "protocol/token/trust.hpp"
#include "regions/config/values.hpp"

namespace twinkeep::regions {

namespace {

issuer_config read_issuer(const table_reader& table) {
  issuer_config issuer;
  std::string file;
  std::string openid;
  std::string ca;
  table.read("issuer", issuer.name, "the issuer's `iss`", is_filled);
  table.read("tenant", issuer.tenant, "the id of a tenant", is_id);
  for (const auto* key : {"issuer", "tenant"}) {
    if (!table.has(key)) table.complain_of_value(key, "a value");
  }
  table.read("key_set_file", file, "the path of a JSON Web Key Set", is_filled);
  table.read("openid", openid, a_web_address,
             [](const std::string& url) { return parse_web_address(url).has_value(); });
  table.read("ca_file", ca, "the path of PEM certificates", is_filled);
  table.read("refresh_every", issuer.refresh_every);
  if (table.has("key_set_file") == table.has("openid")) {
    table.complain(table.has("openid") ? "key_set_file" : "openid", "key_set_file or openid",
                   table.has("openid") ? "both" : "neither");
  }
  for (const auto* key : {"ca_file", "refresh_every"}) {
    if (table.has(key) && !table.has("openid")) table.complain(key, "openid beside it", "none");
  }
  issuer.key_set_file = file;
  issuer.openid = parse_web_address(openid);
  issuer.ca_file = ca;
  return issuer;
}

// A vault of a tenant for which nobody issues tokens could not be reached by anyone.
void check_tenants(const table_reader& root, const deployment& d) {
  const auto has_issuer = [&](const std::string& tenant) {
    const auto same = [&](const issuer_config& i) {
      return protocol::token::same_tenant(i.tenant, tenant);
    };
    return std::ranges::any_of(d.issuers, same) ||
           (d.built_in_issuer && protocol::token::same_tenant(d.tenant, tenant));
  };
  if (!d.built_in_issuer && !d.tenant.empty() && !d.issuers.empty() && !has_issuer(d.tenant)) {
    root.complain("tenant", "the tenant of one of [[issuers]]", in_quotes(d.tenant));
  }
  for (const auto& vault : d.vaults) {
    if (vault.tenant.empty() || has_issuer(vault.tenant)) continue;
    root.complain("vaults", "an issuer for the tenant of each vault",
                  in_quotes(vault.tenant) + " of " + vault.name + " without one");
  }
}

}  // namespace

void read_issuers(const table_reader& root, deployment& d, complaints& sink) {
  if (const auto tables = root.tables("issuers")) {
    for (const auto* t : *tables) {
      const table_reader table{
          *t,
          "issuers",
          {"issuer", "tenant", "key_set_file", "openid", "ca_file", "refresh_every"},
          sink};
      auto issuer = read_issuer(table);
      if (std::ranges::find(d.issuers, issuer.name, &issuer_config::name) != d.issuers.end()) {
        table.complain("issuer", "each issuer once", in_quotes(issuer.name) + " again");
      }
      d.issuers.push_back(std::move(issuer));
    }
  }
  d.built_in_issuer = d.issuers.empty();
  root.read("built_in_issuer", d.built_in_issuer);
  root.read("clients", d.clients, "a name of letters, digits and '-'",
            [](const std::string& text) { return protocol::is_object_name(text); });
  if (!d.clients.empty() && !d.built_in_issuer) {
    root.complain("clients", "the built-in issuer, whose clients they are", "that it is off");
  }
  if (!d.built_in_issuer && d.issuers.empty()) {
    root.complain("built_in_issuer", "true, or [[issuers]]", "no issuer at all");
  }
  check_tenants(root, d);
}

}  // namespace twinkeep::regions
