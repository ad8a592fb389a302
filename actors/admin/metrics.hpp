#pragma once

#include <memory>
#include <string>

#include "actors/environment.hpp"
#include "actors/gateway/gateway.hpp"

namespace twinkeep::actors {

// Prometheus metrics. Labels come from the operation table; no name of an object, no value.
class metrics : public request_observer {
 public:
  metrics();
  ~metrics() override;
  void finished(const protocol::operation* op, unsigned status,
                std::chrono::steady_clock::duration took) override;
  void refused_caller(bool limited) override;
  void posted_notice(bool taken);  // one try to tell of a change
  void record(const event& e);     // a sink of the event log
  // The text format (version 0.0.4), with gauges of the status and the routing table brought up to
  // date first. `status` and `audit` may be null.
  [[nodiscard]] std::string expose(const status_reply_ptr& status, const routing_table& routes,
                                   const audit_sink* audit = nullptr);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace twinkeep::actors
