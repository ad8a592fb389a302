#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "actors/audit/audit_log.hpp"
#include "actors/event_log.hpp"
#include "regions/audit_config.hpp"

namespace twinkeep::actors {

// The log that the configuration asks for; null: none. Its changes are events. An error names the
// file: what cannot be opened at the start is a mistake of the configuration.
[[nodiscard]] result<std::unique_ptr<audit_log>, std::string> open_audit_log(
    const regions::audit_config& config, const std::filesystem::path& data, event_log& events);

}  // namespace twinkeep::actors
