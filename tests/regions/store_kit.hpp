#pragma once

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "regions/store/media.hpp"
#include "tests/temporary_directory.hpp"

// What the tests of stores share.
namespace twinkeep::regions::tests {

using test::temporary_directory;

// For BOOST_REQUIRE_MESSAGE, which makes its message in any case.
template <class Outcome>
std::string why(const Outcome& outcome) {
  return outcome.ok() ? std::string{} : outcome.error().message;
}

enum class medium_kind { memory, rocksdb, faulty };
inline std::ostream& operator<<(std::ostream& out, medium_kind kind) {
  constexpr const char* names[] = {"memory", "rocksdb", "faulty"};
  return out << names[static_cast<std::size_t>(kind)];
}
// Every test of the contract runs over each of these.
inline const auto every_medium =
    boost::unit_test::data::make({medium_kind::memory, medium_kind::rocksdb, medium_kind::faulty});

// A zone's disk of one kind, and the store that is open on it.
class contract {
 public:
  explicit contract(medium_kind kind, std::size_t retained = default_retained_batches) {
    if (kind == medium_kind::rocksdb) {
      directory_ = std::make_unique<temporary_directory>();
      medium_ = make_rocksdb_medium(directory_->path(), retained);
    } else {
      medium_ = make_memory_medium(retained);
    }
    if (kind == medium_kind::faulty) medium_ = std::make_unique<faulty_medium>(std::move(medium_));
    reopen();
  }

  void close() { store_.reset(); }
  void reopen() {
    close();
    auto opened = medium_->open("eastus2", 1);
    BOOST_REQUIRE_MESSAGE(opened.ok(), why(opened));
    store_ = std::move(*opened);
  }
  replica_store* operator->() { return store_.get(); }
  replica_store& operator*() { return *store_; }
  store_medium& medium() { return *medium_; }

 private:
  std::unique_ptr<temporary_directory> directory_;
  std::unique_ptr<store_medium> medium_;
  std::unique_ptr<replica_store> store_;
};

inline record_value value(std::string_view text) {
  const auto view = as_bytes(text);
  return std::make_shared<const bytes>(view.begin(), view.end());
}

inline log_position at(std::uint64_t e, std::uint64_t r) {
  return {{e}, {r}};
}

struct content {
  std::string key;
  std::string text;
  bool removed = false;
};

inline batch_ptr make_batch(std::string origin, log_position position,
                            const std::vector<content>& changes = {{"s/a", "1"}},
                            std::string vault = "demo") {
  batch b{std::move(origin), position, std::move(vault), {}};
  for (const auto& c : changes) {
    b.changes.push_back({c.key, c.removed ? nullptr : value(c.text)});
  }
  return std::make_shared<const batch>(std::move(b));
}

// Appends batches `from`..`to` of epoch 1, each setting "s/n" to its revision.
inline void fill(replica_store& store, std::uint64_t from, std::uint64_t to,
                 const std::string& origin = "eastus2") {
  std::vector<batch_ptr> batches;
  for (auto r = from; r <= to; ++r) {
    batches.push_back(make_batch(origin, at(1, r), {{"s/n", std::to_string(r)}}));
  }
  const auto appended = store.append(batches);
  BOOST_REQUIRE_MESSAGE(appended.ok(), why(appended));
}

inline store_outcome<void> append(replica_store& store, const batch_ptr& b) {
  return store.append({&b, 1});
}

// "key=text" of each record of a vault.
inline std::vector<std::string> loaded(replica_store& store, std::string_view origin = "eastus2",
                                       std::string_view vault = "demo") {
  const auto records = store.load(origin, vault);
  BOOST_REQUIRE_MESSAGE(records.ok(), why(records));
  std::vector<std::string> lines;
  for (const auto& r : *records) lines.push_back(r.key + "=" + std::string{as_text(*r.value)});
  return lines;
}

inline log_position position(replica_store& store, std::string_view origin = "eastus2") {
  const auto p = store.position(origin);
  BOOST_REQUIRE_MESSAGE(p.ok(), why(p));
  return *p;
}

// The code of what must have failed.
template <class T>
store_error_code code_of(const store_outcome<T>& outcome) {
  BOOST_REQUIRE(!outcome.ok());
  return outcome.error().code;
}

inline void check_lines(const std::vector<std::string>& found,
                        const std::vector<std::string>& expected) {
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

}  // namespace twinkeep::regions::tests

namespace twinkeep::regions {
inline std::ostream& operator<<(std::ostream& out, const log_position& p) {
  return out << "{" << p.epoch.value << ", " << p.revision.value << "}";
}
inline std::ostream& operator<<(std::ostream& out, const epoch& e) {
  return out << "epoch " << e.value;
}
inline std::ostream& operator<<(std::ostream& out, store_error_code code) {
  constexpr const char* names[] = {"io",     "corrupt", "gap", "out_of_order", "unknown_format",
                                   "locked", "closed"};
  return out << names[static_cast<std::size_t>(code)];
}
}  // namespace twinkeep::regions
