#include "actors/gateway/gateway.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <future>
#include <stdexcept>

#include "actors/gateway/listener.hpp"

namespace twinkeep::actors {

namespace asio = boost::asio;

namespace {

using boost::system::error_code;

constexpr std::chrono::milliseconds look_every{5};
// How long connections that were cut off may take to notice.
constexpr std::chrono::milliseconds last_patience{3000};

bool is_missing_address(const error_code& e) {
  return e == asio::error::address_family_not_supported ||
         e == error_code(EADDRNOTAVAIL, boost::system::system_category());
}

std::string text_of(const regions::endpoint& e) {
  const bool v6 = e.address.find(':') != std::string::npos;
  return (v6 ? '[' + e.address + ']' : e.address) + ':' + std::to_string(e.port);
}

}  // namespace

struct gateway::state {
  explicit state(gateway_setup setup)
      : loops(setup.loops), core(std::make_shared<gateway_core>(std::move(setup))) {
    auto made = make_tls(core->setup.server);
    if (!made) throw std::runtime_error(made.error());
    for (unsigned i = 0; i < loops.size(); ++i) {
      fronts.push_back(std::make_shared<loop_front>(core, *made, loops.at(i)));
    }
  }

  // Runs `f` on every loop and waits until all have.
  template <class F>
  void on_each_loop(F f) {
    std::vector<std::future<void>> done;
    for (auto& front : fronts) {
      auto work = std::make_shared<std::packaged_task<void()>>([f, front] { f(*front); });
      done.push_back(work->get_future());
      asio::post(front->loop.context(), [work] { (*work)(); });
    }
    for (auto& d : done) d.wait();
  }

  [[nodiscard]] bool wait_until_empty(std::chrono::milliseconds patience) const {
    const auto end = std::chrono::steady_clock::now() + patience;
    std::promise<void> never;
    const auto pause = never.get_future();
    while (core->connections.load(std::memory_order_acquire) > 0) {
      if (std::chrono::steady_clock::now() >= end) return false;
      pause.wait_for(look_every);
    }
    return true;
  }

  result<listeners, error_code> bind(regions::endpoint& where, const door& by) {
    return bind_everywhere(where, fronts, by);
  }
  result<std::vector<regions::endpoint>, std::string> bind_all(
      const std::vector<regions::endpoint>& endpoints, const door& by);

  event_loops& loops;
  std::shared_ptr<gateway_core> core;
  std::vector<std::shared_ptr<loop_front>> fronts;
  listeners open;
  bool drained = false;
};

gateway::gateway(gateway_setup setup) : state_(std::make_unique<state>(std::move(setup))) {}

gateway::~gateway() {
  if (!state_->drained) drain(std::chrono::milliseconds{0});
}

result<std::vector<regions::endpoint>, std::string> gateway::state::bind_all(
    const std::vector<regions::endpoint>& endpoints, const door& by) {
  std::vector<regions::endpoint> bound;
  for (const auto& wanted : endpoints) {
    auto where = wanted;
    const bool follows = wanted.port == 0 && !bound.empty();
    if (follows) where.port = bound.front().port;
    auto made = bind(where, by);
    if (!made && follows && !is_missing_address(made.error())) {
      where.port = 0;
      made = bind(where, by);
    }
    if (!made && is_missing_address(made.error()) && wanted.address == "::1" &&
        endpoints.size() > 1) {
      // Many containers have no IPv6; the other endpoints serve.
      spdlog::warn("not listening on {}: {}", text_of(wanted), made.error().message());
      continue;
    }
    if (!made) return failure{text_of(wanted) + ": " + made.error().message()};
    open.insert(open.end(), made->begin(), made->end());
    bound.push_back(where);
  }
  return bound;
}

result<std::vector<regions::endpoint>, std::string> gateway::listen(
    const std::vector<regions::endpoint>& endpoints) {
  const bool has_other_door = !state_->core->setup.env.topology.management_listen.empty();
  auto bound = state_->bind_all(endpoints, {true, !has_other_door, nullptr});
  if (!bound) return bound;
  if (!bound->empty()) state_->core->data_port = bound->front().port;
  // All or nothing: no connection is taken before every endpoint is bound.
  for (const auto& l : state_->open) l->start();
  return bound;
}

result<std::vector<regions::endpoint>, std::string> gateway::listen_for_management(
    const std::vector<regions::endpoint>& endpoints) {
  return state_->bind_all(endpoints, {false, true, nullptr});
}

result<void, std::string> gateway::listen_privately() {
  for (const auto& endpoint : state_->core->setup.env.topology.private_endpoints) {
    const auto bound = state_->bind_all({endpoint.listen}, {true, false, &endpoint});
    if (!bound) return failure{"private endpoint " + endpoint.name + " " + bound.error()};
  }
  return {};
}

void gateway::drain(std::chrono::milliseconds patience) {
  auto& s = *state_;
  s.drained = true;
  s.on_each_loop([open = s.open](loop_front& front) {
    for (const auto& l : open) {
      if (l->on(front)) l->stop();
    }
    front.watching->leave_all();
  });
  if (!s.wait_until_empty(patience)) {
    spdlog::debug("connections are cut off: they did not end in time");
    s.on_each_loop([](loop_front& front) {
      front.watching->abort_all();
      front.desk.questions().stop();
    });
    if (!s.wait_until_empty(last_patience)) spdlog::warn("a connection does not end");
  }
  s.on_each_loop([](loop_front& front) {
    front.watching->stop();
    front.desk.questions().stop();
  });
  s.open.clear();
}

}  // namespace twinkeep::actors
