#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <vector>

#include "actors/gateway/session.hpp"

namespace twinkeep::actors {

using tcp_acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, loop_executor>;

// One endpoint on one loop.
class listener : public std::enable_shared_from_this<listener> {
 public:
  listener(tcp_acceptor acceptor, std::shared_ptr<loop_front> front, const door& where)
      : acceptor_(std::move(acceptor)), front_(std::move(front)), door_(where) {}
  void start();
  void stop();  // on the loop's thread
  [[nodiscard]] bool on(const loop_front& front) const { return front_.get() == &front; }

 private:
  static task<void> accept(std::shared_ptr<listener> self);

  tcp_acceptor acceptor_;
  std::shared_ptr<loop_front> front_;
  door door_;
};

using listeners = std::vector<std::shared_ptr<listener>>;

// Binds `where` on every loop, which then share the port (SO_REUSEPORT); sets `where.port`. What
// comes in there comes by the door.
[[nodiscard]] result<listeners, boost::system::error_code> bind_everywhere(
    regions::endpoint& where, const std::vector<std::shared_ptr<loop_front>>& fronts,
    const door& by);

}  // namespace twinkeep::actors
