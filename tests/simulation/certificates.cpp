#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/simulation/clients.hpp"

// What the service does of itself after it has acknowledged a request, under faults: a certificate
// that was asked for is issued, and issued once.

using namespace twinkeep;
using namespace twinkeep::simulation;
using namespace std::chrono_literals;
using protocol::operation_id;
using regions::component;
using regions::fault;
using regions::fault_kind;

namespace {

const std::string vault = "demo";

protocol::request create(const std::string& name) {
  protocol::create_certificate body;
  body.policy.subject = "CN=" + name;
  body.policy.issuer = std::string(protocol::issuer_self);
  body.policy.kind = protocol::key_kind{crypto::key_type::ec, false};
  return {operation_id::certificate_create, name, {}, std::move(body)};
}

const regions::verdict& verdict_of(const outcome& o) {
  return std::get<regions::verdict>(o.reply->answer);
}

bool is_completed(world& w, const std::string& name) {
  const auto asked =
      call(w, vault, protocol::request{operation_id::certificate_get_pending, name, {}, {}});
  if (!asked.ok()) return false;
  return std::get<regions::pending_answer>(verdict_of(asked)).operation.status ==
         protocol::pending_status::completed;
}

// How many versions a list shows; certificates, their keys and their secrets have the same.
template <class Page>
std::size_t versions_in(world& w, operation_id list, const std::string& name) {
  const auto listed = call(w, vault, protocol::request{list, name, {}, protocol::page_request{}});
  BOOST_REQUIRE(listed.ok());
  return std::get<Page>(verdict_of(listed)).items.size();
}

fault random_crash(seeded_random& random) {
  fault f;
  f.region = "eastus2";
  f.zone = static_cast<unsigned>(1 + random.below(3));
  if (random.chance(20)) {
    f.kind = random.chance(50) ? fault_kind::region_down : fault_kind::zone_down;
    if (f.kind == fault_kind::region_down) f.zone = 0;
    return f;
  }
  f.kind = fault_kind::component_crash;
  f.component = static_cast<component>(random.below(3));
  if (f.component == component::vault) f.vault = "demo";
  if (f.component != component::zone) f.zone = 0;
  return f;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(certificates)

BOOST_DATA_TEST_CASE(an_acknowledged_certificate_is_issued_once, boost::unit_test::data::xrange(40),
                     seed) {
  world w{static_cast<std::uint64_t>(20'000 + seed)};
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 5s));
  const std::string name = "certificate";
  std::size_t asked = 0;
  std::size_t acknowledged = 0;
  for (int round = 0; round < 3; ++round) {
    const auto f = random_crash(w.random());
    BOOST_TEST_MESSAGE("fault " << regions::describe(f));
    const bool crash_first = w.random().chance(50);
    if (crash_first) w.faults().begin(f);
    ++asked;
    const bool acknowledged_now = call(w, vault, create(name)).ok();
    if (acknowledged_now) ++acknowledged;
    if (!crash_first) w.faults().begin(f);
    w.run_for(w.random().between(0ms, 1s));
    if (!f.momentary()) w.faults().end(f);
    BOOST_REQUIRE_MESSAGE(w.run_until([&] { return w.healthy(); }, 60s), "never healthy again");
    // Nobody asks: the service completes it, at the latest when it looks the next time.
    w.run_for(61s);
    if (acknowledged_now) BOOST_TEST(is_completed(w, name));
  }
  if (acknowledged == 0) return;
  const auto versions =
      versions_in<regions::certificate_page>(w, operation_id::certificate_list_versions, name);
  BOOST_TEST(versions >= acknowledged);
  BOOST_TEST(versions <= asked);
  BOOST_TEST(versions_in<regions::key_page>(w, operation_id::key_list_versions, name) == versions);
  BOOST_TEST(versions_in<regions::secret_page>(w, operation_id::secret_list_versions, name) ==
             versions);
}

BOOST_AUTO_TEST_SUITE_END()
