// Who a policy or an assignment is about, and where it counts.
#include "tests/access/kit.hpp"

namespace twinkeep::access_tests {

namespace {

protocol::access_policy reading(std::string object_id, std::string application_id = {}) {
  protocol::access_policy policy;
  policy.tenant_id = tenant;
  policy.object_id = std::move(object_id);
  policy.application_id = std::move(application_id);
  policy.secrets = {"Get"};
  return policy;
}

// A person, through the application.
protocol::token::claims person(const std::string& object_id, const std::string& through = app) {
  auto who = caller(object_id);
  who.application_id = through;
  who.is_application = false;
  return who;
}

std::string upper(std::string text) {
  for (auto& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

protocol::error refused(const access_rules& rules, operation_id op,
                        const protocol::token::claims& who, std::string_view object) {
  const auto asked = regions::permit(row_of(op), object, who, rules, facts);
  BOOST_REQUIRE(!asked.ok());
  return asked.error();
}

constexpr auto get = operation_id::secret_get;

}  // namespace

BOOST_AUTO_TEST_SUITE(rights)

BOOST_AUTO_TEST_CASE(owners_have_every_right_in_either_model) {
  for (const bool by_roles : {false, true}) {
    const auto rules =
        regions::make_access_rules(vault(by_roles), {}, {upper(user), app, ""}, {subscription});
    auto by_object = caller(user);
    by_object.application_id.clear();
    by_object.tenant = "another";
    for (const auto& op : protocol::operations()) {
      BOOST_TEST(allowed(*rules, op, by_object));
      BOOST_TEST(allowed(*rules, op, caller(stranger)));  // by its application
      // A token without ids must not match an owner that was left empty.
      BOOST_TEST(!allowed(*rules, op, protocol::token::claims{}));
    }
  }
}

BOOST_AUTO_TEST_CASE(ids_compare_without_case) {
  BOOST_TEST(allowed(*rules_of({reading(upper(user))}), get, caller(user)));
  BOOST_TEST(allowed(*rules_of({reading(user)}), get, caller(upper(user))));
  BOOST_TEST(allowed(*rules_of({assigned("Key Vault Secrets User", upper(in_vault), upper(user))}),
                     get, caller(user)));
}

BOOST_AUTO_TEST_CASE(groups_count_as_their_members) {
  auto member = caller(stranger);
  member.groups = {"another-group", upper(group)};
  BOOST_TEST(allowed(*rules_of({reading(group)}), get, member));
  BOOST_TEST(!allowed(*rules_of({reading(group)}), get, caller(stranger)));
  const auto rules = rules_of({assigned("Key Vault Secrets User", in_vault, group)});
  BOOST_TEST(allowed(*rules, get, member));
  BOOST_TEST(!allowed(*rules, operation_id::secret_set, member));
}

// An application id grants nothing by itself: roles and policies are about object ids.
BOOST_AUTO_TEST_CASE(an_application_id_is_no_principal) {
  BOOST_TEST(!allowed(*rules_of({reading(app)}), get, caller(user)));
  BOOST_TEST(
      !allowed(*rules_of({assigned("Key Vault Administrator", in_vault, app)}), get, caller(user)));
}

BOOST_AUTO_TEST_CASE(compound_identity_needs_the_user_and_the_application) {
  const auto rules = rules_of({reading(user, upper(app))});
  BOOST_TEST(allowed(*rules, get, person(user)));
  BOOST_TEST(!allowed(*rules, get, person(user, "another-app")));
  BOOST_TEST(!allowed(*rules, get, person(stranger)));
  BOOST_TEST(!allowed(*rules, get, caller(user)));  // the application without a user
  auto member = person(stranger);
  member.groups = {group};
  BOOST_TEST(allowed(*rules_of({reading(group, app)}), get, member));
}

BOOST_AUTO_TEST_CASE(entries_for_the_same_caller_add_up) {
  auto setting = reading(user, app);
  setting.secrets = {"SET"};
  auto of_group = reading(group);
  of_group.secrets = {"list"};
  const auto rules = rules_of({reading(user), setting, of_group});
  auto who = person(user);
  who.groups = {group};
  for (const auto op : {get, operation_id::secret_set, operation_id::secret_list}) {
    BOOST_TEST(allowed(*rules, op, who));
  }
  BOOST_TEST(!allowed(*rules, operation_id::secret_delete, who));
  BOOST_TEST(!allowed(*rules, operation_id::secret_set, caller(user)));
}

BOOST_AUTO_TEST_CASE(another_tenants_caller_and_another_tenants_policy_count_for_nothing) {
  auto foreign = caller(user);
  foreign.tenant = "another";
  BOOST_TEST(!allowed(*rules_of({reading(user)}), get, foreign));
  BOOST_TEST(!allowed(*rules_of({assigned("Key Vault Administrator", in_vault)}), get, foreign));
  auto policy = reading(user);
  policy.tenant_id = "another";
  BOOST_TEST(!allowed(*rules_of({policy}), get, caller(user)));
}

BOOST_AUTO_TEST_CASE(one_model_counts_at_a_time) {
  const std::vector both{assigned("Key Vault Secrets Officer", in_vault)};
  for (const bool by_roles : {false, true}) {
    auto of = vault(by_roles);
    of.access_policies = {reading(user)};
    const auto rules = regions::make_access_rules(of, both, {}, {subscription});
    BOOST_TEST(allowed(*rules, get, caller(user)));
    BOOST_TEST(allowed(*rules, operation_id::secret_set, caller(user)) == by_roles);
  }
}

BOOST_AUTO_TEST_CASE(a_role_counts_at_its_scope_and_below) {
  const auto officer = [](const std::string& scope) {
    return allowed(*rules_of({assigned("Key Vault Secrets Officer", scope)}),
                   operation_id::secret_set, caller(user));
  };
  for (const auto& above : {in_subscription, in_subscription + "/", in_group, upper(in_group),
                            in_vault, in_vault + "/", in_vault + "/secrets/a"}) {
    BOOST_TEST(officer(above), above);
  }
  for (const auto& beside :
       {std::string(), std::string("/"), std::string("/subscriptions"), in_subscription + "0",
        in_subscription.substr(0, in_subscription.size() - 1), in_group + "2",
        in_group.substr(0, in_group.size() - 1), in_vault + "2",
        in_vault.substr(0, in_vault.size() - 1), in_vault + "/secrets", in_vault + "/secrets/b",
        in_vault + "/keys/a", in_vault + "/secrets/a/versions", in_vault + "2/secrets/a"}) {
    BOOST_TEST(!officer(beside), beside);
  }
}

BOOST_AUTO_TEST_CASE(a_role_on_one_object_is_for_this_one_alone) {
  const auto rules = rules_of({assigned("Key Vault Administrator", in_vault + "/certificates/A")});
  const auto who = caller(user);
  for (const auto& op : protocol::operations()) {
    const bool about_one = op.kind == object_kind::certificate &&
                           op.path.find("/{name}") != std::string_view::npos &&
                           op.path.find("issuers") == std::string_view::npos;
    BOOST_TEST(allowed(*rules, op, who, "a") == about_one, op.name);
    BOOST_TEST(!allowed(*rules, op, who, "b"), op.name);
    BOOST_TEST(!allowed(*rules, op, who, ""), op.name);
  }
}

BOOST_AUTO_TEST_CASE(only_what_holds_for_the_whole_vault_may_be_remembered) {
  const auto of_object = assigned("Key Vault Secrets User", in_vault + "/secrets/a");
  const auto of_vault = assigned("Key Vault Secrets User", in_group);
  const auto by = [&](std::vector<protocol::role_assignment> roles) {
    static access_rules_ptr rules;
    rules = rules_of(std::move(roles));
    const auto* given = rules->find(row_of(get), "a", caller(user));
    BOOST_REQUIRE(given != nullptr);
    return given;
  };
  BOOST_TEST(!by({of_object})->whole_vault);
  BOOST_TEST(by({of_object, of_vault})->whole_vault);
  BOOST_TEST(by({of_vault})->assignment == "aaaaaaaabbbb4ccc8dddeeeeeeeeeeee");
  BOOST_TEST(rules_of({reading(user)})->find(row_of(get), "a", caller(user))->assignment.empty());
}

BOOST_AUTO_TEST_CASE(a_role_that_nobody_knows_and_a_principal_that_is_nobody_give_nothing) {
  auto unknown = assigned("Key Vault Administrator", in_vault);
  unknown.role_definition = "00000000-0000-0000-0000-000000000000";
  BOOST_TEST(!allowed(*rules_of({unknown}), get, caller(user)));
  auto nobodys = assigned("Key Vault Administrator", in_vault, "");
  auto policy = reading("");
  auto nobody = caller("");
  nobody.groups = {""};
  BOOST_TEST(!allowed(*rules_of({nobodys}), get, nobody));
  BOOST_TEST(!allowed(*rules_of({policy}), get, nobody));
}

BOOST_AUTO_TEST_CASE(a_refusal_by_policy_says_who_lacks_what) {
  auto who = caller(user);
  who.groups = {"g1", "g2"};
  const auto e = refused(*rules_of(std::vector<protocol::access_policy>{}), get, who, "a");
  BOOST_TEST(to_string(e.inner) == "ForbiddenByPolicy");
  BOOST_TEST(http_status(e.code) == 403u);
  BOOST_TEST(e.message.starts_with("The user, group or application 'appid=" + app + ";oid=" + user +
                                   ";numgroups=2;iss=https://issuer/' does not have secrets get "
                                   "permission on key vault 'demo;location=eastus2'"),
             e.message);
}

BOOST_AUTO_TEST_CASE(a_refusal_by_role_names_the_action_and_the_object) {
  const auto rules = rules_of(std::vector<protocol::role_assignment>{});
  const auto e = refused(*rules, get, caller(user), "Db");
  BOOST_TEST(to_string(e.inner) == "ForbiddenByRbac");
  BOOST_TEST(http_status(e.code) == 403u);
  const auto in_lower_case = protocol::lower(in_vault);
  for (const auto& line :
       {"\r\nCaller: appid=" + app + ";oid=" + user + ";iss=https://issuer/\r\n",
        std::string("\r\nAction: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'\r\n"),
        "\r\nResource: '" + in_lower_case + "/secrets/db'\r\n",
        std::string("\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\n"
                    "DecisionReason: null\r\nVault: demo;location=eastus2")}) {
    BOOST_TEST(e.message.find(line) != std::string::npos, e.message << " lacks " << line);
  }
  const auto listing = refused(*rules, operation_id::secret_list, caller(user), "");
  BOOST_TEST(listing.message.find("'" + in_lower_case + "'") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::access_tests
