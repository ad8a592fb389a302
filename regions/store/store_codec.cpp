#include "regions/store/store_codec.hpp"

#include <concepts>
#include <cstdint>

namespace twinkeep::regions::codec {

namespace {

template <std::unsigned_integral Number>
void put(std::string& out, Number n) {
  for (int shift = static_cast<int>(sizeof n) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(n >> shift));
  }
}

void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

// Takes apart what `put` made; once something is missing, everything after it is too.
class parser {
 public:
  explicit parser(std::string_view bytes) : rest_(bytes) {}

  template <std::unsigned_integral Number>
  Number number() {
    Number n = 0;
    for (const char c : take(sizeof n)) {
      n = static_cast<Number>(n << 8 | static_cast<unsigned char>(c));
    }
    return n;
  }
  std::string_view text() { return take(number<std::uint32_t>()); }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool complete() const { return ok_ && rest_.empty(); }

 private:
  std::string_view take(std::size_t size) {
    if (size > rest_.size()) ok_ = false;
    if (!ok_) return {};
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  bool ok_ = true;
};

log_position read_position(parser& p) {
  const auto e = p.number<std::uint64_t>();
  const auto r = p.number<std::uint64_t>();
  return {{e}, {r}};
}

std::string prefix(std::string_view kind, std::string_view origin) {
  std::string key{kind};
  key += origin;
  key.push_back('\0');
  return key;
}

}  // namespace

std::string bounds_key(std::string_view origin) {
  return std::string{bounds_prefix} += origin;
}

std::string origin_prefix(std::string_view origin) {
  return prefix("d/", origin);
}

std::string vault_prefix(std::string_view origin, std::string_view vault) {
  auto key = prefix("d/", origin);
  key += vault;
  key.push_back('\0');
  return key;
}

std::string record_key(std::string_view origin, std::string_view vault, std::string_view key) {
  return vault_prefix(origin, vault) += key;
}

std::string log_prefix(std::string_view origin) {
  return prefix("l/", origin);
}

std::string log_key(std::string_view origin, revision at) {
  auto key = log_prefix(origin);
  put(key, at.value);
  return key;
}

std::string end_of(std::string_view prefix) {
  std::string end{prefix};
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

std::string write_epoch(epoch e) {
  std::string out;
  put(out, e.value);
  return out;
}

std::optional<epoch> read_epoch(std::string_view bytes) {
  parser p{bytes};
  const epoch e{p.number<std::uint64_t>()};
  if (!p.complete()) return std::nullopt;
  return e;
}

std::string write_bounds(const log_bounds& bounds) {
  std::string out;
  for (const auto& position : {bounds.cut, bounds.end}) {
    put(out, position.epoch.value);
    put(out, position.revision.value);
  }
  return out;
}

std::optional<log_bounds> read_bounds(std::string_view bytes) {
  parser p{bytes};
  const auto cut = read_position(p);
  const auto end = read_position(p);
  if (!p.complete() || cut.revision > end.revision || cut.epoch > end.epoch) return std::nullopt;
  return log_bounds{cut, end};
}

std::string write_entry(const batch& b) {
  std::string out;
  out.reserve(size_in_bytes(b));
  put(out, b.at.epoch.value);
  put_text(out, b.vault);
  put(out, static_cast<std::uint32_t>(b.changes.size()));
  for (const auto& change : b.changes) {
    put_text(out, change.key);
    put(out, static_cast<std::uint8_t>(change.value ? 1 : 0));
    if (change.value) put_text(out, as_text(*change.value));
  }
  return out;
}

std::optional<epoch> read_entry_epoch(std::string_view bytes) {
  return read_epoch(bytes.substr(0, sizeof(std::uint64_t)));
}

std::optional<batch> read_entry(std::string_view origin, revision at, std::string_view bytes) {
  parser p{bytes};
  batch b;
  b.origin = origin;
  b.at = {{p.number<std::uint64_t>()}, at};
  b.vault = p.text();
  const auto count = p.number<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && p.ok(); ++i) {
    record_change change{std::string{p.text()}, nullptr};
    const auto has_value = p.number<std::uint8_t>();
    if (has_value > 1) return std::nullopt;
    if (has_value == 1) change.value = to_value(p.text());
    b.changes.push_back(std::move(change));
  }
  if (!p.complete()) return std::nullopt;
  return b;
}

record_value to_value(std::string_view bytes) {
  const auto view = as_bytes(bytes);
  return std::make_shared<const twinkeep::bytes>(view.begin(), view.end());
}

}  // namespace twinkeep::regions::codec
