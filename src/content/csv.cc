#include "content/csv.h"

#include <fmt/format.h>

#include "core/text.h"

namespace vedette {
namespace {

// Takes one row off the front of the text; counts the lines that it spans.
bool TakeRow(std::string_view& text, int& line, CsvRow& row, bool& unclosed) {
  row.cells.clear();
  row.line = line;
  if (text.empty()) return false;
  std::string cell;
  bool quoted = false;
  bool was_quoted = false;
  size_t i = 0;
  const auto finish = [&] {
    row.cells.push_back(was_quoted ? cell : std::string(Trim(cell)));
    cell.clear();
    was_quoted = false;
  };
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (quoted) {
      if (c != '"') {
        cell += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        cell += text[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"' && Trim(cell).empty()) {
      quoted = was_quoted = true;
      cell.clear();
    } else if (c == ',') {
      finish();
    } else if (c == '\n') {
      ++i;
      break;
    } else if (c != '\r') {
      cell += c;
    }
  }
  unclosed = quoted;
  finish();
  text.remove_prefix(i);
  return true;
}

}  // namespace

int CsvTable::Column(std::string_view name) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == name) return static_cast<int>(i);
  }
  return -1;
}

Result<CsvTable> ParseCsv(std::string_view text, const std::string& name, Diagnostics& faults) {
  if (text.find('\0') != std::string_view::npos)
    return Fail("csv-binary", "not a text file", {name});
  if (StartsWith(text, "\xEF\xBB\xBF")) text.remove_prefix(3);
  CsvTable table;
  CsvRow row;
  int line = 1;
  bool unclosed = false;
  while (TakeRow(text, line, row, unclosed)) {
    if (unclosed) return Fail("csv-quote", "a quote is not closed", {name, row.line, 1});
    const bool empty = row.cells.size() == 1 && row.cells[0].empty();
    if (empty || (!row.cells[0].empty() && row.cells[0][0] == '#')) continue;
    if (table.columns.empty()) {
      for (const std::string& cell : row.cells) table.columns.push_back(ToLower(cell));
    } else if (row.cells.size() != table.columns.size()) {
      faults.Error({name, row.line, 1}, "csv-cells",
                   fmt::format("the row has {} cells, the header {}", row.cells.size(),
                               table.columns.size()));
    } else {
      table.rows.push_back(row);
    }
  }
  return table;
}

}  // namespace vedette
