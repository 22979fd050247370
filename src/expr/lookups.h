// Lookups is how expressions ask the outside: lists and tables, attributes of entities, registrable
// domains, time zones.
//
// Implemented by enrich/context_tables.h. All functions are const and thread-safe; texts in answers
// live as long as the tables.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/zone.h"
#include "event/event.h"

namespace vedette {

class Lookups {
 public:
  virtual ~Lookups() = default;

  // The number of a list or table, or -1. Numbers do not change once content is loaded.
  virtual int FindTable(std::string_view name) const = 0;
  virtual bool ListContains(int table, std::string_view value) const = 0;
  virtual bool TableHasKey(int table, std::string_view key) const = 0;
  // The cell, or null. Without a column: the first behind the key.
  virtual Value TableValue(int table, std::string_view column, std::string_view key) const = 0;
  // An attribute of a user or a machine, or null.
  virtual Value EntityAttribute(bool is_user, std::string_view entity,
                                std::string_view attribute) const = 0;
  // Whether the directory knows the peer group as too small to be compared with.
  virtual bool IsSmallGroup(std::string_view group) const = 0;
  // Identities of the active members of a peer group, in the order of the directory; none for a
  // group that the directory does not know.
  virtual std::span<const std::string> MembersOf(std::string_view group) const = 0;
  // The registrable domain of a host, or empty.
  virtual std::string_view TopDomain(std::string_view host) const = 0;
  // The time zone of the person that the event is about; never null.
  virtual const Zone* ZoneOf(const Event& event) const = 0;
};

}  // namespace vedette
