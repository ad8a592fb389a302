#include <set>

#include "protocol/management/ids.hpp"
#include "protocol/management/write_parts.hpp"

// What is around vaults: the provider's operations, subscriptions, locations and groups.
namespace twinkeep::protocol::management {

namespace {

constexpr std::string_view our_provider = "Microsoft.KeyVault/";

void write_operation(writer& out, std::string_view action, std::string_view operation,
                     bool is_data_action) {
  out.begin_object().key("name").string(action).key("isDataAction").boolean(is_data_action);
  out.key("display").begin_object().key("provider").string("Microsoft Key Vault");
  out.key("resource").string("Key Vault").key("operation").string(operation);
  out.key("description").string(operation).end_object().end_object();
}

void write_subscription_members(writer& out, const answer_context& context,
                                const subscription_facts& s) {
  out.key("id").begin_string().part("/subscriptions/").part(context.subscription).end_string();
  out.key("subscriptionId").string(context.subscription).key("tenantId").string(s.tenant_id);
  out.key("displayName").string(s.display_name).key("state").string("Enabled");
}

void write_group_members(writer& out, const answer_context& context, const group_item& group) {
  out.key("id").begin_string().part("/subscriptions/").part(context.subscription);
  out.part("/resourceGroups/").part(group.name).end_string().key("name").string(group.name);
  out.key("type")
      .string("Microsoft.Resources/resourceGroups")
      .key("location")
      .string(group.location);
  out.key("properties").begin_object().key("provisioningState").string("Succeeded").end_object();
}

std::string_view word_of(operation_status status) {
  switch (status) {
    case operation_status::in_progress:
      return "InProgress";
    case operation_status::succeeded:
      return "Succeeded";
    case operation_status::failed:
      break;
  }
  return "Failed";
}

}  // namespace

// Several operations may need one right: it is shown once, by the first one's name.
text write_provider_operations() {
  writer out(64 * resource_chars);
  out.begin_object().key("value").begin_array();
  std::set<std::string_view> shown;
  for (const auto& op : operations()) {
    if (!op.action.starts_with(our_provider) || !shown.insert(op.action).second) continue;
    write_operation(out, op.action, op.name, false);
  }
  shown.clear();
  for (const auto& op : protocol::operations()) {
    if (!shown.insert(op.data_action).second) continue;
    write_operation(out, std::string(data_action_prefix).append(op.data_action), op.name, true);
  }
  return out.end_array().end_object().take();
}

text write_subscription(const answer_context& context, const subscription_facts& s) {
  writer out(resource_chars);
  out.begin_object();
  write_subscription_members(out, context, s);
  return out.end_object().take();
}

text write_subscription_list(const answer_context& context, const subscription_facts& s) {
  return write_list(std::span(&s, 1), [&context](writer& out, const subscription_facts& one) {
    write_subscription_members(out, context, one);
  });
}

text write_location_list(const answer_context& context, std::span<const location_item> locations) {
  return write_list(locations, [&context](writer& out, const location_item& location) {
    out.key("id").begin_string().part("/subscriptions/").part(context.subscription);
    out.part("/locations/").part(location.name).end_string();
    out.key("name").string(location.name).key("displayName").string(location.display_name);
    out.key("type").string("Region").key("metadata").begin_object();
    out.key("regionType").string("Physical").key("geography").string(location.geography);
    out.key("pairedRegion").begin_array();
    if (!location.pair.empty()) out.begin_object().key("name").string(location.pair).end_object();
    out.end_array().end_object();
  });
}

text write_group(const answer_context& context, const group_item& group) {
  writer out(resource_chars);
  out.begin_object();
  write_group_members(out, context, group);
  return out.end_object().take();
}

text write_group_list(const answer_context& context, std::span<const group_item> groups) {
  return write_list(groups, [&context](writer& out, const group_item& group) {
    write_group_members(out, context, group);
  });
}

text write_empty_list() {
  return write_list(std::span<const group_item>{}, [](writer&, const group_item&) {});
}

text write_operation_result(const answer_context& context, std::string_view location,
                            std::string_view name, operation_status status) {
  writer out(resource_chars);
  out.begin_object().key("id").begin_string().part("/subscriptions/").part(context.subscription);
  out.part("/providers/Microsoft.KeyVault/locations/").part(location).part("/operationResults/");
  out.part(name).end_string().key("name").string(name).key("status").string(word_of(status));
  return out.end_object().take();
}

}  // namespace twinkeep::protocol::management
