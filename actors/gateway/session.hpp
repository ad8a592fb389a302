#pragma once

#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <memory>

#include "actors/gateway/coroutine.hpp"
#include "actors/gateway/front_desk.hpp"
#include "actors/gateway/tls_stream.hpp"

namespace twinkeep::actors {

// A connection, as the loop's watch sees it. On the loop's thread alone.
class connection {
 public:
  virtual ~connection() = default;
  // Its time is over: ends what it waits for.
  virtual void expire() = 0;
  // No further request is taken; one under way is answered.
  virtual void leave() = 0;
  virtual void abort() = 0;
  [[nodiscard]] std::chrono::steady_clock::time_point deadline() const { return deadline_; }

 protected:
  std::chrono::steady_clock::time_point deadline_;

 private:
  friend class watch;
  connection* next_ = nullptr;
  connection* previous_ = nullptr;
};

// The connections of one loop and one timer for all their deadlines.
class watch : public std::enable_shared_from_this<watch> {
 public:
  explicit watch(event_loop& loop);
  void add(connection& c);
  void remove(connection& c);
  // A reading of the clock that is at most `granularity` old, for deadlines.
  [[nodiscard]] std::chrono::steady_clock::time_point now() const { return now_; }
  static constexpr std::chrono::milliseconds granularity{250};

  void leave_all();
  void abort_all();
  void stop();

 private:
  void arm();
  void look();

  boost::asio::basic_waitable_timer<
      std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, loop_executor>
      timer_;
  std::chrono::steady_clock::time_point now_;
  connection* first_ = nullptr;
  bool armed_ = false;
  bool stopped_ = false;
};

// Everything of the gateway on one loop.
struct loop_front {
  loop_front(std::shared_ptr<gateway_core> shared, std::shared_ptr<boost::asio::ssl::context> tls,
             event_loop& loop);
  std::shared_ptr<gateway_core> core;
  std::shared_ptr<boost::asio::ssl::context> tls;
  event_loop& loop;
  front_desk desk;
  audit_clerk clerk;
  std::shared_ptr<watch> watching;
};

// Serves a connection until it ends, in a coroutine of its own.
void serve_connection(tcp_socket socket, std::shared_ptr<loop_front> front, const door& by);

// TLS 1.2 and 1.3, stateless session tickets. Null and why: the certificate does not load.
[[nodiscard]] result<std::shared_ptr<boost::asio::ssl::context>, std::string> make_tls(
    const crypto::certified_key& server);

}  // namespace twinkeep::actors
