#include "actors/gateway/front_desk.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "actors/gateway/answers.hpp"
#include "actors/gateway/methods.hpp"
#include "actors/private_endpoints.hpp"
#include "protocol/identifiers.hpp"
#include "protocol/token/oauth.hpp"
#include "protocol/token/trust.hpp"
#include "regions/vault/admission.hpp"

namespace twinkeep::actors {

namespace {

using protocol::error_code;
using protocol::inner_code;

constexpr unsigned retry_after_s = 1;

protocol::error plain(error_code code, std::string message) {
  return {code, inner_code::none, std::move(message), std::nullopt};
}

// A method that no operation has is still told apart from a path that none has.
protocol::outcome<protocol::http::route> match(std::string_view method_name,
                                               const protocol::http::target& target) {
  if (const auto method = method_of(method_name)) return protocol::http::match(*method, target);
  auto found = protocol::http::match(protocol::http_method::get, target);
  if (!found && found.error().code == error_code::not_found) return found;
  return failure{plain(error_code::method_not_allowed, "Method " + std::string(method_name) +
                                                           " is not allowed for this request "
                                                           "URI.")};
}

// A trusted proxy has not said for whom it asks. It is not asked for the proxy itself.
answer unreadable_client() {
  auto a = refusal(protocol::bad_parameter(
      "X-Forwarded-For: expected addresses, each perhaps with a port, found something else."));
  a.close = true;
  return a;
}

// Signing in at the built-in issuer is audited; what it publishes is for everybody.
std::string_view audited_as(issuer_desk::page page) {
  using enum issuer_desk::page;
  return page == token_v1 || page == token_v2 ? "Authentication" : "";
}

}  // namespace

gateway_core::gateway_core(gateway_setup given)
    : setup(std::move(given)),
      hosts(setup.env.topology),
      accepted(setup.env.topology),
      accepted_by_management(audiences::of_management(setup.env.topology)),
      failures(setup.env.topology.failed_authentication, setup.env.random),
      issuer(setup, accepted, accepted_by_management, failures),
      signing_in(setup.trust.current()->issuers),
      callers{setup.trust,    setup.keys,           accepted,          failures, known_tokens,
              setup.observer, setup.env.real_clock, setup.env.provider},
      managers{setup.trust,         setup.keys,     accepted_by_management, failures,
               known_to_management, setup.observer, setup.env.real_clock,   setup.env.provider} {}

front_desk::front_desk(std::shared_ptr<gateway_core> core, event_loop& loop)
    : core_(std::move(core)),
      loop_(loop),
      asker_(asker::make(loop, core_->setup.env.routes,
                         {core_->setup.env.topology.timings.hedge_after,
                          core_->setup.env.topology.request_deadline})),
      authenticator_(core_->callers),
      management_(*core_, loop_, asker_),
      routes_(core_->setup.env.routes),
      random_(4096),
      random_used_(random_.size()) {}

front_desk::guid front_desk::fresh_id() {
  constexpr std::size_t size = 16;
  if (random_.size() - random_used_ < size) {
    core_->setup.env.random.fill(random_);
    random_used_ = 0;
  }
  const auto octets = std::span(random_).subspan(random_used_, size);
  random_used_ += size;
  octets[6] = static_cast<std::uint8_t>((octets[6] & 0x0f) | 0x40);  // RFC 4122 §4.4
  octets[8] = static_cast<std::uint8_t>((octets[8] & 0x3f) | 0x80);
  constexpr std::string_view digits = "0123456789abcdef";
  guid id;
  id.fill('-');
  std::size_t at = 0;
  for (const auto octet : octets) {
    if (at == 8 || at == 13 || at == 18 || at == 23) ++at;
    id[at++] = digits[octet >> 4];
    id[at++] = digits[octet & 0x0f];
  }
  return id;
}

std::string_view front_desk::date() {
  const auto now = core_->setup.env.real_clock.now();
  if (now != date_second_) {
    date_second_ = now;
    date_ = http_date(now);
  }
  return date_;
}

// What was found out about a request before its body was read.
struct front_desk::admitted {
  protocol::http::target target;
  protocol::http::route route;
  std::string_view api_version;
  std::string region;
  std::string geography;
};

bool front_desk::is_open(const door& d) {
  if (d.endpoint == nullptr) return true;
  const auto& topology = core_->setup.env.topology;
  const auto state =
      state_of(*d.endpoint, *routes_.table(), topology, std::chrono::steady_clock::now());
  return state == regions::endpoint_state::connected;
}

void front_desk::look_at_host(std::string_view line, visitor& who) {
  const auto authority = protocol::http::parse_authority(line);
  who.host_line = line;
  who.well_formed = authority.has_value();
  who.place.reset();
  who.origin.clear();
  if (!authority) return;
  constexpr std::uint16_t usual_port = 443;
  who.port = authority->port.value_or(usual_port);
  who.origin = origin_of(*authority);
  who.place = core_->hosts.find(*authority);
  if (who.by.endpoint == nullptr) return;
  // A private endpoint leads to its vault, under whatever address, and to no other one.
  const auto vault = protocol::lower(who.by.endpoint->vault);
  if (!who.place) who.place = core_->hosts.under(vault, *authority);
  if (who.place->vault != vault) who.place.reset();
}

task<answer> front_desk::serve(const request_head& head, body_source& body, visitor& who) {
  who.notes.begin();
  who.rights.clear_assignment();
  switch (who.client.follow(head, core_->setup.env.topology.trusted_proxies)) {
    case client_address::state::same:
      break;
    case client_address::state::changed:
      who.rights.forget();
      break;
    case client_address::state::unreadable:
      co_return unreadable_client();
  }
  if (head.host != who.host_line || !who.well_formed) look_at_host(head.host, who);
  if (who.by.endpoint != nullptr && !is_open(who.by)) {
    who.notes.left_out = true;
    answer gone;
    gone.drop = true;
    co_return gone;
  }
  // Readers may disagree on what such a request means: nothing after it is trusted either.
  if (!who.well_formed || !head.target.starts_with('/')) {
    co_return body_refusal(body_state::malformed);
  }
  if (const auto asked = core_->issuer.recognise(head.target)) {
    who.notes.operation = audited_as(asked->asked);
    who.notes.left_out = who.notes.operation.empty();
    co_return co_await core_->issuer.serve(*asked, head, body,
                                           {who.origin, who.client.address().octets});
  }
  // Network probes look here (CONTRACT 11.1).
  if (head.target.substr(0, head.target.find('?')) == "/healthstatus") {
    who.notes.left_out = true;
    co_return json_answer(200, "{}");
  }
  if (management_desk::recognises(head.target) && who.by.management) {
    auto answered = co_await management_.serve(head, body, who);
    if (const auto issuer = std::exchange(who.management_token.lacking, std::nullopt)) {
      co_await wait_for_keys(*issuer);
      who.management_token.has_waited = true;
      answered = co_await management_.serve(head, body, who);
      who.management_token.has_waited = false;
    }
    co_return answered;
  }
  if (!who.by.data) {
    co_return refusal(plain(error_code::not_found, "No vault answers at this address."));
  }
  admitted a;
  auto refused = admit(head, who, a);
  if (const auto issuer = std::exchange(who.token.lacking, std::nullopt)) {
    co_await wait_for_keys(*issuer);
    who.token.has_waited = true;
    refused = admit(head, who, a);
    who.token.has_waited = false;
  }
  if (refused) co_return *std::move(refused);
  co_return co_await carry_out(a, body, who);
}

answer front_desk::challenged(const protocol::error& e, const visitor& who,
                              const route_entry& entry) const {
  auto a = refusal(e, entry.route.serving_region);
  // Only a 401 asks for another token (CONTRACT 2.1).
  if (e.code != error_code::unauthorized) return a;
  a.challenge = protocol::token::challenge(core_->signing_in.authority(entry.tenant, who.origin),
                                           entry.tenant, who.place->resource);
  return a;
}

// The order is the contract's: who asks comes before all that could tell anything (CONTRACT 2.2).
std::optional<answer> front_desk::admit(const request_head& head, visitor& who, admitted& out) {
  const auto* entry = who.place ? routes_.table()->find(who.place->vault) : nullptr;
  if (entry == nullptr) {
    // A region that was lost before it was heard of may have it.
    const bool all_known =
        routes_.table()->registries.size() >= core_->setup.env.topology.regions.size();
    if (who.place && !all_known) {
      return refusal(protocol::service_unavailable("Not every region's vaults are known yet."));
    }
    return refusal(plain(error_code::not_found, "No vault answers under this host name."));
  }
  const auto caller =
      authenticator_.check(head.authorization, who.token, who.client.address().octets);
  who.notes.mode = entry->route.mode;
  who.notes.meant(entry->resource);
  if (!caller) return challenged(caller.error(), who, *entry);
  if (!protocol::token::same_tenant((*caller)->tenant, entry->tenant)) {
    return challenged(protocol::token::wrong_tenant(core_->setup.trust.current()->issuers,
                                                    entry->tenant, **caller),
                      who, *entry);
  }
  who.notes.called_by(*caller);

  const auto refuse = [entry](const protocol::error& e) {
    return refusal(e, entry->route.serving_region);
  };
  auto target = protocol::http::parse_target(head.target);
  if (!target) return refuse(target.error());
  const auto version = protocol::http::api_version_of(*target);
  if (!version) return refuse(version.error());
  who.notes.api_version = *version;
  auto route = match(head.method, *target);
  if (!route) return refuse(route.error());
  who.notes.found(*route);

  const auto counted = [&](const protocol::error& e) {
    auto a = refuse(e);
    a.op = route->op;
    return a;
  };
  const regions::admission_facts facts{entry->vault, entry->home_region,
                                       entry->route.serving_region, retry_after_s};
  who.rights.begin(*caller, entry->access);
  if (auto e = who.rights.refuse_for_network(who.client.arrived(), facts)) return counted(*e);
  if (core_->setup.env.faults.throttles(entry->vault)) {
    return counted(protocol::throttled(retry_after_s));
  }
  if (auto e = regions::refuse_for_mode(*route->op, entry->route.mode, facts)) return counted(*e);
  if (auto e = who.rights.refuse_for_rights(*route, facts)) return counted(*e);
  out = {*std::move(target), *std::move(route), *version, entry->route.serving_region,
         entry->geography};
  return std::nullopt;
}

// A token of a key that was published a moment ago is worth the wait: told 401, clients would come
// back with the same token from their caches and then give up (CONTRACT 11.4). Whoever else comes
// meanwhile shares the fetch, whose deadline bounds the wait.
task<void> front_desk::wait_for_keys(std::size_t issuer) {
  const auto executor = co_await boost::asio::this_coro::executor;
  auto initiate = [this, issuer, executor](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    core_->setup.keys->fetch(issuer, [shared, executor] {
      boost::asio::post(executor, [shared] { std::move (*shared)(); });
    });
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<loop_executor>, void()>(
      initiate, use_task);
}

task<answer> front_desk::carry_out(admitted& a, body_source& body, const visitor& who) {
  const auto& op = *a.route.op;
  if (op.has_body && !body.complete()) {
    const auto state = co_await body.read();
    if (state != body_state::complete) {
      auto refused = body_refusal(state);
      refused.region = a.region;
      refused.op = &op;
      co_return refused;
    }
  }
  auto& setup = core_->setup;
  const protocol::backup_scope here{setup.env.topology.subscription, a.geography};
  auto taken = take_request(std::move(a.route), a.target, a.api_version, body.view(),
                            {here, setup.env.topology.restore_scope, setup.backup_key});
  if (!taken) {
    auto refused = refusal(taken.error(), a.region);
    refused.op = &op;
    co_return refused;
  }
  auto request = std::make_shared<vault_request>();
  request->request = std::make_shared<const protocol::request>(*std::move(taken));
  if (op.effect == protocol::effect::mutate) {
    const auto id = fresh_id();
    request->request_id.assign(id.data(), id.size());
    request->fresh_version = crypto::random_hex_id(setup.env.random);
  }
  a.route.op = &op;
  const vault_request_ptr sent = std::move(request);
  const auto outcome = co_await asker_->ask(op.effect, who.place->vault, sent);
  co_return conclude(a, *sent->request, outcome, who);
}

answer front_desk::conclude(const admitted& a, const protocol::request& request,
                            const ask_outcome& outcome, const visitor& who) {
  const auto& op = *a.route.op;
  answer result;
  if (outcome.shed) {
    result = refusal(protocol::throttled(), a.region);
  } else if (!outcome.reply) {
    result = refusal(protocol::service_unavailable(
                         op.effect == protocol::effect::mutate
                             ? "The vault was lost while the request was under way: it may or may "
                               "not have been carried out."
                             : "The vault does not answer at the moment."),
                     a.region);
  } else if (is_purge_done(*outcome.reply, op.id, outcome.repeated)) {
    result.status = 204;
    result.region = outcome.region;
  } else {
    auto& setup = core_->setup;
    const protocol::backup_scope here{setup.env.topology.subscription, a.geography};
    result =
        write_reply(*outcome.reply, request,
                    {who.place->base_url, a.api_version, here, setup.backup_key, setup.env.random});
    result.region = outcome.region;
  }
  result.op = &op;
  return result;
}

}  // namespace twinkeep::actors
