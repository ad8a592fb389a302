#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "actors/gateway/answer.hpp"
#include "actors/gateway/asker.hpp"
#include "actors/gateway/audit_clerk.hpp"
#include "actors/gateway/authenticator.hpp"
#include "protocol/management/ids.hpp"
#include "protocol/management/requests.hpp"

namespace twinkeep::actors {

struct gateway_core;
struct visitor;

// Names that are being given to vaults: a name is one vault's over all regions, and each region
// knows its own ones only. Shared by all loops.
class name_reservations {
 public:
  class held {
   public:
    held(name_reservations& from, std::string name) : from_(&from), name_(std::move(name)) {}
    held(held&& other) noexcept
        : from_(std::exchange(other.from_, nullptr)), name_(std::move(other.name_)) {}
    held& operator=(held&&) = delete;
    ~held();

   private:
    name_reservations* from_;
    std::string name_;
  };
  // nullopt: somebody else is giving it.
  [[nodiscard]] std::optional<held> take(const std::string& lower_name);

 private:
  std::mutex mutex_;
  std::set<std::string> names_;
};

// Answers the management plane's requests: reads from what the registries have published, changes
// by asking the region's registry. One for each loop.
class management_desk {
 public:
  management_desk(gateway_core& core, event_loop& loop, std::shared_ptr<asker> questions);

  // Whether a request is for the management plane: its paths are none of the data plane's.
  [[nodiscard]] static bool recognises(std::string_view target);
  [[nodiscard]] task<answer> serve(const request_head& head, body_source& body, visitor& who);

 private:
  // A request that was let in, and what it is about.
  struct admitted {
    std::shared_ptr<protocol::management::request> asked;
    claims_ptr caller;
    routing_table_ptr table;
    std::string base_url;
    std::string vault_suffix;
    std::string region;  // whose registry decides, or answers
  };
  using refused = std::optional<protocol::management::error>;

  static void take_notes(const admitted& a, audit_notes& notes);
  [[nodiscard]] refused admit(const request_head& head, visitor& who, admitted& out);
  [[nodiscard]] refused authorize(const admitted& a) const;
  [[nodiscard]] refused locate(admitted& a) const;
  [[nodiscard]] refused check_body(const admitted& a) const;
  [[nodiscard]] task<answer> change(admitted& a);
  [[nodiscard]] task<answer> conclude(admitted& a, const regions::registry_answer& done);
  [[nodiscard]] task<void> wait_until(const std::function<bool()>& condition);
  [[nodiscard]] protocol::management::answer_context context_of(const admitted& a) const;
  [[nodiscard]] bool may(const admitted& a, std::string_view action, std::string_view scope) const;
  [[nodiscard]] protocol::management::error not_authorized(const admitted& a,
                                                           std::string_view action,
                                                           std::string_view scope) const;

  // management_objects.cpp: secrets and keys as resources, which the vault itself is asked for.
  using verdict = protocol::management::outcome<regions::verdict>;
  [[nodiscard]] task<answer> serve_object(admitted& a);
  [[nodiscard]] task<answer> serve_secret(const admitted& a, const route_entry& entry);
  [[nodiscard]] task<answer> serve_key(const admitted& a, const route_entry& entry);
  [[nodiscard]] task<verdict> ask_vault(const std::string& vault, protocol::request request);
  [[nodiscard]] answer challenged(const protocol::error& e, const visitor& who) const;

  gateway_core& core_;
  event_loop& loop_;
  std::shared_ptr<asker> asker_;
  authenticator authenticator_;
  routing_view routes_;
};

}  // namespace twinkeep::actors
