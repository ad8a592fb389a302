#include "actors/hsm_desk.hpp"

#include <algorithm>

namespace twinkeep::actors {

namespace {

protocol::error no_hsm() {
  return protocol::service_unavailable("No HSM of the vault's region can be reached.");
}

regions::work_result_ptr share(regions::work_result result) {
  return std::make_shared<const regions::work_result>(std::move(result));
}

}  // namespace

// A key on its way into all tokens.
struct hsm_desk::making {
  std::uint64_t id;
  caf::typed_response_promise<regions::work_result_ptr> promise;
  regions::work_result_ptr result;  // told once the tokens have it
  std::size_t waiting = 0;
  bool is_held = false;
  std::optional<protocol::error> refused;
};

void hsm_desk::know(const hsm_team& team) {
  team_ = team.members;
  const auto asked = questions_;
  for (const auto& q : asked) {
    const bool is_there = std::ranges::find(team_, q->whom) != team_.end();
    if (!is_there && close(q)) q->on_loss();
  }
}

bool hsm_desk::close(const question_ptr& asked) {
  return std::erase(questions_, asked) > 0;
}

template <class Reply, class Message>
void hsm_desk::ask(const hsm_actor& whom, const Message& message,
                   std::function<void(const Reply&)> on_reply, reaction on_loss) {
  auto asked = std::make_shared<question>(question{whom, std::move(on_loss)});
  questions_.push_back(asked);
  self_->request(whom, caf::infinite, message)
      .then(
          [this, asked, on_reply = std::move(on_reply)](const Reply& reply) {
            if (close(asked)) on_reply(reply);
          },
          [this, asked](const caf::error&) {
            if (close(asked)) asked->on_loss();
          });
}

template <class Reply, class Message>
void hsm_desk::ask_any(const Message& message, std::function<void(const Reply&)> on_reply,
                       reaction on_loss, std::vector<hsm_actor> tried) {
  std::vector<hsm_actor> left;
  std::ranges::copy_if(team_, std::back_inserter(left), [&](const hsm_actor& member) {
    return std::ranges::find(tried, member) == tried.end();
  });
  if (left.empty()) return on_loss();
  const auto whom = left.at(next_++ % left.size());
  tried.push_back(whom);
  ask<Reply>(whom, message, on_reply, [this, message, on_reply, on_loss, tried = std::move(tried)] {
    ask_any<Reply>(message, on_reply, on_loss, tried);
  });
}

caf::result<vault_reply_ptr> hsm_desk::use(const crypto_job_ptr& job) {
  auto promise = self_->make_response_promise<vault_reply_ptr>();
  const auto id = open_.next();
  open_.add(id, promise);
  const auto answer = [this, id, promise](const vault_reply_ptr& reply) {
    open_.kept(id);
    auto asked = promise;
    asked.deliver(reply);
  };
  ask_any<vault_reply_ptr>(job, answer, [answer, job] {
    auto reply = std::make_shared<vault_reply>();
    reply->vault = job->vault;
    reply->answer = regions::verdict{no_hsm()};
    answer(std::move(reply));
  });
  return promise;
}

caf::result<regions::work_result_ptr> hsm_desk::make(const work_job_ptr& job) {
  auto made = std::make_shared<making>();
  made->id = open_.next();
  made->promise = self_->make_response_promise<regions::work_result_ptr>();
  open_.add(made->id, made->promise);
  const auto tell = [this, made](const regions::work_result_ptr& result) {
    open_.kept(made->id);
    made->promise.deliver(result);
  };
  if (const auto* given = std::get_if<regions::install_hsm_keys>(&job->work)) {
    made->result = share(regions::hsm_keys_installed{});
    install(made, std::make_shared<const hsm_installation>(hsm_installation{given->keys, job}));
    return made->promise;
  }
  ask_any<regions::work_result_ptr>(
      job,
      [this, made, job, tell](const regions::work_result_ptr& result) {
        const auto material = regions::material_in(*result);
        if (material.empty()) return tell(result);
        made->result = result;
        install(made, std::make_shared<const hsm_installation>(hsm_installation{
                          {{material, regions::hsm_label_of(job->work)}}, result}));
      },
      [tell] { tell(share(no_hsm())); });
  return made->promise;
}

void hsm_desk::install(const std::shared_ptr<making>& made, const hsm_installation_ptr& keys) {
  const auto finish = [this, made] {
    if (made->waiting > 0) return;
    open_.kept(made->id);
    if (made->refused) {
      made->promise.deliver(share(*made->refused));
    } else {
      made->promise.deliver(made->is_held ? made->result : share(no_hsm()));
    }
  };
  const auto team = team_;
  made->waiting = team.size();
  if (team.empty()) return finish();
  for (const auto& member : team) {
    ask<hsm_installed>(
        member, keys,
        [made, finish](const hsm_installed& done) {
          --made->waiting;
          made->is_held = made->is_held || !done.refused;
          if (done.refused) made->refused = done.refused;
          finish();
        },
        [made, finish] {
          --made->waiting;
          finish();
        });
  }
}

}  // namespace twinkeep::actors
