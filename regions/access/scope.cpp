#include "regions/access/scope.hpp"

#include <array>

#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"

namespace twinkeep::regions {

namespace {

using protocol::same_id;

// Takes the segment after the next slash off the front; empty: there is none.
std::string_view take_segment(std::string_view& path) {
  if (!path.starts_with('/')) return {};
  path.remove_prefix(1);
  const auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

// The segment behind the word; empty: something else stands there.
std::string_view take_after(std::string_view word, std::string_view& path) {
  return same_id(take_segment(path), word) ? take_segment(path) : std::string_view{};
}

std::optional<protocol::object_kind> kind_of(std::string_view collection) {
  using enum protocol::object_kind;
  for (const auto kind : {secret, key, certificate}) {
    if (same_id(collection_of(kind), collection)) return kind;
  }
  return std::nullopt;
}

}  // namespace

std::string vault_id(std::string_view subscription, std::string_view resource_group,
                     std::string_view vault) {
  return protocol::join({"/subscriptions/", subscription, "/resourceGroups/", resource_group,
                         "/providers/Microsoft.KeyVault/vaults/", vault});
}

std::string object_id(std::string_view vault_id, protocol::object_kind kind,
                      std::string_view name) {
  return protocol::join({vault_id, "/", collection_of(kind), "/", name});
}

std::optional<role_scope> parse_scope(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);
  role_scope scope;
  scope.subscription = take_after("subscriptions", text);
  if (scope.subscription.empty()) return std::nullopt;
  if (text.empty()) return scope;
  scope.resource_group = take_after("resourceGroups", text);
  if (scope.resource_group.empty()) return std::nullopt;
  if (text.empty()) return scope;
  if (!same_id(take_after("providers", text), "Microsoft.KeyVault")) return std::nullopt;
  scope.vault = take_after("vaults", text);
  if (!protocol::is_vault_name(scope.vault)) return std::nullopt;
  if (text.empty()) return scope;
  scope.kind = kind_of(take_segment(text));
  scope.object = take_segment(text);
  if (!scope.kind || !protocol::is_object_name(scope.object) || !text.empty()) return std::nullopt;
  return scope;
}

bool covers(std::string_view scope, std::string_view resource) {
  if (!parse_scope(scope)) return false;
  while (scope.ends_with('/')) scope.remove_suffix(1);
  if (!same_id(scope, resource.substr(0, scope.size()))) return false;
  return resource.size() == scope.size() || resource[scope.size()] == '/';
}

}  // namespace twinkeep::regions
