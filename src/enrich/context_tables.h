// ContextTables are what the organisation and the shipped content know about names: lists and
// tables, the user directory, assets and zones. Expressions ask them through Lookups, the Enricher
// reads them.
//
//   ContextTables tables;
//   tables.LoadShipped(library, faults);          // content/context
//   tables.LoadFolder("context", faults);         // the organisation's own: users.csv, assets.csv, zones.csv, lists
//   int table = tables.FindTable("file_sharing_domains");
//   tables.ListContains(table, "up.files.example");
//
// Loading: one thread. Afterwards read-only and shared by all threads. Look-ups cost one or a few
// hash probes and do not allocate. The formats: docs/content.md, "Context". Domains are asked with
// their parents, so "a.b.example" is in a list that has "b.example".
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "content/csv.h"
#include "content/library.h"
#include "core/ip.h"
#include "core/zone.h"
#include "enrich/name_map.h"
#include "expr/lookups.h"

namespace vedette {

// How a list compares: bytes, any case, any parent domain, or any phrase within a longer text.
enum class ListMatch { kExact, kLower, kDomain, kWords };

struct ContextTable {
  std::string name;
  std::string about;
  std::string source;
  ListMatch match = ListMatch::kLower;
  bool is_table = false;
  std::vector<std::string> columns;        // of a table, without the key
  NameMap<std::vector<std::string>> rows;  // key -> cells; a list has no cells
  std::vector<std::string> phrases;        // kWords: lower case
};

struct User {
  std::string id;                  // lower case
  std::vector<std::string> cells;  // by directory column
  const Zone* zone = nullptr;
  bool active = true;
};

struct Asset {
  std::string id;  // short host name, lower case; or the address
  std::vector<std::string> cells;
};

// Users or assets by any of their names.
template <typename Entity>
struct Directory {
  std::vector<std::string> columns;
  std::vector<std::shared_ptr<Entity>> all;
  NameMap<const Entity*> by_name;

  const Entity* Find(std::string_view name) const {
    const auto* found = by_name.Find(name);
    return found == nullptr ? nullptr : *found;
  }
  // The cell of a column, empty when there is none.
  std::string_view Cell(const Entity& entity, std::string_view column) const {
    for (size_t i = 0; i < columns.size(); ++i) {
      if (columns[i] == column) return entity.cells[i];
    }
    return {};
  }
};

class ContextTables : public Lookups {
 public:
  static constexpr size_t kLeastGroup = 5;  // a peer group with fewer active members is no group

  explicit ContextTables(const Schema& schema) : schema_(&schema) {}

  void LoadShipped(const ContentLibrary& library, Diagnostics& faults);
  // A missing folder is a fault; a missing file in it a note.
  void LoadFolder(const std::string& folder, Diagnostics& faults);
  // One table by name from text: users, assets, zones, what ships as a table and what begins with
  // "# table" as CSV, anything else as lines of a list.
  void LoadText(const std::string& name, std::string_view text, const std::string& file,
                Diagnostics& faults);

  // Lookups.
  int FindTable(std::string_view name) const override;
  bool ListContains(int table, std::string_view value) const override;
  bool TableHasKey(int table, std::string_view key) const override;
  Value TableValue(int table, std::string_view column, std::string_view key) const override;
  Value EntityAttribute(bool is_user, std::string_view entity,
                        std::string_view attribute) const override;
  bool IsSmallGroup(std::string_view group) const override;
  std::span<const std::string> MembersOf(std::string_view group) const override;
  std::string_view TopDomain(std::string_view host) const override;
  const Zone* ZoneOf(const Event& event) const override;

  const Directory<User>& users() const { return users_; }
  const Directory<Asset>& assets() const { return assets_; }
  // The zone of an address by the longest network that holds it, or empty.
  std::string_view ZoneOfAddress(const IpAddress& ip) const;
  void set_default_zone(const Zone* zone) { default_zone_ = zone; }
  const Zone* default_zone() const { return default_zone_; }
  const std::vector<std::shared_ptr<const ContextTable>>& tables() const { return tables_; }

 private:
  struct Network {
    Cidr cidr;
    std::string zone;
  };

  void Put(ContextTable table);
  void LoadList(const std::string& name, std::string_view text, const std::string& file,
                Diagnostics& faults);
  void LoadTable(const std::string& name, std::string_view text, const std::string& file,
                 Diagnostics& faults);
  void LoadUsers(const CsvTable& csv, const std::string& file, Diagnostics& faults);
  void LoadAssets(const CsvTable& csv, const std::string& file, Diagnostics& faults);
  void LoadZones(const CsvTable& csv, const std::string& file, Diagnostics& faults);

  const Schema* schema_;
  std::vector<std::shared_ptr<const ContextTable>> tables_;
  std::map<std::string, int, std::less<>> names_;
  Directory<User> users_;
  Directory<Asset> assets_;
  std::vector<Network> networks_;             // longest prefix first
  NameMap<std::vector<std::string>> groups_;  // active members by peer group
  const Zone* default_zone_ = Zone::Utc();
};

// The peer group of a user: the directory's column `peer_group`, else `department`.
std::string_view PeerGroupOf(const Directory<User>& users, const User& user);

}  // namespace vedette
