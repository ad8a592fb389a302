#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "actors/interfaces.hpp"
#include "actors/open_promises.hpp"

namespace twinkeep::actors {

// A crypto actor's way to its region's HSMs: one is asked after the other until one has answered. A
// token that leaves the team is not waited for any longer.
class hsm_desk {
 public:
  explicit hsm_desk(crypto_actor::pointer self) : self_(self) {}
  void know(const hsm_team& team);
  // 503 if no token answers.
  [[nodiscard]] caf::result<vault_reply_ptr> use(const crypto_job_ptr& job);
  // What is made is in every token of the team before it is told, and in one at least.
  [[nodiscard]] caf::result<regions::work_result_ptr> make(const work_job_ptr& job);

 private:
  using reaction = std::function<void()>;
  struct question {
    hsm_actor whom;
    reaction on_loss;
  };
  using question_ptr = std::shared_ptr<question>;
  struct making;

  template <class Reply, class Message>
  void ask(const hsm_actor& whom, const Message& message,
           std::function<void(const Reply&)> on_reply, reaction on_loss);
  // One that has not been `tried` yet is asked, until one answers.
  template <class Reply, class Message>
  void ask_any(const Message& message, std::function<void(const Reply&)> on_reply, reaction on_loss,
               std::vector<hsm_actor> tried = {});
  [[nodiscard]] bool close(const question_ptr& asked);
  void install(const std::shared_ptr<making>& made, const hsm_installation_ptr& keys);

  crypto_actor::pointer self_;
  std::vector<hsm_actor> team_;
  std::size_t next_ = 0;
  std::vector<question_ptr> questions_;
  open_promises open_;
};

}  // namespace twinkeep::actors
