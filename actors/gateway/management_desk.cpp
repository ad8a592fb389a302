#include "actors/gateway/management_desk.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "actors/gateway/front_desk.hpp"
#include "actors/gateway/management_reads.hpp"
#include "actors/gateway/methods.hpp"
#include "protocol/ascii.hpp"
#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"
#include "protocol/management/read.hpp"
#include "protocol/management/route.hpp"
#include "protocol/token/oauth.hpp"
#include "protocol/token/trust.hpp"
#include "regions/access/management.hpp"
#include "regions/access/scope.hpp"

namespace twinkeep::actors {

namespace asio = boost::asio;
namespace management = protocol::management;
using management::error_code;
using protocol::join;
using protocol::lower;
using protocol::ascii::equal_ignoring_case;

namespace {

// How long a request waits for what it has caused: a vault that is placed, a purge that is done.
constexpr std::chrono::seconds patience{3};
constexpr std::chrono::milliseconds look_every{5};
constexpr unsigned retry_after_s = 1;

management::error as_managements(const protocol::error& e) {
  auto code = error_code::bad_request;
  if (e.code == protocol::error_code::throttled) code = error_code::too_many_requests;
  if (e.code == protocol::error_code::service_unavailable) code = error_code::service_unavailable;
  if (e.code == protocol::error_code::method_not_allowed) code = error_code::method_not_allowed;
  return {code, e.message, e.retry_after_s};
}

management::error unavailable(std::string message) {
  return {error_code::service_unavailable, std::move(message), retry_after_s};
}

protocol::trace trace_of(const protocol::token::claims& caller) {
  protocol::trace trace;
  trace.by = !caller.user_name.empty() ? caller.user_name
             : caller.is_application   ? caller.application_id
                                       : caller.object_id;
  trace.by_type = caller.is_application ? "Application" : "User";
  return trace;
}

// What the caller needs the operation's right on.
std::string scope_of(const management::request& asked) {
  if (!asked.scope.empty()) return asked.scope;
  auto scope = "/subscriptions/" + asked.subscription;
  if (!asked.group.empty()) scope += "/resourceGroups/" + asked.group;
  if (!asked.group.empty() && !asked.vault.empty()) {
    scope = regions::vault_id(asked.subscription, asked.group, asked.vault);
  }
  return scope;
}

}  // namespace

name_reservations::held::~held() {
  if (from_ == nullptr) return;
  const std::lock_guard lock(from_->mutex_);
  from_->names_.erase(name_);
}

std::optional<name_reservations::held> name_reservations::take(const std::string& lower_name) {
  const std::lock_guard lock(mutex_);
  if (!names_.insert(lower_name).second) return std::nullopt;
  return std::optional<held>(std::in_place, *this, lower_name);
}

management_desk::management_desk(gateway_core& core, event_loop& loop,
                                 std::shared_ptr<asker> questions)
    : core_(core),
      loop_(loop),
      asker_(std::move(questions)),
      authenticator_(core.managers),
      routes_(core.setup.env.routes) {}

bool management_desk::recognises(std::string_view target) {
  auto path = target.substr(0, target.find('?'));
  if (path.starts_with("//")) path.remove_prefix(1);  // before a scope, from Azure's own clients
  for (const std::string_view root : {"/subscriptions", "/providers"}) {
    if (path.size() < root.size()) continue;
    const bool ends = path.size() == root.size() || path[root.size()] == '/';
    if (ends && equal_ignoring_case(path.substr(0, root.size()), root)) return true;
  }
  return false;
}

answer management_desk::challenged(const protocol::error& e, const visitor& who) const {
  if (e.code != protocol::error_code::unauthorized) return management_refusal(as_managements(e));
  auto a = management_refusal({error_code::authentication_failed, e.message});
  const auto& tenant = core_.setup.env.topology.tenant;
  const auto authority = core_.signing_in.authority(tenant, who.origin);
  a.challenge =
      join({"Bearer authorization_uri=\"", authority, "/", tenant, "\", error=\"invalid_token\""});
  return a;
}

task<answer> management_desk::serve(const request_head& head, body_source& body, visitor& who) {
  const auto caller =
      authenticator_.check(head.authorization, who.management_token, who.client.address().octets);
  if (!caller) co_return challenged(caller.error(), who);
  const auto& tenant = core_.setup.env.topology.tenant;
  if (!protocol::token::same_tenant((*caller)->tenant, tenant)) {
    const auto issuers = core_.setup.trust.current();
    co_return challenged(protocol::token::wrong_tenant(issuers->issuers, tenant, **caller), who);
  }
  admitted a;
  a.caller = *caller;
  who.notes.called_by(*caller);
  const auto not_admitted = admit(head, who, a);
  if (a.asked != nullptr) take_notes(a, who.notes);
  if (not_admitted) co_return management_refusal(*not_admitted);
  const auto& op = *a.asked->op;
  if (op.has_body) {
    if (!body.complete()) {
      const auto state = co_await body.read();
      if (state != body_state::complete) co_return body_refusal(state);
    }
    auto taken = management::read_body(op, body.view());
    if (!taken) co_return management_refusal(taken.error());
    a.asked->body = *std::move(taken);
  }
  auto e = check_body(a);
  if (!e && op.effect == protocol::effect::mutate) e = locate(a);
  if (e) co_return management_refusal(*e);

  answer result;
  using enum management::operation_id;
  const bool is_object = op.id >= secret_put && op.id <= key_version_get;
  if (is_object) {
    result = co_await serve_object(a);
  } else if (op.effect == protocol::effect::mutate) {
    result = co_await change(a);
  } else {
    const auto& topology = core_.setup.env.topology;
    result = read_management(
        {*a.table, topology, *a.asked, context_of(a),
         [&](std::string_view action, std::string_view scope) { return may(a, action, scope); }});
  }
  co_return result;
}

void management_desk::take_notes(const admitted& a, audit_notes& notes) {
  const auto& asked = *a.asked;
  notes.operation = asked.op->name;
  const auto versions = management::api_versions_of(*asked.op);
  const auto it = std::ranges::find(versions, asked.api_version);
  if (it != versions.end()) notes.api_version = *it;
  notes.meant(find_vault(*a.table, asked.vault).vault);
}

management::answer_context management_desk::context_of(const admitted& a) const {
  return {core_.setup.env.topology.subscription, a.base_url, a.asked->api_version, a.vault_suffix};
}

bool management_desk::may(const admitted& a, std::string_view action,
                          std::string_view scope) const {
  return regions::may_manage(action, scope, *a.caller, *a.table->assignments,
                             core_.setup.env.administrators);
}

management_desk::refused management_desk::admit(const request_head& head, visitor& who,
                                                admitted& out) {
  const auto target = protocol::http::parse_target(head.target);
  if (!target) return as_managements(target.error());
  const auto method = method_of(head.method);
  if (!method) {
    return management::error{error_code::method_not_allowed,
                             join({"The method ", head.method, " is not allowed."})};
  }
  auto asked = management::route(*method, *target);
  if (!asked) return asked.error();
  const auto& topology = core_.setup.env.topology;
  if (!asked->subscription.empty() &&
      !equal_ignoring_case(asked->subscription, topology.subscription)) {
    return management::error{
        error_code::subscription_not_found,
        join({"The subscription '", asked->subscription, "' could not be found."})};
  }
  out.asked = std::make_shared<management::request>(*std::move(asked));
  out.table = routes_.table();
  out.base_url = who.origin;
  // Where the vaults are: on this port, unless the management plane has one of its own.
  auto port = who.port;
  if (!who.by.data) port = core_.data_port.load();
  out.vault_suffix = topology.suffixes.front();
  constexpr std::uint16_t usual_port = 443;
  if (port != usual_port) out.vault_suffix += ':' + std::to_string(port);
  return authorize(out);
}

// Lists need no right of their own: they show what the caller may read.
management_desk::refused management_desk::authorize(const admitted& a) const {
  const auto& asked = *a.asked;
  using enum management::operation_id;
  const auto id = asked.op->id;
  const bool is_list = id == vault_list || id == vault_list_by_group || id == vault_resources ||
                       id == deleted_vault_list;
  // Of an assignment: by what is to be assigned, which the body says.
  const bool later = id == role_assignment_put || id == role_assignment_delete;
  if (asked.op->action.empty() || is_list || later) return std::nullopt;
  const auto scope = scope_of(asked);
  if (may(a, asked.op->action, scope)) return std::nullopt;
  return not_authorized(a, asked.op->action, scope);
}

management::error management_desk::not_authorized(const admitted& a, std::string_view action,
                                                  std::string_view scope) const {
  return {error_code::authorization_failed,
          join({"The client '", a.caller->application_id, "' with object id '", a.caller->object_id,
                "' does not have authorization to perform action '", action, "' over scope '",
                scope, "' or the scope is invalid."})};
}

// What takes a further right, once it is known what is asked for.
management_desk::refused management_desk::check_body(const admitted& a) const {
  const auto& asked = *a.asked;
  const auto& owners = core_.setup.env.administrators;
  using enum management::operation_id;
  if (asked.op->id == role_assignment_put || asked.op->id == role_assignment_delete) {
    const bool puts = asked.op->id == role_assignment_put;
    const regions::role* role = nullptr;
    if (puts) {
      const auto& input = std::get<management::role_assignment_input>(asked.body);
      role = regions::find_role(input.role_definition);
      if (role == nullptr) {
        return management::error{error_code::role_definition_not_found,
                                 join({"The specified role definition with ID '",
                                       input.role_definition, "' does not exist."})};
      }
    } else {
      const auto it = std::ranges::find_if(*a.table->assignments, [&](const auto& known) {
        return equal_ignoring_case(known.name, asked.name) &&
               equal_ignoring_case(known.scope, asked.scope);
      });
      if (it != a.table->assignments->end()) role = regions::find_role(it->role_definition);
    }
    const auto action = puts ? regions::write_assignments : regions::delete_assignments;
    const bool allowed = role != nullptr
                             ? regions::may_assign(action, *role, asked.scope, *a.caller,
                                                   *a.table->assignments, owners)
                             : may(a, action, asked.scope);
    if (!allowed) return not_authorized(a, action, asked.scope);
  }
  // Who may choose between roles and policies could give himself everything.
  const auto* input = std::get_if<management::vault_input>(&asked.body);
  if (input != nullptr && input->rbac_authorization) {
    const auto found = find_vault(*a.table, asked.vault).vault;
    const bool changes =
        found != nullptr && found->rbac_authorization != *input->rbac_authorization;
    const auto scope = scope_of(asked);
    if (changes && !may(a, regions::write_assignments, scope)) {
      return not_authorized(a, regions::write_assignments, scope);
    }
  }
  return std::nullopt;
}

// Which region's registry decides, and whether it may.
management_desk::refused management_desk::locate(admitted& a) const {
  const auto& topology = core_.setup.env.topology;
  const auto& asked = *a.asked;
  const auto* input = std::get_if<management::vault_input>(&asked.body);
  auto name = std::string_view(asked.vault);
  if (!asked.scope.empty()) {
    // Wider scopes belong to no region: the first one keeps what is assigned there.
    const auto scope = regions::parse_scope(asked.scope);
    if (!scope || !equal_ignoring_case(scope->subscription, topology.subscription)) {
      return management::bad_request(
          join({"The scope '", asked.scope,
                "' is none that a role can be assigned at. Expected the subscription, a resource "
                "group, a vault, or a secret, key or certificate of a vault."}));
    }
    name = scope->vault;
  }
  const auto found = find_vault(*a.table, name);
  if (found.vault != nullptr) {
    a.region = found.region;
  } else if (!asked.scope.empty() || asked.op->id == management::operation_id::group_put) {
    a.region = topology.regions.front().facts->name;
  } else if (asked.op->id == management::operation_id::vault_put && input->location) {
    a.region = *input->location;
  }
  if (a.table->registries.size() < topology.regions.size() && found.vault == nullptr) {
    return unavailable("Not every region's vaults are known yet.");
  }
  const bool is_put = asked.op->id == management::operation_id::vault_put;
  if (is_put && a.region.empty()) {
    return management::bad_request("The property \"location\" is required.");
  }
  if (is_put && input->location && !equal_ignoring_case(a.region, *input->location)) {
    return management::error{
        error_code::vault_already_exists,
        join({"The vault name '", asked.vault, "' is already in use in '", a.region, "'."})};
  }
  if (a.region.empty()) a.region = topology.regions.front().facts->name;
  const auto* registry = a.table->find(regions::registry_name(a.region));
  if (registry == nullptr) {
    std::string known;
    for (const auto& r : topology.regions) {
      known += (known.empty() ? "" : ", ") + std::string(r.facts->name);
    }
    return management::error{error_code::region_not_supported,
                             join({"The location '", a.region,
                                   "' is none of this service. Expected one of ", known, "."})};
  }
  if (asked.op->allowed_in_read_only) return std::nullopt;
  switch (registry->route.mode) {
    case regions::vault_mode::read_write:
      return std::nullopt;
    case regions::vault_mode::read_only:
      return management::error{
          error_code::vault_read_only,
          join({"Operation \"", asked.op->name, "\" is not allowed: the vaults of ", a.region,
                " are read-only while the region is failed over to ",
                registry->route.serving_region, "."}),
          retry_after_s};
    case regions::vault_mode::unavailable:
      break;
  }
  return unavailable(join({"The region ", a.region, " is lost."}));
}

task<answer> management_desk::change(admitted& a) {
  if (a.asked->op->id == management::operation_id::group_put) {
    co_return read_management({*a.table, core_.setup.env.topology, *a.asked, context_of(a), {}});
  }
  const bool puts = a.asked->op->id == management::operation_id::vault_put;
  const auto name = puts ? core_.names.take(lower(a.asked->vault)) : std::nullopt;
  if (puts) {
    if (!name) {
      co_return management_refusal(
          {error_code::conflict,
           join({"Another request makes the vault '", a.asked->vault, "' at this moment."})});
    }
    // Somebody may have made it since this request looked.
    a.table = routes_.table();
    if (auto e = locate(a)) co_return management_refusal(*e);
  }
  auto request = std::make_shared<vault_request>();
  request->request_id = crypto::random_guid(core_.setup.env.random);
  request->registry = std::make_shared<const regions::registry_request>(
      regions::registry_request{management::request_ptr(a.asked), trace_of(*a.caller)});
  const vault_request_ptr sent = std::move(request);
  const auto registry = regions::registry_name(a.region);
  const auto outcome = co_await asker_->ask(protocol::effect::mutate, registry, sent);
  if (outcome.shed) {
    co_return management_refusal(
        {error_code::too_many_requests, "Too much is asked of this region.", retry_after_s});
  }
  if (!outcome.reply || !outcome.reply->registry) {
    co_return management_refusal(unavailable(
        "The region was lost while the request was under way: it may or may not have been carried "
        "out."));
  }
  if (const auto* e = std::get_if<management::error>(outcome.reply->registry.get())) {
    co_return management_refusal(*e);
  }
  a.table = routes_.table();
  auto result = co_await conclude(a, std::get<regions::registry_answer>(*outcome.reply->registry));
  co_return result;
}

task<void> management_desk::wait_until(const std::function<bool()>& condition) {
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, loop_executor>
      timer(loop_.context().get_executor());
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition() && std::chrono::steady_clock::now() < end) {
    timer.expires_after(look_every);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(use_task, ignored));
  }
}

// What was asked for has been done; what follows from it mostly is done a moment later.
task<answer> management_desk::conclude(admitted& a, const regions::registry_answer& done) {
  const auto context = context_of(a);
  using enum management::operation_id;
  const auto id = a.asked->op->id;
  if (done.absent) {
    answer nothing;
    nothing.status = 204;
    co_return nothing;
  }
  if (id == vault_delete) co_return management_answer(200, {});
  if (id == role_assignment_put || id == role_assignment_delete) {
    co_return management_answer(done.created ? 201 : 200,
                                management::write_role_assignment(context, *done.assignment));
  }
  if (id == deleted_vault_purge) {
    const auto name = a.asked->vault;
    const std::function<bool()> is_done = [this, &name] {
      return !find_vault(*routes_.table(), name).purging;
    };
    co_await wait_until(is_done);
    answer accepted = management_answer(202, {});
    accepted.location = management::operation_result_url(context, a.asked->location, name);
    accepted.retry_after_s = retry_after_s;
    co_return accepted;
  }
  const auto vault = shown(*done.vault, core_.setup.env.topology);
  if (id == vault_put || id == vault_patch) {
    using enum management::provisioning_state;
    const std::function<bool()> is_placed = [this, &vault] {
      return state_of(*routes_.table(), vault.name) == succeeded;
    };
    co_await wait_until(is_placed);
    co_return management_answer(
        done.created ? 201 : 200,
        management::write_vault(context, {&vault, state_of(*routes_.table(), vault.name)}));
  }
  if (id == connection_put || id == connection_delete) {
    // A removed one is no more among those that are shown.
    for (const auto& connection : done.vault->connections) {
      if (!equal_ignoring_case(connection.name, a.asked->name)) continue;
      co_return management_answer(200, management::write_connection(context, vault, connection));
    }
  }
  co_return management_answer(200, management::write_access_policies(context, vault));
}

}  // namespace twinkeep::actors
