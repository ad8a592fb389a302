#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

// The rules of the source tree that neither the compiler nor the linker knows. Every rule is tried
// on planted text first: a rule that cannot fail proves nothing.
namespace twinkeep {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_lines = 500;

// From the ground up: a floor includes itself and those before it.
constexpr std::array<std::string_view, 4> floors{"crypto", "protocol", "regions", "actors"};
// Those that may include everything.
constexpr std::array<std::string_view, 2> outside{"tests", "bench"};
// What is made here and is not of the repository.
constexpr std::array<std::string_view, 3> made{"build", "twinkeep-data", "node_modules"};
// Actors and sockets.
constexpr std::array<std::string_view, 5> of_actors{"caf/", "boost/asio/", "boost/asio.hpp",
                                                    "boost/beast/", "boost/beast.hpp"};
constexpr std::string_view clock_file = "actors/runtime/wall_clock.cpp";

// Words are in two pieces here, so that this file does not complain of itself.
constexpr std::string_view detaches =
    "det"
    "ached";
struct forbidden {
  std::string_view word, why;
};
constexpr std::array forbidden_words = std::to_array<forbidden>({
    {"sleep"
     "_for",
     "sleeps"},
    {"sleep"
     "_until",
     "sleeps"},
    {"u"
     "sleep(",
     "sleeps"},
    {"nano"
     "sleep(",
     "sleeps"},
    {"system_clock"
     "::now",
     "asks for the time: it comes in through the wall_clock port"},
    {"random"
     "_device",
     "draws random numbers: they come in through random_source"},
    {"rand"
     "(",
     "draws random numbers: they come in through random_source"},
    {"srand"
     "(",
     "draws random numbers: they come in through random_source"},
    {detaches, "detaches an actor: it would have a thread of its own"},
});

template <class Range, class T>
bool contains(const Range& range, const T& item) {
  return std::ranges::find(range, item) != std::ranges::end(range);
}

std::string_view first_part(std::string_view path) {
  return path.substr(0, path.find('/'));
}

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Whether the word occurs and is not the end of a longer one. Asio's word is no actor's.
bool has_word(std::string_view line, std::string_view word) {
  for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const auto before = line.substr(0, at);
    if (!before.empty() && is_word_char(before.back())) continue;
    if (word == detaches && (before.ends_with("asio::") || before.ends_with("asio/"))) continue;
    const auto after = line.substr(at + word.size());
    if (is_word_char(word.back()) && !after.empty() && is_word_char(after.front())) continue;
    return true;
  }
  return false;
}

// What an #include names and whether in quotes; empty: the line is none.
std::pair<std::string_view, bool> included_by(std::string_view line) {
  constexpr std::string_view directive = "#include";
  const auto start = line.find_first_not_of(' ');
  if (start == std::string_view::npos || !line.substr(start).starts_with(directive)) return {};
  line.remove_prefix(start + directive.size());
  const auto open = line.find_first_of("\"<");
  if (open == std::string_view::npos) return {};
  const auto name = line.substr(open + 1);
  return {name.substr(0, name.find_first_of("\">")), line[open] == '"'};
}

std::vector<std::string> include_complaints(std::string_view path, std::string_view line) {
  const auto [name, quoted] = included_by(line);
  const auto floor = std::ranges::find(floors, first_part(path));
  if (name.empty() || floor == floors.end()) return {};
  std::vector<std::string> found;
  const auto complain = [&, name = name](std::string_view why) {
    found.push_back("includes " + std::string(name) + ' ' + std::string(why));
  };
  const auto included = std::ranges::find(floors, first_part(name));
  if (included != floors.end() && included > floor) complain("of a floor above its own");
  if (quoted && included == floors.end()) complain("by a path that starts at no floor");
  const auto starts = [name = name](std::string_view start) { return name.starts_with(start); };
  if (*floor != "actors" && std::ranges::any_of(of_actors, starts)) {
    complain("which belongs below actors/");
  }
  return found;
}

bool is_cpp(std::string_view path) {
  return path.ends_with(".cpp") || path.ends_with(".hpp");
}

bool is_source(std::string_view path) {
  return is_cpp(path) || path.ends_with(".mjs") || path.ends_with(".sh") ||
         path.ends_with("CMakeLists.txt");
}

// "path:line: why" for all that is wrong with a file. `path` is relative to the source tree.
std::vector<std::string> complaints_of(std::string_view path, std::string_view text) {
  std::vector<std::string> all;
  std::size_t number = 0;
  const auto complain = [&](std::string_view why) {
    all.push_back(std::string(path) + ':' + std::to_string(number) + ": " + std::string(why));
  };
  while (!text.empty()) {
    ++number;
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!is_cpp(path)) continue;
    line = line.substr(0, line.find("//"));
    for (const auto& why : include_complaints(path, line)) complain(why);
    for (const auto& [word, why] : forbidden_words) {
      if (word.starts_with("system_clock") && path == clock_file) continue;
      if (has_word(line, word)) complain(why);
    }
  }
  if (number > max_lines) complain("the file has more than 500 lines");
  return all;
}

bool is_known_folder(std::string_view name) {
  return name.starts_with('.') || contains(floors, name) || contains(outside, name) ||
         contains(made, name);
}

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Every source file below the root, relative to it.
std::vector<std::string> sources(const fs::path& root) {
  std::vector<std::string> found;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::end(it); ++it) {
    const auto name = it->path().filename().string();
    if (it->is_directory() && (name.starts_with('.') || contains(made, name))) {
      it.disable_recursion_pending();
    } else if (it->is_regular_file() && is_source(name)) {
      found.push_back(it->path().lexically_relative(root).generic_string());
    }
  }
  std::ranges::sort(found);
  return found;
}

bool complains(std::string_view path, std::string_view text) {
  return !complaints_of(path, text).empty();
}

const fs::path root{TWINKEEP_SOURCE};

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_can_fail)

BOOST_AUTO_TEST_CASE(includes_go_downwards) {
  for (std::size_t i = 0; i < floors.size(); ++i) {
    for (std::size_t j = 0; j < floors.size(); ++j) {
      const auto path = std::string(floors[i]) + "/a/b.cpp";
      const auto line = "#include \"" + std::string(floors[j]) + "/c.hpp\"\n";
      BOOST_TEST(complains(path, line) == (j > i), path << " with " << line);
      BOOST_TEST(complains(path, "int i;\n  # include <x>\n " + line) == (j > i), path);
    }
  }
  BOOST_TEST(complains("crypto/a.cpp", "#include \"a.hpp\"\n"));
  BOOST_TEST(complains("actors/a.cpp", "#include \"bench/load/tls.hpp\"\n"));
  BOOST_TEST(complains("actors/a.cpp", "#include \"../regions/a.hpp\"\n"));
  BOOST_TEST(!complains("tests/a/a.cpp", "#include \"a.hpp\"\n#include \"actors/a.hpp\"\n"));
  BOOST_TEST(!complains("crypto/a.cpp", "// #include \"actors/a.hpp\"\n"));
}

BOOST_AUTO_TEST_CASE(actors_and_sockets_stay_where_they_are) {
  for (const std::string header : {"caf/all.hpp", "boost/asio/post.hpp", "boost/asio.hpp",
                                   "boost/beast/http.hpp", "boost/beast.hpp"}) {
    const auto line = "#include <" + header + ">\n";
    for (const auto* path : {"crypto/a.cpp", "protocol/json/a.hpp", "regions/a.cpp"}) {
      BOOST_TEST(complains(path, line), path << " with " << header);
    }
    for (const auto* path :
         {"actors/a.cpp", "actors/gateway/a.hpp", "tests/a/a.cpp", "bench/a.cpp"}) {
      BOOST_TEST(!complains(path, line), path << " with " << header);
    }
  }
  BOOST_TEST(!complains("crypto/a.cpp", "#include <boost/url/ipv6_address.hpp>\n"));
}

BOOST_AUTO_TEST_CASE(time_and_chance_come_in_from_outside) {
  for (const auto& [word, why] : forbidden_words) {
    for (const auto* path : {"crypto/a.cpp", "actors/a.hpp", "tests/a/a.cpp", "bench/a.cpp"}) {
      BOOST_TEST(complains(path, "  f(std::" + std::string(word) + " )\n"), word);
      BOOST_TEST(!complains(path, "  // " + std::string(word) + '\n'), word);
      BOOST_TEST(!complains(path, "  my_" + std::string(word) + '\n'), word);
    }
  }
  const auto asks = "const auto t = std::chrono::" + std::string("system_clock") + "::now();\n";
  BOOST_TEST(!complains(clock_file, asks));
  BOOST_TEST(complains("actors/runtime/wall_clock.hpp", asks));
  BOOST_TEST(complains("actors/a.cpp", "spawn<caf::" + std::string(detaches) + ">(f);\n"));
  BOOST_TEST(
      !complains("actors/a.cpp", "co_spawn(x, f(), asio::" + std::string(detaches) + ");\n"));
}

BOOST_AUTO_TEST_CASE(files_are_short) {
  for (const auto* path : {"crypto/a.cpp", "tests/service/a.test.mjs", "CMakeLists.txt"}) {
    BOOST_TEST(!complains(path, std::string(max_lines, '\n')), path);
    BOOST_TEST(complains(path, std::string(max_lines + 1, '\n')), path);
  }
}

BOOST_AUTO_TEST_CASE(folders_are_known) {
  for (const auto* name : {"actors", "protocol", "crypto", "regions", "tests", "bench", ".git"}) {
    BOOST_TEST(is_known_folder(name), name);
  }
  for (const auto* name : {"src", "docs", "util", "Actors", "common"}) {
    BOOST_TEST(!is_known_folder(name), name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_source_tree)

BOOST_AUTO_TEST_CASE(every_file_keeps_the_rules) {
  const auto files = sources(root);
  std::set<std::string_view> seen;
  for (const auto& file : files) {
    seen.insert(first_part(file));
    for (const auto& complaint : complaints_of(file, read(root / file))) BOOST_ERROR(complaint);
  }
  // That nothing is wrong must not mean that nothing was read.
  BOOST_TEST(files.size() > 200u);
  for (const auto floor : floors) BOOST_TEST(seen.contains(floor), floor);
  BOOST_TEST(contains(files, std::string(clock_file)));
}

BOOST_AUTO_TEST_CASE(there_are_no_other_folders) {
  for (const auto& entry : fs::directory_iterator(root)) {
    if (!entry.is_directory()) continue;
    const auto name = entry.path().filename().string();
    BOOST_TEST(is_known_folder(name), name << " is no folder of this project");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep
