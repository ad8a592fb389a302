// What is posted of a notice, and in what order and at what pauses.
#include "regions/vault/event_grid.hpp"

#include <boost/json.hpp>

#include "regions/vault/delivery.hpp"
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

regions::notice a_notice(std::string id, protocol::unix_seconds time = 1'800'000'000) {
  regions::notice n;
  n.id = std::move(id);
  n.type = "CertificateNearExpiry";
  n.object_type = "Certificate";
  n.name = "Site";
  n.version = "0123456789abcdef0123456789abcdef";
  n.expires = 1'802'592'000;
  n.time = time;
  return n;
}

struct queue {
  regions::vault_state vault;
  regions::delivery order;
  regions::instant now{};

  void add(const std::string& id, protocol::unix_seconds time) {
    vault.notices.emplace(id, a_notice(id, time));
  }
  // The id of what is to be told now.
  std::string next() {
    const auto step = order.next(vault, now);
    if (!step) return "none";
    return (step->taken ? "forget " : "") + step->told->id;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(event_grid)

BOOST_AUTO_TEST_CASE(a_notice_is_an_array_of_one_event) {
  const auto text = regions::write_events(
      a_notice("7f"), {"Demo", "https://demo.vault.localhost:8443", "the-subscription"});
  const auto expected = json::parse(R"([{
    "id": "7f",
    "topic": "/subscriptions/the-subscription/resourceGroups/twinkeep/providers/Microsoft.KeyVault/vaults/Demo",
    "subject": "Site",
    "eventType": "Microsoft.KeyVault.CertificateNearExpiry",
    "eventTime": "2027-01-15T08:00:00Z",
    "data": {
      "Id": "https://demo.vault.localhost:8443/certificates/Site/0123456789abcdef0123456789abcdef",
      "VaultName": "Demo", "ObjectType": "Certificate", "ObjectName": "Site",
      "Version": "0123456789abcdef0123456789abcdef", "NBF": null, "EXP": 1802592000
    },
    "dataVersion": "1", "metadataVersion": "1"
  }])");
  BOOST_TEST(json::parse(text) == expected, text);
}

BOOST_AUTO_TEST_CASE(one_is_told_at_a_time_and_the_oldest_first) {
  queue q;
  BOOST_TEST(q.next() == "none");
  q.add("a", 30);
  q.add("b", 10);
  q.add("c", 10);
  BOOST_TEST(q.next() == "b");
  BOOST_TEST(q.next() == "none");
  q.order.taken("b");
  BOOST_TEST(q.next() == "none");
  q.vault.notices.erase("b");
  q.order.forgotten();
  BOOST_TEST(q.next() == "c");
}

BOOST_AUTO_TEST_CASE(the_pauses_grow_to_five_minutes) {
  queue q;
  q.add("a", 1);
  for (const auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 300s, 300s, 300s}) {
    BOOST_TEST(q.next() == "a");
    BOOST_TEST((q.order.failed(q.now) == pause));
    q.now += pause - 1ms;
    BOOST_TEST(q.next() == "none");
    q.now += 1ms;
  }
  BOOST_TEST(q.next() == "a");
  q.order.taken("a");
  q.vault.notices.clear();
  q.order.forgotten();
  q.add("b", 1);
  BOOST_TEST(q.next() == "b");
  BOOST_TEST((q.order.failed(q.now) == 1s));
}

BOOST_AUTO_TEST_CASE(what_was_taken_and_not_forgotten_is_not_told_again) {
  queue q;
  q.add("a", 1);
  BOOST_TEST(q.next() == "a");
  q.order.taken("a");
  (void)q.order.failed(q.now);  // the vault could not be written
  BOOST_TEST(q.next() == "none");
  q.now += 1s;
  BOOST_TEST(q.next() == "forget a");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
