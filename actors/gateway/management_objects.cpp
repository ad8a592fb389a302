#include <algorithm>

#include "actors/gateway/front_desk.hpp"
#include "actors/gateway/management_desk.hpp"
#include "actors/gateway/management_reads.hpp"
#include "protocol/ascii.hpp"
#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"

// A vault's secrets and keys as resources of the management plane: asked of the vault like a
// client's requests, without its permissions, because the management plane has its own. No value
// and no key is ever in an answer.
namespace twinkeep::actors {

namespace management = protocol::management;
using management::error_code;
using protocol::operation_id;

namespace {

management::error as_managements(const protocol::error& e) {
  using from = protocol::error_code;
  auto code = error_code::bad_request;
  switch (e.code) {
    case from::secret_not_found:
      code = error_code::secret_not_found;
      break;
    case from::key_not_found:
      code = error_code::key_not_found;
      break;
    case from::conflict:
    case from::forbidden:
      code = error_code::conflict;
      break;
    case from::throttled:
      code = error_code::too_many_requests;
      break;
    case from::internal:
      code = error_code::internal;
      break;
    case from::service_unavailable:
      code = error_code::service_unavailable;
      break;
    default:
      break;
  }
  return {code, e.message, e.retry_after_s};
}

protocol::request about(operation_id id, const management::request& asked,
                        protocol::request_body body = {}) {
  return {id, asked.name, asked.version, std::move(body)};
}

protocol::request_body page_asked(const management::request& asked) {
  protocol::page_request page;
  page.max_results =
      std::clamp(asked.top.value_or(protocol::max_page_size), 1U, protocol::max_page_size);
  page.after = asked.skip_token;
  return page;
}

// What the data plane takes as a secret's new value, or as a change of its properties.
protocol::request change_of(management::request& asked) {
  auto& input = std::get<management::secret_input>(asked.body);
  if (input.value) {
    return about(operation_id::secret_set, asked,
                 protocol::set_secret{*std::move(input.value), std::move(input.content_type),
                                      input.attributes, std::move(input.tags)});
  }
  return about(operation_id::secret_update, asked,
               protocol::update_secret{std::move(input.content_type), input.attributes,
                                       std::move(input.tags)});
}

}  // namespace

task<management_desk::verdict> management_desk::ask_vault(const std::string& vault,
                                                          protocol::request request) {
  auto& random = core_.setup.env.random;
  const auto effect = protocol::row_of(request.operation).effect;
  auto made = std::make_shared<vault_request>();
  made->request = std::make_shared<const protocol::request>(std::move(request));
  if (effect == protocol::effect::mutate) {
    made->request_id = crypto::random_guid(random);
    made->fresh_version = crypto::random_hex_id(random);
  }
  const vault_request_ptr sent = std::move(made);
  const auto outcome = co_await asker_->ask(effect, vault, sent);
  constexpr unsigned retry_after_s = 1;
  if (!outcome.reply) {
    co_return failure{management::error{error_code::service_unavailable,
                                        "The vault does not answer at the moment.", retry_after_s}};
  }
  const auto& answered = std::get<regions::verdict>(outcome.reply->answer);
  if (const auto* e = std::get_if<protocol::error>(&answered)) {
    co_return failure{as_managements(*e)};
  }
  co_return answered;
}

task<answer> management_desk::serve_object(admitted& a) {
  const auto* entry = a.table->find(protocol::lower(a.asked->vault));
  const bool is_there =
      entry != nullptr && entry->resource != nullptr &&
      protocol::ascii::equal_ignoring_case(entry->resource->resource_group, a.asked->group);
  if (!is_there) {
    co_return management_refusal(
        {error_code::resource_not_found,
         protocol::join({"The Resource 'Microsoft.KeyVault/vaults/", a.asked->vault,
                         "' under resource group '", a.asked->group, "' was not found."})});
  }
  constexpr auto last_of_secrets = management::operation_id::secret_list;
  if (a.asked->op->id <= last_of_secrets) co_return co_await serve_secret(a, *entry);
  co_return co_await serve_key(a, *entry);
}

task<answer> management_desk::serve_secret(const admitted& a, const route_entry& entry) {
  auto& asked = *a.asked;
  const auto vault = protocol::lower(entry.vault);
  const auto context = context_of(a);
  using enum management::operation_id;
  if (asked.op->id == secret_list) {
    auto request = about(operation_id::secret_list, asked, page_asked(asked));
    const auto got = co_await ask_vault(vault, std::move(request));
    if (!got) co_return management_refusal(got.error());
    const auto& page = std::get<regions::secret_page>(*got);
    std::vector<management::secret_item> items;
    for (const auto& item : page.items) items.push_back({item.name, &item.version->properties});
    co_return management_answer(
        200, management::write_secret_list({context, asked, page.next}, *entry.resource, items));
  }
  const bool reads = asked.op->id == secret_get;
  if (asked.op->id == secret_put && !std::get<management::secret_input>(asked.body).value) {
    co_return management_refusal(
        management::bad_request("The property \"properties.value\" is required."));
  }
  auto request = reads ? about(operation_id::secret_get, asked) : change_of(asked);
  const auto got = co_await ask_vault(vault, std::move(request));
  if (!got) co_return management_refusal(got.error());
  const auto& secret = std::get<regions::secret_answer>(*got);
  co_return management_answer(200,
                              management::write_secret(context, *entry.resource,
                                                       {secret.name, &secret.secret->properties}));
}

// A key that is there stays as it is: PUT makes one only where none is.
task<answer> management_desk::serve_key(const admitted& a, const route_entry& entry) {
  auto& asked = *a.asked;
  const auto vault = protocol::lower(entry.vault);
  const auto context = context_of(a);
  using enum management::operation_id;
  const auto id = asked.op->id;
  if (id == key_list || id == key_version_list) {
    const bool versions = id == key_version_list;
    const auto operation = versions ? operation_id::key_list_versions : operation_id::key_list;
    auto request = about(operation, asked, page_asked(asked));
    const auto got = co_await ask_vault(vault, std::move(request));
    if (!got) co_return management_refusal(got.error());
    const auto& page = std::get<regions::key_page>(*got);
    std::vector<management::key_item> items;
    for (const auto& item : page.items) items.push_back({item.name, &item.version->properties});
    co_return management_answer(200, management::write_key_list({context, asked, page.next},
                                                                *entry.resource, items, versions));
  }
  auto get = about(operation_id::key_get, asked);
  auto got = co_await ask_vault(vault, std::move(get));
  const bool is_new = !got && got.error().code == error_code::key_not_found && id == key_put;
  if (is_new) {
    auto& input = std::get<management::key_input>(asked.body);
    auto create = about(operation_id::key_create, asked, std::move(input.key));
    got = co_await ask_vault(vault, std::move(create));
    if (got && input.rotation) {
      auto policy = about(
          operation_id::key_set_rotation_policy, asked,
          protocol::set_rotation_policy{input.rotation->actions, input.rotation->expiry_time});
      const auto set = co_await ask_vault(vault, std::move(policy));
      if (!set) co_return management_refusal(set.error());
    }
  }
  if (!got) co_return management_refusal(got.error());
  const auto& key = std::get<regions::key_answer>(*got);
  const bool as_version = id == key_version_get;
  protocol::request ask_policy{operation_id::key_get_rotation_policy, key.name, {}, {}};
  const auto policy = co_await ask_vault(vault, std::move(ask_policy));
  const protocol::rotation_policy* rotation = nullptr;
  if (policy) rotation = std::get<regions::rotation_policy_answer>(*policy).policy.get();
  co_return management_answer(
      200, management::write_key(context, *entry.resource,
                                 {key.name, &key.key->properties, rotation}, as_version));
}

}  // namespace twinkeep::actors
