#include <vector>

#include "bodies.hpp"

namespace twinkeep::protocol::json {

using test::has;
using test::must_read;
using test::refusal;

namespace {

using enum operation_id;

const std::string bad = "BadParameter: Member '";

std::string list_of(std::string_view item, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += (i == 0 ? "" : ",") + std::string(item);
  return '[' + text + ']';
}

std::string contacts(std::string_view list) {
  return refusal(contacts_set, R"({"contacts":)" + std::string(list) + '}');
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bodies_of_contacts)

BOOST_AUTO_TEST_CASE(contacts_are_read) {
  const auto body = must_read<set_contacts>(
      contacts_set, R"({"id":"x","contacts":[{"email":"a@b","name":"A","phone":"1"},)"
                    R"({"email":"c@d","name":null,"x":1}]})");
  BOOST_TEST_REQUIRE(body.contacts.size() == 2u);
  BOOST_TEST(body.contacts[0].email == "a@b");
  BOOST_TEST(body.contacts[0].name.value() == "A");
  BOOST_TEST(body.contacts[0].phone.value() == "1");
  BOOST_TEST(body.contacts[1].email == "c@d");
  BOOST_TEST((!body.contacts[1].name && !body.contacts[1].phone));
  BOOST_TEST(must_read<set_contacts>(contacts_set, R"({"contacts":[]})").contacts.empty());
}

BOOST_AUTO_TEST_CASE(a_contact_has_an_address) {
  for (const auto* none : {"{}", R"({"name":"A"})", R"({"email":null})", R"({"email":""})"}) {
    BOOST_TEST(contacts('[' + std::string(none) + ']') == bad + "contacts[].email' is required.");
  }
  BOOST_TEST(refusal(contacts_set, "{}") == bad + "contacts' is required.");
  BOOST_TEST(contacts("null") == bad + "contacts' is required.");
}

BOOST_AUTO_TEST_CASE(contacts_have_types_and_limits) {
  BOOST_TEST(contacts("{}") == bad + "contacts' must be an array.");
  BOOST_TEST(contacts("[\"a@b\"]") == bad + "contacts[]' must be an object.");
  for (const std::string member : {"email", "name", "phone"}) {
    BOOST_TEST(contacts("[{\"" + member + "\":1}]") ==
               bad + "contacts[]." + member + "' must be a string.");
    BOOST_TEST(contacts("[{\"" + member + "\":\"" + std::string(1025, 'x') + "\"}]") ==
               bad + "contacts[]." + member + "' has 1025 characters, allowed are 1024.");
  }
  BOOST_TEST(contacts(list_of(R"({"email":"a"})", 100)) == "ok");
  BOOST_TEST(contacts(list_of(R"({"email":"a"})", 101)) ==
             bad + "contacts' has more than 100 items.");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bodies_of_issuers)

BOOST_AUTO_TEST_CASE(every_member_is_read) {
  for (const auto operation : {issuer_set, issuer_update}) {
    const auto body = must_read<issuer_input>(
        operation, R"({"provider":"Test","credentials":{"account_id":"a","pwd":"p"},)"
                   R"("org_details":{"id":"o","zip":0,"admin_details":[{"first_name":"F",)"
                   R"("last_name":"L","email":"e","phone":"1"},{}]},)"
                   R"("attributes":{"enabled":false,"created":1}})");
    BOOST_TEST(body.provider.value() == "Test");
    BOOST_TEST(body.account_id.value() == "a");
    BOOST_TEST(test::text_of(body.password.value()) == "p");
    BOOST_TEST(body.organization_id.value() == "o");
    BOOST_TEST_REQUIRE(body.administrators.value().size() == 2u);
    const auto& person = body.administrators->front();
    BOOST_TEST(person.first_name.value() == "F");
    BOOST_TEST(person.last_name.value() == "L");
    BOOST_TEST(person.email.value() == "e");
    BOOST_TEST(person.phone.value() == "1");
    BOOST_TEST(!body.administrators->back().email);
    BOOST_TEST(body.enabled.value() == false);
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_said_stays) {
  for (const auto* text :
       {"{}", R"({"credentials":{},"org_details":{},"attributes":{}})",
        R"({"provider":null,"credentials":null,"org_details":{"id":null,"admin_details":null}})"}) {
    const auto body = must_read<issuer_input>(issuer_update, text);
    BOOST_TEST((!body.provider && !body.account_id && !body.password && !body.organization_id &&
                !body.administrators && !body.enabled),
               text);
  }
  const auto none =
      must_read<issuer_input>(issuer_update, R"({"org_details":{"admin_details":[]}})");
  BOOST_TEST(none.administrators.value().empty());
}

BOOST_AUTO_TEST_CASE(a_new_issuer_has_a_provider) {
  BOOST_TEST(refusal(issuer_set, R"({"attributes":{}})") == bad + "provider' is required.");
  BOOST_TEST(refusal(issuer_set, R"({"provider":null})") == bad + "provider' is required.");
  for (const auto operation : {issuer_set, issuer_update}) {
    BOOST_TEST(refusal(operation, R"({"provider":""})") == bad + "provider' is required.");
  }
}

BOOST_AUTO_TEST_CASE(issuers_have_types_and_limits) {
  const auto refused = [](const std::string& members) {
    return refusal(issuer_set, R"({"provider":"Test",)" + members + '}');
  };
  BOOST_TEST(refused(R"("provider":1)") == bad + "provider' must be a string.");
  for (const std::string section : {"credentials", "org_details", "attributes"}) {
    BOOST_TEST(refused('"' + section + "\":[]") == bad + section + "' must be an object.");
  }
  for (const std::string member : {"account_id", "pwd"}) {
    BOOST_TEST(refused(R"("credentials":{")" + member + "\":1}") ==
               bad + "credentials." + member + "' must be a string.");
  }
  BOOST_TEST(refused(R"("org_details":{"id":1})") == bad + "org_details.id' must be a string.");
  const auto admins = [&](const std::string& list) {
    return refused(R"("org_details":{"admin_details":)" + list + '}');
  };
  BOOST_TEST(admins("{}") == bad + "org_details.admin_details' must be an array.");
  BOOST_TEST(admins("[1]") == bad + "org_details.admin_details[]' must be an object.");
  for (const std::string member : {"first_name", "last_name", "email", "phone"}) {
    BOOST_TEST(admins("[{\"" + member + "\":1}]") ==
               bad + "org_details.admin_details[]." + member + "' must be a string.");
  }
  BOOST_TEST(admins(list_of("{}", 100)) == "ok");
  BOOST_TEST(admins(list_of("{}", 101)) ==
             bad + "org_details.admin_details' has more than 100 items.");
  BOOST_TEST(refused(R"("attributes":{"enabled":0})") ==
             bad + "attributes.enabled' must be true or false.");
}

BOOST_AUTO_TEST_CASE(messages_do_not_quote_a_password) {
  const auto answer = refusal(issuer_set, R"({"credentials":{"pwd":"hunter2"},"provider":"})");
  BOOST_TEST(!has(answer, "hunter2"), answer);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::json
