#include "bench/load/setup_client.hpp"

#include <poll.h>

#include <algorithm>
#include <array>

#include "bench/load/response.hpp"

namespace twinkeep::load {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::seconds patience{10};
const failure<std::string> too_late{"no answer within 10 seconds"};

}  // namespace

bool setup_client::wait(short events, deadline until) const {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(until - steady_clock::now());
  if (left.count() <= 0) return false;
  pollfd watched{connection_.socket(), events, 0};
  return ::poll(&watched, 1, static_cast<int>(left.count())) > 0;
}

result<void, std::string> setup_client::connect(deadline until) {
  if (connection_.is_open()) return {};
  if (!connection_.open(server_, context_)) return failure{connection_.problem()};
  // Connecting waits for the socket to become writable, the handshake mostly for the answer.
  short events = POLLOUT;
  for (;;) {
    if (!wait(events, until)) return too_late;
    const io state = connection_.handshake();
    if (state == io::closed) return failure{connection_.problem()};
    if (state == io::done) break;
    events = POLLIN;
  }
  tls_ = connection_.description();
  return {};
}

result<void, std::string> setup_client::write(std::string_view request, deadline until) {
  while (!request.empty()) {
    std::size_t written = 0;
    const io state = connection_.write(request, written);
    if (state == io::closed) return failure{connection_.problem()};
    if (state == io::again && !wait(POLLOUT, until)) return too_late;
    request.remove_prefix(written);
  }
  return {};
}

result<reply, std::string> setup_client::receive(deadline until) {
  std::string received;
  response_head head;
  for (;;) {
    const parsed state = parse_head(received, head);
    if (state == parsed::malformed) return failure{std::string("the answer is not plain HTTP/1.1")};
    if (state == parsed::complete && received.size() >= head.head_bytes + head.body_bytes) break;
    std::array<char, 16384> space;
    std::size_t size = 0;
    const io read = connection_.read(space.data(), space.size(), size);
    if (read == io::closed) return failure{connection_.problem()};
    if (read == io::again && !wait(POLLIN, until)) return too_late;
    received.append(space.data(), size);
  }
  if (!head.keep_alive) connection_.close();
  return reply{head.status, received.substr(0, head.head_bytes),
               received.substr(head.head_bytes, head.body_bytes)};
}

result<reply, std::string> setup_client::send(std::string_view request) {
  const deadline until = steady_clock::now() + patience;
  for (bool kept = connection_.is_open();; kept = false) {
    if (auto connected = connect(until); !connected.ok()) {
      connection_.close();
      return failure{server_.authority + ": " + connected.error()};
    }
    const auto sent = write(request, until);
    auto answer = sent.ok() ? receive(until) : result<reply, std::string>(failure{sent.error()});
    if (answer.ok()) return answer;
    connection_.close();
    // A kept connection may have been closed in the meantime. What prepares a run may be repeated.
    if (!kept) return failure{server_.authority + ": " + answer.error()};
  }
}

std::string write_request(const request_parts& parts) {
  std::string out;
  const auto add = [&](std::initializer_list<std::string_view> pieces) {
    for (const std::string_view piece : pieces) out += piece;
  };
  add({parts.method, " ", parts.target, " HTTP/1.1\r\nHost: ", parts.authority, "\r\n"});
  if (!parts.token.empty()) add({"Authorization: Bearer ", parts.token, "\r\n"});
  if (!parts.content_type.empty()) add({"Content-Type: ", parts.content_type, "\r\n"});
  if (!parts.content_type.empty() || parts.method != "GET") {
    add({"Content-Length: ", std::to_string(parts.body.size()), "\r\n"});
  }
  add({"\r\n", parts.body});
  return out;
}

}  // namespace twinkeep::load
