#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "actors/admin/admin_json.hpp"
#include "actors/admin/drills.hpp"
#include "actors/admin/metrics.hpp"

namespace twinkeep::actors {

struct admin_request {
  std::string_view method;
  std::string_view target;
  std::string_view host;  // the Host header; empty: none
  bool has_origin = false;
  std::string_view body;
};

struct admin_reply {
  unsigned status = 200;
  std::string body;
  std::string_view content_type = "application/json";
  std::string_view allow = {};  // of a 405
};

// What the admin listener answers, without its sockets. On one loop only.
class admin_api {
 public:
  admin_api(environment& env, drills& exercises, metrics& numbers, std::string authority_pem, std::string issuing_pem,
            std::function<bool()> ready)
      : env_(env),
        drills_(exercises),
        metrics_(numbers),
        authority_pem_(std::move(authority_pem)),
        issuing_pem_(std::move(issuing_pem)),
        ready_(std::move(ready)) {}
  // On a loopback address, where a page in somebody's browser must not get in under a name of its
  // own (DNS rebinding).
  void restrict_to_local_names(bool on) { only_local_ = on; }

  // Whether the answer needs the supervisor's word.
  [[nodiscard]] static bool needs_status(std::string_view target);
  // `status` may be null.
  [[nodiscard]] admin_reply answer(const admin_request& request, const status_reply_ptr& status);

 private:
  [[nodiscard]] bool knows_host(std::string_view host) const;
  [[nodiscard]] admin_reply get(std::string_view path, std::string_view query,
                                const status_reply_ptr& status);
  [[nodiscard]] admin_reply get_events(std::string_view query) const;
  [[nodiscard]] admin_reply start_drill(std::string_view body);
  [[nodiscard]] admin_reply end_drill(std::string_view id);

  environment& env_;
  drills& drills_;
  metrics& metrics_;
  std::string authority_pem_;
  std::string issuing_pem_;
  std::function<bool()> ready_;
  bool only_local_ = true;
};

[[nodiscard]] admin_reply admin_refusal(unsigned status, std::string_view message);

}  // namespace twinkeep::actors
