// Reads comma-separated text as RFC 4180 has it: quotes, doubled quotes, line breaks inside quotes,
// CR LF, a byte order mark.
//
//   Result<CsvTable> table = ParseCsv(text, "users.csv");
//   int column = table->Column("email");
//   for (const CsvRow& row : table->rows) use(row.cells[column]);
//
// The first row names the columns (any case, trimmed). Rows with another number of cells are
// faults, with their line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace vedette {

struct CsvRow {
  int line = 0;
  std::vector<std::string> cells;
};

struct CsvTable {
  std::vector<std::string> columns;  // lower case
  std::vector<CsvRow> rows;

  // Index of a column, or -1.
  int Column(std::string_view name) const;
};

// Lines that begin with '#' and empty lines are skipped.
Result<CsvTable> ParseCsv(std::string_view text, const std::string& name, Diagnostics& faults);

}  // namespace vedette
