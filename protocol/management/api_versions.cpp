#include <array>

#include "protocol/management/route.hpp"

// Which api-versions are served, oldest first. All stable ones of Microsoft.KeyVault that the
// public specification has (azure-rest-api-specs, specification/keyvault/resource-manager) up to
// the newest of MANAGEMENT, and the one preview that tools pin. Versions older than 2026-02-01 are
// announced to retire in 2027 and are served until then.
namespace twinkeep::protocol::management {

namespace {

using version = std::string_view;
constexpr std::array key_vault = std::to_array<version>({
    "2015-06-01",
    "2016-10-01",
    "2018-02-14",
    "2019-09-01",
    "2021-10-01",
    "2022-07-01",
    "2022-11-01",
    "2023-02-01",
    "2023-07-01",
    "2024-11-01",
    "2024-12-01-preview",
    "2025-05-01",
    "2026-02-01",
});
// Assignments, and the previews in which clients ask for role definitions.
constexpr std::array authorization = std::to_array<version>({
    "2015-07-01",
    "2018-01-01-preview",
    "2018-07-01",
    "2018-09-01-preview",
    "2020-03-01-preview",
    "2020-04-01-preview",
    "2020-08-01-preview",
    "2020-10-01-preview",
    "2021-04-01-preview",
    "2022-04-01",
    "2022-05-01-preview",
});
// Subscriptions, locations, groups and the generic list.
constexpr std::array resources = std::to_array<version>({
    "2014-04-01", "2015-01-01", "2015-11-01", "2016-02-01", "2016-06-01", "2016-07-01",
    "2016-09-01", "2017-05-10", "2018-02-01", "2018-05-01", "2018-06-01", "2019-03-01",
    "2019-05-01", "2019-05-10", "2019-06-01", "2019-07-01", "2019-08-01", "2019-10-01",
    "2019-11-01", "2020-01-01", "2020-06-01", "2020-08-01", "2020-10-01", "2021-01-01",
    "2021-04-01", "2022-09-01", "2022-12-01", "2023-07-01", "2024-03-01", "2024-07-01",
    "2024-11-01", "2025-03-01", "2025-04-01",
});
// Indexed by provider.
constexpr std::array<std::span<const version>, 3> table{key_vault, authorization, resources};
static_assert(std::size_t(provider::resources) + 1 == table.size());

constexpr version roles_since = "2026-02-01";

}  // namespace

std::span<const std::string_view> api_versions_of(const operation& op) {
  return table.at(std::size_t(provider_of(op)));
}

// They are dates, so they compare as texts; a preview belongs to its date.
bool uses_roles_by_default(std::string_view api_version) {
  return api_version.substr(0, roles_since.size()) >= roles_since;
}

}  // namespace twinkeep::protocol::management
