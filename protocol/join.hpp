#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace twinkeep::protocol {

// One string of many parts, allocated once. Messages are made with it.
[[nodiscard]] inline std::string join(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const auto part : parts) size += part.size();
  std::string text;
  text.reserve(size);
  for (const auto part : parts) text += part;
  return text;
}

}  // namespace twinkeep::protocol
