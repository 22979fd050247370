// What Sigma documents say: detection rules, filters, correlations, and what all of them carry.
//
// Plain data, filled by the loader (collection.h). A rule's logic is a node of the collection's
// Expressions. Source: Sigma specification 2.1.0.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/diagnostics.h"
#include "core/time.h"
#include "sigma/expressions.h"
#include "sigma/view.h"

namespace vedette::sigma {

// Where a rule looks. An empty part means any.
struct LogSource {
  std::string category;
  std::string product;
  std::string service;

  friend auto operator<=>(const LogSource&, const LogSource&) = default;

  // Whether each part is absent here or equal to that of `other`: does a rule of this log source
  // apply to records of that one?
  bool Covers(const LogSource& other) const;
  // "windows/process_creation"; parts in the order product, category, service.
  std::string ToString() const;
};

enum class Level : uint8_t { kNone, kInformational, kLow, kMedium, kHigh, kCritical };
std::string_view LevelName(Level level);  // empty for kNone

// The licence of the public rules asks that the author is shown wherever a match is shown.
struct Metadata {
  std::string key;    // "sigma:" and the id, or a hash of the document when it has none
  std::string id;     // as written; may be empty
  std::string name;   // for references; may be empty
  std::string title;  // never empty
  std::string description;
  std::string author;
  std::string license;
  std::string status;
  std::string date;
  std::string modified;
  Level level = Level::kNone;
  std::vector<std::string> tags;
  std::vector<std::string> references;
  std::vector<std::string> falsepositives;
  std::vector<std::string> fields;
  Place place;                  // of the document
  std::string inactive_reason;  // empty: active. Deprecated, unsupported, or a foreign taxonomy.

  bool active() const { return inactive_reason.empty(); }
};

// One named part of a rule's detection.
struct Identifier {
  std::string name;
  NodeId node = kFalseNode;
};

struct DetectionRule {
  Metadata meta;
  LogSource logsource;
  std::vector<Identifier> identifiers;  // in the order of the file
  NodeId condition = kFalseNode;        // with the filters that apply
  std::vector<uint32_t> filters;        // of the collection, that apply
  // Whether a match is told by itself: false when only correlations without `generate` name it.
  bool reported = true;
};

struct Filter {
  Metadata meta;
  LogSource logsource;
  bool any_rule = false;
  std::vector<std::string> rules;  // ids and names
  NodeId condition = kFalseNode;
  uint32_t applied_to = 0;  // rules
};

enum class CorrelationType : uint8_t {
  kEventCount,
  kValueCount,
  kTemporal,
  kTemporalOrdered,
  kValueSum,
  kValueAvg,
  kValuePercentile,
  kValueMedian,
  // Ours, in the same shape; docs/sigma.md describes them.
  kNewValue,
  kRareValue,
  kNewMagnitude,
  kAbsent,
};
std::string_view CorrelationTypeName(CorrelationType type);

struct Bound {
  Comparison comparison = Comparison::kGte;
  Number number;
};

// A rule that a correlation names: a detection rule or another correlation of the collection.
struct RuleRef {
  bool is_correlation = false;
  uint32_t index = 0;

  friend bool operator==(const RuleRef&, const RuleRef&) = default;
};

// A temporal condition written as text, `a and not b`: a tree in postfix form over the positions in
// Correlation::rules.
struct TemporalStep {
  enum class Kind : uint8_t { kRule, kAnd, kOr, kNot } kind = Kind::kRule;
  uint32_t rule = 0;
};

struct Correlation {
  Metadata meta;
  CorrelationType type = CorrelationType::kEventCount;
  std::vector<RuleRef> rules;  // in the order of the file
  // Per rule, per part of the group-by, the field that holds it (aliases are resolved).
  std::vector<std::string> group_by;  // as written, for people
  std::vector<std::vector<FieldId>> group_fields;
  Nanoseconds timespan{0};
  std::vector<Bound> bounds;             // all must hold; empty: the type's own default
  std::vector<TemporalStep> expression;  // empty unless the condition is text
  std::vector<FieldId> value_fields;     // condition.field
  Number percentile;
  // Ours: how long kNewValue, kRareValue and kNewMagnitude learn before they speak.
  Nanoseconds warm_up{0};
  bool generate = false;  // matches of its rules are told too
  bool reported = true;   // as for detection rules
};

}  // namespace vedette::sigma
