#include "regions/vault/head.hpp"

#include <boost/json.hpp>

namespace twinkeep::regions {

namespace json = boost::json;

namespace {

constexpr std::string_view name_member = "name";
constexpr std::string_view versions_member = "versions";
constexpr std::string_view request_member = "request";
constexpr std::string_view deleted_member = "deleted";
constexpr std::string_view purge_member = "purge";
constexpr std::string_view policy_member = "policy";
constexpr std::string_view told_member = "told";  // expiry_stage
constexpr std::string_view told_version_member = "toldVersion";

failure<crypto::error> bad(std::string_view member) {
  return crypto::fail(crypto::error_code::corrupt,
                      "head: member " + std::string(member) + " is absent or of a wrong type");
}

const json::string* string_of(const json::object& o, std::string_view member) {
  const auto* found = o.if_contains(member);
  return found == nullptr ? nullptr : found->if_string();
}

const std::int64_t* number_of(const json::object& o, std::string_view member) {
  const auto* found = o.if_contains(member);
  return found == nullptr ? nullptr : found->if_int64();
}

}  // namespace

std::string write_head(const head& h) {
  json::array versions;
  versions.reserve(h.versions.size());
  for (const auto& version : h.versions) versions.emplace_back(version);
  json::object o;
  o[name_member] = h.name;
  o[versions_member] = std::move(versions);
  o[request_member] = h.last_request;
  if (h.deleted) {
    o[deleted_member] = h.deleted->deleted_date;
    o[purge_member] = h.deleted->scheduled_purge_date;
  }
  if (!h.policy.empty()) o[policy_member] = h.policy;
  if (h.told.stage != expiry_stage::none) {
    o[told_member] = static_cast<int>(h.told.stage);
    o[told_version_member] = h.told.version;
  }
  return json::serialize(o);
}

crypto::outcome<head> read_head(std::string_view text) {
  // Everything parsed lives in one block, most often on the stack: a vault has many heads.
  unsigned char buffer[2048];
  json::monotonic_resource memory(buffer);
  json::error_code failed;
  const auto parsed = json::parse(text, failed, &memory);
  const auto* o = failed ? nullptr : parsed.if_object();
  if (o == nullptr) {
    return crypto::fail(crypto::error_code::corrupt, "head: not a JSON object");
  }
  head h;
  const auto* name = string_of(*o, name_member);
  if (name == nullptr) return bad(name_member);
  h.name = *name;
  const auto* versions = o->if_contains(versions_member);
  if (versions == nullptr || !versions->is_array() || versions->get_array().empty()) {
    return bad(versions_member);
  }
  h.versions.reserve(versions->get_array().size());
  for (const auto& version : versions->get_array()) {
    if (!version.is_string()) return bad(versions_member);
    h.versions.emplace_back(version.get_string());
  }
  if (const auto* request = string_of(*o, request_member)) h.last_request = *request;
  if (const auto* policy = string_of(*o, policy_member)) h.policy = *policy;
  const auto* told = number_of(*o, told_member);
  const auto* told_version = string_of(*o, told_version_member);
  if (told != nullptr && *told > 0 && told_version != nullptr) {
    h.told = {std::string(*told_version),
              *told >= 2 ? expiry_stage::expired : static_cast<expiry_stage>(*told)};
  }
  if (o->contains(deleted_member)) {
    const auto* deleted = number_of(*o, deleted_member);
    const auto* purge = number_of(*o, purge_member);
    if (deleted == nullptr || purge == nullptr) return bad(deleted_member);
    h.deleted = protocol::deletion{*deleted, *purge};
  }
  return h;
}

}  // namespace twinkeep::regions
