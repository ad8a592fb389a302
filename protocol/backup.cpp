#include "protocol/backup.hpp"

#include <array>
#include <optional>
#include <string>

#include "protocol/identifiers.hpp"
#include "protocol/json/stored.hpp"
#include "protocol/messages.hpp"

// The blob: octet 1, then sealed: subscription, geography, name, what concerns all versions (of a
// certificate its policy; of others nothing), and for each version its properties (json/stored.hpp)
// and its values (of a secret and a key one; of a certificate its key's material and its secret's
// value). Every part is preceded by its length, 32 bits, big-endian.
namespace twinkeep::protocol {

namespace {

constexpr std::uint8_t format = 1;

// The kind is bound into the seal: a secret's blob does not open as a key's.
crypto::record_identity identity_of(object_kind kind) {
  return {"", "", "backup", to_string(kind)};
}

void put(crypto::wiping_bytes& out, byte_view part) {
  for (const unsigned shift : {24u, 16u, 8u, 0u}) {
    out.push_back(static_cast<std::uint8_t>(part.size() >> shift));
  }
  out.insert(out.end(), part.begin(), part.end());
}

// Takes parts off the front; nullopt once the text ends early.
class part_reader {
 public:
  explicit part_reader(byte_view rest) : rest_(rest) {}
  std::optional<byte_view> next() {
    if (rest_.size() < 4) return std::nullopt;
    std::size_t size = 0;
    for (const auto octet : rest_.first(4)) size = size << 8u | octet;
    if (rest_.size() - 4 < size) return std::nullopt;
    const auto part = rest_.subspan(4, size);
    rest_ = rest_.subspan(4 + size);
    return part;
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  byte_view rest_;
};

// What is different from kind to kind. `values` are a version's, in their order in the blob.
template <class Object>
struct kind_of;
template <>
struct kind_of<restore_secret> {
  using version = restored_secret_version;
  static constexpr auto kind = object_kind::secret;
  static constexpr std::array values{&version::value};
  static std::string store(const version& v) { return json::store_secret(v.properties); }
  static auto load(std::string_view text) { return json::load_secret(text); }
  static void put_head(crypto::wiping_bytes&, const restore_secret&) {}
  static bool take_head(part_reader&, restore_secret&) { return true; }
};
template <>
struct kind_of<restore_key> {
  using version = restored_key_version;
  static constexpr auto kind = object_kind::key;
  static constexpr std::array values{&version::material};
  static std::string store(const version& v) { return json::store_key(v.properties); }
  static auto load(std::string_view text) { return json::load_key(text); }
  static void put_head(crypto::wiping_bytes&, const restore_key&) {}
  static bool take_head(part_reader&, restore_key&) { return true; }
};
template <>
struct kind_of<restore_certificate> {
  using version = restored_certificate_version;
  static constexpr auto kind = object_kind::certificate;
  static constexpr std::array values{&version::material, &version::secret_value};
  static std::string store(const version& v) { return json::store_certificate(v.properties); }
  static auto load(std::string_view text) { return json::load_certificate(text); }
  static void put_head(crypto::wiping_bytes& out, const restore_certificate& object) {
    put(out, as_bytes(json::store_policy(object.policy)));
  }
  static bool take_head(part_reader& parts, restore_certificate& object) {
    const auto text = parts.next();
    if (!text) return false;
    auto policy = json::load_policy(as_text(*text));
    if (policy) object.policy = *std::move(policy);
    return policy.ok();
  }
};

template <class Object>
bytes make(const Object& object, const backup_scope& from, const crypto::data_key& key,
           crypto::random_source& random) {
  crypto::wiping_bytes plain;
  put(plain, as_bytes(from.subscription));
  put(plain, as_bytes(from.geography));
  put(plain, as_bytes(object.name));
  kind_of<Object>::put_head(plain, object);
  for (const auto& version : object.versions) {
    put(plain, as_bytes(kind_of<Object>::store(version)));
    for (const auto value : kind_of<Object>::values) put(plain, (version.*value).view());
  }
  const auto sealed = crypto::seal(key, identity_of(kind_of<Object>::kind), plain, random);
  bytes blob;
  blob.reserve(1 + sealed.size());
  blob.push_back(format);
  blob.insert(blob.end(), sealed.begin(), sealed.end());
  return blob;
}

template <class Object>
std::optional<typename kind_of<Object>::version> take_version(part_reader& parts) {
  const auto properties = parts.next();
  if (!properties) return std::nullopt;
  auto loaded = kind_of<Object>::load(as_text(*properties));
  if (!loaded) return std::nullopt;
  typename kind_of<Object>::version version;
  version.properties = *std::move(loaded);
  for (const auto value : kind_of<Object>::values) {
    const auto part = parts.next();
    if (!part) return std::nullopt;
    version.*value = crypto::secret_bytes::copy_of(*part);
  }
  return version;
}

// What was sealed was ours, yet maybe by a service of another age: nothing is taken for granted.
template <class Object>
std::optional<Object> take_object(std::string_view name, part_reader& parts) {
  Object object;
  object.name = name;
  if (!is_object_name(name) || !kind_of<Object>::take_head(parts, object)) return std::nullopt;
  while (!parts.at_end()) {
    auto version = take_version<Object>(parts);
    if (!version) return std::nullopt;
    object.versions.push_back(*std::move(version));
  }
  if (object.versions.empty()) return std::nullopt;
  return object;
}

bool same(std::string_view a, byte_view b) {
  return lower(a) == lower(as_text(b));
}

error elsewhere(std::string_view what) {
  return bad_parameter("The backup comes from another " + std::string(what) +
                       " than this vault's: it can be restored only within the same subscription "
                       "and geography.");
}

template <class Object>
outcome<request_body> open(byte_view blob, const backup_scope& here, restore_scope rule,
                           const crypto::data_key& key) {
  if (blob.empty() || blob.front() != format) return failure{broken_backup()};
  const auto plain = crypto::open(key, identity_of(kind_of<Object>::kind), blob.subspan(1));
  if (!plain) return failure{broken_backup()};
  part_reader parts(plain->view());
  const auto subscription = parts.next();
  const auto geography = parts.next();
  const auto name = parts.next();
  if (!subscription || !geography || !name) return failure{broken_backup()};
  auto object = take_object<Object>(as_text(*name), parts);
  if (!object) return failure{broken_backup()};
  if (!same(here.subscription, *subscription)) return failure{elsewhere("subscription")};
  if (rule == restore_scope::geography && !same(here.geography, *geography)) {
    return failure{elsewhere("geography")};
  }
  return request_body{*std::move(object)};
}

}  // namespace

bytes make_backup(const restore_secret& object, const backup_scope& from,
                  const crypto::data_key& key, crypto::random_source& random) {
  return make(object, from, key, random);
}

bytes make_backup(const restore_key& object, const backup_scope& from, const crypto::data_key& key,
                  crypto::random_source& random) {
  return make(object, from, key, random);
}

bytes make_backup(const restore_certificate& object, const backup_scope& from,
                  const crypto::data_key& key, crypto::random_source& random) {
  return make(object, from, key, random);
}

outcome<request_body> open_backup(operation_id operation, byte_view blob, const backup_scope& here,
                                  restore_scope rule, const crypto::data_key& key) {
  switch (row_of(operation).kind) {
    case object_kind::secret:
      return open<restore_secret>(blob, here, rule, key);
    case object_kind::key:
      return open<restore_key>(blob, here, rule, key);
    case object_kind::certificate:
      return open<restore_certificate>(blob, here, rule, key);
  }
  return failure{broken_backup()};
}

}  // namespace twinkeep::protocol
