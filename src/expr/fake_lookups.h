// FakeLookups answers what a test put into it.
//
//   FakeLookups lookups;
//   lookups.AddList("CompanyNames", {"Exabeam"});
//   lookups.AddRow("hosts", "ws-17", {{"owner", "ada"}});
//   lookups.SetAttribute("ada", "department", "Finance");
//
// The registrable domain of a host is its last two labels, or three when it ends in .co.uk. Every
// event is in Berlin's zone if it says so.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/text.h"
#include "expr/lookups.h"

namespace vedette {

class FakeLookups : public Lookups {
 public:
  void AddList(const std::string& name, std::set<std::string, std::less<>> values) {
    lists_[NumberOf(name)] = std::move(values);
  }
  void AddRow(const std::string& table, const std::string& key,
              std::map<std::string, std::string, std::less<>> cells) {
    rows_[NumberOf(table)][key] = std::move(cells);
  }
  void SetAttribute(const std::string& entity, const std::string& attribute,
                    const std::string& value) {
    attributes_[entity + "/" + attribute] = value;
  }
  void SetZone(const Zone* zone) { zone_ = zone; }

  int FindTable(std::string_view name) const override {
    for (size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == name) return static_cast<int>(i);
    }
    return -1;
  }
  bool ListContains(int table, std::string_view value) const override {
    const auto found = lists_.find(table);
    return found != lists_.end() && found->second.contains(value);
  }
  bool TableHasKey(int table, std::string_view key) const override {
    return Row(table, key) != nullptr;
  }
  Value TableValue(int table, std::string_view column, std::string_view key) const override {
    const auto* row = Row(table, key);
    if (row == nullptr) return {};
    // Without a column the row's first cell answers.
    const auto cell = column.empty() ? row->begin() : row->find(column);
    return cell == row->end() ? Value() : Value::String(cell->second);
  }
  Value EntityAttribute(bool, std::string_view entity, std::string_view attribute) const override {
    const auto found = attributes_.find(std::string(entity) + "/" + std::string(attribute));
    return found == attributes_.end() ? Value() : Value::String(found->second);
  }
  bool IsSmallGroup(std::string_view) const override { return false; }
  std::span<const std::string> MembersOf(std::string_view) const override { return {}; }
  std::string_view TopDomain(std::string_view host) const override {
    size_t at = host.size();
    for (int labels = EndsWith(host, ".co.uk") ? 3 : 2; labels > 0; --labels) {
      if (at == std::string_view::npos || at == 0) return labels == 1 ? host : std::string_view();
      at = host.rfind('.', at - 1);
    }
    return at == std::string_view::npos ? host : host.substr(at + 1);
  }
  const Zone* ZoneOf(const Event&) const override { return zone_; }

 private:
  using Cells = std::map<std::string, std::string, std::less<>>;

  int NumberOf(const std::string& name) {
    if (const int known = FindTable(name); known >= 0) return known;
    names_.push_back(name);
    return static_cast<int>(names_.size() - 1);
  }
  const Cells* Row(int table, std::string_view key) const {
    const auto rows = rows_.find(table);
    if (rows == rows_.end()) return nullptr;
    const auto row = rows->second.find(key);
    return row == rows->second.end() ? nullptr : &row->second;
  }

  std::vector<std::string> names_;
  std::map<int, std::set<std::string, std::less<>>> lists_;
  std::map<int, std::map<std::string, Cells, std::less<>>> rows_;
  std::map<std::string, std::string> attributes_;
  const Zone* zone_ = Zone::Utc();
};

}  // namespace vedette
