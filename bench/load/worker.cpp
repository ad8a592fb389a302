#include "bench/load/worker.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace twinkeep::load {
namespace {

constexpr std::chrono::milliseconds retry_after{50};   // a connection that could not be made
constexpr std::chrono::milliseconds sweep_every{100};  // for timeouts and retries
constexpr std::size_t events_at_once = 16;  // few: what is due next waits for the whole batch
constexpr std::size_t first_buffer = 16 * 1024;

std::vector<unsigned> weights_of(const workload& work) {
  std::vector<unsigned> weights;
  for (const prepared_operation& operation : work.operations) weights.push_back(operation.weight);
  return weights;
}

// The share of `whole` that falls to one of `parts`, the remainder to the first ones.
template <class Number>
Number share(Number whole, unsigned parts, unsigned index) {
  return whole / parts + (index < whole % parts ? 1 : 0);
}

}  // namespace

worker::worker(const run_plan& plan, unsigned index)
    : plan_(plan),
      choice_(weights_of(plan.work)),
      random_(plan.options.seed * 1'000'003 + index),
      tallies_(plan.work.operations.size()) {
  const run_options& options = plan.options;
  slots_.resize(share(options.connections, options.threads, index));
  std::size_t number = 0;
  for (unsigned i = 0; i < index; ++i) number += share(options.connections, options.threads, i);
  for (slot& s : slots_) {
    s.received.resize(first_buffer);
    s.number = number++;
    s.positions.resize(plan.work.operations.size());
  }
  // Each worker starts at another place, so that two of them rarely ask for the same thing.
  for (const prepared_operation& operation : plan.work.operations) {
    positions_.push_back(operation.requests.size() * index / options.threads);
  }
  if (options.requests) quota_ = share(*options.requests, options.threads, index);
  if (options.rate) {
    const double rate = *options.rate / options.threads;
    // Fixed arrivals of the workers interleave instead of coming all at once.
    const nanoseconds offset(static_cast<nanoseconds::rep>(1e9 / *options.rate * index));
    const instant first = options.kind == arrivals::fixed ? plan.start + offset : plan.start;
    schedule_.emplace(rate, options.kind, first, options.seed * 7919 + index);
  }
}

void worker::run() {
  auto context = make_tls_context(plan_.work.ca_file);
  if (!context.ok()) {
    last_problem_ = context.error();
    return;
  }
  context_ = std::move(*context);
  // Linux lets a timer be late by 50 us unless told otherwise; an open loop would count that.
  prctl(PR_SET_TIMERSLACK, 1UL);
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  last_answer_ = plan_.start;
  for (slot& s : slots_) open(s, clock::now());

  std::array<epoll_event, events_at_once> events;
  for (;;) {
    instant now = clock::now();
    if (!may_send(now) && under_way_ == 0) break;
    const timespec wait = next_wake(now);
    const int count =
        epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &wait, nullptr);
    now = clock::now();
    for (int i = 0; i < count; ++i) {
      ready(*static_cast<slot*>(events[static_cast<std::size_t>(i)].data.ptr), now);
    }
    if (schedule_) dispatch(now);
    if (now >= next_sweep_) sweep(now);
  }
  if (schedule_) count_unsent(std::min(clock::now(), plan_.stop_at));
  ::close(epoll_);
  for (slot& s : slots_) s.connection.close();
}

bool worker::may_send(instant now) const {
  return now < plan_.stop_at && quota_ != 0U && !plan_.interrupted.load(std::memory_order_relaxed);
}

timespec worker::next_wake(instant now) const {
  instant wake = next_sweep_;
  if (schedule_ && !idle_.empty() && may_send(now)) wake = std::min(wake, schedule_->next());
  const auto left = std::max<nanoseconds::rep>(nanoseconds(wake - now).count(), 0);
  return {left / 1'000'000'000, left % 1'000'000'000};
}

void worker::open(slot& s, instant now) {
  s.state = phase::opening;
  s.until = now + plan_.options.timeout;
  if (!s.connection.open(plan_.work.server, context_.get())) return connect_failed(s, now);
  // Edge-triggered for both directions, once and for all: no further epoll_ctl.
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.ptr = &s;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, s.connection.socket(), &event);
}

void worker::connect_failed(slot& s, instant now) {
  live_.failed_connects.fetch_add(1, std::memory_order_relaxed);
  last_problem_ = s.connection.problem();
  s.connection.close();
  s.state = phase::down;
  s.until = now + retry_after;
}

void worker::ready(slot& s, instant now) {
  switch (s.state) {
    case phase::down:
      return;
    case phase::opening:
      switch (s.connection.handshake()) {
        case io::done:
          return make_idle(s, now);
        case io::again:
          return;
        case io::closed:
          return connect_failed(s, now);
      }
      return;
    case phase::idle: {
      // Session tickets, or the server says good-bye.
      std::size_t size = 0;
      if (s.connection.read(s.received.data(), s.received.size(), size) == io::again) return;
      std::erase(idle_, &s);
      return open(s, now);
    }
    case phase::sending:
      return send(s, now);
    case phase::receiving:
      return receive(s, now);
  }
}

void worker::make_idle(slot& s, instant now) {
  s.state = phase::idle;
  if (schedule_) {
    idle_.push_back(&s);
  } else if (may_send(now)) {
    begin(s, now, now);
  }
}

// Open loop: whatever is due goes out, as long as a connection is free.
void worker::dispatch(instant now) {
  while (!idle_.empty() && schedule_->next() <= now && may_send(now)) {
    const instant intended = schedule_->next();
    if (intended >= plan_.stop_at) return;
    schedule_->advance();
    slot& s = *idle_.front();
    idle_.pop_front();
    begin(s, intended, now);
  }
}

std::string_view worker::next_request(slot& s) {
  const prepared_operation& operation = plan_.work.operations[s.operation];
  const auto& requests = operation.requests;
  if (operation.cycle == 0) {
    std::size_t& position = positions_[s.operation];
    const std::string_view request = requests[position];
    position = (position + 1) % requests.size();
    return request;
  }
  const std::size_t first = s.number * operation.cycle;
  if (first >= requests.size()) return requests.front();
  std::size_t& position = s.positions[s.operation];
  const std::string_view request = requests[first + position];
  position = (position + 1) % operation.cycle;
  return request;
}

void worker::begin(slot& s, instant intended, instant now) {
  s.operation = choice_.pick(random_());
  s.unsent = next_request(s);
  s.intended = intended;
  s.measured = is_measured(intended);
  // From now, not from when it was due: an overloaded server must not have its connections closed
  // as well, for requests that reach it late.
  s.until = now + plan_.options.timeout;
  s.received_bytes = 0;
  s.head_known = false;
  s.state = phase::sending;
  ++under_way_;
  if (s.measured && quota_) --*quota_;
  send(s, now);
}

void worker::send(slot& s, instant now) {
  while (!s.unsent.empty()) {
    std::size_t written = 0;
    const io state = s.connection.write(s.unsent, written);
    if (state == io::again) return;
    if (state == io::closed) return drop(s, loss::connection, now);
    s.unsent.remove_prefix(written);
  }
  s.state = phase::receiving;
}

void worker::receive(slot& s, instant now) {
  for (;;) {
    if (s.received_bytes == s.received.size()) s.received.resize(s.received.size() * 2);
    std::size_t size = 0;
    const io state = s.connection.read(s.received.data() + s.received_bytes,
                                       s.received.size() - s.received_bytes, size);
    if (state == io::again) return;
    if (state == io::closed) return drop(s, loss::connection, now);
    s.received_bytes += size;
    if (!s.head_known) {
      const parsed head = parse_head({s.received.data(), s.received_bytes}, s.head);
      if (head == parsed::malformed) return drop(s, loss::malformed, now);
      s.head_known = head == parsed::complete;
    }
    if (s.head_known && s.received_bytes >= s.head.head_bytes + s.head.body_bytes) {
      return complete(s);
    }
  }
}

void worker::complete(slot& s) {
  // Read once more: decrypting the events before this one in the same batch took its time, and
  // the next request of a closed loop starts now.
  const instant now = clock::now();
  const nanoseconds latency = now - s.intended;
  --under_way_;
  last_answer_ = now;
  if (s.measured) tallies_[s.operation].answered(s.head.status, latency);
  auto& count = is_success(s.head.status) ? live_.succeeded : live_.failed;
  count.fetch_add(1, std::memory_order_relaxed);
  if (latency.count() > live_.slowest_ns.load(std::memory_order_relaxed)) {
    live_.slowest_ns.store(latency.count(), std::memory_order_relaxed);
  }
  if (s.head.keep_alive) return make_idle(s, now);
  open(s, now);
}

void worker::record_loss(std::size_t operation, bool measured, loss reason, nanoseconds waited) {
  if (measured) tallies_[operation].lost(reason, waited);
  live_.failed.fetch_add(1, std::memory_order_relaxed);
}

void worker::drop(slot& s, loss reason, instant now) {
  --under_way_;
  record_loss(s.operation, s.measured, reason, now - s.intended);
  if (reason == loss::connection) last_problem_ = s.connection.problem();
  open(s, now);
}

void worker::sweep(instant now) {
  next_sweep_ = now + sweep_every;
  for (slot& s : slots_) {
    switch (s.state) {
      case phase::down:
        if (now >= s.until && may_send(now)) open(s, now);
        break;
      case phase::opening:
        if (now >= s.until) connect_failed(s, now);
        break;
      case phase::sending:
      case phase::receiving:
        if (now >= s.until) drop(s, loss::timeout, now);
        break;
      case phase::idle:
        break;
    }
  }
  if (schedule_) give_up_late_ones(now);
}

// Open loop: a request that no connection was free for is as late as one without an answer.
void worker::give_up_late_ones(instant now) {
  while (may_send(now) && now - schedule_->next() >= plan_.options.timeout) {
    const instant intended = schedule_->next();
    if (intended >= plan_.stop_at) return;
    schedule_->advance();
    if (is_measured(intended) && quota_) --*quota_;
    record_loss(choice_.pick(random_()), is_measured(intended), loss::timeout, now - intended);
  }
}

void worker::count_unsent(instant end) {
  for (; quota_ != 0U && schedule_->next() < end; schedule_->advance()) {
    const instant intended = schedule_->next();
    if (!is_measured(intended)) continue;
    if (quota_) --*quota_;
    record_loss(choice_.pick(random_()), true, loss::unsent, end - intended);
  }
}

}  // namespace twinkeep::load
