#include "regions/vault/event_grid.hpp"

#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>

#include "protocol/identifiers.hpp"

namespace twinkeep::regions {

namespace json = boost::json;

namespace {

std::string iso_time(protocol::unix_seconds time) {
  using namespace std::chrono;
  const sys_seconds moment{seconds{time}};
  const auto midnight = floor<days>(moment);
  const year_month_day date{midnight};
  const hh_mm_ss of_day{moment - midnight};
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(of_day.hours().count()),
                static_cast<int>(of_day.minutes().count()),
                static_cast<int>(of_day.seconds().count()));
  return out.data();
}

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
      {"eventTime", iso_time(n.time)},
      {"data", data},
      {"dataVersion", "1"},
      {"metadataVersion", "1"}};
  return json::serialize(json::array{event});
}

}  // namespace twinkeep::regions
