#include "regions/failover/fault.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <optional>

#include "protocol/identifiers.hpp"
#include "regions/topology.hpp"

namespace twinkeep::regions {

namespace {

namespace json = boost::json;

// Which members a fault needs besides "fault".
struct needs {
  bool region = false;
  bool zone = false;
  bool link = false;
  bool component = false;
  bool vault = false;
  bool seconds = false;
  bool share = false;
};

struct kind_row {
  fault_kind kind;
  std::string_view name;
  needs members;
};
constexpr std::array kinds{
    kind_row{fault_kind::region_down, "region_down", {.region = true}},
    kind_row{fault_kind::region_frozen, "region_frozen", {.region = true}},
    kind_row{fault_kind::zone_down, "zone_down", {.region = true, .zone = true}},
    kind_row{fault_kind::zone_frozen, "zone_frozen", {.region = true, .zone = true}},
    kind_row{fault_kind::zone_wiped, "zone_wiped", {.region = true, .zone = true}},
    kind_row{fault_kind::link_cut, "link_cut", {.link = true}},
    kind_row{fault_kind::fsync_error, "fsync_error", {.region = true, .zone = true}},
    kind_row{fault_kind::component_crash, "component_crash", {.component = true}},
    kind_row{fault_kind::clock_advance, "clock_advance", {.seconds = true}},
    kind_row{fault_kind::throttled, "throttled", {.vault = true, .share = true}},
    kind_row{fault_kind::hsm_down, "hsm_down", {.region = true, .zone = true}},
};

struct component_row {
  regions::component component;
  std::string_view name;
  needs members;
};
constexpr std::array components{
    component_row{component::vault, "vault", {.region = true, .component = true, .vault = true}},
    component_row{component::crypto, "crypto", {.region = true, .component = true}},
    component_row{component::zone, "zone", {.region = true, .zone = true, .component = true}},
    component_row{component::replicator, "replicator", {.region = true, .component = true}},
    component_row{component::supervisor, "supervisor", {.component = true}},
};

template <class Rows>
std::string names_of(const Rows& rows) {
  std::string names = "one of ";
  for (const auto& row : rows) {
    names += (&row == &rows.front() ? "" : ", ") + std::string{row.name};
  }
  return names;
}

class fault_reader {
 public:
  fault_reader(const json::object& members, const deployment& d,
               std::span<const vault_config> vaults)
      : members_(members), deployment_(d), vaults_(vaults) {}

  result<fault, fault_error> read() {
    fault f;
    if (const auto* kind = read_row("fault", kinds)) {
      f.kind = kind->kind;
      auto needed = kind->members;
      if (needed.component) {
        const auto* component = read_row("component", components);
        if (component) {
          f.component = component->component;
          needed = component->members;
        }
      }
      read_members(f, needed);
      refuse_others(needed);
    }
    if (problem_) return failure{fault_error{*problem_}};
    return f;
  }

 private:
  void complain(std::string_view member, std::string_view expected) {
    if (problem_) return;
    const auto* value = members_.if_contains(member);
    constexpr std::size_t longest = 60;
    auto found = value ? json::serialize(*value) : std::string{"nothing"};
    if (found.size() > longest) found = found.substr(0, longest) + "...";
    problem_ = std::string{member} + ": expected " + std::string{expected} + ", found " + found;
  }

  [[nodiscard]] std::string_view text(std::string_view member) const {
    const auto* value = members_.if_contains(member);
    if (!value || !value->is_string()) return {};
    return {value->get_string().data(), value->get_string().size()};
  }

  template <class Rows>
  const typename Rows::value_type* read_row(std::string_view member, const Rows& rows) {
    const auto* row = std::ranges::find(rows, text(member), &Rows::value_type::name);
    if (row != rows.end()) return row;
    complain(member, names_of(rows));
    return nullptr;
  }

  std::string read_region(std::string_view member) {
    const auto name = text(member);
    if (deployment_.find_region(name)) return std::string{name};
    std::string known;
    for (const auto& r : deployment_.regions) {
      known += (known.empty() ? "" : ", ") + std::string{r.facts->name};
    }
    complain(member, "a region of this deployment (" + known + ")");
    return {};
  }

  unsigned read_zone() {
    const auto* value = members_.if_contains("zone");
    if (value && value->is_int64() && value->get_int64() >= 1 &&
        value->get_int64() <= replicas_per_region) {
      return static_cast<unsigned>(value->get_int64());
    }
    for (unsigned zone = 1; zone <= replicas_per_region; ++zone) {
      if (text("zone") == std::to_string(zone)) return zone;
    }
    complain("zone", "a zone from 1 to " + std::to_string(replicas_per_region));
    return 0;
  }

  std::int64_t read_seconds() {
    const auto* value = members_.if_contains("seconds");
    const auto* number = value ? value->if_int64() : nullptr;
    if (number && *number >= 1 && *number <= longest_advance_s) return *number;
    complain("seconds", "a whole number from 1 to " + std::to_string(longest_advance_s));
    return 0;
  }

  std::uint32_t read_share() {
    const auto* value = members_.if_contains("share");
    if (value && value->is_number()) {
      const auto share = value->to_number<double>();
      if (share > 0 && share <= 1) {
        return std::max(1U, static_cast<std::uint32_t>(std::llround(share * whole_share)));
      }
    }
    complain("share", "a number above 0 and up to 1");
    return 0;
  }

  const vault_config* read_vault() {
    const auto name = protocol::lower(text("vault"));
    const auto it = std::ranges::find_if(
        vaults_, [&](const vault_config& v) { return protocol::lower(v.name) == name; });
    if (it != vaults_.end()) return &*it;
    complain("vault", "a vault of this deployment");
    return nullptr;
  }

  // A vault can be crashed where it is served: at home, or at the pair.
  void check_region_of(const vault_config& vault, std::string_view region) {
    const auto* secondary = deployment_.secondary_of(vault.region);
    if (vault.region == region || (secondary && secondary->facts->name == region)) return;
    complain("region", "the region of vault " + vault.name + " (" + vault.region + ") or its pair");
  }

  void check_hsm(const fault& f) {
    std::string known;
    for (const auto& hsm : deployment_.hsms) {
      if (hsm.region == f.region && hsm.zone == f.zone) return;
      known += (known.empty() ? "" : ", ") + hsm.region + "/" + std::to_string(hsm.zone);
    }
    complain("zone", known.empty() ? "an HSM, of which this deployment has none"
                                   : "a zone with an HSM (" + known + ")");
  }

  void read_members(fault& f, const needs& needed) {
    if (needed.region) f.region = read_region("region");
    if (needed.zone) f.zone = read_zone();
    if (f.kind == fault_kind::hsm_down) check_hsm(f);
    if (const auto* vault = needed.vault ? read_vault() : nullptr) {
      f.vault = vault->name;
      if (needed.region) check_region_of(*vault, f.region);
    }
    if (needed.seconds) f.seconds = read_seconds();
    if (needed.share) f.share_millionths = read_share();
    if (!needed.link) return;
    f.from = read_region("from");
    f.to = read_region("to");
    if (f.from == f.to) complain("to", "another region than from");
  }

  // A member that would be ignored is refused: {"fault": "region_down", "zone": 1} was not meant
  // to take down three zones.
  void refuse_others(const needs& needed) {
    for (const auto& member : members_) {
      const std::string_view name{member.key().data(), member.key().size()};
      const bool known =
          name == "fault" || name == "for_seconds" || (name == "region" && needed.region) ||
          (name == "zone" && needed.zone) || ((name == "from" || name == "to") && needed.link) ||
          (name == "component" && needed.component) || (name == "vault" && needed.vault) ||
          (name == "seconds" && needed.seconds) || (name == "share" && needed.share);
      if (!known) complain(name, "no such member with this fault");
    }
  }

  const json::object& members_;
  const deployment& deployment_;
  std::span<const vault_config> vaults_;
  std::optional<std::string> problem_;
};

}  // namespace

result<fault, fault_error> read_fault(std::string_view text, const deployment& d,
                                      std::span<const vault_config> vaults) {
  boost::system::error_code bad;
  const auto document = json::parse(json::string_view{text.data(), text.size()}, bad);
  if (bad) return failure{fault_error{"expected JSON, found: " + bad.message()}};
  if (!document.is_object()) return failure{fault_error{"expected a JSON object"}};
  return fault_reader{document.get_object(), d, vaults}.read();
}

std::string_view to_string(fault_kind kind) {
  return std::ranges::find(kinds, kind, &kind_row::kind)->name;
}

std::string_view to_string(component c) {
  return std::ranges::find(components, c, &component_row::component)->name;
}

std::string describe(const fault& f) {
  auto text = std::string{to_string(f.kind)};
  if (f.kind == fault_kind::link_cut) return text + " " + f.from + "->" + f.to;
  if (f.kind == fault_kind::clock_advance) return text + " " + std::to_string(f.seconds) + " s";
  if (f.kind == fault_kind::throttled) {
    constexpr double percent = 100;
    std::array<char, 32> share{};
    std::snprintf(share.data(), share.size(), "%g", percent * f.share_millionths / whole_share);
    return text + " " + f.vault + " " + share.data() + " %";
  }
  if (f.kind == fault_kind::component_crash) text += " " + std::string{to_string(f.component)};
  if (!f.region.empty()) text += " " + f.region;
  if (f.zone != 0) text += "/" + std::to_string(f.zone);
  if (!f.vault.empty()) text += "/" + f.vault;
  return text;
}

}  // namespace twinkeep::regions
