#include "regions/vault/records.hpp"

#include <map>

#include "fuzz.hpp"
#include "regions/vault/apply.hpp"

using namespace twinkeep;
using namespace twinkeep::regions;

namespace {

vault_identity_ptr identity() {
  static const auto made = std::make_shared<const vault_identity>(vault_identity{
      "v",
      "eastus2",
      {},
      std::make_shared<const crypto::data_key>(crypto::secret_bytes(crypto::data_key::size))});
  return made;
}

// Takes a line off.
std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return line;
}

// Three lines a record: a mark and its key, meta, value. Marks: '-' removed, '~' the two lines are
// the record as it lies on the disk, '2' the value is two, else sealed as a vault does it.
record_change read_record(std::string_view& text) {
  auto key = next_line(text);
  const auto meta = next_line(text);
  const auto value = next_line(text);
  const char mark = key.empty() ? ' ' : key.front();
  key.remove_prefix(key.empty() ? 0 : 1);
  if (mark == '~') {
    bytes raw(meta.begin(), meta.end());
    raw.insert(raw.end(), value.begin(), value.end());
    return {std::string(key), std::make_shared<const bytes>(std::move(raw))};
  }
  plain_record record{std::string(key), mark == '-', std::string(meta)};
  if (!value.empty()) record.value = as_bytes(value);
  record.has_second = mark == '2';
  if (record.has_second) record.second = as_bytes(value);
  fuzz::zeros random;
  return seal_records({&record, 1}, *identity(), random).front();
}

std::size_t objects_of(const vault_state& vault) {
  const auto count = [](const auto& set) {
    for (const auto* objects : {&set.active, &set.deleted}) {
      for (const auto& [name, object] : *objects) {
        fuzz::require(!name.empty() && !object.versions.empty() && object.current());
        fuzz::require(object.deleted.has_value() == (objects == &set.deleted));
      }
    }
    return set.active.size() + set.deleted.size();
  };
  return count(vault.secrets) + count(vault.keys) + count(vault.certificates) +
         vault.pending.size() + vault.issuers.size() + vault.notices.size();
}

}  // namespace

// Records, loaded; and behind a line "=" a batch that is applied to them. State follows from
// records alone: who loads what is left after the batch has the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = as_text({data, size});
  std::map<std::string, record_change> store;
  std::vector<record_change> batch;
  bool in_batch = false;
  while (!text.empty()) {
    if (text.starts_with("=\n")) {
      text.remove_prefix(2);
      in_batch = true;
      continue;
    }
    auto record = read_record(text);
    if (in_batch) {
      batch.push_back(std::move(record));
    } else if (record.value) {
      store[record.key] = record;
    }
  }
  const auto load = [&] {
    std::vector<record_change> all;
    for (const auto& [key, record] : store) all.push_back(record);
    return load_vault(identity(), all);
  };
  auto vault = load();
  if (!vault) {
    fuzz::require(vault.error().code == crypto::error_code::corrupt);
    return 0;
  }
  (void)objects_of(*vault);
  if (!apply_replicated(*vault, batch)) return 0;
  for (const auto& record : batch) {
    if (record.value)
      store[record.key] = record;
    else
      store.erase(record.key);
  }
  const auto again = load();
  fuzz::require(again.ok() && objects_of(*again) == objects_of(*vault));
  return 0;
}
