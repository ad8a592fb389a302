#include "tests/vault_core/test_vault.hpp"

#include <boost/test/unit_test.hpp>

#include "protocol/json/stored.hpp"
#include "regions/vault/records.hpp"

namespace twinkeep::vault_tests {

namespace {

using regions::decision;

regions::vault_identity_ptr make_identity(protocol::recovery_rules rules, seeded_random& random) {
  auto key = std::make_shared<const crypto::data_key>(crypto::data_key::generate(random));
  return std::make_shared<const regions::vault_identity>(
      regions::vault_identity{"demo", "eastus2", rules, std::move(key)});
}

template <class Answer>
const Answer& get(const verdict& v) {
  const auto* answer = std::get_if<Answer>(&v);
  BOOST_REQUIRE_MESSAGE(answer != nullptr, "another answer was expected: " << outcome_of(v));
  return *answer;
}

template <class Stored, class Write>
void describe_set(std::string& out, const regions::vault_identity& identity,
                  const typename regions::object_set<Stored>::map& objects, Write write) {
  for (const auto& [lower_name, o] : objects) {
    out += lower_name + " = " + o.name + " last " + o.last_request;
    if (o.deleted) {
      out += " deleted " + std::to_string(o.deleted->deleted_date) + ' ' +
             std::to_string(o.deleted->scheduled_purge_date);
    }
    out += '\n';
    for (const auto& version : o.versions) {
      const auto value = regions::open_value(identity, version->record_key, version->value);
      out += "  " + version->record_key + ' ' + write(version->properties) + ' ';
      out += value ? as_text(value->view()) : "DOES NOT OPEN";
      out += '\n';
    }
  }
}

}  // namespace

test_vault::test_vault(protocol::recovery_rules rules, std::uint64_t seed)
    : random(seed), identity(make_identity(rules, random)), state_{identity, {}, {}} {}

verdict test_vault::send(const protocol::request& request) {
  last_id_ = crypto::random_hex_id(random);
  last_version_ = crypto::random_hex_id(random);
  return send_again(request);
}

verdict test_vault::send_again(const protocol::request& request) {
  return send_as(request, {now, last_id_, last_version_, nullptr});
}

verdict test_vault::send_as(const protocol::request& request, regions::request_context context) {
  std::optional<crypto::generated_key> generated;
  auto decided = decide(state_, request, context);
  if (const auto* make = std::get_if<regions::generate_key>(&decided.verdict)) {
    BOOST_REQUIRE(decided.records.empty());
    generated = fake_key(make->spec);
    context.generated = &*generated;
    decided = decide(state_, request, context);
  }
  batch_ = seal(decided.records);
  for (const auto& change : batch_) {
    if (change.value) {
      store_[change.key] = change.value;
    } else {
      store_.erase(change.key);
    }
  }
  const auto applied = apply(batch_);
  BOOST_REQUIRE_MESSAGE(applied.ok(), why(applied));
  return decided.verdict;
}

decision test_vault::ask(const protocol::request& request) {
  return decide(state_, request,
                {now, crypto::random_hex_id(random), crypto::random_hex_id(random), nullptr});
}

std::vector<regions::record_change> test_vault::seal(
    const std::vector<regions::plain_record>& records) {
  return regions::seal_records(records, *identity, random);
}

crypto::outcome<void> test_vault::apply(const std::vector<regions::record_change>& changes) {
  return regions::apply(state_, changes, valid_lease());
}

std::vector<regions::record_change> test_vault::records() const {
  std::vector<regions::record_change> all;
  for (const auto& [key, value] : store_) all.push_back({key, value});
  return all;
}

crypto::outcome<regions::vault_state> test_vault::reload() const {
  return regions::load_vault(identity, records());
}

std::string test_vault::value_of(const regions::stored_secret& secret) const {
  const auto value = regions::open_value(*identity, secret.record_key, secret.value);
  BOOST_REQUIRE_MESSAGE(value.ok(), why(value));
  return std::string(as_text(value->view()));
}

std::string describe(const regions::vault_state& vault) {
  using namespace protocol::json;
  std::string out;
  const auto& identity = *vault.identity;
  out += "secrets\n";
  describe_set<regions::stored_secret>(out, identity, vault.secrets.active, store_secret);
  out += "deleted secrets\n";
  describe_set<regions::stored_secret>(out, identity, vault.secrets.deleted, store_secret);
  out += "keys\n";
  describe_set<regions::stored_key>(out, identity, vault.keys.active, store_key);
  out += "deleted keys\n";
  describe_set<regions::stored_key>(out, identity, vault.keys.deleted, store_key);
  return out;
}

regions::write_lease valid_lease() {
  regions::lease_keeper keeper;
  keeper.granted(regions::instant{}, std::chrono::seconds(1));
  return *keeper.lease(regions::instant{});
}

crypto::generated_key fake_key(const crypto::key_spec& spec) {
  crypto::generated_key key;
  key.pub.type = spec.type;
  key.pub.crv = spec.crv;
  if (spec.type == crypto::key_type::rsa) {
    key.pub.n = bytes(spec.modulus_bits / 8, 0xa5);
    key.pub.e = {1, 0, 1};
  } else {
    key.pub.x = bytes(crypto::facts_of(spec.crv).coordinate_bytes, 0x0a);
    key.pub.y = bytes(crypto::facts_of(spec.crv).coordinate_bytes, 0x0b);
  }
  key.material = crypto::secret_bytes::copy_of(as_bytes("not really PKCS#8"));
  return key;
}

protocol::request ask_for(operation_id operation, std::string name, std::string version,
                          protocol::request_body body) {
  return {operation, std::move(name), std::move(version), std::move(body)};
}

protocol::request set(std::string name, std::string_view value,
                      protocol::attributes_input attributes) {
  protocol::set_secret body;
  body.value = crypto::secret_bytes::copy_of(as_bytes(value));
  body.attributes = attributes;
  return ask_for(operation_id::secret_set, std::move(name), {}, std::move(body));
}

protocol::request update(std::string name, std::string version,
                         protocol::attributes_input attributes) {
  return ask_for(operation_id::secret_update, std::move(name), std::move(version),
                 protocol::update_secret{{}, attributes, {}});
}

protocol::request create(std::string name, crypto::key_spec spec,
                         protocol::attributes_input attributes) {
  return ask_for(operation_id::key_create, std::move(name), {},
                 protocol::create_key{spec, {}, attributes, {}});
}

protocol::request use(operation_id operation, std::string name, std::string_view algorithm,
                      std::size_t value_bytes, std::size_t digest_bytes) {
  protocol::crypto_parameters body;
  body.algorithm = crypto::find_algorithm(algorithm);
  body.value = crypto::secret_bytes(value_bytes);
  body.digest = bytes(digest_bytes);
  return ask_for(operation, std::move(name), {}, std::move(body));
}

protocol::request page(operation_id operation, std::string name, unsigned max_results,
                       std::string after) {
  return ask_for(operation, std::move(name), {},
                 protocol::page_request{max_results, std::move(after)});
}

const regions::secret_answer& secret(const verdict& v) {
  return get<regions::secret_answer>(v);
}

const regions::key_answer& key(const verdict& v) {
  return get<regions::key_answer>(v);
}

const protocol::error& error(const verdict& v) {
  return get<protocol::error>(v);
}

std::string outcome_of(const verdict& v) {
  const auto* e = std::get_if<protocol::error>(&v);
  if (e == nullptr) return "ok";
  auto text = std::to_string(protocol::http_status(e->code));
  text.append(" ").append(to_string(e->code));
  if (e->inner != protocol::inner_code::none) text.append(" ").append(to_string(e->inner));
  return text;
}

}  // namespace twinkeep::vault_tests
