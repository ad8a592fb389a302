#include "actors/audit/open_audit_log.hpp"

#include <unistd.h>

#include "actors/runtime/durable_file.hpp"

namespace twinkeep::actors {

namespace {

event_kind kind_of(audit_turn turn) {
  switch (turn) {
    case audit_turn::failing:
      return event_kind::audit_failing;
    case audit_turn::lost:
      return event_kind::audit_lost;
    case audit_turn::restored:
      break;
  }
  return event_kind::audit_restored;
}

result<std::unique_ptr<audit_outlet>, std::string> open_file(const regions::audit_config& config,
                                                             const std::filesystem::path& data) {
  auto file = config.file;
  if (file.empty()) {
    if (auto made = make_private_directory(data / "audit"); !made) return failure{made.error()};
    file = data / "audit" / "audit.log";
  }
  return open_audit_file(file, {std::uint64_t{config.rotate_mb} << 20, config.keep});
}

}  // namespace

result<std::unique_ptr<audit_log>, std::string> open_audit_log(const regions::audit_config& config,
                                                               const std::filesystem::path& data,
                                                               event_log& events) {
  if (config.to == regions::audit_target::none) return std::unique_ptr<audit_log>();
  audit_log_setup setup;
  if (config.to == regions::audit_target::standard_output) {
    setup.to = audit_stream(STDOUT_FILENO, "standard output");
  } else {
    auto file = open_file(config, data);
    if (!file) return failure{file.error()};
    setup.to = std::move(*file);
  }
  setup.required = config.required;
  setup.tell = [&events](audit_turn turn, const std::string& detail) {
    event e;
    e.kind = kind_of(turn);
    e.detail = detail;
    events.record(std::move(e));
  };
  return std::make_unique<audit_log>(std::move(setup));
}

}  // namespace twinkeep::actors
