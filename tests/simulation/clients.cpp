#include "tests/simulation/clients.hpp"

#include <algorithm>

#include "protocol/management/requests.hpp"
#include "regions/vault/admission.hpp"
#include "regions/vault/records.hpp"

namespace twinkeep::simulation {

using namespace std::chrono_literals;
using protocol::operation_id;

namespace {

constexpr duration look_every = 10ms;
constexpr std::string_view key_name = "signer";

std::uint64_t number_in(const actors::vault_reply& reply) {
  const auto& verdict = std::get<regions::verdict>(reply.answer);
  const auto& secret = *std::get<regions::secret_answer>(verdict).secret;
  const auto value = regions::open_value(*reply.vault, secret.record_key, secret.value);
  return std::stoull(std::string{as_text(value->view())});
}

std::uint64_t copy_id(const actors::route_entry& entry) {
  return entry.secondary ? entry.secondary->id() : 0;
}

regions::dispatch_view view_of(const actors::route_entry& entry) {
  const auto& serving = entry.serving();
  return {entry.route.mode, entry.route.serving_region, entry.route.hedge,
          serving ? serving->id() : 0, copy_id(entry)};
}

}  // namespace

ask::ask(world& w, std::string vault, protocol::request request, done on_done)
    : world_(w),
      vault_(std::move(vault)),
      on_done_(std::move(on_done)),
      alive_(std::make_shared<ask*>(this)),
      began_(w.now()) {
  const auto& op = protocol::row_of(request.operation);
  auto message = std::make_shared<actors::vault_request>();
  message->request = std::make_shared<const protocol::request>(std::move(request));
  message->request_id = crypto::random_hex_id(w.random());
  message->fresh_version = crypto::random_hex_id(w.random());
  request_ = std::move(message);
  begin(op);
}

ask::ask(world& w, regions::registry_request request, done on_done)
    : world_(w),
      vault_(regions::registry_name("eastus2")),
      on_done_(std::move(on_done)),
      alive_(std::make_shared<ask*>(this)),
      began_(w.now()) {
  auto message = std::make_shared<actors::vault_request>();
  message->registry = std::make_shared<const regions::registry_request>(std::move(request));
  message->request_id = crypto::random_hex_id(w.random());
  request_ = std::move(message);
  begin(protocol::row_of(operation_id::secret_set));  // changes something, like it
}

void ask::begin(const protocol::operation& op) {
  const auto& entry = world_.route(vault_);
  outcome refused{outcome::kind::refused, {}, {}, false};
  refused.error = regions::refuse_for_mode(
      op, entry.route.mode, {entry.vault, entry.home_region, entry.route.serving_region, 1});
  if (refused.error) {
    finish(std::move(refused));
    return;
  }
  plan_.emplace(op.effect, view_of(entry), world_.now(), world_.topology().timings.hedge_after,
                world_.topology().request_deadline);
  advance();
}

void ask::tick() {
  if (!finished_) advance();
}

void ask::advance() {
  const auto& entry = world_.route(vault_);
  for (;;) {
    switch (plan_->next(view_of(entry), world_.now())) {
      case regions::dispatch_step::wait:
        return;
      case regions::dispatch_step::ask_serving:
        send(entry.serving(), entry.serving()->id() == copy_id(entry));
        break;
      case regions::dispatch_step::ask_secondary:
        send(entry.secondary, true);
        break;
      case regions::dispatch_step::give_up:
        return finish({outcome::kind::given_up, {}, {}, false});
    }
  }
}

void ask::send(const actors::vault_actor& to, bool is_copy) {
  const auto id = to->id();
  world_.system().spawn(
      [alive = alive_, id, is_copy](caf::event_based_actor* self, const actors::vault_actor& vault,
                                    const actors::vault_request_ptr& request) {
        self->request(vault, caf::infinite, request)
            .then(
                [alive, is_copy](const actors::vault_reply_ptr& reply) {
                  if (*alive == nullptr) return;
                  outcome o{outcome::kind::answered, {}, reply, is_copy};
                  const auto* verdict = std::get_if<regions::verdict>(&reply->answer);
                  if (verdict != nullptr && reply->registry == nullptr) {
                    const auto* error = std::get_if<protocol::error>(verdict);
                    if (error != nullptr) o.error = *error;
                  }
                  ++(*alive)->answers_;
                  (*alive)->finish(std::move(o));
                },
                [alive, id](const caf::error&) {
                  if (*alive == nullptr) return;
                  (*alive)->plan_->bounced(id, (*alive)->world_.now());
                  (*alive)->advance();
                });
      },
      to, request_);
}

void ask::finish(outcome o) {
  if (finished_) return;
  finished_ = true;
  *alive_ = nullptr;
  on_done_(o);
}

regions::registry_request change(protocol::management::operation_id id, const std::string& vault,
                                 protocol::management::request_body body) {
  namespace management = protocol::management;
  auto asked = std::make_shared<management::request>();
  asked->op = &management::row_of(id);
  asked->group = "rg";
  asked->vault = vault;
  asked->location = "eastus2";
  asked->api_version = "2025-05-01";
  asked->body = std::move(body);
  return {management::request_ptr(std::move(asked)), {"somebody", "User", 0}};
}

bool acknowledged(const outcome& of_a_change) {
  return of_a_change.ok() &&
         std::holds_alternative<regions::registry_answer>(*of_a_change.reply->registry);
}

protocol::management::vault_input vault_body(const world& w, unsigned number) {
  protocol::management::vault_input body;
  body.location = "eastus2";
  body.tenant_id = w.topology().tenant;
  body.sku = protocol::vault_sku::standard;
  body.access_policies.emplace();
  body.tags = protocol::tag_map{{"number", std::to_string(number)}};
  return body;
}

bool is_served(world& w, const std::string& name) {
  const auto table = w.env().routes.current();
  const auto* entry = table->find(name);
  return entry != nullptr && entry->route.mode == regions::vault_mode::read_write &&
         entry->primary != nullptr;
}

workload::workload(world& w, std::string vault, unsigned secrets)
    : world_(w), vault_(std::move(vault)), writing_(secrets) {
  for (unsigned i = 0; i < secrets; ++i) secrets_.emplace_back("secret-" + std::to_string(i));
}

workload::~workload() = default;

void workload::breach(std::string what) {
  if (!broken_.empty()) return;
  const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(
      world_.now().time_since_epoch() - std::chrono::hours{1});
  broken_ = "after " + std::to_string(at.count()) + " ms: " + std::move(what);
}

void workload::run(protocol::request request, ask::done on_done) {
  open_.push_back(std::make_unique<ask>(world_, vault_, std::move(request), std::move(on_done)));
}

bool workload::moved_away() const {
  return world_.route(vault_).route.mode != regions::vault_mode::read_write;
}

void workload::run_for(duration d) {
  const auto end = world_.now() + d;
  while (broken_.empty() && (world_.now() < end || !open_.empty())) {
    if (!moved_away()) {
      away_since_.reset();
    } else if (!away_since_) {
      away_since_ = world_.now();
    }
    if (world_.now() < end && !paused_) start_some();
    world_.run_for(look_every);
    for (std::size_t i = 0; i < open_.size(); ++i) open_[i]->tick();
    const auto latest = world_.topology().request_deadline + 2 * look_every;
    for (const auto& request : open_) {
      if (request->answers() > 1) breach("a request was answered twice");
      if (!request->finished() && world_.now() - request->began() > latest) {
        breach("a request was not answered by its deadline");
      }
    }
    std::erase_if(open_, [](const auto& request) { return request->finished(); });
    if (!world_.fatal().empty()) breach(world_.fatal());
  }
}

void workload::start_some() {
  auto& random = world_.random();
  for (std::size_t i = 0; i < secrets_.size(); ++i) {
    if (!writing_[i] && random.chance(15)) {
      writing_[i] = true;
      write(secrets_[i]);
    }
    if (random.chance(15)) read(secrets_[i]);
  }
  if (!key_busy_ && random.chance(8)) change_key();
  if (key_made_ && random.chance(15)) use_key();
}

// An answer to a mutation long after its vault has moved breaks invariant 2, whatever its mode was
// when the request came.
void workload::write(secret_history& secret) {
  const auto number = secret.begin_write();
  protocol::set_secret body;
  body.value = crypto::secret_bytes::copy_of(as_bytes(std::to_string(number)));
  protocol::request request;
  request.operation = operation_id::secret_set;
  request.name = secret.name();
  request.body = std::move(body);
  const auto index = static_cast<std::size_t>(&secret - secrets_.data());
  const bool was_away = moved_away();
  run(std::move(request), [this, index, number, was_away](const outcome& o) {
    writing_[index] = false;
    if (o.ok()) {
      ++acknowledged_;
      secrets_[index].acknowledged(number);
      if (o.by_copy) breach("the copy acknowledged a write");
      if (was_away) breach("a write was let in while the vault was away");
      if (away_since_ && world_.now() - *away_since_ > 100ms) {
        breach("a write was acknowledged after its vault had moved");
      }
    } else if (writes_must_succeed) {
      breach("a write failed: " + (o.error ? o.error->message : "given up"));
    }
  });
}

void workload::read(secret_history& secret) {
  protocol::request request;
  request.operation = operation_id::secret_get;
  request.name = secret.name();
  const auto index = static_cast<std::size_t>(&secret - secrets_.data());
  const auto primary = secret.begin_read(false);
  const auto copy = secret.begin_read(true);
  run(std::move(request), [this, index, primary, copy](const outcome& o) {
    std::uint64_t seen = 0;
    if (o.ok()) {
      seen = number_in(*o.reply);
    } else if (!o.error || o.error->code != protocol::error_code::secret_not_found) {
      if (reads_must_succeed) {
        breach("a read failed: " + (o.error ? o.error->message : "given up"));
      }
      return;
    }
    ++reads_;
    if (o.by_copy) ++reads_by_copy_;
    const auto problem = secrets_[index].end_read(o.by_copy ? copy : primary, seen, o.by_copy);
    if (!problem.empty()) breach(problem + (o.by_copy ? " (copy)" : " (primary)"));
  });
}

void workload::change_key() {
  key_busy_ = true;
  const auto change = ++key_changes_;
  protocol::request request;
  request.name = key_name;
  const bool make = !key_made_;
  const bool enable = change % 2 == 1;
  if (make) {
    request.operation = operation_id::key_create;
    protocol::create_key body;
    body.spec.type = crypto::key_type::ec;
    request.body = std::move(body);
  } else {
    request.operation = operation_id::key_update;
    protocol::update_key body;
    body.attributes.enabled = enable;
    request.body = std::move(body);
    key_surely_disabled_ = false;
  }
  run(std::move(request), [this, make, enable](const outcome& o) {
    key_busy_ = false;
    if (!o.ok()) return;
    if (o.by_copy) breach("the copy acknowledged a change of a key");
    if (make) {
      key_made_ = true;
    } else if (!enable) {
      key_surely_disabled_ = true;
    }
  });
}

void workload::use_key() {
  protocol::request request;
  request.operation = operation_id::key_sign;
  request.name = key_name;
  protocol::crypto_parameters body;
  body.algorithm = crypto::find_algorithm("ES256");
  body.value = crypto::secret_bytes{32};
  request.body = std::move(body);
  const bool disabled = key_surely_disabled_;
  const auto change = key_changes_;
  run(std::move(request), [this, disabled, change](const outcome& o) {
    if (o.ok()) {
      if (disabled && change == key_changes_ && !o.by_copy) {
        breach("a disabled key was used in the primary");
      }
    } else if (reads_must_succeed && (!o.error || protocol::http_status(o.error->code) >= 500)) {
      breach("a signature failed: " + (o.error ? o.error->message : "given up"));
    }
  });
}

void workload::check_everything() {
  if (moved_away()) breach("the vault is not back");
  for (auto& secret : secrets_) read(secret);
  const bool before = std::exchange(reads_must_succeed, true);
  run_for(0ms);
  reads_must_succeed = before;
  // The copy, asked directly: level, so it must hold what the primary holds.
  const auto entry = world_.route(vault_);
  if (!entry.secondary) return;
  for (auto& secret : secrets_) {
    protocol::request request;
    request.operation = operation_id::secret_get;
    request.name = secret.name();
    auto message = std::make_shared<actors::vault_request>();
    message->request = std::make_shared<const protocol::request>(std::move(request));
    auto seen = std::make_shared<std::uint64_t>(0);
    world_.system().spawn(
        [seen](caf::event_based_actor* self, const actors::vault_actor& copy,
               const actors::vault_request_ptr& asked) {
          self->request(copy, caf::infinite, asked)
              .then(
                  [seen](const actors::vault_reply_ptr& reply) {
                    const auto& verdict = std::get<regions::verdict>(reply->answer);
                    if (!std::holds_alternative<protocol::error>(verdict)) {
                      *seen = number_in(*reply);
                    }
                  },
                  [](const caf::error&) {});
        },
        entry.secondary, actors::vault_request_ptr{message});
    world_.run_for(5ms);
    if (*seen < secret.last_acknowledged()) {
      breach(secret.name() + ": the copy has " + std::to_string(*seen) + ", acknowledged is " +
             std::to_string(secret.last_acknowledged()));
    }
  }
}

}  // namespace twinkeep::simulation
