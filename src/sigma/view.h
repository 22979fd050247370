// A View is how rules ask an event for what Sigma calls its fields: values under Sigma's names,
// whatever the product calls them.
//
//   class DefenderView : public sigma::View { … };
//   sigma::Leaves leaves = view.Get(rules.fields().Find("CommandLine"));
//
// Field names are numbers (FieldNames), given out while rules load; a view makes one table from
// them to its own columns. A view is asked at most once per field and event by a matcher, and only
// for fields that some rule needs, so it may compute on demand. One thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "event/value.h"

namespace vedette::sigma {

// A Sigma field name as a small number. Numbers start at 0 and have no gaps.
using FieldId = uint32_t;
inline constexpr FieldId kNoField = UINT32_MAX;

class FieldNames {
 public:
  // Names are case-sensitive.
  FieldId Intern(std::string_view name);
  // kNoField when nobody interned it.
  FieldId Find(std::string_view name) const;
  const std::string& name(FieldId id) const { return names_[id]; }
  size_t size() const { return names_.size(); }

 private:
  std::deque<std::string> names_;  // never move: `ids_` points into them
  std::unordered_map<std::string_view, FieldId> ids_;
};

enum class Presence : uint8_t {
  kAbsent,
  // Not there, in a source that writes an empty text for "no value": satisfies `null` and `''`.
  kAbsentOrEmpty,
  kPresent,
};

// What an event holds under one field. A list gives one leaf per element; a JSON null is a null
// Value. An empty list or an object is present and has no leaf. Never lists within.
struct Leaves {
  Presence presence = Presence::kAbsent;
  std::span<const Value> values;  // good until the view turns to another event

  static Leaves Of(std::span<const Value> values) { return {Presence::kPresent, values}; }
};

class View {
 public:
  virtual ~View() = default;

  virtual Leaves Get(FieldId field) = 0;

  // Appends every scalar value of the event, at any depth, except null: what keywords search. The
  // leaves of every field are among them. As long-lived as those of Get.
  virtual void AppendEveryValue(std::vector<Value>& out) = 0;

  // The same without those that the leaves of `known` fields already are (by FieldId); it may leave
  // them in.
  virtual void AppendValuesBeyond(const std::vector<bool>& known, std::vector<Value>& out) {
    (void)known;
    AppendEveryValue(out);
  }
};

}  // namespace vedette::sigma
