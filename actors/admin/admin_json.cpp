#include "actors/admin/admin_json.hpp"

#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>

#include "actors/private_endpoints.hpp"
#include "actors/runtime/welcome.hpp"
#include "regions/failover/route.hpp"

namespace twinkeep::actors {

namespace {

namespace json = boost::json;

json::value text(std::string_view s) {
  return json::value(json::string_view{s.data(), s.size()});
}

json::value text_or_null(std::string_view s) {
  return s.empty() ? json::value(nullptr) : text(s);
}

json::value time_or_null(std::int64_t unix_ms) {
  return unix_ms == 0 ? json::value(nullptr) : text(utc_time(unix_ms));
}

json::object zone_object(unsigned id, const zone_status& zone) {
  json::object out;
  out["id"] = text(std::to_string(id));
  out["state"] = text(zone.state);
  out["in_sync"] = zone.in_sync;
  out["revision"] = zone.revision;
  return out;
}

json::object hsm_object(const hsm_status& hsm) {
  json::object out;
  out["zone"] = text(std::to_string(hsm.zone));
  out["token"] = text(hsm.token);
  out["state"] = text(hsm.state);
  out["keys"] = hsm.report.keys;
  out["missing"] = hsm.report.missing;
  out["trouble"] = text_or_null(hsm.trouble);
  return out;
}

json::object replication_object(const replication_status& r) {
  json::object out;
  out["source"] = text(r.source);
  out["applied"] = r.applied;
  out["lag_revisions"] = r.lag_revisions;
  out["lag_seconds"] = r.lag_seconds;
  out["last_sync_time"] = time_or_null(r.last_sync_ms);
  return out;
}

// A region that nothing is known of has its zones all the same.
region_status unheard_of(regions::region_phase phase) {
  region_status status;
  for (auto& zone : status.zones) {
    zone.state = phase == regions::region_phase::starting ? "starting" : "down";
  }
  return status;
}

json::object region_object(const std::string& name, const std::string& pair,
                           regions::region_phase phase, const region_status& status) {
  json::object out;
  out["name"] = text(name);
  out["pair"] = text_or_null(pair);
  out["state"] = text(to_string(phase));
  out["revision"] = status.revision;
  json::array zones;
  unsigned id = 0;
  for (const auto& zone : status.zones) zones.emplace_back(zone_object(++id, zone));
  out["zones"] = std::move(zones);
  json::array hsms;
  for (const auto& hsm : status.hsms) hsms.emplace_back(hsm_object(hsm));
  if (!hsms.empty()) out["hsms"] = std::move(hsms);
  out["replication"] = status.replication ? json::value(replication_object(*status.replication))
                                          : json::value(nullptr);
  return out;
}

json::array regions_array(const status_reply_ptr& status, const regions::deployment& topology) {
  json::array out;
  if (status) {
    for (const auto& r : status->regions) {
      out.emplace_back(
          region_object(r.name, r.pair, r.phase, r.status ? *r.status : unheard_of(r.phase)));
    }
    return out;
  }
  constexpr auto starting = regions::region_phase::starting;
  for (const auto& r : topology.regions) {
    out.emplace_back(region_object(std::string{r.facts->name}, std::string{r.facts->pair}, starting,
                                   unheard_of(starting)));
  }
  return out;
}

json::array vaults_array(const routing_table& routes) {
  json::array out;
  for (const auto& [key, entry] : routes.vaults) {
    if (entry.resource == nullptr) continue;  // a registry
    json::object row;
    row["name"] = text(entry.vault);
    row["region"] = text(entry.home_region);
    row["serving_region"] = text(entry.route.serving_region);
    row["mode"] = text(to_string(entry.route.mode));
    out.emplace_back(std::move(row));
  }
  return out;
}

json::array endpoints_array(const routing_table& routes, const regions::deployment& topology,
                            regions::instant now) {
  json::array out;
  for (const auto& endpoint : topology.private_endpoints) {
    json::object row;
    row["name"] = text(endpoint.name);
    row["vault"] = text(endpoint.vault);
    row["region"] = text(endpoint.region);
    row["listen"] = text(uri_of("https", endpoint.listen));
    row["state"] = text(to_string(state_of(endpoint, routes, topology, now)));
    out.emplace_back(std::move(row));
  }
  return out;
}

json::object audit_object(const audit_status& audit) {
  json::object out;
  out["to"] = text(audit.to);
  out["required"] = audit.required;
  out["state"] = text(audit.failing ? "failing" : "working");
  out["why"] = text_or_null(audit.why);
  out["written"] = audit.written;
  out["lost"] = audit.lost;
  out["refused"] = audit.refused;
  return out;
}

json::object drill_object(const drill& d) {
  json::object out;
  out["id"] = text(d.id);
  out["fault"] = text(to_string(d.fault.kind));
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) out[json::string_view{name.data(), name.size()}] = text(value);
  };
  add("region", d.fault.region);
  if (d.fault.zone != 0) add("zone", std::to_string(d.fault.zone));
  add("from", d.fault.from);
  add("to", d.fault.to);
  if (d.fault.kind == regions::fault_kind::component_crash) {
    add("component", to_string(d.fault.component));
  }
  add("vault", d.fault.vault);
  if (d.fault.kind == regions::fault_kind::clock_advance) out["seconds"] = d.fault.seconds;
  if (d.fault.kind == regions::fault_kind::throttled) {
    out["share"] = static_cast<double>(d.fault.share_millionths) / regions::whole_share;
  }
  out["active"] = d.active;
  out["started"] = text(utc_time(d.started_ms));
  out["ends"] = time_or_null(d.ends_ms);
  return out;
}

json::object event_object(const event& e) {
  json::object out;
  out["seq"] = e.sequence;
  out["time"] = text(utc_time(e.time_ms));
  out["kind"] = text(to_string(e.kind));
  out["region"] = text_or_null(e.region);
  out["zone"] = e.zone == 0 ? json::value(nullptr) : text(std::to_string(e.zone));
  out["detail"] = text_or_null(e.detail);
  using seconds = std::chrono::duration<double>;
  out["took_seconds"] = e.took ? json::value(seconds(*e.took).count()) : json::value(nullptr);
  out["lag_revisions"] = e.lag_revisions ? json::value(*e.lag_revisions) : json::value(nullptr);
  return out;
}

template <class Items, class Write>
std::string write_list(const char* name, const Items& items, Write write) {
  json::array list;
  list.reserve(items.size());
  for (const auto& item : items) list.emplace_back(write(item));
  json::object out;
  out[name] = std::move(list);
  return json::serialize(out);
}

}  // namespace

std::string utc_time(std::int64_t unix_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> moment{milliseconds{unix_ms}};
  const auto midnight = floor<days>(moment);
  const year_month_day date{midnight};
  const hh_mm_ss time{moment - midnight};
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return out.data();
}

std::string write_status(const status_reply_ptr& status, const routing_table& routes,
                         const regions::deployment& topology, regions::instant now,
                         const audit_sink* audit) {
  json::object out;
  out["regions"] = regions_array(status, topology);
  out["vaults"] = vaults_array(routes);
  if (!topology.private_endpoints.empty()) {
    out["private_endpoints"] = endpoints_array(routes, topology, now);
  }
  if (audit != nullptr) out["audit"] = audit_object(audit->status());
  return json::serialize(out);
}

std::string write_drills(const std::vector<drill>& drills) {
  return write_list("drills", drills, drill_object);
}

std::string write_events(const std::vector<event>& events) {
  return write_list("events", events, event_object);
}

std::string write_drill_id(const std::string& id) {
  json::object out;
  out["id"] = text(id);
  return json::serialize(out);
}

std::string write_admin_error(std::string_view code, std::string_view message) {
  json::object error;
  error["code"] = text(code);
  error["message"] = text(message);
  json::object out;
  out["error"] = std::move(error);
  return json::serialize(out);
}

}  // namespace twinkeep::actors
