#include "regions/vault/records.hpp"

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

bytes seal_record(const plain_record& record, const vault_identity& vault,
                  crypto::random_source& random) {
  const auto meta = crypto::seal(*vault.key, identity_of(vault, record.key, meta_part),
                                 as_bytes(record.meta), random);
  bytes out;
  append_u32(out, meta.size());
  append(out, meta);
  if (const auto* plain = std::get_if<byte_view>(&record.value)) {
    append(out,
           crypto::seal(*vault.key, identity_of(vault, record.key, value_part), *plain, random));
  } else if (const auto* sealed = std::get_if<sealed_part>(&record.value)) {
    append(out, sealed->view());
  }
  return out;
}

}  // namespace

std::string head_record(protocol::object_kind kind, std::string_view lower_name) {
  std::string key = kind == protocol::object_kind::secret ? "s/" : "k/";
  return key.append(lower_name);
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
  constexpr std::size_t length_bytes = 4;
  const auto& content = *record.value;
  if (content.size() < length_bytes) {
    return crypto::fail(crypto::error_code::corrupt, "record " + record.key + " is cut off");
  }
  std::size_t meta_size = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) meta_size = meta_size << 8 | content[i];
  const auto rest = byte_view(content).subspan(length_bytes);
  if (meta_size > rest.size()) {
    return crypto::fail(crypto::error_code::corrupt, "record " + record.key + " is cut off");
  }
  auto meta = crypto::open(*identity.key, identity_of(identity, record.key, meta_part),
                           rest.first(meta_size));
  if (!meta) {
    return crypto::fail(crypto::error_code::corrupt,
                        "record " + record.key + " does not open: " + meta.error().message);
  }
  const auto start = length_bytes + meta_size;
  return opened_record{std::move(*meta), {record.value, start, content.size() - start}};
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
