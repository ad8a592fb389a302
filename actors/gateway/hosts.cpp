#include "actors/gateway/hosts.hpp"

#include <algorithm>
#include <array>

#include "protocol/identifiers.hpp"

namespace twinkeep::actors {

namespace {

using protocol::http::authority;

constexpr std::array<std::string_view, 3> loopbacks{"localhost", "127.0.0.1", "::1"};

std::string with_port(std::string url, const authority& a) {
  constexpr unsigned short https_port = 443;
  if (a.port && *a.port != https_port) url += ':' + std::to_string(*a.port);
  return url;
}

std::string in_url(std::string_view host) {
  const bool v6 = host.find(':') != std::string_view::npos;
  std::string url = "https://";
  if (v6) url += '[';
  url += host;
  if (v6) url += ']';
  return url;
}

}  // namespace

std::string origin_of(const authority& a) {
  return with_port(in_url(a.host), a);
}

host_map::host_map(const regions::deployment& topology) {
  for (const auto& suffix : topology.suffixes) suffixes_.push_back(protocol::lower(suffix));
  if (topology.vaults.empty() || suffixes_.empty()) return;
  first_ = protocol::lower(topology.vaults.front().name);
  of_first_.insert(loopbacks.begin(), loopbacks.end());
  for (const auto& name : topology.server_names) {
    const auto host = protocol::lower(name);
    // A name below a suffix is another vault's, now or later.
    const bool below_suffix = std::ranges::any_of(suffixes_, [&](const std::string& suffix) {
      return host == suffix || host.ends_with('.' + suffix);
    });
    if (!below_suffix && !host.starts_with('*')) of_first_.insert(host);
  }
}

std::optional<place> host_map::find(const authority& a) const {
  if (of_first_.contains(a.host)) return under(first_, a);
  for (const auto& suffix : suffixes_) {
    if (a.host.size() <= suffix.size() + 1 || !a.host.ends_with(suffix)) continue;
    const auto name = std::string_view(a.host).substr(0, a.host.size() - suffix.size() - 1);
    const bool is_below = a.host[name.size()] == '.';
    if (is_below && protocol::is_vault_name(name)) {
      return place{std::string(name), origin_of(a), with_port("https://" + suffix, a)};
    }
  }
  return std::nullopt;
}

// No resource fits such a host by the SDKs' rule; the first suffix is what tokens are given for.
place host_map::under(const std::string& vault, const authority& a) const {
  return {vault, origin_of(a), with_port("https://" + suffixes_.front(), a)};
}

audiences::audiences(const regions::deployment& topology) {
  for (const auto& suffix : topology.suffixes) add("https://" + protocol::lower(suffix));
  add("https://vault.azure.net");
  for (const auto& audience : topology.audiences) add(audience);
  for (const auto alias : loopbacks) add(in_url(alias));
}

audiences audiences::of_management(const regions::deployment& topology) {
  audiences accepted;
  accepted.add("https://management.azure.com");
  accepted.add("https://management.core.windows.net");
  for (const auto alias : loopbacks) accepted.add(in_url(alias));
  for (const auto& name : topology.server_names) accepted.add(in_url(protocol::lower(name)));
  for (const auto& listener : topology.management_listen) accepted.add(in_url(listener.address));
  return accepted;
}

void audiences::add(std::string audience) {
  if (audience.ends_with('/')) audience.pop_back();
  if (!contains(audience)) accepted_.push_back(std::move(audience));
}

bool audiences::contains(std::string_view audience) const {
  return std::ranges::find(accepted_, audience) != accepted_.end();
}

std::string audiences::canonical(std::string_view audience) const {
  auto bare = audience;
  if (bare.ends_with('/')) bare.remove_suffix(1);
  if (contains(bare)) return std::string(bare);
  const auto colon = bare.rfind(':');
  if (colon != std::string_view::npos && colon + 1 < bare.size() &&
      bare.find_first_not_of("0123456789", colon + 1) == std::string_view::npos &&
      contains(bare.substr(0, colon))) {
    return std::string(bare.substr(0, colon));
  }
  return std::string(audience);
}

bool audiences::accepts(std::string_view audience) const {
  return contains(canonical(audience));
}

}  // namespace twinkeep::actors
