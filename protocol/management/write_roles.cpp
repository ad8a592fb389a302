#include "protocol/iso_time.hpp"
#include "protocol/management/ids.hpp"
#include "protocol/management/write_parts.hpp"

// Microsoft.Authorization: role assignments and definitions.
namespace twinkeep::protocol::management {

namespace {

void write_definition_id(writer& out, std::string_view name, const answer_context& context,
                         std::string_view guid) {
  out.key(name).begin_string().part("/subscriptions/").part(context.subscription);
  out.part("/providers/Microsoft.Authorization/roleDefinitions/").part(guid).end_string();
}

void write_assignment_members(writer& out, const answer_context& context,
                              const role_assignment& a) {
  out.key("id").begin_string().part(a.scope);
  out.part("/providers/Microsoft.Authorization/roleAssignments/").part(a.name).end_string();
  out.key("name").string(a.name).key("type").string("Microsoft.Authorization/roleAssignments");
  out.key("properties").begin_object();
  write_definition_id(out, "roleDefinitionId", context, a.role_definition);
  out.key("principalId").string(a.principal_id);
  if (!a.principal_type.empty()) out.key("principalType").string(a.principal_type);
  out.key("scope").string(a.scope);
  if (a.created.at != 0) {
    out.key("createdOn")
        .string(iso_time(a.created.at))
        .key("updatedOn")
        .string(iso_time(a.created.at));
    out.key("createdBy").string(a.created.by).key("updatedBy").string(a.created.by);
  }
  out.end_object();
}

void write_texts(writer& out, std::string_view name, std::span<const std::string_view> texts) {
  out.key(name).begin_array();
  for (const auto value : texts) out.string(value);
  out.end_array();
}

void write_definition_members(writer& out, const answer_context& context,
                              const role_definition& role) {
  write_definition_id(out, "id", context, role.id);
  out.key("name").string(role.id).key("type").string("Microsoft.Authorization/roleDefinitions");
  out.key("properties").begin_object();
  out.key("roleName").string(role.name).key("type").string("BuiltInRole");
  out.key("description").string("");
  out.key("assignableScopes").begin_array().string("/").end_array();
  out.key("permissions").begin_array().begin_object();
  write_texts(out, "actions", role.actions);
  write_texts(out, "notActions", role.not_actions);
  out.key("dataActions").begin_array();
  for (const auto action : role.data_actions) {
    out.begin_string().part(data_action_prefix).part(action).end_string();
  }
  out.end_array().key("notDataActions").begin_array().end_array();
  out.end_object().end_array().end_object();
}

}  // namespace

text write_role_assignment(const answer_context& context, const role_assignment& assignment) {
  writer out(resource_chars);
  out.begin_object();
  write_assignment_members(out, context, assignment);
  return out.end_object().take();
}

text write_role_assignment_list(const page_context& page,
                                std::span<const role_assignment* const> assignments) {
  return write_page(page, assignments, [&page](writer& out, const role_assignment* assignment) {
    write_assignment_members(out, page.answer, *assignment);
  });
}

text write_role_definition(const answer_context& context, const role_definition& definition) {
  writer out(2 * resource_chars);
  out.begin_object();
  write_definition_members(out, context, definition);
  return out.end_object().take();
}

text write_role_definition_list(const answer_context& context,
                                std::span<const role_definition> definitions) {
  return write_list(definitions, [&context](writer& out, const role_definition& definition) {
    write_definition_members(out, context, definition);
  });
}

}  // namespace twinkeep::protocol::management
