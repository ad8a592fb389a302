#include "bench/load/mix.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace twinkeep::load {
namespace {

std::optional<unsigned> parse_number(std::string_view text) {
  unsigned number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

// Cuts `text` at the first `mark`; the second part is empty when there is none.
std::pair<std::string_view, std::string_view> cut(std::string_view text, char mark) {
  const std::size_t at = text.find(mark);
  if (at == text.npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

std::string example_for(protocol::operation_id operation) {
  const auto found = std::ranges::find_if(
      crypto::algorithms(), [&](const crypto::algorithm& a) { return can_do(a, operation); });
  return std::string(found->name);
}

result<mix_item, std::string> parse_algorithm(std::string_view text, mix_item item) {
  const auto [name, bits] = cut(text, ':');
  const std::string before = std::string(item.what->name) + ": ";
  item.algorithm = crypto::find_algorithm(name);
  if (!item.algorithm || !can_do(*item.algorithm, item.what->steps.front().operation)) {
    return failure{before + "expected an algorithm that can do it, such as " +
                   example_for(item.what->steps.front().operation) + ", found " + quoted(name)};
  }
  if (bits.empty()) return item;
  item.rsa_bits = parse_number(bits).value_or(0);
  const bool known = item.rsa_bits == 2048 || item.rsa_bits == 3072 || item.rsa_bits == 4096;
  if (item.algorithm->type != crypto::key_type::rsa || !known) {
    return failure{before + "expected 2048, 3072 or 4096 bits with an RSA algorithm, found " +
                   quoted(text)};
  }
  return item;
}

result<mix_item, std::string> parse_item(std::string_view text) {
  const auto [operation, weight] = cut(text, '=');
  mix_item item;
  item.label = operation;
  if (text.find('=') != text.npos) {
    item.weight = parse_number(weight).value_or(0);
    if (item.weight == 0 || item.weight > 1'000'000) {
      return failure{"expected a weight from 1 to 1000000, found " + quoted(text)};
    }
  }
  const auto [name, rest] = cut(operation, ':');
  item.what = find_item(name);
  if (!item.what) {
    return failure{
        "expected an item such as get, set, list or sign:RS256 (--help has all), found " +
        quoted(operation)};
  }
  if (item.what->takes_algorithm()) return parse_algorithm(rest, std::move(item));
  if (operation.find(':') != operation.npos) {
    return failure{std::string(name) + " takes no algorithm, found " + quoted(operation)};
  }
  return item;
}

}  // namespace

bool can_do(const crypto::algorithm& algorithm, protocol::operation_id operation) {
  using id = protocol::operation_id;
  const bool signature = operation == id::key_sign || operation == id::key_verify;
  const bool wrapping = operation == id::key_wrap || operation == id::key_unwrap;
  if (algorithm.signs() != signature) return false;
  return signature || wrapping || !algorithm.wraps_only();
}

result<std::vector<mix_item>, std::string> parse_mix(std::string_view text) {
  std::vector<mix_item> items;
  for (bool more = true; more;) {
    more = text.find(',') != text.npos;
    const auto [part, rest] = cut(text, ',');
    text = rest;
    auto item = parse_item(part);
    if (!item.ok()) return failure{item.error()};
    for (const mix_item& earlier : items) {
      if (earlier.label == item->label) return failure{quoted(item->label) + " stands twice"};
    }
    items.push_back(*std::move(item));
  }
  return items;
}

weighted_choice::weighted_choice(const std::vector<unsigned>& weights) {
  std::uint64_t sum = 0;
  for (const unsigned weight : weights) below_.push_back(sum += weight);
}

std::size_t weighted_choice::pick(std::uint64_t random) const {
  const std::uint64_t point = random % below_.back();
  const auto found = std::upper_bound(below_.begin(), below_.end(), point);
  return static_cast<std::size_t>(found - below_.begin());
}

}  // namespace twinkeep::load
