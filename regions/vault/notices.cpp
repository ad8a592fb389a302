#include "regions/vault/notices.hpp"

#include <array>
#include <boost/json.hpp>

#include "regions/vault/decisions.hpp"

namespace twinkeep::regions {

namespace json = boost::json;

namespace {

template <class Properties>
notice notice_of(const question& q, protocol::object_kind kind, std::string_view name,
                 const Properties& version, std::string_view what) {
  notice n;
  n.id = plain_request_id(q);
  n.object_type = std::string(protocol::capital(kind));
  n.type = n.object_type + std::string(what);
  n.name = std::string(name);
  n.version = version.version;
  n.not_before = version.attributes.not_before;
  n.expires = version.attributes.expires;
  n.time = q.context.now;
  return n;
}

plain_record record_of(const notice& n) {
  return {std::string(notice_prefix) + n.id, false, write_notice(n)};
}

// The version that a decision makes, if it makes one.
class new_version {
 public:
  explicit new_version(const question& asked) : q(asked) {}
  std::optional<notice> operator()(const secret_answer& a) const {
    return fresh(protocol::object_kind::secret, a.name, a.secret->properties);
  }
  std::optional<notice> operator()(const key_answer& a) const {
    return fresh(protocol::object_kind::key, a.name, a.key->properties);
  }
  // A certificate's version has its id from when it was asked for.
  std::optional<notice> operator()(const certificate_answer& a) const {
    const bool completes = q.request.operation == protocol::operation_id::certificate_merge ||
                           q.request.operation == protocol::operation_id::certificate_import;
    if (!completes) return std::nullopt;
    return notice_of(q, protocol::object_kind::certificate, a.name, a.certificate->properties,
                     "NewVersionCreated");
  }
  template <class Other>
  std::optional<notice> operator()(const Other&) const {
    return std::nullopt;
  }

 private:
  template <class Properties>
  std::optional<notice> fresh(protocol::object_kind kind, std::string_view name,
                              const Properties& version) const {
    if (version.version != q.context.fresh_version) return std::nullopt;
    return notice_of(q, kind, name, version, "NewVersionCreated");
  }

  const question& q;
};

json::value optional_number(const std::optional<protocol::unix_seconds>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

std::optional<protocol::unix_seconds> number_in(const json::object& o, std::string_view member) {
  const auto* found = o.if_contains(member);
  const auto* number = found != nullptr ? found->if_int64() : nullptr;
  if (number == nullptr) return std::nullopt;
  return *number;
}

}  // namespace

std::string write_notice(const notice& n) {
  json::object o{{"id", n.id},
                 {"type", n.type},
                 {"objectType", n.object_type},
                 {"name", n.name},
                 {"version", n.version},
                 {"time", n.time},
                 {"nbf", optional_number(n.not_before)},
                 {"exp", optional_number(n.expires)}};
  return json::serialize(o);
}

crypto::outcome<notice> read_notice(std::string_view text) {
  json::error_code failed;
  const auto parsed = json::parse(text, failed);
  const auto* o = failed ? nullptr : parsed.if_object();
  if (o == nullptr) {
    return crypto::fail(crypto::error_code::corrupt, "notice: not a JSON object");
  }
  notice n;
  const std::array<std::pair<std::string_view, std::string*>, 5> texts{
      {{"id", &n.id},
       {"type", &n.type},
       {"objectType", &n.object_type},
       {"name", &n.name},
       {"version", &n.version}}};
  for (const auto& [member, target] : texts) {
    const auto* found = o->if_contains(member);
    const auto* value = found != nullptr ? found->if_string() : nullptr;
    if (value == nullptr) {
      return crypto::fail(crypto::error_code::corrupt,
                          "notice: member " + std::string(member) + " is absent or no text");
    }
    *target = *value;
  }
  n.not_before = number_in(*o, "nbf");
  n.expires = number_in(*o, "exp");
  n.time = number_in(*o, "time").value_or(0);
  return n;
}

void add_notices(const question& q, decision& decided) {
  if (decided.records.empty()) return;
  if (const auto made = std::visit(new_version(q), decided.verdict)) {
    decided.records.push_back(record_of(*made));
  }
}

template <class Stored>
decision tell_expiry(const question& q) {
  const auto* what = body_of<protocol::tell_expiry>(q);
  const auto* o = find_active<Stored>(q);
  if (o == nullptr) return refuse_missing<Stored>(q);
  const auto& current = *o->current();
  const auto stage = what->expired ? expiry_stage::expired : expiry_stage::near;
  const bool told = o->told.version == current.properties.version && o->told.stage >= stage;
  if (told || current.properties.version != what->version) return {empty_answer{}, {}};
  auto next = *o;
  next.told = {what->version, stage};
  const auto n = notice_of(q, kind_of<Stored>::kind, o->name, current.properties,
                           what->expired ? "Expired" : "NearExpiry");
  return {empty_answer{}, {head_of(q, next), record_of(n)}};
}

decision forget_notice(const question& q) {
  const auto& id = body_of<protocol::notice_taken>(q)->id;
  if (!q.vault.notices.contains(id)) return {empty_answer{}, {}};
  return {empty_answer{}, {{std::string(notice_prefix) + id, true, {}}}};
}

template decision tell_expiry<stored_secret>(const question&);
template decision tell_expiry<stored_key>(const question&);
template decision tell_expiry<stored_certificate>(const question&);

}  // namespace twinkeep::regions
