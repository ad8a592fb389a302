#pragma once

#include <boost/json.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace twinkeep::protocol::test {

// Gets the member whose value, or whose list's item, has another type, and the text with it.
using on_wrong_type = std::function<void(std::string_view member, const std::string& text)>;

inline void with_wrong_types(const boost::json::value& root, boost::json::value& at,
                             std::string_view member, const on_wrong_type& f) {
  namespace bj = boost::json;
  for (const bj::value& other : {bj::value(true), bj::value(1), bj::value("x"),
                                 bj::value(bj::object{}), bj::value(bj::array{})}) {
    const bool same = other.kind() == at.kind() || (other.is_number() && at.is_number());
    if (same) continue;
    auto kept = std::exchange(at, other);
    f(member, bj::serialize(root));
    at = std::move(kept);
  }
  if (auto* object = at.if_object()) {
    for (auto& inner : *object) with_wrong_types(root, inner.value(), inner.key(), f);
  } else if (auto* array = at.if_array()) {
    for (auto& item : *array) with_wrong_types(root, item, member, f);
  }
}

// Every text in which one value of `root` has another type; `root` is as before afterwards. The
// whole is a member without a name.
inline void with_wrong_types(boost::json::value& root, const on_wrong_type& f) {
  with_wrong_types(root, root, {}, f);
}

}  // namespace twinkeep::protocol::test
