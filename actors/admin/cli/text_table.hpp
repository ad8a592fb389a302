#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace twinkeep::cli {

enum class align { left, right };

struct column {
  std::string title;
  align side = align::left;
};

// Rows of text in aligned columns, two blanks apart, for a terminal or a log.
class text_table {
 public:
  explicit text_table(std::vector<column> columns) : columns_(std::move(columns)) {}

  // Cells that are missing at the end stay empty; more cells than columns are a programming error.
  void add_row(std::vector<std::string> cells);
  // A line for each row below the titles, none with blanks at its end.
  [[nodiscard]] std::string render() const;

 private:
  std::vector<column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Text of a server, made harmless for a terminal: control characters become '?', so that a name
// or a detail can neither move the cursor nor break a table's line.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace twinkeep::cli
