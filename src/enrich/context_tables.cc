#include "enrich/context_tables.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "core/text.h"
#include "enrich/suffixes.h"

namespace vedette {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtend = "# extend";
constexpr std::string_view kTable = "# table";

// Columns of users.csv that name the person as well as `user` does.
constexpr std::string_view kUserNames[] = {"user", "email",    "upn",         "user_upn",
                                           "sid",  "user_sid", "employee_id", "account"};
constexpr std::string_view kAssetNames[] = {"host", "ip"};

bool IsWordByte(char c) {
  return IsDigit(c) || (ToLowerAscii(c) >= 'a' && ToLowerAscii(c) <= 'z') || (c & 0x80);
}

// Whether `phrase` (lower case) stands in `text` with no word going on at its ends.
bool HasPhrase(std::string_view text, std::string_view phrase) {
  for (size_t at = text.find(phrase); at != std::string_view::npos;
       at = text.find(phrase, at + 1)) {
    const size_t end = at + phrase.size();
    const bool starts = at == 0 || !IsWordByte(text[at - 1]) || !IsWordByte(phrase.front());
    const bool ends = end == text.size() || !IsWordByte(text[end]) || !IsWordByte(phrase.back());
    if (starts && ends) return true;
  }
  return false;
}

void AddListValue(ContextTable& table, std::string_view value) {
  value = Trim(value);
  if (value.empty()) return;
  if (table.match == ListMatch::kWords) table.phrases.push_back(ToLower(value));
  if (table.match == ListMatch::kExact) {
    table.rows.PutExact(value, {});
  } else {
    table.rows.Put(value, {});
  }
}

void ReadRows(const Node& rows, ContextTable& table, Diagnostics& faults) {
  for (const auto& [key, cells] : rows.pairs) {
    std::vector<std::string> row;
    if (cells.is_scalar()) row.push_back(cells.scalar);
    for (const Node& cell : cells.items) row.push_back(cell.scalar);
    if (row.size() != table.columns.size()) {
      faults.Error(cells.place, "context-cells",
                   fmt::format("the row '{}' has {} cells for {} columns", key, row.size(),
                               table.columns.size()));
      continue;
    }
    table.rows.Put(key, std::move(row));
  }
}

ContextTable ReadTable(const ContentFile& file, Diagnostics& faults) {
  ContextTable table;
  MapReader map(file.root, "context file", faults);
  table.name = map.RequiredText("name");
  table.about = map.RequiredText("about");
  table.source = map.RequiredText("source");
  table.is_table = map.Word("kind", {"list", "table"}, 0) == 1;
  table.match = static_cast<ListMatch>(map.Word("match", {"exact", "lower", "domain", "words"}, 1));
  if (table.is_table) {
    map.RequiredText("key");
    table.columns = map.Texts("columns");
    if (const Node* rows = map.Required("rows")) ReadRows(*rows, table, faults);
  } else {
    map.Required("values");
    for (const std::string& value : map.Texts("values")) AddListValue(table, value);
  }
  map.Finish();
  return table;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::string_view PeerGroupOf(const Directory<User>& users, const User& user) {
  const std::string_view group = users.Cell(user, "peer_group");
  return group.empty() ? users.Cell(user, "department") : group;
}

void ContextTables::Put(ContextTable table) {
  const auto [at, added] = names_.emplace(table.name, static_cast<int>(tables_.size()));
  auto shared = std::make_shared<const ContextTable>(std::move(table));
  if (added) {
    tables_.push_back(std::move(shared));
  } else {
    tables_[static_cast<size_t>(at->second)] = std::move(shared);
  }
}

void ContextTables::LoadShipped(const ContentLibrary& library, Diagnostics& faults) {
  for (const ContentFile& file : library.context) {
    ContextTable table = ReadTable(file, faults);
    if (table.name.empty()) continue;
    if (names_.contains(table.name)) {
      faults.Error({file.path}, "duplicate-context",
                   fmt::format("there is already a list or table '{}'", table.name));
      continue;
    }
    Put(std::move(table));
  }
}

void ContextTables::LoadFolder(const std::string& folder, Diagnostics& faults) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    faults.Error({folder}, "context-folder-missing", "there is no such context folder");
    return;
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file(error) && (extension == ".csv" || extension == ".txt"))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& path : files)
    LoadText(path.stem().string(), ReadFile(path), path.string(), faults);
  for (const char* name : {"users.csv", "assets.csv", "zones.csv", "company_domains.txt"}) {
    if (!fs::exists(fs::path(folder) / name, error)) {
      faults.Note({folder}, "context-file-missing",
                  fmt::format("there is no {}; what it would add stays empty", name));
    }
  }
}

void ContextTables::LoadText(const std::string& name, std::string_view text,
                             const std::string& file, Diagnostics& faults) {
  if (name != "users" && name != "assets" && name != "zones") {
    const int shipped = FindTable(name);
    const bool table = shipped >= 0 && tables_[static_cast<size_t>(shipped)]->is_table;
    if (table || StartsWith(text, kTable)) {
      LoadTable(name, text, file, faults);
    } else {
      LoadList(name, text, file, faults);
    }
    return;
  }
  const Result<CsvTable> csv = ParseCsv(text, file, faults);
  if (!csv) {
    faults.Error(csv.error().place, csv.error().code, csv.error().message);
  } else if (name == "users") {
    LoadUsers(*csv, file, faults);
  } else if (name == "assets") {
    LoadAssets(*csv, file, faults);
  } else {
    LoadZones(*csv, file, faults);
  }
}

// One value a line; of a line with commas the first cell. "# extend" as the first line adds to the
// shipped list.
void ContextTables::LoadList(const std::string& name, std::string_view text,
                             const std::string& file, Diagnostics& faults) {
  if (text.find('\0') != std::string_view::npos) {
    faults.Error({file}, "context-binary", "not a text file");
    return;
  }
  ContextTable table;
  const int shipped = FindTable(name);
  const bool extends = StartsWith(text, kExtend);
  if (shipped >= 0) {
    const ContextTable& old = *tables_[static_cast<size_t>(shipped)];
    if (extends) {
      table = old;
    } else {
      table.match = old.match;
      table.about = old.about;
    }
  } else if (EndsWith(name, "domains")) {
    table.match = ListMatch::kDomain;
  }
  table.name = name;
  table.source = file;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = Trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line[0] == '#') continue;
    AddListValue(table, line.substr(0, line.find(',')));
  }
  Put(std::move(table));
}

// CSV whose first column is the key.
void ContextTables::LoadTable(const std::string& name, std::string_view text,
                              const std::string& file, Diagnostics& faults) {
  const Result<CsvTable> csv = ParseCsv(text, file, faults);
  if (!csv) {
    faults.Error(csv.error().place, csv.error().code, csv.error().message);
    return;
  }
  if (csv->columns.size() < 2) {
    faults.Error({file, 1, 1}, "context-table",
                 fmt::format("the table '{}' needs a key and at least one more column", name),
                 "name the columns in the first row; a list has no columns and no row for them");
    return;
  }
  ContextTable table;
  table.name = name;
  table.source = file;
  table.is_table = true;
  table.columns.assign(csv->columns.begin() + 1, csv->columns.end());
  for (const CsvRow& row : csv->rows) {
    if (!row.cells[0].empty())
      table.rows.Put(row.cells[0], {row.cells.begin() + 1, row.cells.end()});
  }
  Put(std::move(table));
}

void ContextTables::LoadUsers(const CsvTable& csv, const std::string& file, Diagnostics& faults) {
  users_ = {};
  groups_.Clear();
  users_.columns = csv.columns;
  const int id_column = csv.Column("user");
  if (id_column < 0) {
    faults.Error({file, 1, 1}, "users-column", "users.csv needs a column 'user'");
    return;
  }
  for (const CsvRow& row : csv.rows) {
    auto user = std::make_shared<User>();
    user->id = ToLower(row.cells[static_cast<size_t>(id_column)]);
    user->cells = row.cells;
    if (user->id.empty()) continue;
    if (users_.by_name.Find(user->id) != nullptr) {
      faults.Error({file, row.line, 1}, "users-duplicate",
                   fmt::format("the user '{}' stands twice", user->id));
      continue;
    }
    const std::string_view active = users_.Cell(*user, "active");
    user->active = active.empty() || EqualsIgnoreCase(active, "true") || active == "1" ||
                   EqualsIgnoreCase(active, "yes");
    const std::string_view zone = users_.Cell(*user, "timezone");
    user->zone = zone.empty() ? nullptr : Zone::Find(zone);
    if (!zone.empty() && user->zone == nullptr) {
      faults.Error({file, row.line, 1}, "users-timezone",
                   fmt::format("there is no time zone '{}'", zone),
                   "an IANA name such as Europe/Berlin");
    }
    for (std::string_view column : kUserNames) {
      const std::string_view name = users_.Cell(*user, column);
      if (!name.empty()) users_.by_name.Add(name, user.get());
    }
    if (user->active) groups_[PeerGroupOf(users_, *user)].push_back(user->id);
    users_.all.push_back(std::move(user));
  }
}

void ContextTables::LoadAssets(const CsvTable& csv, const std::string& file, Diagnostics& faults) {
  assets_ = {};
  assets_.columns = csv.columns;
  const int host = csv.Column("host");
  if (host < 0) {
    faults.Error({file, 1, 1}, "assets-column", "assets.csv needs a column 'host'");
    return;
  }
  for (const CsvRow& row : csv.rows) {
    auto asset = std::make_shared<Asset>();
    const std::string& name = row.cells[static_cast<size_t>(host)];
    asset->id = ToLower(ParseIp(name) ? std::string_view(name)
                                      : std::string_view(name).substr(0, name.find('.')));
    asset->cells = row.cells;
    if (asset->id.empty()) continue;
    assets_.by_name.Add(asset->id, asset.get());
    for (std::string_view column : kAssetNames) {
      const std::string_view alias = assets_.Cell(*asset, column);
      if (!alias.empty()) assets_.by_name.Add(alias, asset.get());
    }
    assets_.all.push_back(std::move(asset));
  }
}

void ContextTables::LoadZones(const CsvTable& csv, const std::string& file, Diagnostics& faults) {
  networks_.clear();
  const int zone = csv.Column("zone");
  const int cidr = csv.Column("cidr");
  if (zone < 0 || cidr < 0) {
    faults.Error({file, 1, 1}, "zones-column", "zones.csv needs the columns 'zone' and 'cidr'");
    return;
  }
  for (const CsvRow& row : csv.rows) {
    const auto network = ParseCidr(row.cells[static_cast<size_t>(cidr)]);
    if (!network) {
      faults.Error({file, row.line, 1}, "zones-cidr",
                   fmt::format("'{}' is no network such as 10.0.0.0/8",
                               row.cells[static_cast<size_t>(cidr)]));
      continue;
    }
    networks_.push_back({*network, row.cells[static_cast<size_t>(zone)]});
  }
  std::stable_sort(networks_.begin(), networks_.end(),
                   [](const Network& a, const Network& b) { return a.cidr.bits > b.cidr.bits; });
}

int ContextTables::FindTable(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? -1 : found->second;
}

bool ContextTables::ListContains(int table, std::string_view value) const {
  if (table < 0) return false;
  const ContextTable& list = *tables_[static_cast<size_t>(table)];
  switch (list.match) {
    case ListMatch::kExact:
      return list.rows.FindLower(value) != nullptr;
    case ListMatch::kLower:
      return list.rows.Find(value) != nullptr;
    case ListMatch::kDomain: {
      if (const size_t at = value.rfind('@'); at != std::string_view::npos)
        value.remove_prefix(at + 1);
      if (EndsWith(value, ".")) value.remove_suffix(1);
      while (true) {
        if (list.rows.Find(value) != nullptr) return true;
        const size_t dot = value.find('.');
        if (dot == std::string_view::npos) return false;
        value.remove_prefix(dot + 1);
      }
    }
    case ListMatch::kWords: {
      const auto has_any = [&](std::string_view lower) {
        return std::any_of(list.phrases.begin(), list.phrases.end(),
                           [&](const auto& p) { return HasPhrase(lower, p); });
      };
      char lower[1024];  // most texts fit, and nothing is allocated for them
      if (value.size() > sizeof(lower) || !IsAscii(value)) return has_any(ToLower(value));
      std::transform(value.begin(), value.end(), lower, ToLowerAscii);
      return has_any({lower, value.size()});
    }
  }
  return false;
}

bool ContextTables::TableHasKey(int table, std::string_view key) const {
  return table >= 0 && tables_[static_cast<size_t>(table)]->rows.Find(key) != nullptr;
}

Value ContextTables::TableValue(int table, std::string_view column, std::string_view key) const {
  if (table < 0) return {};
  const ContextTable& rows = *tables_[static_cast<size_t>(table)];
  const std::vector<std::string>* row = rows.rows.Find(key);
  if (row == nullptr) return {};
  for (size_t i = 0; i < row->size(); ++i) {
    if (column.empty() || EqualsIgnoreCase(rows.columns[i], column))
      return (*row)[i].empty() ? Value() : Value::String((*row)[i]);
  }
  return {};
}

Value ContextTables::EntityAttribute(bool is_user, std::string_view entity,
                                     std::string_view attribute) const {
  std::string_view cell;
  if (is_user) {
    const User* user = users_.Find(entity);
    if (user == nullptr) return {};
    cell = attribute == "peer_group" ? PeerGroupOf(users_, *user) : users_.Cell(*user, attribute);
  } else {
    const Asset* asset = assets_.Find(entity);
    if (asset == nullptr) return {};
    cell = assets_.Cell(*asset, attribute);
  }
  return cell.empty() ? Value() : Value::String(cell);
}

std::string_view ContextTables::TopDomain(std::string_view host) const {
  return RegistrableDomain(host);
}

const Zone* ContextTables::ZoneOf(const Event& event) const {
  const Value id = event.Get(schema_->known().user_entity);
  if (id.is_text()) {
    const User* user = users_.Find(id.text());
    if (user != nullptr && user->zone != nullptr) return user->zone;
  }
  return default_zone_;
}

std::string_view ContextTables::ZoneOfAddress(const IpAddress& ip) const {
  for (const Network& network : networks_) {
    if (network.cidr.Contains(ip)) return network.zone;
  }
  return {};
}

bool ContextTables::IsSmallGroup(std::string_view group) const {
  const std::vector<std::string>* members = groups_.Find(group);
  return members != nullptr && members->size() < kLeastGroup;
}

std::span<const std::string> ContextTables::MembersOf(std::string_view group) const {
  const std::vector<std::string>* members = groups_.Find(group);
  if (members == nullptr) return {};
  return *members;
}

}  // namespace vedette
