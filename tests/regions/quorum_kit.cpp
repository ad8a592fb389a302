#include "quorum_kit.hpp"

namespace twinkeep::regions::tests {

namespace {

constexpr std::size_t copied_at_once = 3;
constexpr const char* primary_vault = "copied";

zone_report report_of(const replica_store& store) {
  zone_report report{*store.promised(), *store.admitted(), {}};
  const auto origins = *store.origins();
  for (const auto& origin : origins) {
    const auto position = *store.position(origin);
    if (position != log_position{}) report.positions.emplace(origin, position);
  }
  return report;
}

}  // namespace

batch_ptr primary_batch(std::uint64_t revision) {
  return make_batch(primary, at(1, revision), {{"p", std::to_string(revision)}}, primary_vault);
}

std::shared_ptr<const store_snapshot> primary_snapshot(std::uint64_t revision) {
  return std::make_shared<const store_snapshot>(
      store_snapshot{{{1}, {revision}}, {{primary_vault, "p", value(std::to_string(revision))}}});
}

// ---- zones ----

void test_region::open(unsigned zone) {
  BOOST_REQUIRE(!is_served(zone));
  close(zone);
  auto opened = medium_->open(home, zone);
  BOOST_REQUIRE_MESSAGE(opened.ok(), why(opened));
  at(zone).store = std::move(*opened);
  at(zone).serving = true;
  ask_report(zone);
}

void test_region::close(unsigned zone) {
  auto& z = at(zone);
  z.to_do.clear();
  z.store.reset();
}

void test_region::crash(unsigned zone) {
  give_up(zone);
  close(zone);
}

void test_region::wipe(unsigned zone) {
  crash(zone);
  BOOST_REQUIRE(medium_->wipe(home, zone).ok());
}

void test_region::restart() {
  for (auto& z : zones_) z = zone_shell{};
  copies_ = {};
  for (auto& [token, f] : fates_) {
    if (f == fate::open) f = fate::in_doubt;
  }
  log_.emplace(home);
}

// The log hears of it, and copies that were reading from the zone fail.
void test_region::give_up(unsigned zone) {
  auto& z = at(zone);
  z.answers.clear();
  z.failing = 0;
  z.serving = false;
  ++z.incarnation;
  if (std::exchange(z.announced, false)) log_->lost(zone);
  copying_to(zone) = {};
  settle_effects();
  for (const unsigned to : all_zones) {
    if (copying_to(to).id == 0 || copying_to(to).reading_from != zone) continue;
    copying_to(to) = {};
    log_->sync_source_failed(to, zone);
    settle_effects();
  }
}

void test_region::work(unsigned zone) {
  auto& z = at(zone);
  const auto next = std::move(z.to_do.front());
  z.to_do.pop_front();
  auto done = next.run(*z.store);
  if (next.incarnation == z.incarnation) z.answers.push_back(std::move(done));
}

void test_region::answer(unsigned zone) {
  const auto next = std::move(at(zone).answers.front());
  at(zone).answers.pop_front();
  next();
  settle_effects();
}

void test_region::settle(const std::set<unsigned>& except) {
  constexpr unsigned endless = 100'000;
  unsigned steps = 0;
  for (bool busy = true; busy;) {
    busy = false;
    for (const unsigned zone : all_zones) {
      if (except.contains(zone)) continue;
      if (can_work(zone)) work(zone), busy = true;
      if (can_answer(zone)) answer(zone), busy = true;
    }
    BOOST_REQUIRE_MESSAGE(++steps < endless, "the log and its zones never come to rest");
  }
}

void test_region::heal(const std::set<unsigned>& except) {
  for (auto& z : zones_) z.failing = 0;
  for (int round = 0; round < 4; ++round) {
    for (const unsigned zone : all_zones) {
      if (except.contains(zone)) continue;
      if (!is_served(zone)) open(zone);
    }
    settle(except);
  }
}

// ---- commands ----

void test_region::tell_zone(unsigned zone, std::function<reply(replica_store&)> run) {
  at(zone).to_do.push_back({std::move(run), at(zone).incarnation});
}

void test_region::ask_report(unsigned zone) {
  copying_to(zone) = {};  // a copy that has not been written yet never will be
  tell_zone(zone, [this, zone](replica_store& store) -> reply {
    return [this, zone, report = report_of(store)] {
      at(zone).announced = true;
      log_->opened(zone, report);
    };
  });
}

void test_region::ask_write(unsigned zone, std::function<store_outcome<void>(replica_store&)> write,
                            std::function<void()> done) {
  auto run = [this, zone, write = std::move(write),
              done = std::move(done)](replica_store& store) -> reply {
    auto& z = at(zone);
    const auto failing = std::exchange(z.failing, 0);
    const bool failed = (failing != 1 && !write(store).ok()) || failing != 0;
    if (!failed) return done;
    return [this, zone] { crash(zone); };
  };
  tell_zone(zone, std::move(run));
}

void test_region::start_copy(const quorum_effect::sync_zone& s) {
  const auto id = next_copy_++;
  copying_to(s.to) = {id, s.from};
  BOOST_REQUIRE_MESSAGE(at(s.from).store, "a zone is copied from while it is not open");
  tell_zone(s.from, [this, s, id](replica_store& store) -> reply {
    auto found = store.changes_since(s.origin, s.after, copied_at_once);
    std::optional<store_snapshot> whole;
    if (!found.ok()) {
      BOOST_REQUIRE(found.error().code == store_error_code::gap);
      whole = *store.snapshot(s.origin);
    }
    return [this, s, id, found = std::move(found), whole = std::move(whole)] {
      if (copying_to(s.to).id != id) return;
      copying_to(s.to).reading_from = 0;
      if (!whole) {
        write_copy(s, id, *found, found->size() == copied_at_once);
        return;
      }
      const auto install = [origin = s.origin, whole](replica_store& to) {
        return to.install(origin, *whole);
      };
      ask_write(s.to, install, [this, s, id, whole] {
        if (copying_to(s.to).id == id) log_->synced(s.to, s.origin, whole->at, false);
      });
    };
  });
}

void test_region::write_copy(const quorum_effect::sync_zone& s, std::uint64_t id,
                             std::vector<batch_ptr> found, bool more) {
  const auto reached = found.empty() ? s.after : found.back()->at;
  ask_write(
      s.to, [found = std::move(found)](replica_store& to) { return to.append(found); },
      [this, s, id, reached, more] {
        if (copying_to(s.to).id == id) log_->synced(s.to, s.origin, reached, more);
      });
}

void test_region::carry_out(const quorum_effect_t& effect) {
  using namespace quorum_effect;
  const auto tell = [&](const std::vector<commit_token>& tokens, fate f) {
    for (const auto token : tokens) {
      BOOST_REQUIRE_MESSAGE(fates_.at(token) == fate::open, "a commit is answered twice");
      fates_[token] = f;
      if (f == fate::committed) on_committed(token);
    }
  };
  if (const auto* e = std::get_if<report_zone>(&effect)) ask_report(e->zone);
  if (const auto* e = std::get_if<promise_epoch>(&effect)) {
    ask_write(
        e->zone, [n = e->number](replica_store& store) { return store.promise(n); },
        [this, e = *e] { log_->promised(e.zone, e.number); });
  }
  if (const auto* e = std::get_if<admit_zone>(&effect)) {
    ask_write(
        e->zone, [](replica_store& store) { return store.admit(); },
        [this, zone = e->zone] { log_->admitted(zone); });
  }
  if (const auto* e = std::get_if<append_group>(&effect)) {
    ask_write(
        e->zone, [batches = e->batches](replica_store& store) { return store.append(*batches); },
        [this, zone = e->zone, group = e->group] { log_->appended(zone, group); });
  }
  if (const auto* e = std::get_if<install_origin>(&effect)) {
    ask_write(
        e->zone,
        [origin = e->origin, s = e->snapshot](replica_store& to) { return to.install(origin, *s); },
        [this, zone = e->zone, group = e->group] { log_->appended(zone, group); });
  }
  if (const auto* e = std::get_if<sync_zone>(&effect)) start_copy(*e);
  if (const auto* e = std::get_if<quorum_effect::committed>(&effect)) {
    tell(e->tokens, fate::committed);
  }
  if (const auto* e = std::get_if<refused>(&effect)) {
    tell(e->tokens, e->in_doubt ? fate::in_doubt : fate::refused);
  }
  if (const auto* e = std::get_if<zone_entered>(&effect)) {
    entered.push_back(e->zone);
    on_entered(e->zone);
  }
  if (const auto* e = std::get_if<zone_given_up>(&effect)) crash(e->zone);
  if (const auto* e = std::get_if<zone_left>(&effect)) left.push_back(e->zone);
  if (const auto* e = std::get_if<quorum_gained>(&effect)) ++gained, on_gained(e->doubtful);
  if (std::holds_alternative<quorum_lost>(effect)) ++lost;
}

void test_region::settle_effects() {
  for (auto effects = log_->take_effects(); !effects.empty(); effects = log_->take_effects()) {
    for (const auto& effect : effects) carry_out(effect);
  }
}

// ---- commits ----

commit_token test_region::next_token() {
  fates_[++last_token_] = fate::open;
  return last_token_;
}

commit_token test_region::commit(const std::string& vault) {
  const auto token = next_token();
  BOOST_REQUIRE(log_->commit(token, vault, {{"s/" + std::to_string(token), value("x")}}));
  settle_effects();
  return token;
}

commit_token test_region::replicate(std::uint64_t from, std::uint64_t to) {
  const auto token = next_token();
  std::vector<batch_ptr> batches;
  for (auto r = from; r <= to; ++r) batches.push_back(primary_batch(r));
  BOOST_REQUIRE(log_->commit_replicated(token, std::move(batches)));
  settle_effects();
  return token;
}

commit_token test_region::install(std::uint64_t to) {
  const auto token = next_token();
  BOOST_REQUIRE(log_->install(token, primary, primary_snapshot(to)));
  settle_effects();
  return token;
}

// ---- what the disks hold ----

template <class Read>
auto test_region::read(unsigned zone, Read r) {
  if (at(zone).store) return r(*at(zone).store);
  auto opened = medium_->open(home, zone);
  BOOST_REQUIRE_MESSAGE(opened.ok(), why(opened));
  return r(**opened);
}

std::set<commit_token> test_region::held(unsigned zone) {
  return read(zone, [](replica_store& store) {
    std::set<commit_token> tokens;
    const auto all = store.snapshot(home);
    for (const auto& record : all->records) tokens.insert(std::stoull(record.key.substr(2)));
    return tokens;
  });
}

log_position test_region::end_of(unsigned zone, const char* origin) {
  return read(zone, [&](replica_store& store) { return *store.position(origin); });
}

std::string test_region::content(unsigned zone) {
  return read(zone, [](replica_store& store) {
    std::string text;
    for (const auto* origin : {home, primary}) {
      const auto all = *store.snapshot(origin);
      text += std::to_string(all.at.epoch.value) + "," + std::to_string(all.at.revision.value);
      for (const auto& r : all.records) text += " " + r.vault + "/" + r.key;
      for (const auto& r : all.records) text += std::string{as_text(*r.value)};
      text += "\n";
    }
    return text;
  });
}

}  // namespace twinkeep::regions::tests
