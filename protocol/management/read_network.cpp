#include "protocol/ip_address.hpp"
#include "protocol/join.hpp"
#include "protocol/management/read_parts.hpp"

// properties.networkAcls. Azure takes public ranges alone; here private ones are taken too, because
// the clients of a service that runs in one's own network have such addresses.
namespace twinkeep::protocol::management {

namespace {

constexpr std::size_t max_ip_rules = 1000;
constexpr std::size_t max_network_rules = 200;

parsed<void> read_ip_rule(reader& in, reader::value& v, std::vector<std::string>& out) {
  constexpr std::string_view called = "properties.networkAcls.ipRules[].value";
  std::optional<std::string> rule;
  auto done = in.object(v, "properties.networkAcls.ipRules[]",
                        [&](std::string_view name, reader::value& m) -> parsed<void> {
                          if (name != "value") return in.ignore(m);
                          return read_words(in, m, called, rule.emplace());
                        });
  if (!done) return done;
  if (!rule) return failure{json::missing_member(called)};
  if (!parse_ip_range(*rule)) {
    // What the network rules cannot read would let nobody in.
    const auto cleared = cleared_range(*rule);
    if (cleared.empty()) {
      return wrong({"Member '", called, "' is ", json::quoted(*rule),
                    ". It must be an IPv4 or IPv6 address or a range in CIDR notation."});
    }
    return wrong({"Member '", called, "' is ", json::quoted(*rule), ", which has bits set behind ",
                  "its prefix. It must be '", cleared, "', or an address alone."});
  }
  out.push_back(*std::move(rule));
  return {};
}

parsed<void> read_network_rule(reader& in, reader::value& v,
                               std::vector<virtual_network_rule>& out) {
  const std::string called = "properties.networkAcls.virtualNetworkRules[].";
  virtual_network_rule rule;
  auto done = in.object(v, "properties.networkAcls.virtualNetworkRules[]",
                        [&](std::string_view name, reader::value& m) -> parsed<void> {
                          if (name == "id") return read_resource_id(in, m, called + "id", rule.id);
                          if (name == "ignoreMissingVnetServiceEndpoint") {
                            return json::assign(in.boolean(m, called + std::string(name)),
                                                rule.ignore_missing_endpoint);
                          }
                          return in.ignore(m);
                        });
  if (!done) return done;
  if (rule.id.empty()) return failure{json::missing_member(called + "id")};
  out.push_back(std::move(rule));
  return {};
}

constexpr std::array bypasses =
    std::to_array<choice<bool>>({{"AzureServices", true}, {"None", false}});
constexpr std::array actions = std::to_array<choice<bool>>({{"Allow", true}, {"Deny", false}});

}  // namespace

parsed<void> read_network_rules(reader& in, reader::value& v, std::optional<network_rules>& out) {
  network_rules rules;
  auto done = in.object(
      v, "properties.networkAcls", [&](std::string_view name, reader::value& m) -> parsed<void> {
        const auto called = join({"properties.networkAcls.", name});
        if (name == "bypass") {
          return read_choice(in, m, called, bypasses, rules.bypass_azure_services);
        }
        if (name == "defaultAction") {
          return read_choice(in, m, called, actions, rules.allow_by_default);
        }
        if (name == "ipRules") {
          rules.ip_rules.clear();
          return json::read_list(in, m, called, max_ip_rules, [&](reader::value& item) {
            return read_ip_rule(in, item, rules.ip_rules);
          });
        }
        if (name == "virtualNetworkRules") {
          rules.virtual_network_rules.clear();
          return json::read_list(in, m, called, max_network_rules, [&](reader::value& item) {
            return read_network_rule(in, item, rules.virtual_network_rules);
          });
        }
        return in.ignore(m);
      });
  if (done) out = std::move(rules);
  return done;
}

}  // namespace twinkeep::protocol::management
