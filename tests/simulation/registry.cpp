#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <map>

#include "protocol/management/requests.hpp"
#include "tests/simulation/clients.hpp"

// Vaults come and go while zones, regions and actors are lost: what was acknowledged of them stays,
// nothing is acknowledged while the region is failed over, and a name that is given again leads to
// an empty vault.

using namespace twinkeep;
using namespace twinkeep::simulation;
using namespace std::chrono_literals;
using regions::fault;
using regions::fault_kind;
namespace management = protocol::management;

namespace {

const std::string home = "eastus2";

// What the table says of a vault; null: it is not there.
regions::vault_resource_ptr published(world& w, const std::string& name) {
  const auto table = w.env().routes.current();
  const auto it = table->registries.find(home);
  if (it == table->registries.end()) return nullptr;
  for (const auto& vault : it->second->vaults) {
    if (vault->name == name) return vault;
  }
  return nullptr;
}

unsigned number_of(const protocol::vault_resource& vault) {
  return static_cast<unsigned>(std::stoul(vault.tags.at("number")));
}

protocol::request data_request(protocol::operation_id id, protocol::request_body body = {}) {
  protocol::request r;
  r.operation = id;
  if (id != protocol::operation_id::secret_list) r.name = "s";
  r.body = std::move(body);
  return r;
}

std::size_t count_secrets(world& w, const std::string& vault) {
  const auto o = call(
      w, vault,
      data_request(protocol::operation_id::secret_list, protocol::page_request{25, "", false}));
  BOOST_REQUIRE(o.ok());
  return std::get<regions::secret_page>(std::get<regions::verdict>(o.reply->answer)).items.size();
}

bool put_secret(world& w, const std::string& vault) {
  protocol::set_secret body;
  body.value = crypto::secret_bytes::copy_of(as_bytes(std::string_view{"v"}));
  return call(w, vault, data_request(protocol::operation_id::secret_set, std::move(body))).ok();
}

fault of_home(fault_kind kind) {
  fault f;
  f.kind = kind;
  f.region = home;
  return f;
}

fault random_fault(seeded_random& random) {
  auto f = of_home(fault_kind::component_crash);
  switch (random.below(6)) {
    case 0:
      return of_home(fault_kind::region_down);
    case 1:
      return of_home(fault_kind::region_frozen);
    case 2:
      f.kind = fault_kind::zone_down;
      f.zone = static_cast<unsigned>(1 + random.below(3));
      return f;
    case 3:
      f.component = regions::component::zone;
      f.zone = static_cast<unsigned>(1 + random.below(3));
      return f;
    default:
      f.component = regions::component::vault;
      f.vault = regions::registry_name(home);
      return f;
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(registry)

BOOST_AUTO_TEST_CASE(a_vault_is_made_used_deleted_recovered_and_purged) {
  world w{1};
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 5s));
  const auto body = vault_body(w, 1);
  BOOST_REQUIRE(acknowledged(call(w, change(management::operation_id::vault_put, "fresh", body))));
  BOOST_REQUIRE(w.run_until([&] { return is_served(w, "fresh"); }, 5s));
  BOOST_REQUIRE(put_secret(w, "fresh"));
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 5s));  // the copy is placed, too
  BOOST_REQUIRE(acknowledged(call(w, change(management::operation_id::vault_delete, "fresh"))));
  BOOST_TEST(w.env().routes.current()->find("fresh") == nullptr);
  w.restart();
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 5s));
  BOOST_TEST(w.env().routes.current()->find("fresh") == nullptr);
  management::vault_input recover;
  recover.recover = true;
  BOOST_REQUIRE(
      acknowledged(call(w, change(management::operation_id::vault_put, "fresh", recover))));
  BOOST_REQUIRE(w.run_until([&] { return is_served(w, "fresh"); }, 5s));
  BOOST_TEST(count_secrets(w, "fresh") == 1u);
  BOOST_REQUIRE(acknowledged(call(w, change(management::operation_id::vault_delete, "fresh"))));
  BOOST_REQUIRE(
      acknowledged(call(w, change(management::operation_id::deleted_vault_purge, "fresh"))));
  BOOST_REQUIRE(w.run_until([&] { return published(w, "fresh") == nullptr; }, 5s));
  BOOST_REQUIRE(acknowledged(call(w, change(management::operation_id::vault_put, "fresh", body))));
  BOOST_REQUIRE(w.run_until([&] { return is_served(w, "fresh"); }, 5s));
  BOOST_TEST(count_secrets(w, "fresh") == 0u);
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 5s));
}

BOOST_AUTO_TEST_CASE(nothing_of_a_vault_changes_while_its_region_is_failed_over) {
  world w{2};
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 5s));
  BOOST_REQUIRE(acknowledged(
      call(w, change(management::operation_id::vault_put, "fresh", vault_body(w, 1)))));
  BOOST_REQUIRE(w.run_until([&] { return is_served(w, "fresh") && w.healthy(); }, 5s));
  w.faults().begin(of_home(fault_kind::region_down));
  BOOST_REQUIRE(w.run_until(
      [&] { return w.route("fresh").route.mode == regions::vault_mode::read_only; }, 10s));
  const auto o = call(w, change(management::operation_id::vault_put, "fresh", vault_body(w, 2)));
  BOOST_TEST(!acknowledged(o));
  BOOST_TEST(number_of(*published(w, "fresh")) == 1u);
  w.faults().end(of_home(fault_kind::region_down));
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 60s));
  BOOST_REQUIRE(acknowledged(
      call(w, change(management::operation_id::vault_put, "fresh", vault_body(w, 2)))));
  BOOST_TEST(number_of(*published(w, "fresh")) == 2u);
}

// A service that starts while a region is lost knows its vaults, and their rules, from the copy.
BOOST_AUTO_TEST_CASE(the_copy_of_the_registry_serves_after_a_start_without_the_region) {
  world w{3};
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 5s));
  BOOST_REQUIRE(acknowledged(
      call(w, change(management::operation_id::vault_put, "fresh", vault_body(w, 7)))));
  BOOST_REQUIRE(w.run_until([&] { return is_served(w, "fresh") && w.healthy(); }, 5s));
  w.restart();
  w.faults().begin(of_home(fault_kind::region_down));
  BOOST_REQUIRE(w.run_until(
      [&] {
        const auto table = w.env().routes.current();
        const auto* entry = table->find("fresh");
        return entry != nullptr && entry->secondary != nullptr &&
               entry->route.mode == regions::vault_mode::read_only;
      },
      20s));
  BOOST_TEST(number_of(*published(w, "fresh")) == 7u);
}

BOOST_DATA_TEST_CASE(what_was_acknowledged_of_vaults_stays, boost::unit_test::data::xrange(30),
                     seed) {
  world w{static_cast<std::uint64_t>(70'000 + seed)};
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 5s));
  std::map<std::string, unsigned> known;  // name to the number that was acknowledged last
  unsigned number = 0;
  unsigned done = 0;
  for (int round = 0; round < 12; ++round) {
    const auto f = random_fault(w.random());
    BOOST_TEST_MESSAGE("fault " << regions::describe(f));
    if (w.random().chance(60)) w.faults().begin(f);
    w.run_for(w.random().between(0ms, 2s));
    const auto name = "vault-" + std::to_string(w.random().below(3));
    const bool away = w.route("demo").route.mode != regions::vault_mode::read_write;
    const auto o =
        call(w, change(management::operation_id::vault_put, name, vault_body(w, ++number)));
    if (acknowledged(o)) {
      BOOST_TEST(!away, "a change was acknowledged while the region was failed over");
      known[name] = number;
      ++done;
    }
    w.faults().end(f);
    if (w.random().chance(10)) w.restart();
    BOOST_REQUIRE_MESSAGE(w.run_until([&] { return w.healthy(); }, 90s), "never healthy again");
    for (const auto& [vault, least] : known) {
      const auto there = published(w, vault);
      BOOST_REQUIRE_MESSAGE(there != nullptr, vault << " is gone");
      BOOST_TEST(number_of(*there) >= least);
      BOOST_TEST(is_served(w, vault));
    }
  }
  BOOST_TEST(done > 3u);
}

BOOST_AUTO_TEST_SUITE_END()
