#include "actors/admin/cli/event_view.hpp"

#include <boost/json/serialize.hpp>
#include <cstddef>

#include "actors/admin/cli/json_fields.hpp"

namespace twinkeep::cli {
namespace json = boost::json;
namespace {

std::string pad(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text + "  ";
}

std::string line(const std::string& sequence, const std::string& time, const std::string& kind,
                 const std::string& where, const std::string& took, const std::string& lag,
                 const std::string& detail) {
  std::string text = pad(sequence, 5) + pad(time, 24) + pad(kind, 19) + pad(where, 16) +
                     pad(took, 8) + pad(lag, 6) + detail;
  text.erase(text.find_last_not_of(' ') + 1);
  return text + '\n';
}

std::string where(const json::value& event) {
  const std::string zone = field(event, "zone");
  const std::string region = field(event, "region");
  return zone == "-" || zone.empty() ? region : region + '/' + zone;
}

// A missing detail is nothing to look at.
std::string detail(const json::value& event) {
  const std::string text = field(event, "detail");
  return text == "-" ? "" : text;
}

// Calls `use` with every event later than `after`; says the newest sequence number.
template <class Use>
std::uint64_t each_later(const json::value& events, std::uint64_t after, Use use) {
  std::uint64_t last = after;
  for (const json::value& event : list(events, "events")) {
    const json::value& number = member(event, "seq");
    if (!number.is_number()) continue;
    const auto sequence = number.to_number<std::uint64_t>();
    if (sequence <= after) continue;
    last = std::max(last, sequence);
    use(event);
  }
  return last;
}

}  // namespace

std::string event_titles() {
  return line("SEQ", "TIME", "EVENT", "WHERE", "TOOK", "LAG", "DETAIL");
}

event_page show_events(const json::value& events, std::uint64_t after) {
  event_page page;
  page.last = each_later(events, after, [&](const json::value& event) {
    page.text +=
        line(field(event, "seq"), field(event, "time"), field(event, "kind"), where(event),
             seconds_field(event, "took_seconds"), field(event, "lag_revisions"), detail(event));
  });
  return page;
}

event_page list_events(const json::value& events, std::uint64_t after) {
  event_page page;
  page.last = each_later(
      events, after, [&](const json::value& event) { page.text += json::serialize(event) + '\n'; });
  return page;
}

}  // namespace twinkeep::cli
