// The queue of audit lines: what is taken is written, what is lost is told, what is required holds
// requests back.
#include "actors/audit/audit_log.hpp"

#include <boost/test/unit_test.hpp>
#include <future>

#include "actors/admin/admin_json.hpp"
#include "actors/gateway/audit_clerk.hpp"
#include "admin_kit.hpp"

namespace twinkeep::actors::tests {

namespace {

using namespace std::chrono_literals;

// Takes everything, nothing, or nothing before it is let.
struct scripted_outlet final : audit_outlet {
  struct shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::string content;
    std::size_t room = 1 << 30;  // octets that it still takes
    bool held = false;           // a write does not return
    unsigned writes = 0;

    template <class F>
    void wait(F condition) {
      std::unique_lock lock(mutex);
      changed.wait(lock, condition);
    }
    template <class F>
    void change(F what) {
      {
        std::lock_guard lock(mutex);
        what();
      }
      changed.notify_all();
    }
  };

  explicit scripted_outlet(shared& to) : to_(to) {}
  outcome write(std::string_view lines) override {
    std::unique_lock lock(to_.mutex);
    ++to_.writes;
    to_.changed.notify_all();
    to_.changed.wait(lock, [this] { return !to_.held; });
    const auto n = std::min(lines.size(), to_.room);
    to_.content += lines.substr(0, n);
    to_.room -= n;
    to_.changed.notify_all();
    return {n, n < lines.size() ? "no room" : ""};
  }
  [[nodiscard]] std::string name() const override { return "outlet"; }

 private:
  shared& to_;
};

struct queue {
  scripted_outlet::shared outlet;
  std::mutex mutex;
  std::condition_variable told;
  std::vector<std::string> turns;

  std::unique_ptr<audit_log> make(bool required, std::size_t capacity = std::size_t{32} << 20) {
    audit_log_setup setup;
    setup.to = std::make_unique<scripted_outlet>(outlet);
    setup.required = required;
    setup.capacity = capacity;
    setup.gather = 1ms;
    setup.retry_after = 1ms;
    setup.tell = [this](audit_turn turn, const std::string& detail) {
      constexpr std::array names{"failing: ", "lost: ", "restored: "};
      {
        std::lock_guard lock(mutex);
        turns.push_back(names.at(static_cast<std::size_t>(turn)) + detail);
      }
      told.notify_all();
    };
    return std::make_unique<audit_log>(std::move(setup));
  }
  void wait_for_turns(std::size_t count) {
    std::unique_lock lock(mutex);
    told.wait(lock, [&] { return turns.size() >= count; });
  }
  void wait_for_content(const std::string& all) {
    outlet.wait([&] { return outlet.content == all; });
  }
};

bool put(audit_log& log, std::string_view line) {
  if (!log.begin()) return false;
  log.take(line);
  return true;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_queue, queue)

BOOST_AUTO_TEST_CASE(lines_arrive_in_order_and_at_the_end_all_of_them) {
  auto log = make(false);
  std::string all;
  for (int i = 0; i < 1000; ++i) {
    const auto line = std::to_string(i) + '\n';
    all += line;
    BOOST_TEST(put(*log, line));
  }
  log.reset();
  BOOST_TEST(outlet.content == all);
  BOOST_TEST(turns.empty());
}

BOOST_AUTO_TEST_CASE(a_line_does_not_wait_for_the_next_one) {
  auto log = make(false);
  put(*log, "one\n");
  wait_for_content("one\n");
  put(*log, "two\n");
  wait_for_content("one\ntwo\n");
}

BOOST_AUTO_TEST_CASE(threads_do_not_mix_their_lines) {
  auto log = make(true);
  std::vector<std::future<void>> loops;
  for (const char name : {'a', 'b', 'c'}) {
    loops.push_back(std::async(std::launch::async, [&log, name] {
      const std::string line = std::string(50, name) + '\n';
      for (int i = 0; i < 2000; ++i) put(*log, line);
    }));
  }
  for (auto& l : loops) l.wait();
  log.reset();
  BOOST_TEST(outlet.content.size() == 3u * 2000u * 51u);
  for (std::size_t at = 0; at < outlet.content.size(); at += 51) {
    BOOST_REQUIRE(outlet.content.substr(at, 51) == std::string(50, outlet.content[at]) + '\n');
  }
}

BOOST_AUTO_TEST_CASE(a_failed_write_is_told_once_and_nothing_is_lost_that_has_room) {
  outlet.room = 4;
  auto log = make(false);
  put(*log, "one\n");
  wait_for_content("one\n");
  put(*log, "two\n");
  wait_for_turns(1);
  outlet.wait([&] { return outlet.writes > 5; });  // it was tried again and again
  BOOST_TEST(log->status().failing);
  BOOST_TEST(log->status().why == "no room");
  BOOST_TEST(put(*log, "three\n"));
  outlet.change([&] { outlet.room = 1000; });
  wait_for_turns(2);
  wait_for_content("one\ntwo\nthree\n");
  BOOST_TEST(
      turns == (std::vector<std::string>{"failing: outlet: no room",
                                         "restored: outlet: 0 lines lost, 0 requests refused"}),
      boost::test_tools::per_element());
  const auto status = log->status();
  BOOST_TEST(!status.failing);
  BOOST_TEST(status.why == "");
  BOOST_TEST(status.lost == 0u);
}

BOOST_AUTO_TEST_CASE(half_a_line_is_completed_by_the_next_try) {
  outlet.room = 2;
  auto log = make(false);
  put(*log, "one\n");
  wait_for_turns(1);
  outlet.change([&] { outlet.room = 1000; });
  wait_for_content("one\n");
}

BOOST_AUTO_TEST_CASE(lines_without_room_are_counted_and_told_once) {
  outlet.held = true;
  auto log = make(false, 100);
  const std::string line = std::string(49, 'x') + '\n';
  for (int i = 0; i < 5; ++i) BOOST_TEST(put(*log, line));
  BOOST_TEST(log->status().lost == 3u);
  BOOST_TEST(log->status().failing);
  outlet.change([&] { outlet.held = false; });
  wait_for_turns(2);
  BOOST_TEST(
      turns == (std::vector<std::string>{"lost: outlet: no room for more lines",
                                         "restored: outlet: 3 lines lost, 0 requests refused"}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_in_the_end_is_lost_and_told) {
  outlet.room = 0;
  auto log = make(false);
  put(*log, "one\n");
  put(*log, "two\n");
  wait_for_turns(1);
  log.reset();
  BOOST_TEST(turns.back() == "lost: outlet: 2 lines");
}

BOOST_AUTO_TEST_CASE(a_required_log_that_fails_refuses_until_it_works) {
  outlet.room = 0;
  auto log = make(true);
  BOOST_TEST(put(*log, "one\n"));
  wait_for_turns(1);
  BOOST_TEST(!log->begin());
  BOOST_TEST(!log->begin());
  BOOST_TEST(log->status().refused == 2u);
  outlet.change([&] { outlet.room = 1000; });
  wait_for_turns(2);
  BOOST_TEST(turns.back() == "restored: outlet: 0 lines lost, 2 requests refused");
  BOOST_TEST(put(*log, "two\n"));
  wait_for_content("one\ntwo\n");
}

BOOST_AUTO_TEST_CASE(a_required_log_begins_no_more_than_it_has_room_for) {
  constexpr auto longest = protocol::audit_line_writer::longest;
  outlet.held = true;
  auto log = make(true, 3 * longest);
  BOOST_TEST(log->begin());
  BOOST_TEST(log->begin());
  BOOST_TEST(log->begin());
  BOOST_TEST(!log->begin());
  log->waive();  // a probe leaves its place to others
  BOOST_TEST(log->begin());
  const std::string line = std::string(longest - 1, 'x') + '\n';
  for (int i = 0; i < 3; ++i) log->take(line);
  BOOST_TEST(!log->begin());  // what waits takes room as well
  outlet.change([&] { outlet.held = false; });
  outlet.wait([&] { return outlet.content.size() == 3 * longest; });
  wait_for_turns(2);
  BOOST_TEST(log->begin());
  log->waive();
  BOOST_TEST(log->status().lost == 0u);
  BOOST_TEST(turns.front() == "failing: outlet: lines come faster than they are written");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(audit_notes_of_a_request)

BOOST_AUTO_TEST_CASE(an_object_keeps_its_id_when_it_is_deleted) {
  using enum protocol::operation_id;
  const auto collection = [](protocol::operation_id id, std::string_view name) {
    audit_notes notes;
    notes.begin();
    protocol::http::route route;
    route.op = &protocol::row_of(id);
    route.name = name;
    notes.found(route);
    return std::string{notes.collection} + '/' + notes.name;
  };
  BOOST_TEST(collection(secret_get, "n") == "secrets/n");
  BOOST_TEST(collection(secret_get_deleted, "n") == "secrets/n");
  BOOST_TEST(collection(key_purge, "n") == "keys/n");
  BOOST_TEST(collection(key_sign, "n") == "keys/n");
  BOOST_TEST(collection(certificate_get_pending, "n") == "certificates/n");
  BOOST_TEST(collection(issuer_get, "n") == "certificates/issuers/n");
  BOOST_TEST(collection(secret_list, "") == "/");
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_the_request_before) {
  audit_notes notes;
  notes.left_out = true;
  notes.operation = "Authentication";
  notes.mode = regions::vault_mode::read_only;
  notes.called_by(std::make_shared<protocol::token::claims>());
  notes.meant(std::make_shared<protocol::vault_resource>());
  notes.api_version = "7.4";
  protocol::http::route route{&protocol::row_of(protocol::operation_id::secret_get), "n", "v"};
  notes.found(route);
  notes.begin();
  BOOST_TEST(!notes.left_out);
  BOOST_TEST(!notes.mode.has_value());
  BOOST_TEST(!notes.caller());
  BOOST_TEST(!notes.vault());
  BOOST_TEST((notes.operation.empty() && notes.api_version.empty() && notes.collection.empty() &&
              notes.name.empty() && notes.version.empty()));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(audit_for_operators, admin_world)

BOOST_AUTO_TEST_CASE(status_and_metrics_tell_how_the_log_fares) {
  struct fixed final : audit_sink {
    bool begin() override { return true; }
    void take(std::string_view) override {}
    void waive() override {}
    [[nodiscard]] audit_status status() const override {
      return {"/var/log/kv.json", true, true, "no room", 7, 2, 5};
    }
  } sink;
  const auto table = routes.current();
  const auto status = boost::json::parse(write_status(nullptr, *table, topology, {}, &sink));
  BOOST_TEST(status.at("audit") == boost::json::parse(R"({"to": "/var/log/kv.json",
    "required": true, "state": "failing", "why": "no room", "written": 7, "lost": 2,
    "refused": 5})"));
  const auto text = numbers.expose(nullptr, *table, &sink);
  for (const auto* series :
       {"twinkeep_audit_lines_total{outcome=\"written\"} 7\n",
        "twinkeep_audit_lines_total{outcome=\"lost\"} 2\n",
        "twinkeep_audit_refused_requests_total 5\n", "twinkeep_audit_failing 1\n"}) {
    BOOST_TEST(text.find(series) != std::string::npos, series);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
