#pragma once

#include <toml++/toml.h>

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "regions/failover/timings.hpp"

// Internal to regions/config.
namespace twinkeep::regions {

// Keeps the first thing that is wrong; reading goes on with defaults and is thrown away.
class complaints {
 public:
  explicit complaints(std::string_view file) : file_(file) {}
  void add(const toml::source_region& where, std::string_view key, std::string_view expected,
           std::string_view found);
  [[nodiscard]] const std::optional<std::string>& first() const { return first_; }

 private:
  std::string file_;
  std::optional<std::string> first_;
};

// One TOML table. A key that is absent reads as the default, one of the wrong type or value is
// complained of; so is, at once, every key that is not among `known`.
class table_reader {
 public:
  table_reader(const toml::table& table, std::string path,
               std::initializer_list<std::string_view> known, complaints& sink);

  [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }
  void read(std::string_view key, bool& value) const;
  void read(std::string_view key, duration& value) const;
  void read(std::string_view key, unsigned& value, unsigned least, unsigned most) const;
  // Text that `accepts`; `expected` says what that is.
  using test = std::function<bool(const std::string&)>;
  void read(std::string_view key, std::string& value, std::string_view expected,
            const test& accepts) const;
  void read(std::string_view key, std::vector<std::string>& values, std::string_view expected,
            const test& accepts) const;

  // A sub-table; nothing if absent.
  [[nodiscard]] const toml::table* table(std::string_view key) const;
  // Tables of an array [[key]]; nothing if absent.
  [[nodiscard]] std::optional<std::vector<const toml::table*>> tables(std::string_view key) const;

  // Complains of the key, where it stands; of an absent one at the table's head.
  void complain(std::string_view key, std::string_view expected, std::string_view found) const;
  void complain_of_value(std::string_view key, std::string_view expected) const;

 private:
  [[nodiscard]] std::string full_name(std::string_view key) const;
  void complain_of_node(const toml::node& node, std::string_view key,
                        std::string_view expected) const;

  const toml::table& table_;
  std::string path_;
  complaints& sink_;
};

}  // namespace twinkeep::regions
