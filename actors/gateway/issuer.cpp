#include "actors/gateway/issuer.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "protocol/identifiers.hpp"

namespace twinkeep::actors {

namespace {

namespace asio = boost::asio;
using protocol::token::oauth_error;

constexpr protocol::unix_seconds token_lifetime_s = 3600;

// "2024-01-31 12:00:00Z"
std::string timestamp(protocol::unix_seconds now) {
  const std::chrono::sys_seconds moment{std::chrono::seconds{now}};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{moment - day};
  const auto two = [](long n) { return std::string{char('0' + n / 10 % 10), char('0' + n % 10)}; };
  return std::to_string(static_cast<int>(date.year())) + '-' +
         two(static_cast<long>(static_cast<unsigned>(date.month()))) + '-' +
         two(static_cast<long>(static_cast<unsigned>(date.day()))) + ' ' +
         two(time.hours().count()) + ':' + two(time.minutes().count()) + ':' +
         two(time.seconds().count()) + 'Z';
}

protocol::error not_allowed(std::string_view method) {
  return {protocol::error_code::method_not_allowed, protocol::inner_code::none,
          "Method " + std::string(method) + " is not allowed for this request URI.", std::nullopt};
}

oauth_error wrong_client(const std::string& client_id) {
  return {400, "unauthorized_client", 700016,
          "Application with identifier '" + client_id + "' was not found in the directory."};
}

}  // namespace

// Its own keys do not change while it runs.
issuer_desk::issuer_desk(const gateway_setup& setup, const audiences& accepted,
                         const audiences& accepted_by_management, failure_guard& failures)
    : setup_(setup),
      accepted_(accepted),
      accepted_by_management_(accepted_by_management),
      failures_(failures) {
  if (setup.client == nullptr || setup.issuer_signer == nullptr) return;
  const auto trust = setup.trust.current();
  const auto it = std::ranges::find_if(trust->issuers, &protocol::token::issuer::built_in);
  if (it != trust->issuers.end() && !it->keys.empty()) self_ = *it;
}

std::optional<issuer_desk::question> issuer_desk::recognise(std::string_view target) const {
  if (!self_ || !target.starts_with('/')) return std::nullopt;
  const auto path = target.substr(1, target.find('?') - 1);
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto tenant = path.substr(0, slash);
  const auto rest = path.substr(slash);
  question q{};
  if (rest == "/oauth2/v2.0/token") {
    q.asked = page::token_v2;
  } else if (rest == "/oauth2/token") {
    q.asked = page::token_v1;
  } else if (rest == "/v2.0/.well-known/openid-configuration" ||
             rest == "/.well-known/openid-configuration") {
    q.asked = page::discovery;
  } else if (rest == "/discovery/v2.0/keys" || rest == "/discovery/keys") {
    q.asked = page::key_set;
  } else {
    return std::nullopt;
  }
  q.known_tenant = protocol::lower(tenant) == protocol::lower(setup_.tenant);
  return q;
}

answer issuer_desk::refuse(const oauth_error& e) const {
  const auto text = protocol::token::write_oauth_error(e, timestamp(setup_.env.real_clock.now()),
                                                       crypto::random_guid(setup_.env.random),
                                                       crypto::random_guid(setup_.env.random));
  return json_answer(e.status, text);
}

task<answer> issuer_desk::serve(question q, const request_head& head, body_source& body,
                                client_side from) {
  const bool posts = q.asked == page::token_v1 || q.asked == page::token_v2;
  if (head.method != (posts ? "POST" : "GET")) co_return refusal(not_allowed(head.method));
  if (!q.known_tenant) {
    co_return refuse({400, "invalid_request", 90002, "The tenant of the request was not found."});
  }
  if (q.asked == page::discovery) {
    co_return json_answer(200,
                          protocol::token::write_openid_configuration(from.origin, setup_.tenant));
  }
  if (q.asked == page::key_set) {
    const auto name = from.origin + '/' + setup_.tenant + "/v2.0";
    co_return json_answer(200, protocol::token::write_key_set(self_->keys, name));
  }
  co_return co_await give_token(q.asked == page::token_v1, body, from);
}

const built_in_client* issuer_desk::find_client(std::string_view id) const {
  const auto is_it = [&](const built_in_client& client) {
    return protocol::lower(client.client_id) == protocol::lower(id);
  };
  if (is_it(*setup_.client)) return setup_.client;
  const auto it = std::ranges::find_if(setup_.further_clients, is_it);
  return it == setup_.further_clients.end() ? nullptr : &*it;
}

std::optional<answer> issuer_desk::refuse_client(const protocol::token::token_request& request,
                                                 const built_in_client* client,
                                                 const regions::address_octets& from) {
  const regions::suspect who{failures_.names.address(from),
                             failures_.names.caller(request.client_id, {})};
  if (const auto wait = failures_.refused_for(who)) {
    setup_.observer.refused_caller(true);
    auto limited = refuse({429, "temporarily_unavailable", 90055,
                           "There were too many failed requests. Try again later."});
    limited.retry_after_s = *wait;
    return limited;
  }
  const bool proven =
      client != nullptr &&
      crypto::equal_in_constant_time(request.client_secret.view(), client->client_secret.view());
  if (proven) return std::nullopt;
  failures_.failed(who);
  setup_.observer.refused_caller(false);
  if (client == nullptr) return refuse(wrong_client(request.client_id));
  return refuse({401, "invalid_client", 7000215, "Invalid client secret provided."});
}

task<answer> issuer_desk::give_token(bool v1, body_source& body, client_side from) {
  if (!body.complete()) {
    const auto state = co_await body.read();
    if (state != body_state::complete) co_return body_refusal(state);
  }
  const auto request = protocol::token::read_token_request(as_text(body.view()), v1);
  if (!request) co_return refuse(request.error());
  const auto* client = find_client(request->client_id);
  if (auto refused = refuse_client(*request, client, from.address)) co_return *std::move(refused);
  if (!accepted_.accepts(request->resource) &&
      !accepted_by_management_.accepts(request->resource)) {
    co_return refuse({400, "invalid_resource", 500011,
                      "The resource principal named " + request->resource + " was not found."});
  }
  protocol::token::claims claims;
  claims.issuer = from.origin + '/' + setup_.tenant + "/v2.0";
  claims.audience = request->resource;
  claims.tenant = setup_.tenant;
  claims.object_id = client->object_id;
  claims.application_id = client->client_id;
  claims.key_id = self_->keys.front().key_id;
  claims.issued_at = claims.not_before = setup_.env.real_clock.now();
  claims.expires = claims.issued_at + token_lifetime_s;
  bool accepted = true;
  const auto token = co_await sign(claims, accepted);
  if (!accepted) {
    auto busy = refuse({503, "temporarily_unavailable", 90033, "The service is busy. Try again."});
    busy.retry_after_s = 1;
    co_return busy;
  }
  if (!token) co_return refuse({500, "server_error", 90014, "The token could not be signed."});
  const auto text =
      protocol::token::write_token_answer(*request, *token, claims.issued_at, claims.expires);
  co_return json_answer(200, text);
}

// An RSA private operation takes the loop's time for a dozen requests: it goes to the crypto lane.
task<std::optional<std::string>> issuer_desk::sign(const protocol::token::claims& claims,
                                                   bool& accepted) {
  const auto executor = co_await asio::this_coro::executor;
  std::optional<std::string> token;
  auto initiate = [this, &claims, &accepted, &token, executor](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto work = [this, claims, shared, &token, executor](unsigned) {
      std::optional<std::string> made;
      {
        std::lock_guard lock(signing_);
        auto text = protocol::token::sign(claims, *setup_.issuer_signer);
        if (text) made = *std::move(text);
      }
      // The coroutine waits until this has run, so its `token` is still there.
      asio::post(executor, [shared, &token, made = std::move(made)]() mutable {
        token = std::move(made);
        std::move (*shared)();
      });
    };
    accepted = setup_.env.work.submit(work_lane::crypto, std::move(work));
    if (!accepted) asio::post(executor, [shared] { std::move (*shared)(); });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<loop_executor>, void()>(initiate,
                                                                                    use_task);
  co_return token;
}

}  // namespace twinkeep::actors
