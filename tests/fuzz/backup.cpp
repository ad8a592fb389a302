#include "protocol/backup.hpp"

#include "fuzz.hpp"
#include "protocol/identifiers.hpp"

using namespace twinkeep;
using namespace twinkeep::protocol;

namespace {

const crypto::data_key& key() {
  static const crypto::data_key made{crypto::secret_bytes(crypto::data_key::size)};
  return made;
}

// What opens can be sealed and opened again.
template <class Object>
void check_round_trip(operation_id operation, const request_body& body, const backup_scope& here) {
  fuzz::zeros random;
  const auto& object = std::get<Object>(body);
  fuzz::require(is_object_name(object.name) && !object.versions.empty());
  const auto blob = make_backup(object, here, key(), random);
  const auto again = open_backup(operation, blob, here, restore_scope::geography, key());
  fuzz::require(again.ok());
  fuzz::require(std::get<Object>(*again).versions.size() == object.versions.size());
}

}  // namespace

// The input as a blob, which never opens, and as what stands behind a seal of ours.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  byte_view input(data, size);
  const bool secret = fuzz::choice(input) % 2 == 0;
  const auto operation = secret ? operation_id::secret_restore : operation_id::key_restore;
  const backup_scope here{"s", "g"};
  fuzz::require(!open_backup(operation, input, here, restore_scope::any, key()).ok());

  fuzz::zeros random;
  bytes blob{};
  const auto sealed =
      crypto::seal(key(), {"", "", "backup", secret ? "secret" : "key"}, input, random);
  blob.reserve(sealed.size() + 1);
  blob.push_back(1);
  blob.insert(blob.end(), sealed.begin(), sealed.end());
  const auto body = open_backup(operation, blob, here, restore_scope::any, key());
  if (!body) {
    fuzz::require(body.error().code == error_code::bad_parameter);
  } else if (secret) {
    check_round_trip<restore_secret>(operation, *body, here);
  } else {
    check_round_trip<restore_key>(operation, *body, here);
  }
  return 0;
}
