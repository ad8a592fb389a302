#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "actors/runtime/welcome.hpp"
#include "regions/topology.hpp"

namespace twinkeep::actors {

// The running service: everything that main puts together, taken apart again in order. Started and
// stopped by one thread: CAF's logger belongs to the thread that made the actor system, and another
// one would wait for it for ever.
class service {
 public:
  // `fatal` may be called from any thread, with what cannot be worked with; the caller stops then.
  service(regions::deployment topology, const std::filesystem::path& data,
          std::function<void(const std::string&)> fatal);
  ~service();

  // Opens the identity and the stores, and listens. An error is for a person.
  [[nodiscard]] result<void, std::string> start();
  // Every vault is served by its region.
  [[nodiscard]] bool ready() const;
  [[nodiscard]] const service_doors& doors() const;
  // Refuses what is new, finishes what is under way, ends the actors, closes the stores, wipes
  // keys.
  void stop();
  // After stop(): a thread is in an HSM's module and does not come back. What it uses must stay.
  [[nodiscard]] bool left_threads_behind() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace twinkeep::actors
