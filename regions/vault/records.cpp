#include "regions/vault/records.hpp"

#include <array>

namespace twinkeep::regions {

namespace {

constexpr std::string_view meta_part = "meta";
constexpr std::string_view value_part = "value";
constexpr std::string_view data_key_part = "key";

crypto::record_identity identity_of(const vault_identity& vault, std::string_view record,
                                    std::string_view part) {
  return {vault.home_region, vault.name, record, part};
}

void append(bytes& to, byte_view from) {
  to.insert(to.end(), from.begin(), from.end());
}

void append_u32(bytes& to, std::size_t number) {
  for (const unsigned shift : {24u, 16u, 8u, 0u}) {
    to.push_back(static_cast<std::uint8_t>(number >> shift));
  }
}

bytes seal_part(const record_part& part, std::string_view record, const vault_identity& vault,
                crypto::random_source& random) {
  if (const auto* plain = std::get_if<byte_view>(&part)) {
    return crypto::seal(*vault.key, identity_of(vault, record, value_part), *plain, random);
  }
  const auto* sealed = std::get_if<sealed_part>(&part);
  if (sealed == nullptr) return {};
  return {sealed->view().begin(), sealed->view().end()};
}

bytes seal_record(const plain_record& record, const vault_identity& vault,
                  crypto::random_source& random) {
  const auto meta = crypto::seal(*vault.key, identity_of(vault, record.key, meta_part),
                                 as_bytes(record.meta), random);
  bytes out;
  append_u32(out, meta.size());
  append(out, meta);
  const auto value = seal_part(record.value, record.key, vault, random);
  if (record.has_second) append_u32(out, value.size());
  append(out, value);
  if (record.has_second) {
    append(out, seal_part(record.second, secret_value_record(record.key), vault, random));
  }
  return out;
}

constexpr std::size_t length_bytes = 4;

// A length at the front of `content`, if it is one that fits in what follows.
std::optional<std::size_t> leading_length(byte_view content) {
  if (content.size() < length_bytes) return std::nullopt;
  std::size_t size = 0;
  for (const auto octet : content.first(length_bytes)) size = size << 8 | octet;
  if (size > content.size() - length_bytes) return std::nullopt;
  return size;
}

}  // namespace

std::string head_record(protocol::object_kind kind, std::string_view lower_name) {
  constexpr std::array<std::string_view, 3> prefixes{"s/", "k/", "c/"};
  return std::string(prefixes.at(std::size_t(kind))).append(lower_name);
}

std::string secret_value_record(std::string_view certificate_record) {
  return std::string(certificate_record).append("/secret");
}

std::optional<two_values> split_values(const sealed_part& both) {
  if (both.empty()) return two_values{};
  const auto size = leading_length(both.view());
  if (!size) return std::nullopt;
  const auto start = both.offset + length_bytes;
  return two_values{{both.buffer, start, *size},
                    {both.buffer, start + *size, both.size - length_bytes - *size}};
}

std::string version_record(protocol::object_kind kind, std::string_view lower_name,
                           std::string_view version) {
  return head_record(kind, lower_name).append("/").append(version);
}

std::vector<record_change> seal_records(std::span<const plain_record> records,
                                        const vault_identity& identity,
                                        crypto::random_source& random) {
  std::vector<record_change> changes;
  changes.reserve(records.size());
  for (const auto& record : records) {
    record_value value;
    if (!record.removed) {
      value = std::make_shared<const bytes>(seal_record(record, identity, random));
    }
    changes.push_back({record.key, std::move(value)});
  }
  return changes;
}

crypto::outcome<opened_record> open_record(const vault_identity& identity,
                                           const record_change& record) {
  const auto& content = *record.value;
  const auto meta_size = leading_length(content);
  if (!meta_size) {
    return crypto::fail(crypto::error_code::corrupt, "record " + record.key + " is cut off");
  }
  auto meta = crypto::open(*identity.key, identity_of(identity, record.key, meta_part),
                           byte_view(content).subspan(length_bytes, *meta_size));
  if (!meta) {
    return crypto::fail(crypto::error_code::corrupt,
                        "record " + record.key + " does not open: " + meta.error().message);
  }
  // A copy, because the meta is not needed any more: of a short secret it is most of the record.
  const auto value = byte_view(content).subspan(length_bytes + *meta_size);
  if (value.empty()) return opened_record{std::move(*meta), {}};
  return opened_record{
      std::move(*meta),
      {std::make_shared<const bytes>(value.begin(), value.end()), 0, value.size()}};
}

record_change make_data_key_record(const crypto::data_key& key, std::string_view home_region,
                                   std::string_view vault, const crypto::keyring& keyring,
                                   crypto::random_source& random) {
  const crypto::record_identity id{home_region, vault, data_key_record, data_key_part};
  return {std::string(data_key_record),
          std::make_shared<const bytes>(keyring.wrap(key, id, random))};
}

crypto::outcome<crypto::data_key> read_data_key_record(const record_change& record,
                                                       std::string_view home_region,
                                                       std::string_view vault,
                                                       const crypto::keyring& keyring) {
  if (record.key != data_key_record || !record.value) {
    return crypto::fail(crypto::error_code::corrupt, "expected record !key, found " + record.key);
  }
  return keyring.unwrap(*record.value, {home_region, vault, data_key_record, data_key_part});
}

crypto::outcome<crypto::secret_bytes> open_value(const vault_identity& identity,
                                                 std::string_view record_key,
                                                 const sealed_part& value) {
  if (value.empty()) {
    return crypto::fail(crypto::error_code::corrupt,
                        "record " + std::string(record_key) + " has no value");
  }
  return crypto::open(*identity.key, identity_of(identity, record_key, value_part), value.view());
}

}  // namespace twinkeep::regions
