#include "regions/limits/failures.hpp"

#include <algorithm>
#include <string>

#include "crypto/digest.hpp"
#include "protocol/identifiers.hpp"

namespace twinkeep::regions {

namespace {

constexpr std::size_t v6_prefix_octets = 8;
constexpr address_octets v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_v4(const address_octets& octets) {
  constexpr std::size_t mapped_octets = 12;
  return std::equal(octets.begin(), octets.begin() + mapped_octets, v4_prefix.begin());
}

}  // namespace

failure_names::failure_names(crypto::random_source& random) {
  std::array<std::uint8_t, 16> drawn{};
  random.fill(drawn);
  std::ranges::copy(drawn, seed_.begin());
}

failure_key failure_names::digest(char kind, std::string_view text) const {
  std::string all(seed_.begin(), seed_.end());
  all += kind;
  all += text;
  const auto full = crypto::sha256(as_bytes(all));
  failure_key key{};
  std::copy_n(full.begin(), key.size(), key.begin());
  return key;
}

failure_key failure_names::address(const address_octets& octets) const {
  const auto size = is_v4(octets) ? octets.size() : v6_prefix_octets;
  return digest('a', as_text(byte_view(octets).first(size)));
}

std::optional<failure_key> failure_names::caller(std::string_view application_id,
                                                 std::string_view object_id) const {
  if (application_id.empty() && object_id.empty()) return std::nullopt;
  // The size in front: nobody's two ids read together like another's.
  return digest('c', std::to_string(application_id.size()) + ' ' + protocol::lower(application_id) +
                         protocol::lower(object_id));
}

std::optional<unsigned> failure_counts::refused_for(const suspect& who, instant now) const {
  const auto address = addresses_.refused_for(who.address, now);
  const auto caller = who.caller ? callers_.refused_for(*who.caller, now) : std::nullopt;
  return std::max(address, caller);
}

std::optional<instant> failure_counts::failed(const suspect& who, instant now) {
  const auto address = addresses_.failed(who.address, now);
  const auto caller = who.caller ? callers_.failed(*who.caller, now) : std::nullopt;
  return std::max(address, caller);
}

}  // namespace twinkeep::regions
