#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace twinkeep::actors {

// The gateway's coroutines run on one loop each. (g++ 12.2 lays out a frame wrongly if `co_await`
// stands in a condition: `if (co_await f())` crashes. Name the result first. What is made within
// the expression, such as `co_await f([name] { ... })`, may be destroyed twice: name that first,
// too.) Naming the loop's own executor instead of Asio's type-erased one spares an indirection at
// every step.
using loop_executor = boost::asio::io_context::executor_type;
template <class T>
using task = boost::asio::awaitable<T, loop_executor>;
inline constexpr boost::asio::use_awaitable_t<loop_executor> use_task{};

}  // namespace twinkeep::actors
