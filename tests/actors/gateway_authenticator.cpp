#include <boost/test/unit_test.hpp>

#include "actors/gateway/authenticator.hpp"
#include "actors/gateway/gateway.hpp"
#include "identity_kit.hpp"

namespace twinkeep::actors::tests {

namespace {

namespace token = protocol::token;

const std::string audience = "https://vault.azure.net";
constexpr regions::address_octets here{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
constexpr regions::address_octets elsewhere{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 2};

struct counted : request_observer {
  void finished(const protocol::operation*, unsigned,
                std::chrono::steady_clock::duration) override {}
  void refused_caller(bool limited) override { ++(limited ? limits : refusals); }
  int refusals = 0;
  int limits = 0;
};

struct set_keys : key_source {
  bool may_fetch(std::size_t issuer) const override { return open && issuer == 0; }
  void fetch(std::size_t, std::function<void()> done) override { done(); }
  bool open = false;
};

struct key_pair {
  key_pair(crypto::key_provider& provider, std::string id) {
    auto made = provider.generate({crypto::key_type::rsa, 2048, {}});
    signer = std::move(provider.load(made.value().material.view())).value();
    pub = {std::move(id), made->pub};
  }
  token::issuer_key pub;
  std::unique_ptr<crypto::key> signer;
};

// One issuer, one authenticator, and as many clients as there are.
struct fixture {
  fixture() { publish({one.pub}); }

  void publish(std::vector<token::issuer_key> published) {
    board.publish(std::make_shared<const token::trust>(
        token::with_keys(*board.current(), 0, std::move(published))));
  }
  std::string line(key_pair& by, const std::string& object = "object") {
    token::claims c;
    c.issuer = "https://issuer.example/";
    c.audience = audience;
    c.tenant = "tenant";
    c.object_id = object;
    c.application_id = "application";
    c.key_id = by.pub.key_id;
    c.issued_at = c.not_before = clock.now();
    c.expires = clock.now() + 3600;
    return "Bearer " + token::sign(c, *by.signer).value();
  }
  // "ok", or the code and what is in the memory of a new connection afterwards.
  std::string asked(const std::string& authorization, const regions::address_octets& from = here) {
    authenticator::memory fresh;
    return asked(authorization, fresh, from);
  }
  std::string asked(const std::string& authorization, authenticator::memory& last,
                    const regions::address_octets& from = here) {
    const auto caller = self->check(authorization, last, from);
    if (caller) return "ok";
    std::string text{to_string(caller.error().code)};
    if (caller.error().retry_after_s.value_or(0) > 0) text += ", later";
    if (last.lacking) text += ", lacking";
    return text;
  }
  void start_over(const regions::failure_limits& limits) {
    guard.emplace(limits, crypto::system_random());
    shared.emplace(
        authentication{board, &keys, accepted, *guard, known, observer, clock, *provider});
    self.emplace(*shared);
  }

  set_clock clock;
  std::unique_ptr<crypto::key_provider> provider = crypto::make_openssl_provider();
  key_pair one{*provider, "one"};
  key_pair two{*provider, "two"};
  regions::deployment topology = regions::default_deployment();
  audiences accepted{topology};
  trust_board board{std::make_shared<const token::trust>(
      token::trust{{{"https://issuer.example/", false, "tenant", {}}}, 0})};
  shared_token_cache known;
  counted observer;
  set_keys keys;
  std::optional<failure_guard> guard{std::in_place, regions::failure_limits{},
                                     crypto::system_random()};
  std::optional<authentication> shared{
      authentication{board, &keys, accepted, *guard, known, observer, clock, *provider}};
  std::optional<authenticator> self{std::in_place, *shared};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(gateway_authenticator, fixture)

BOOST_AUTO_TEST_CASE(a_known_token_counts_until_its_key_is_withdrawn) {
  const auto first = line(one);
  authenticator::memory last;
  BOOST_TEST(asked(first, last) == "ok");
  const auto before = last.caller;
  publish({two.pub, one.pub});
  BOOST_TEST(asked(first, last) == "ok");
  BOOST_TEST(last.caller == before);  // not verified again
  publish({two.pub});
  BOOST_TEST(asked(first, last) == "Unauthorized");
  BOOST_TEST(asked(first) == "Unauthorized");
  BOOST_TEST(asked(line(two)) == "ok");
}

BOOST_AUTO_TEST_CASE(what_stays_is_verified_again_when_another_key_goes) {
  publish({one.pub, two.pub});
  const auto text = line(two);
  authenticator::memory last;
  BOOST_TEST(asked(text, last) == "ok");
  const auto before = last.caller;
  publish({two.pub});
  BOOST_TEST(asked(text, last) == "ok");
  BOOST_TEST(last.caller != before);
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_worth_one_wait) {
  const auto text = line(two);
  BOOST_TEST(asked(text) == "Unauthorized");
  BOOST_TEST(observer.refusals == 1);
  keys.open = true;
  authenticator::memory last;
  BOOST_TEST(asked(text, last) == "Unauthorized, lacking");
  BOOST_TEST(observer.refusals == 1);  // not yet
  last.has_waited = true;
  BOOST_TEST(asked(text, last) == "Unauthorized");
  BOOST_TEST(observer.refusals == 2);
  publish({one.pub, two.pub});
  BOOST_TEST(asked(text, last) == "ok");
}

BOOST_AUTO_TEST_CASE(an_address_that_fails_too_often_is_limited_and_no_other) {
  start_over({.per_address = 3, .per_caller = 0, .window = std::chrono::hours{1}});
  const auto good = line(one);
  authenticator::memory last;
  BOOST_TEST(asked(good, last) == "ok");
  for (int i = 0; i < 3; ++i) BOOST_TEST(asked("Bearer x") == "Unauthorized");
  BOOST_TEST(asked("Bearer x") == "Throttled, later");
  BOOST_TEST(asked(line(one, "other")) == "Throttled, later");
  BOOST_TEST(observer.refusals == 3);
  BOOST_TEST(observer.limits == 2);
  // What is known is let in, from there too, and who brings no token is told to.
  BOOST_TEST(asked(good, last) == "ok");
  BOOST_TEST(asked(good) == "ok");
  self.emplace(*shared);  // another loop's
  BOOST_TEST(asked(good) == "ok");
  BOOST_TEST(asked("") == "Unauthorized");
  BOOST_TEST(asked("Bearer x", elsewhere) == "Unauthorized");
  BOOST_TEST(asked(line(one, "other"), elsewhere) == "ok");
}

BOOST_AUTO_TEST_CASE(a_caller_that_fails_too_often_is_limited_wherever_it_is) {
  start_over({.per_address = 0, .per_caller = 2, .window = std::chrono::hours{1}});
  const auto bad = line(two);  // of an unknown key
  BOOST_TEST(asked(bad) == "Unauthorized");
  BOOST_TEST(asked(bad, elsewhere) == "Unauthorized");
  BOOST_TEST(asked(bad, elsewhere) == "Throttled, later");
  BOOST_TEST(asked(line(one)) == "Throttled, later");
  BOOST_TEST(asked(line(one, "other")) == "ok");
  BOOST_TEST(asked("Bearer x") == "Unauthorized");
}

BOOST_AUTO_TEST_CASE(no_token_is_no_failure) {
  start_over({.per_address = 1, .per_caller = 1, .window = std::chrono::hours{1}});
  for (const auto* none : {"", "Basic eDp5", "Bearer", "Bearer  "}) {
    for (int i = 0; i < 3; ++i) BOOST_TEST(asked(none) == "Unauthorized");
  }
  BOOST_TEST(observer.refusals == 0);
  BOOST_TEST(asked(line(one)) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
