#include "bench/load/preparer.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "bench/load/json_text.hpp"
#include "bench/load/material.hpp"
#include "bench/load/prepare_key.hpp"
#include "bench/load/tally.hpp"
#include "crypto/bytes.hpp"

namespace twinkeep::load {
namespace {

using id = protocol::operation_id;

constexpr std::string_view api_version = "?api-version=2025-07-01";
// A commit waits for disks, and those that wait share it: the more at once, the sooner.
constexpr unsigned at_once = 32;
constexpr unsigned found = 200;

void replace(std::string& text, std::string_view mark, std::string_view by) {
  if (const auto at = text.find(mark); at != text.npos) text.replace(at, mark.size(), by);
}

unsigned count_of(amount how_many, const workload_shape& shape) {
  switch (how_many) {
    case amount::secrets:
      return shape.secrets;
    case amount::set_names:
      return shape.set_names;
    case amount::keys:
      return shape.keys;
    case amount::connections:
      return shape.connections;
    case amount::one:
      break;
  }
  return 1;
}

// An object of the service, and what was learnt of it.
struct object {
  std::string name;
  std::string blob;   // its backup
  std::string chain;  // a certificate for its request
};

// Common to all objects of an item.
struct item_plan {
  const target_vault& vault;
  const fixture& on;
  std::string secret;
  material brought;

  std::string request(const step& s, const object& o) const {
    const auto& row = protocol::row_of(s.operation);
    std::string body(s.body);
    replace(body, "$secret", secret);
    replace(body, "$jwk", known_jwk);
    replace(body, "$pem", brought.pem);
    replace(body, "$blob", o.blob);
    replace(body, "$chain", o.chain);
    const auto target = target_of(s.operation, o.name, "");
    return write_request({protocol::to_string(row.method), target, vault.server.authority,
                          vault.token, body.empty() ? std::string_view() : "application/json",
                          body});
  }

  // Keeps what a later step needs.
  static result<void, std::string> learn(id operation, const reply& answer, object& o) {
    const bool backup = operation == id::secret_backup || operation == id::key_backup ||
                        operation == id::certificate_backup;
    if (backup) o.blob = text_at(parse_json(answer.body), "/value");
    if (operation == id::certificate_create) {
      auto issued = certificate_for(text_at(parse_json(answer.body), "/csr"));
      if (!issued.ok()) return failure{issued.error()};
      o.chain = *std::move(issued);
    }
    return {};
  }

  result<void, std::string> prepare(setup_client& client, object& o) const {
    for (const step& s : on.clean) {
      if (const auto answer = client.send(request(s, o)); !answer.ok()) {
        return failure{answer.error()};
      }
    }
    if (on.probe) {
      const auto answer = client.send(request({*on.probe}, o));
      if (!answer.ok()) return failure{answer.error()};
      if (answer->status == found) return {};
    }
    for (const step& s : on.make) {
      const auto answer = client.send(request(s, o));
      if (!answer.ok()) return failure{answer.error()};
      if (!is_success(answer->status)) {
        return refused(std::string(protocol::row_of(s.operation).name) + ' ' + o.name, *answer);
      }
      if (auto learnt = learn(s.operation, *answer, o); !learnt.ok()) return learnt;
    }
    return {};
  }
};

// Does it for all objects, several at once; the first problem ends it.
result<void, std::string> prepare_all(const item_plan& plan, std::vector<object>& objects) {
  if (plan.on.clean.empty() && !plan.on.probe && plan.on.make.empty()) return {};
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::string problem;
  const auto work = [&] {
    setup_client client(plan.vault.server, plan.vault.context);
    for (std::size_t i = next++; i < objects.size(); i = next++) {
      if (const auto done = plan.prepare(client, objects[i]); !done.ok()) {
        const std::lock_guard lock(mutex);
        if (problem.empty()) problem = done.error();
        next = objects.size();
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < std::min<std::size_t>(at_once, objects.size()); ++i) {
      threads.emplace_back(work);
    }
    work();
  }
  if (!problem.empty()) return failure{std::move(problem)};
  return {};
}

std::vector<object> name_objects(const item& what, const workload_shape& shape) {
  const fixture& on = *what.on;
  const bool shared = on.how_many == amount::secrets;
  const std::string prefix(on.prefix.empty() ? what.name : on.prefix);
  std::vector<object> objects(count_of(on.how_many, shape));
  for (std::size_t i = 0; i < objects.size(); ++i) {
    objects[i].name = "load-" + (shared ? "" : prefix + '-') + std::to_string(i);
  }
  return objects;
}

}  // namespace

std::string target_of(id operation, std::string_view name, std::string_view version) {
  std::string target(protocol::row_of(operation).path);
  if (version.empty()) replace(target, "/{version?}", "");
  replace(target, "{version?}", version);
  replace(target, "{name}", name);
  return target.append(api_version);
}

failure<std::string> refused(std::string_view what, const reply& answer) {
  const std::string message = text_at(parse_json(answer.body), "/error/message");
  return failure{std::string(what) + ": HTTP " + std::to_string(answer.status) +
                 (message.empty() ? "" : ", " + message)};
}

result<prepared_operation, std::string> prepare_item(const target_vault& vault,
                                                     const mix_item& item,
                                                     const workload_shape& shape) {
  prepared_operation out{item.label, item.weight, {}};
  const load::item& what = *item.what;
  if (what.takes_algorithm()) return prepare_keys(vault, item, shape, std::move(out));
  auto brought = make_material();
  if (!brought.ok()) return failure{brought.error()};
  const item_plan plan{vault, *what.on, std::string(shape.value_bytes, 'x'), *std::move(brought)};
  auto objects = name_objects(what, shape);
  if (const auto made = prepare_all(plan, objects); !made.ok()) return failure{made.error()};
  const bool named =
      protocol::row_of(what.steps.front().operation).path.find("{name}") != std::string_view::npos;
  if (!named && !what.is_cycle()) objects.resize(1);
  for (const object& o : objects) {
    for (const step& s : what.steps) out.requests.push_back(plan.request(s, o));
  }
  if (what.is_cycle()) out.cycle = what.steps.size();
  return out;
}

}  // namespace twinkeep::load
