#include "actors/gateway/methods.hpp"

namespace twinkeep::actors {

std::optional<protocol::http_method> method_of(std::string_view name) {
  using m = protocol::http_method;
  for (const auto method : {m::get, m::put, m::post, m::patch, m::delete_}) {
    if (protocol::to_string(method) == name) return method;
  }
  return std::nullopt;
}

}  // namespace twinkeep::actors
