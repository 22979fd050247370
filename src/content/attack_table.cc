#include "content/attack_table.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "content/csv.h"
#include "core/text.h"

namespace vedette {
namespace {

// How the matrix is read, from left to right; ids alone do not say.
constexpr std::array<std::string_view, 14> kMatrixOrder = {
    "TA0043", "TA0042", "TA0001", "TA0002", "TA0003", "TA0004", "TA0005",
    "TA0006", "TA0007", "TA0008", "TA0009", "TA0011", "TA0010", "TA0040"};

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(';'), text.size());
    if (end > 0) parts.emplace_back(Trim(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// A table of content/attack/ with the columns that it has to have; empty after a fault.
struct Columns {
  CsvTable table;
  std::vector<size_t> at;
};
Columns ReadTable(const std::string& folder, const std::string& name,
                  const std::vector<std::string_view>& wanted, Diagnostics& faults) {
  Columns columns;
  std::ifstream in(folder + "/" + name, std::ios::binary);
  if (!in) {
    faults.Error({name}, "attack-missing", fmt::format("cannot read '{}'", name),
                 "techniques and tactics are named from it");
    return columns;
  }
  const std::string text(std::istreambuf_iterator<char>(in), {});
  Result<CsvTable> table = ParseCsv(text, name, faults);
  if (!table) {
    faults.Error(table.error().place, table.error().code, table.error().message);
    return columns;
  }
  for (const std::string_view column : wanted) {
    const int at = table->Column(column);
    if (at < 0) {
      faults.Error({name, 1}, "attack-column", fmt::format("there is no column '{}'", column));
      return columns;
    }
    columns.at.push_back(static_cast<size_t>(at));
  }
  columns.table = *std::move(table);
  return columns;
}

size_t MatrixPlace(const std::string& id) {
  return static_cast<size_t>(std::find(kMatrixOrder.begin(), kMatrixOrder.end(), id) -
                             kMatrixOrder.begin());
}

}  // namespace

AttackTable AttackTable::Load(const std::string& content_folder, Diagnostics& faults) {
  AttackTable attack;
  const Columns tactics =
      ReadTable(content_folder, "attack/tactics.csv", {"id", "name", "shortname"}, faults);
  for (const CsvRow& row : tactics.table.rows) {
    attack.tactics_.push_back(
        {row.cells[tactics.at[0]], row.cells[tactics.at[1]], row.cells[tactics.at[2]]});
  }
  std::stable_sort(
      attack.tactics_.begin(), attack.tactics_.end(),
      [](const Tactic& a, const Tactic& b) { return MatrixPlace(a.id) < MatrixPlace(b.id); });
  const Columns techniques =
      ReadTable(content_folder, "attack/techniques.csv",
                {"id", "name", "tactics", "revoked", "deprecated", "revoked_by"}, faults);
  for (const CsvRow& row : techniques.table.rows) {
    const auto cell = [&](size_t i) { return row.cells[techniques.at[i]]; };
    attack.techniques_[cell(0)] = {cell(0),        cell(1),        SplitList(cell(2)),
                                   cell(3) == "1", cell(4) == "1", cell(5)};
  }
  return attack;
}

const Technique* AttackTable::Find(std::string_view id) const {
  const auto found = techniques_.find(id);
  return found == techniques_.end() ? nullptr : &found->second;
}

const Tactic* AttackTable::FindTactic(std::string_view name) const {
  const auto found = std::find_if(tactics_.begin(), tactics_.end(), [&](const Tactic& t) {
    return t.id == name || t.short_name == name;
  });
  return found == tactics_.end() ? nullptr : &*found;
}

std::vector<std::string_view> AttackTable::TechniqueIds() const {
  std::vector<std::string_view> ids;
  for (const auto& [id, technique] : techniques_) ids.push_back(id);
  return ids;
}

std::string AttackTable::FullName(std::string_view id) const {
  if (const Tactic* tactic = FindTactic(id)) return tactic->name;
  const Technique* technique = Find(id);
  if (technique == nullptr) return std::string(id);
  const size_t dot = id.find('.');
  const Technique* parent = dot == std::string_view::npos ? nullptr : Find(id.substr(0, dot));
  return parent == nullptr ? technique->name : parent->name + ": " + technique->name;
}

std::string AttackTable::Link(std::string_view id) {
  std::string path(id);
  std::replace(path.begin(), path.end(), '.', '/');
  return fmt::format("https://attack.mitre.org/{}/{}",
                     StartsWith(id, "TA") ? "tactics" : "techniques", path);
}

}  // namespace vedette
