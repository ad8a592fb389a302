#pragma once

#include <fstream>
#include <iterator>
#include <map>

#include "store_kit.hpp"

// Looking at, and damaging, a store's files.
namespace twinkeep::regions::tests {

namespace fs = std::filesystem;

// A RocksDB medium in a directory of its own; zone 1 of eastus2 is the one looked at.
struct rocksdb_disk {
  temporary_directory directory;
  std::unique_ptr<store_medium> medium = make_rocksdb_medium(directory.path());
  fs::path zone = directory.path() / "eastus2" / "zone-1";

  store_outcome<std::unique_ptr<replica_store>> open() { return medium->open("eastus2", 1); }
  store_outcome<void> wipe() { return medium->wipe("eastus2", 1); }
  std::unique_ptr<replica_store> must_open() {
    auto opened = open();
    BOOST_REQUIRE_MESSAGE(opened.ok(), why(opened));
    return std::move(*opened);
  }
};

inline std::string read_file(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline void write_file(const fs::path& path, const std::string& text) {
  std::ofstream{path, std::ios::binary | std::ios::trunc} << text;
}

inline std::map<std::string, std::string> all_files(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator{directory}) {
    if (entry.is_regular_file()) files[entry.path().filename()] = read_file(entry.path());
  }
  return files;
}

// The largest file whose name has the ending.
inline fs::path largest(const fs::path& directory, std::string_view ending) {
  fs::path best;
  for (const auto& entry : fs::directory_iterator{directory}) {
    const auto fits = entry.path().filename().string().ends_with(ending);
    if (fits && (best.empty() || entry.file_size() > fs::file_size(best))) best = entry.path();
  }
  BOOST_REQUIRE(!best.empty());
  return best;
}

// Turns over the bits of `count` octets.
inline void damage(const fs::path& path, std::size_t offset, std::size_t count = 1) {
  auto content = read_file(path);
  BOOST_REQUIRE(offset + count <= content.size());
  for (std::size_t i = offset; i < offset + count; ++i) {
    content[i] = static_cast<char>(~content[i]);
  }
  write_file(path, content);
}

}  // namespace twinkeep::regions::tests
