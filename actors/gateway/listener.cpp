#include "actors/gateway/listener.hpp"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>

namespace twinkeep::actors {

namespace asio = boost::asio;

namespace {

using asio::ip::tcp;
using boost::system::error_code;
using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr int backlog = 1024;
constexpr std::chrono::milliseconds after_failure{100};

template <class Acceptor>
error_code open(Acceptor& acceptor, const tcp::endpoint& at, bool shared) {
  error_code failed;
  acceptor.open(at.protocol(), failed);
  if (failed) return failed;
  acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed && shared) acceptor.set_option(reuse_port(true), failed);
  if (!failed && at.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), failed);
  if (!failed) acceptor.bind(at, failed);
  return failed;
}

}  // namespace

result<listeners, error_code> bind_everywhere(
    regions::endpoint& where, const std::vector<std::shared_ptr<loop_front>>& fronts,
    const door& by) {
  error_code failed;
  const auto address = asio::ip::make_address(where.address, failed);
  if (failed) return failure{failed};
  tcp::endpoint at(address, where.port);
  {
    // Sharing a port would let another process of this user have half of our connections: that
    // nobody listens there is found out without sharing.
    tcp_acceptor probe(fronts.front()->loop.context().get_executor());
    if (failed = open(probe, at, false); failed) return failure{failed};
  }
  listeners made;
  for (const auto& front : fronts) {
    tcp_acceptor acceptor(front->loop.context().get_executor());
    if (failed = open(acceptor, at, true); failed) return failure{failed};
    if (acceptor.listen(backlog, failed); failed) return failure{failed};
    at.port(acceptor.local_endpoint(failed).port());
    if (failed) return failure{failed};
    made.push_back(std::make_shared<listener>(std::move(acceptor), front, by));
  }
  where.port = at.port();
  return made;
}

void listener::start() {
  asio::co_spawn(front_->loop.context().get_executor(), accept(shared_from_this()), asio::detached);
}

void listener::stop() {
  error_code ignored;
  acceptor_.close(ignored);
}

task<void> listener::accept(std::shared_ptr<listener> self) {
  auto& acceptor = self->acceptor_;
  auto& core = *self->front_->core;
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, loop_executor>
      pause(self->front_->loop.context().get_executor());
  while (acceptor.is_open()) {
    error_code failed;
    tcp_socket socket(self->front_->loop.context().get_executor());
    co_await acceptor.async_accept(socket, asio::redirect_error(use_task, failed));
    if (failed == asio::error::operation_aborted || !acceptor.is_open()) break;
    if (failed) {
      // Out of files, or the client went away meanwhile: others may do better.
      spdlog::debug("a connection could not be accepted: {}", failed.message());
      if (failed == asio::error::connection_aborted) continue;
      pause.expires_after(after_failure);
      error_code ignored;
      co_await pause.async_wait(asio::redirect_error(use_task, ignored));
      continue;
    }
    if (!self->front_->desk.is_open(self->door_)) {
      socket.set_option(asio::socket_base::linger(true, 0), failed);  // reset, not closed politely
      continue;
    }
    if (core.connections.fetch_add(1, std::memory_order_acquire) >= gateway_core::max_connections) {
      core.connections.fetch_sub(1, std::memory_order_release);
      continue;  // refused: the socket closes
    }
    socket.set_option(tcp::no_delay(true), failed);
    serve_connection(std::move(socket), self->front_, self->door_);
  }
}

}  // namespace twinkeep::actors
