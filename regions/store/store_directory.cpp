#include "regions/store/store_directory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <optional>
#include <system_error>
#include <vector>

#include "crypto/descriptor.hpp"

namespace twinkeep::regions {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view format_name = "FORMAT";
constexpr std::string_view new_format_name = "FORMAT.new";
constexpr std::string_view format_intro = "twinkeep store ";
constexpr unsigned kept_aside = 2;

auto io_failure(const fs::path& path, const std::error_code& why) {
  return failure{store_error{store_error_code::io, path.string() + ": " + why.message()}};
}

std::error_code last_error() {
  return {errno, std::generic_category()};
}

// Names in a directory are data of the directory: they need a sync of their own.
store_outcome<void> sync_directory(const fs::path& directory) {
  const descriptor d{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (d.get() < 0 || ::fsync(d.get()) != 0) return io_failure(directory, last_error());
  return {};
}

store_outcome<void> write_format(const fs::path& directory) {
  const auto draft = directory / new_format_name;
  const auto text = std::string{format_intro} + std::to_string(store_format) + "\n";
  {
    const descriptor file{
        ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    if (file.get() < 0) return io_failure(draft, last_error());
    const auto written = ::write(file.get(), text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size()) || ::fsync(file.get()) != 0) {
      return io_failure(draft, last_error());
    }
  }
  std::error_code why;
  fs::rename(draft, directory / format_name, why);
  if (why) return io_failure(draft, why);
  return sync_directory(directory);
}

store_outcome<void> create_durably(const fs::path& directory) {
  std::error_code why;
  std::vector<fs::path> missing;
  for (auto path = directory; !path.empty() && !fs::exists(path, why) && !why;
       path = path.parent_path()) {
    missing.push_back(path);
  }
  fs::create_directories(directory, why);
  if (why) return io_failure(directory, why);
  for (const auto& made : missing) {
    const auto parent = made.parent_path();
    if (auto synced = sync_directory(parent.empty() ? "." : parent); !synced.ok()) return synced;
  }
  return {};
}

// What is there besides the format: names only, without what a file system puts there itself.
store_outcome<std::vector<std::string>> list(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code why;
  for (fs::directory_iterator it{directory, why}, end; !why && it != end; it.increment(why)) {
    auto name = it->path().filename().string();
    if (name != "lost+found" && name != new_format_name) names.push_back(std::move(name));
  }
  if (why) return io_failure(directory, why);
  return names;
}

store_outcome<void> check_format(const fs::path& directory) {
  std::string line;
  std::ifstream file{directory / format_name};
  const bool present = file.is_open();
  std::getline(file, line);
  const auto expected = std::string{format_intro} + std::to_string(store_format);
  if (present && line == expected) return {};
  const auto printable = [](unsigned char c) { return c >= 0x20 && c < 0x7f; };
  if (line.size() > 40 || !std::ranges::all_of(line, printable)) line = "something else";
  return failure{store_error{store_error_code::unknown_format,
                             directory.string() + ": expected \"" + expected +
                                 "\" in its file FORMAT, found " +
                                 (present ? "\"" + line + "\"" : std::string{"no such file"})}};
}

// An engine's first moments, cut short before anything could be stored, leave such files.
bool may_hold_data(const std::string& name) {
  return name == "CURRENT" || name.ends_with(".sst") || name.ends_with(".log");
}

// The numbers of the directories set aside, in order.
std::vector<unsigned> set_aside(const fs::path& directory) {
  const auto prefix = directory.filename().string() + ".corrupt-";
  std::vector<unsigned> numbers;
  std::error_code why;
  for (fs::directory_iterator it{directory.parent_path(), why}, end; !why && it != end;
       it.increment(why)) {
    const auto name = it->path().filename().string();
    if (!name.starts_with(prefix)) continue;
    unsigned number = 0;
    const auto* last = name.data() + name.size();
    const auto parsed = std::from_chars(name.data() + prefix.size(), last, number);
    if (parsed.ec == std::errc{} && parsed.ptr == last) numbers.push_back(number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

fs::path with_suffix(const fs::path& directory, const std::string& suffix) {
  return directory.parent_path() / (directory.filename().string() + suffix);
}

}  // namespace

store_outcome<bool> prepare_directory(const fs::path& directory) {
  if (auto created = create_durably(directory); !created.ok()) return failure{created.error()};
  const auto names = list(directory);
  if (!names.ok()) return failure{names.error()};
  if (names->empty()) {
    if (auto written = write_format(directory); !written.ok()) return failure{written.error()};
    return true;
  }
  if (auto known = check_format(directory); !known.ok()) return failure{known.error()};
  return std::ranges::none_of(*names, may_hold_data);
}

store_outcome<void> clear_directory(const fs::path& directory, bool keep) {
  std::error_code why;
  // A directory half removed would look like a damaged store, hence the other name first.
  const auto leaving = with_suffix(directory, ".removing");
  fs::remove_all(leaving, why);
  if (why) return io_failure(leaving, why);
  if (!fs::exists(directory, why)) return {};
  const auto aside = set_aside(directory);
  const auto number = aside.empty() ? 1 : aside.back() + 1;
  const auto target = keep ? with_suffix(directory, ".corrupt-" + std::to_string(number)) : leaving;
  fs::rename(directory, target, why);
  if (why) return io_failure(directory, why);
  if (auto synced = sync_directory(directory.parent_path()); !synced.ok()) return synced;
  fs::remove_all(leaving, why);
  if (why) return io_failure(leaving, why);
  for (std::size_t i = 0; keep && i + (kept_aside - 1) < aside.size(); ++i) {
    fs::remove_all(with_suffix(directory, ".corrupt-" + std::to_string(aside[i])), why);
  }
  return {};
}

}  // namespace twinkeep::regions
