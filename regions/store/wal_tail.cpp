#include "regions/store/wal_tail.hpp"

#include <algorithm>
#include <boost/crc.hpp>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinkeep::regions {

namespace {

// RocksDB's log format: blocks of 32 KiB, in each fragments of records. A fragment: masked CRC-32C
// of type and payload, length of the payload (both little-endian), type, payload. One append is one
// record. The last bytes of a block that cannot hold a header are zero.
constexpr std::size_t block_bytes = 32'768;
constexpr std::size_t header_bytes = 7;
enum fragment_type : std::uint8_t { full = 1, first = 2, middle = 3, last = 4 };

using crc32c = boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;

struct fragment {
  fragment_type type;
  std::size_t size;  // header included
  [[nodiscard]] bool begins_append() const { return type == full || type == first; }
};

std::uint32_t octet(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

// The intact fragment that begins with `rest`, the rest of its block.
std::optional<fragment> read_fragment(std::string_view rest) {
  if (rest.size() < header_bytes) return std::nullopt;
  const auto type = octet(rest, 6);
  const auto size = header_bytes + (octet(rest, 4) | octet(rest, 5) << 8);
  if (type < full || type > last || size > rest.size()) return std::nullopt;
  crc32c crc;
  crc.process_bytes(rest.data() + 6, size - 6);
  const std::uint32_t sum = crc.checksum();
  const std::uint32_t masked = ((sum >> 15) | (sum << 17)) + 0xa282ead8u;
  const auto stored =
      octet(rest, 0) | octet(rest, 1) << 8 | octet(rest, 2) << 16 | octet(rest, 3) << 24;
  if (masked != stored) return std::nullopt;
  return fragment{static_cast<fragment_type>(type), size};
}

// Where the first thing that is no intact fragment begins; the end of the log if all is well.
std::size_t find_damage(std::string_view log) {
  std::size_t at = 0;
  while (at < log.size()) {
    const auto left = block_bytes - at % block_bytes;
    if (left < header_bytes) {
      at += left;
      continue;
    }
    const auto found = read_fragment(log.substr(at, left));
    if (!found) return at;
    at += found->size;
  }
  return log.size();
}

// A damaged length hides where the next fragment begins: every octet behind it is tried.
bool append_begins_behind(std::string_view log, std::size_t damage) {
  for (auto at = damage + 1; at < log.size(); ++at) {
    const auto found = read_fragment(log.substr(at, block_bytes - at % block_bytes));
    if (found && found->begins_append()) return true;
  }
  return false;
}

std::vector<std::filesystem::path> log_files(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  std::error_code why;
  for (std::filesystem::directory_iterator it{directory, why}, end; !why && it != end;
       it.increment(why)) {
    if (it->path().extension() == ".log") files.push_back(it->path());
  }
  std::ranges::sort(files);  // numbers of fixed width
  return files;
}

}  // namespace

bool only_last_append_is_torn(const std::filesystem::path& directory) {
  const auto files = log_files(directory);
  bool torn = false;
  for (const auto& file : files) {
    std::ifstream in{file, std::ios::binary};
    const std::string log{std::istreambuf_iterator<char>{in}, {}};
    if (in.bad()) return false;
    // What follows in a later file was appended later.
    if (torn && !log.empty()) return false;
    const auto damage = find_damage(log);
    if (damage == log.size()) continue;
    if (append_begins_behind(log, damage)) return false;
    torn = true;
  }
  return torn;
}

}  // namespace twinkeep::regions
