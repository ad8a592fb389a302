#include "regions/vault/event_grid.hpp"

#include <boost/json.hpp>

#include "protocol/identifiers.hpp"
#include "protocol/iso_time.hpp"

namespace twinkeep::regions {

namespace json = boost::json;

namespace {

json::value number_or_null(const std::optional<protocol::unix_seconds>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

}  // namespace

std::string write_events(const notice& n, const event_source& source) {
  const auto collection = protocol::lower(n.object_type) + 's';
  // The names of the members are Event Grid's, capitals and all.
  const json::object data{
      {"Id", source.base_url + '/' + collection + '/' + n.name + '/' + n.version},
      {"VaultName", source.vault},
      {"ObjectType", n.object_type},
      {"ObjectName", n.name},
      {"Version", n.version},
      {"NBF", number_or_null(n.not_before)},
      {"EXP", number_or_null(n.expires)}};
  const json::object event{
      {"id", n.id},
      {"topic", "/subscriptions/" + source.subscription +
                    "/resourceGroups/twinkeep/providers/Microsoft.KeyVault/vaults/" + source.vault},
      {"subject", n.name},
      {"eventType", "Microsoft.KeyVault." + n.type},
      {"eventTime", protocol::iso_time(n.time)},
      {"data", data},
      {"dataVersion", "1"},
      {"metadataVersion", "1"}};
  return json::serialize(json::array{event});
}

}  // namespace twinkeep::regions
