// How requests are made and answers read.
#include "regions/vault/records.hpp"
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

template <class Restored, class Stored>
Restored brought(const test_vault& vault, const Stored& version) {
  return {version.properties, vault.opened(version.record_key, version.value)};
}

}  // namespace

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
                 protocol::create_key{spec, {}, attributes, {}, {}});
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

protocol::policy_input ec_policy(std::string issuer, std::string subject) {
  protocol::policy_input policy;
  policy.kind = protocol::key_kind{crypto::key_type::ec, false};
  policy.crv = crypto::curve::p256;
  policy.subject = std::move(subject);
  policy.issuer = std::move(issuer);
  return policy;
}

protocol::request make_certificate(std::string name, protocol::policy_input policy,
                                   protocol::attributes_input attributes) {
  return ask_for(operation_id::certificate_create, std::move(name), {},
                 protocol::create_certificate{std::move(policy), attributes, {}, false});
}

protocol::request set_issuer(std::string name, std::string provider) {
  protocol::issuer_input body;
  body.provider = std::move(provider);
  return ask_for(operation_id::issuer_set, std::move(name), {}, std::move(body));
}

protocol::request merge(std::string name, std::vector<bytes> chain) {
  return ask_for(operation_id::certificate_merge, std::move(name), {},
                 protocol::merge_certificate{std::move(chain), {}, {}});
}

protocol::request restore_of(test_vault& vault, operation_id backup, const std::string& name) {
  const auto answer = vault.ask(ask_for(backup, name)).verdict;
  if (const auto* s = std::get_if<regions::secret_backup>(&answer)) {
    protocol::restore_secret blob{s->name, {}};
    for (const auto& v : s->versions) {
      blob.versions.push_back(brought<protocol::restored_secret_version>(vault, *v));
    }
    return ask_for(operation_id::secret_restore, {}, {}, std::move(blob));
  }
  if (const auto* k = std::get_if<regions::key_backup>(&answer)) {
    protocol::restore_key blob{k->name, {}};
    for (const auto& v : k->versions) {
      blob.versions.push_back(brought<protocol::restored_key_version>(vault, *v));
    }
    return ask_for(operation_id::key_restore, {}, {}, std::move(blob));
  }
  const auto& c = as<regions::certificate_backup>(answer);
  protocol::restore_certificate blob{c.name, *c.policy, {}};
  for (const auto& v : c.versions) {
    blob.versions.push_back(
        {v->properties, vault.opened(v->record_key, v->value),
         vault.opened(regions::secret_value_record(v->record_key), v->secret_value)});
  }
  return ask_for(operation_id::certificate_restore, {}, {}, std::move(blob));
}

const regions::secret_answer& secret(const verdict& v) {
  return as<regions::secret_answer>(v);
}

const regions::key_answer& key(const verdict& v) {
  return as<regions::key_answer>(v);
}

const regions::certificate_answer& certificate(const verdict& v) {
  return as<regions::certificate_answer>(v);
}

const protocol::pending_operation& pending(const verdict& v) {
  return as<regions::pending_answer>(v).operation;
}

const protocol::error& error(const verdict& v) {
  return as<protocol::error>(v);
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
