#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "actors/runtime/asio_scheduler.hpp"
#include "crypto/result.hpp"
#include "crypto/secret_bytes.hpp"
#include "regions/web_address.hpp"

namespace boost::asio::ssl {
class context;
}

namespace twinkeep::actors {

// Whose word a server's certificate must have.
using web_trust = std::shared_ptr<boost::asio::ssl::context>;
// The authorities of a PEM file; without one, those of the system. An error is for a person.
[[nodiscard]] result<web_trust, std::string> trust_authorities(const std::filesystem::path& file);

struct web_answer {
  unsigned status = 0;
  std::string body;
  std::string problem;  // why there is no answer; empty: there is one
};

// One request over HTTPS (or plain HTTP, where the address says so) and its answer, on a connection
// of its own, within a deadline. Nothing is followed: a redirection is an answer like another. On
// one loop alone, but for its making.
class web_exchange : public std::enable_shared_from_this<web_exchange> {
 public:
  // `trust` may be null if the address is plain HTTP.
  web_exchange(event_loop& loop, regions::web_address where, web_trust trust)
      : loop_(loop), where_(std::move(where)), trust_(std::move(trust)) {}

  crypto::wiping_chars request;  // head and body
  std::size_t longest_body = 0;  // a longer answer is a problem; 0: no body is read

  // Made by std::make_shared; once.
  [[nodiscard]] boost::asio::awaitable<web_answer> run();
  // Ends what it waits for. On the loop.
  void abort();
  [[nodiscard]] event_loop& loop() const { return loop_; }

 private:
  template <class Stream>
  [[nodiscard]] boost::asio::awaitable<web_answer> talk(Stream& stream);
  template <class Stream>
  [[nodiscard]] boost::asio::awaitable<std::string> reach(Stream& stream);

  event_loop& loop_;
  regions::web_address where_;
  web_trust trust_;
  std::function<void()> cancel_;
  bool aborted_ = false;
};

// Puts text into a request that wipes itself.
void append(crypto::wiping_chars& out, std::string_view text);

}  // namespace twinkeep::actors
