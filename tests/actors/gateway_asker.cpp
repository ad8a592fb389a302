#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>
#include <future>

#include "actors/gateway/asker.hpp"

namespace twinkeep::actors::tests {

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

// What a stand-in for a vault does with a request.
enum class manner { answers, is_silent, ends, ends_quietly, answers_elsewhere };

struct stand_in_notes {
  std::atomic<unsigned> asked{0};
};

vault_reply_ptr some_reply() {
  auto reply = std::make_shared<vault_reply>();
  reply->answer = regions::verdict{regions::empty_answer{}};
  return reply;
}

vault_actor::behavior_type stand_in(vault_actor::pointer self, manner m,
                                    std::shared_ptr<stand_in_notes> notes) {
  return {[self, m, notes](const vault_request_ptr&) -> caf::result<vault_reply_ptr> {
            ++notes->asked;
            switch (m) {
              case manner::answers:
                return some_reply();
              case manner::ends:
                self->quit();
                return caf::make_error(caf::sec::request_receiver_down);
              case manner::ends_quietly: {
                // The promise dies with the actor.
                auto promise = self->make_response_promise<vault_reply_ptr>();
                self->quit();
                return promise;
              }
              case manner::answers_elsewhere: {
                auto promise = self->make_response_promise<vault_reply_ptr>();
                std::thread([promise]() mutable { promise.deliver(some_reply()); }).join();
                return promise;
              }
              case manner::is_silent:
                break;
            }
            return self->make_response_promise<vault_reply_ptr>();
          },
          [](const replicated_changes&) {},
          [](const crypto_team&) {},
          [](const hsm_team&) {},
          [](tick) {},
          [](wake) {},
          [](const notice_outcome&) {},
          [](const settings_changed&) {}};
}

struct asker_fixture {
  freezer ice;
  event_loops loops{2};
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  route_entry entry;
  routing_board board{std::make_shared<routing_table>()};
  std::shared_ptr<asker> questions;
  std::vector<vault_actor> spawned;
  std::shared_ptr<stand_in_notes> primary_notes = std::make_shared<stand_in_notes>();
  std::shared_ptr<stand_in_notes> secondary_notes = std::make_shared<stand_in_notes>();

  asker_fixture() {
    use_asio_scheduler(config, loops, ice);
    system = std::make_unique<caf::actor_system>(config);
    system->await_actors_before_shutdown(false);
    entry.vault = "demo";
    entry.home_region = "eastus2";
    entry.secondary_region = "centralus";
    entry.route = {regions::vault_mode::read_write, "eastus2", false};
    entry.gauge = std::make_shared<vault_gauge>();
    questions = asker::make(loops.at(0), board, {30ms, 300ms});
  }
  ~asker_fixture() {
    on_loop([this] { questions->stop(); });
    for (const auto& actor : spawned) {
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    }
    spawned.clear();
    entry.primary = entry.secondary = nullptr;
    board.publish(std::make_shared<routing_table>());
    questions.reset();
    system->await_all_actors_done();
    system.reset();
  }

  vault_actor spawn(manner m, const std::shared_ptr<stand_in_notes>& notes) {
    spawned.push_back(system->spawn(stand_in, m, notes));
    return spawned.back();
  }
  void publish() {
    auto table = std::make_shared<routing_table>();
    table->vaults.emplace("demo", entry);
    board.publish(std::move(table));
  }
  template <class F>
  void on_loop(F f) {
    std::packaged_task<void()> work(std::move(f));
    auto done = work.get_future();
    asio::post(loops.at(0).context(), [&work] { work(); });
    done.wait();
  }
  std::future<ask_outcome> start(protocol::operation_id id) {
    return asio::co_spawn(loops.at(0).context().get_executor(), run(questions, id),
                          asio::use_future);
  }
  ask_outcome ask(protocol::operation_id id) { return start(id).get(); }

  static task<ask_outcome> run(std::shared_ptr<asker> asked, protocol::operation_id id) {
    auto typed = std::make_shared<protocol::request>();
    typed->operation = id;
    auto request = std::make_shared<vault_request>();
    request->request = std::move(typed);
    const vault_request_ptr sent = std::move(request);
    const std::string vault = "demo";
    auto outcome = co_await asked->ask(protocol::row_of(id).effect, vault, sent);
    co_return outcome;
  }
};

constexpr auto reading = protocol::operation_id::secret_get;
constexpr auto writing = protocol::operation_id::secret_set;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(gateway_asker, asker_fixture)

BOOST_AUTO_TEST_CASE(an_answer_comes_back_with_its_region) {
  entry.primary = spawn(manner::answers, primary_notes);
  publish();
  for (int i = 0; i < 100; ++i) {
    const auto outcome = ask(reading);
    BOOST_REQUIRE(outcome.reply != nullptr);
    BOOST_TEST(outcome.region == "eastus2");
    BOOST_TEST(!outcome.repeated);
  }
  BOOST_TEST(primary_notes->asked == 100u);
  BOOST_TEST(entry.gauge->in_flight == 0u);
}

BOOST_AUTO_TEST_CASE(an_answer_may_come_from_another_thread) {
  entry.primary = spawn(manner::answers_elsewhere, primary_notes);
  publish();
  std::vector<std::future<ask_outcome>> all;
  for (int i = 0; i < 20; ++i) all.push_back(start(writing));
  for (auto& one : all) BOOST_TEST(one.get().reply != nullptr);
}

BOOST_AUTO_TEST_CASE(what_a_lost_vault_was_asked_its_successor_is_asked_again) {
  for (const auto loss : {manner::ends, manner::ends_quietly}) {
    for (const auto id : {reading, writing}) {
      entry.primary = spawn(loss, primary_notes);
      publish();
      auto asked = start(id);
      entry.primary->attach_functor([this] {
        entry.primary = spawn(manner::answers, secondary_notes);
        publish();
      });
      const auto outcome = asked.get();
      BOOST_REQUIRE(outcome.reply != nullptr);
      BOOST_TEST(outcome.repeated);
      BOOST_TEST(outcome.region == "eastus2");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_vault_that_has_ended_already_bounces) {
  entry.primary = spawn(manner::ends, primary_notes);
  publish();
  BOOST_TEST(ask(reading).reply == nullptr);  // nobody comes in its place by the deadline
  BOOST_TEST(ask(writing).reply == nullptr);
  BOOST_TEST(primary_notes->asked == 1u);
}

BOOST_AUTO_TEST_CASE(a_read_is_hedged_only_while_its_region_is_suspected) {
  entry.primary = spawn(manner::is_silent, primary_notes);
  entry.secondary = spawn(manner::answers, secondary_notes);
  publish();
  BOOST_TEST(ask(reading).reply == nullptr);
  BOOST_TEST(secondary_notes->asked == 0u);
  entry.route.hedge = true;
  publish();
  const auto outcome = ask(reading);
  BOOST_REQUIRE(outcome.reply != nullptr);
  BOOST_TEST(outcome.region == "centralus");
  BOOST_TEST(secondary_notes->asked == 1u);
}

BOOST_AUTO_TEST_CASE(a_write_is_never_asked_of_another_region) {
  entry.primary = spawn(manner::is_silent, primary_notes);
  entry.secondary = spawn(manner::answers, secondary_notes);
  entry.route.hedge = true;
  publish();
  auto asked = start(writing);
  while (primary_notes->asked == 0) std::this_thread::yield();
  entry.route = {regions::vault_mode::read_only, "centralus", false};
  publish();
  BOOST_TEST(asked.get().reply == nullptr);
  BOOST_TEST(secondary_notes->asked == 0u);
}

BOOST_AUTO_TEST_CASE(a_request_waits_for_a_vault_that_is_yet_to_be_placed) {
  publish();
  auto asked = start(reading);
  entry.primary = spawn(manner::answers, primary_notes);
  publish();
  BOOST_TEST(asked.get().reply != nullptr);
}

BOOST_AUTO_TEST_CASE(nobody_waits_beyond_the_deadline) {
  entry.primary = spawn(manner::is_silent, primary_notes);
  publish();
  const auto before = std::chrono::steady_clock::now();
  std::vector<std::future<ask_outcome>> all;
  for (int i = 0; i < 50; ++i) all.push_back(start(i % 2 == 0 ? reading : writing));
  for (auto& one : all) BOOST_TEST(one.get().reply == nullptr);
  const auto took = std::chrono::steady_clock::now() - before;
  BOOST_TEST((took >= 300ms));
  BOOST_TEST((took < 5s));
  BOOST_TEST(entry.gauge->in_flight == 0u);
}

BOOST_AUTO_TEST_CASE(a_vault_with_too_much_to_do_sheds) {
  entry.primary = spawn(manner::answers, primary_notes);
  entry.gauge->in_flight = vault_gauge::limit;
  publish();
  const auto outcome = ask(reading);
  BOOST_TEST(outcome.shed);
  BOOST_TEST(primary_notes->asked == 0u);
  BOOST_TEST(entry.gauge->in_flight == vault_gauge::limit);
}

BOOST_AUTO_TEST_CASE(stopping_answers_all_that_wait) {
  questions = asker::make(loops.at(0), board, {30ms, 1h});
  entry.primary = spawn(manner::is_silent, primary_notes);
  publish();
  auto asked = start(reading);
  while (primary_notes->asked == 0) std::this_thread::yield();
  on_loop([this] { questions->stop(); });
  BOOST_TEST(asked.get().reply == nullptr);
  BOOST_TEST(ask(reading).reply == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
