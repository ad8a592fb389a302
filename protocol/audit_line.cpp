#include "protocol/audit_line.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "protocol/audit_text.hpp"
#include "protocol/http/percent.hpp"

namespace twinkeep::protocol {

namespace {

using audit_text::put_escaped;

// How many characters of a line each text may take, once it is escaped.
namespace most {
constexpr std::size_t word = 48;  // names of operations, codes, regions, versions: ours, and short
constexpr std::size_t words = 12;
constexpr std::size_t guid = 36;
constexpr std::size_t number = 20;
constexpr std::size_t id = 128;  // of callers, subscription and group
constexpr std::size_t user_name = 256;
constexpr std::size_t object = 512;
constexpr std::size_t client_info = 256;
constexpr std::size_t uri = 896;
constexpr std::size_t fixed = 900;  // what stands in every line
}  // namespace most
static_assert(most::words * most::word + 2 * most::guid + 2 * most::number + 4 * most::id +
                  most::user_name + most::object + most::client_info + most::uri + most::fixed <=
              audit_line_writer::longest);

// A line as it grows. Everything put is bounded, so that it fits.
class line {
 public:
  explicit line(char* start) : at_(start) {}
  [[nodiscard]] char* end() const { return at_; }

  line& raw(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
    return *this;
  }
  // A text of a member that is not the first one.
  line& member(std::string_view name, std::string_view text, std::size_t longest = most::word) {
    open(name);
    at_ = put_escaped(at_, at_ + longest, text);
    *at_++ = '"';
    return *this;
  }
  line& open(std::string_view name) { return raw(",\"").raw(name).raw("\":\""); }
  // Several texts below one bound.
  line& limit(std::size_t longest) {
    end_ = at_ + longest;
    return *this;
  }
  line& part(std::string_view text) {
    at_ = put_escaped(at_, end_, text);
    return *this;
  }
  line& upper(std::string_view text, std::size_t longest = most::word) {
    char* const start = at_;
    at_ = put_escaped(at_, at_ + longest, text);
    // An escape in capitals would be none; ids that need one have no capitals to compare by.
    if (static_cast<std::size_t>(at_ - start) != text.size()) return *this;
    std::transform(start, at_, start, [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
    });
    return *this;
  }
  line& number(std::int64_t n) {
    at_ = std::to_chars(at_, at_ + most::number, n).ptr;
    return *this;
  }

 private:
  char* at_;
  char* end_ = nullptr;
};

// Long enough for the name of any parameter that is looked for.
struct short_text {
  std::array<char, 48> chars{};
  std::size_t size = 0;
  void push_back(char c) { chars[size++] = c; }
};

bool is_audited(std::string_view parameter) {
  const auto name = parameter.substr(0, parameter.find('='));
  short_text decoded;
  if (name.size() > decoded.chars.size()) return false;
  if (!http::append_percent_decoded(decoded, name)) return false;
  return is_audited_parameter({decoded.chars.data(), decoded.size});
}

void write_uri(line& out, std::string_view origin, std::string_view target) {
  out.open("requestUri").limit(most::uri).part(origin);
  const auto query_at = std::min(target.find('?'), target.size());
  out.part(target.substr(0, query_at));
  std::string_view before = "?";
  for (auto rest = target.substr(query_at); !rest.empty();) {
    rest.remove_prefix(1);
    const auto parameter = rest.substr(0, rest.find('&'));
    rest.remove_prefix(parameter.size());
    if (!is_audited(parameter)) continue;
    out.part(before).part(parameter);
    before = "&";
  }
  out.raw("\"");
}

void write_identity(line& out, const audit_record& r) {
  out.raw(",\"identity\":{\"claim\":{");
  if (!r.object_id.empty() || !r.application_id.empty()) {
    out.raw("\"http://schemas.microsoft.com/identity/claims/objectidentifier\":\"");
    out.limit(most::id).part(r.object_id).raw("\"");
    if (!r.user_name.empty()) {
      out.member("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn", r.user_name,
                 most::user_name);
    }
    out.member("appid", r.application_id, most::id);
  }
  out.raw("}}");
}

void write_properties(line& out, const audit_record& r) {
  out.raw(",\"properties\":{\"httpStatusCode\":").number(r.status);
  out.member("clientInfo", r.client_info, most::client_info);
  write_uri(out, r.origin, r.target);
  out.open("id").limit(most::object).part(r.origin);
  if (!r.name.empty()) out.part("/").part(r.collection).part("/").part(r.name);
  if (!r.version.empty()) out.part("/").part(r.version);
  out.raw("\"").member("requestId", r.request_id, most::guid);
  out.member("region", r.region).member("vaultMode", r.mode);
  out.raw(r.read_only ? ",\"isReadOnly\":true" : ",\"isReadOnly\":false");
  out.member("addrAuthType", r.address_type).raw("}");
}

}  // namespace

bool is_audited_parameter(std::string_view name) {
  constexpr std::array<std::string_view, 5> known{"api-version", "maxresults", "includePending",
                                                  "outContentType", "request_id"};
  return std::ranges::any_of(
      known, [&](std::string_view k) { return ascii::equal_ignoring_case(k, name); });
}

audit_line_writer::audit_line_writer(std::string_view subscription) : subscription_(subscription) {}

// The seconds are the same for thousands of lines.
void audit_line_writer::write_time(std::int64_t unix_ms) {
  using namespace std::chrono;
  const auto moment = floor<seconds>(sys_time<milliseconds>{milliseconds{unix_ms}});
  if (moment.time_since_epoch().count() == second_) return;
  second_ = moment.time_since_epoch().count();
  const auto midnight = floor<days>(moment);
  const year_month_day date{midnight};
  const hh_mm_ss time{moment - midnight};
  auto put = [at = date_.data()](long n, int digits, char after) mutable {
    for (int i = digits; i-- > 0; n /= 10) at[i] = static_cast<char>('0' + n % 10);
    at += digits;
    if (after != 0) *at++ = after;
  };
  put(static_cast<int>(date.year()), 4, '-');
  put(static_cast<long>(static_cast<unsigned>(date.month())), 2, '-');
  put(static_cast<long>(static_cast<unsigned>(date.day())), 2, 'T');
  put(time.hours().count(), 2, ':');
  put(time.minutes().count(), 2, ':');
  put(time.seconds().count(), 2, 0);
}

std::string_view audit_line_writer::write(const audit_record& r) {
  write_time(r.time_ms);
  const auto ms = static_cast<unsigned>(r.time_ms - second_ * 1000);
  const std::array<char, 3> fraction{char('0' + ms / 100 % 10), char('0' + ms / 10 % 10),
                                     char('0' + ms % 10)};
  constexpr unsigned first_failure = 400;
  line out{out_.data()};
  out.raw("{\"time\":\"").raw({date_.data(), date_.size()}).raw(".");
  out.raw({fraction.data(), fraction.size()}).raw("0000Z\"");  // Azure writes ticks of 100 ns
  out.open("resourceId");
  if (!r.vault.empty()) {
    out.raw("/SUBSCRIPTIONS/").upper(subscription_, most::id).raw("/RESOURCEGROUPS/");
    out.upper(r.resource_group.empty() ? default_resource_group : r.resource_group, most::id);
    out.raw("/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/").upper(r.vault);
  }
  out.raw("\"").member("operationName", r.operation).member("operationVersion", r.api_version);
  out.raw(",\"category\":\"AuditEvent\"");
  out.raw(r.status < first_failure ? ",\"resultType\":\"Success\"" : ",\"resultType\":\"Failed\"");
  out.member("resultSignature", r.status_text);
  out.open("resultDescription").limit(2 * most::word).part(r.code);
  if (!r.inner.empty()) out.part(", ").part(r.inner);
  out.raw("\"").open("durationMs");
  out.number(std::chrono::duration_cast<std::chrono::milliseconds>(r.took).count()).raw("\"");
  out.member("callerIpAddress", r.address);
  out.member("correlationId",
             audit_text::is_guid(r.client_request_id) ? r.client_request_id : r.request_id,
             most::guid);
  write_identity(out, r);
  write_properties(out, r);
  out.raw("}\n");
  return {out_.data(), static_cast<std::size_t>(out.end() - out_.data())};
}

}  // namespace twinkeep::protocol
