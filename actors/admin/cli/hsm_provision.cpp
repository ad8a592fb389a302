#include "actors/admin/cli/hsm_provision.hpp"

#include <algorithm>
#include <set>

#include "actors/admin/cli/text_table.hpp"

namespace twinkeep::cli {

namespace {

using crypto::hsm_condition;

class provisioning {
 public:
  provisioning(const regions::deployment& deployment, const provision_request& request)
      : request_(request), all_(look_at_hsms(deployment)) {}

  hsm_report run() {
    std::set<std::string_view> geographies;
    for (const auto& hsm : all_) {
      if (is_asked_for(hsm)) geographies.insert(hsm.geography);
    }
    if (geographies.empty()) wrong("the configuration has no such token");
    for (const auto geography : geographies) bring_together(geography);
    return std::move(report_);
  }

 private:
  [[nodiscard]] bool is_asked_for(const seen_hsm& hsm) const {
    return (request_.region.empty() || request_.region == hsm.config->region) &&
           (request_.zone == 0 || request_.zone == hsm.config->zone);
  }

  void say(const std::string& line) { report_.text += line + '\n'; }
  void wrong(const std::string& line) {
    report_.is_well = false;
    say(line);
  }

  void bring_together(std::string_view geography) {
    if (const auto world = world_of(all_, geography); !world) return wrong(world.error());
    for (auto& hsm : all_) {
      if (hsm.geography != geography || !is_asked_for(hsm)) continue;
      const auto name = name_of(*hsm.config);
      switch (hsm.found.condition) {
        case hsm_condition::member:
          say(name + ": belongs to the world " + crypto::hex_encode(*hsm.found.world));
          break;
        case hsm_condition::no_world:
          take_in(hsm);
          break;
        default:
          const auto remedy = remedy_for(hsm);
          wrong(name + ": " + printable(hsm.found.what_is_wrong) +
                (remedy.empty() ? "" : "; " + remedy));
      }
    }
  }

  void take_in(seen_hsm& hsm) {
    const auto member = std::ranges::find_if(all_, [&](const seen_hsm& other) {
      return other.geography == hsm.geography && other.found.world.has_value();
    });
    if (member != all_.end()) {
      join(hsm, *member);
    } else {
      begin(hsm);
    }
  }

  void begin(seen_hsm& hsm) {
    const auto unseen = std::ranges::find_if(all_, [&](const seen_hsm& other) {
      return other.geography == hsm.geography && other.found.condition != hsm_condition::no_world;
    });
    const auto name = name_of(*hsm.config);
    if (unseen != all_.end() && !request_.new_world) {
      return wrong(name + ": no world is made for the geography " + std::string{hsm.geography} +
                   ", because " + name_of(*unseen->config) +
                   " may belong to one and cannot be looked at; --new-world makes one all the "
                   "same");
    }
    const auto made = crypto::create_hsm_world(hsm.config->where);
    if (!made) return wrong(name + ": " + printable(made.error().message));
    become_member(hsm, *made);
    say(name + ": made the world " + crypto::hex_encode(*made));
  }

  void join(seen_hsm& hsm, const seen_hsm& member) {
    const auto name = name_of(*hsm.config);
    if (!request_.officers_pin) {
      return wrong(name + ": to join the world of " + name_of(*member.config) +
                   ", the PIN of that token's security officer is needed (--so-pin-file, "
                   "--so-pin-env)");
    }
    const auto done =
        crypto::join_hsm_world(member.config->where, *request_.officers_pin, hsm.config->where);
    if (!done) return wrong(name + ": " + printable(done.error().message));
    become_member(hsm, *member.found.world);
    say(name + ": joined the world " + crypto::hex_encode(*member.found.world));
  }

  // Another zone may name the same token.
  void become_member(const seen_hsm& hsm, const crypto::hsm_world& world) {
    for (auto& other : all_) {
      if (other.config->where.module != hsm.config->where.module ||
          other.config->where.token != hsm.config->where.token) {
        continue;
      }
      other.found.condition = hsm_condition::member;
      other.found.world = world;
    }
  }

  const provision_request& request_;
  std::vector<seen_hsm> all_;
  hsm_report report_;
};

}  // namespace

hsm_report provision_hsms(const regions::deployment& deployment, const provision_request& request) {
  return provisioning(deployment, request).run();
}

}  // namespace twinkeep::cli
