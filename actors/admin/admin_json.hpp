#pragma once

#include <string>
#include <vector>

#include "actors/admin/drills.hpp"
#include "actors/environment.hpp"
#include "actors/messages.hpp"

// What the admin listener says, as JSON.
namespace twinkeep::actors {

// GET /v1/status. `status` may be null: no supervisor has been heard of yet; so may `audit`: no
// audit log is kept. `now` is the actors' time.
[[nodiscard]] std::string write_status(const status_reply_ptr& status, const routing_table& routes,
                                       const regions::deployment& topology, regions::instant now,
                                       const audit_sink* audit = nullptr);
[[nodiscard]] std::string write_drills(const std::vector<drill>& drills);
[[nodiscard]] std::string write_drill_id(const std::string& id);
[[nodiscard]] std::string write_events(const std::vector<event>& events);
[[nodiscard]] std::string write_admin_error(std::string_view code, std::string_view message);

// "2025-01-31T12:00:00.000Z" (RFC 3339).
[[nodiscard]] std::string utc_time(std::int64_t unix_ms);

}  // namespace twinkeep::actors
