// The condition language: conditions, scopes and values of content, compiled once into one shared
// program.
//
//   Compiler compiler(schema, raw_names, lookups);
//   std::optional<ExprId> when = compiler.Compile("toLower(process_name) = 'certutil.exe'", place, faults);
//   Evaluator evaluator(compiler.program(), lookups);       // evaluator.h
//
// Equal sub-expressions are one node, whatever expression they stand in, so each is evaluated at
// most once per event. Constants are folded; literal lists become hash sets or one automaton.
// Compiling: one thread. Afterwards the program is read-only and shared. Grammar and functions:
// docs/content.md, "Expressions". Faults name the column inside the expression and the nearest
// valid name.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostics.h"
#include "core/ip.h"
#include "core/text_places.h"
#include "event/event.h"
#include "expr/linear_regex.h"
#include "expr/literals.h"
#include "expr/lookups.h"
#include "expr/needles.h"

namespace vedette {

using ExprId = uint32_t;
inline constexpr ExprId kNoExpr = UINT32_MAX;

// What a node does. Operators and functions share one list; aliases ("beginsWith") map to one of
// them.
enum class Op : uint8_t {
  kConstant,
  kField,
  kRaw,
  kOrigin,
  kVariable,
  kSession,
  kAnd,
  kOr,
  kNot,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kNegate,
  kPower,
  kIn,
  kExists,
  kIsNull,
  kIf,
  kFirst,
  kFieldOr,
  kToNumber,
  kAbs,
  kCeil,
  kFloor,
  kRound,
  kMax,
  kMin,
  kHexToInt,
  kMagnitude,
  kToString,
  kToLower,
  kToUpper,
  kTrim,
  kLength,
  kStartsWith,
  kEndsWith,
  kContains,
  kContainsAll,
  kIndexOf,
  kConcat,
  kDrop,
  kDropRight,
  kSubstring,
  kChopAfter,
  kChopBefore,
  kCommonPrefix,
  kCommonSuffix,
  kReplace,
  kSplit,
  kMatches,
  kFormat,
  kShannon,
  kExtension,
  kIsIp,
  kIsIpV4,
  kIsIpV6,
  kIsAnyLocal,
  kIsLinkLocal,
  kIsLoopback,
  kIsMulticast,
  kIsPrivate,
  kInCidr,
  kDomainFromUrl,
  kTopDomain,
  kTimeOfWeek,
  kTimeOfDay,
  kDayOfWeek,
  kDayOfMonth,
  kHour,
  kIsWeekend,
  kListContains,
  kTableGet,
  kTableHasKey,
  kEntityAttribute,
  kEntityHasAttribute,
  kEntityHasAttributeValue,
  kLoggedToVpn,
  kJoinIfExists,
  kJoinWith,
  kJoinPath,
};

// What an event is and who wrote it, beside its fields; `data` of kOrigin.
enum class Origin : uint8_t { kVendor, kProduct, kEventType, kActivityType };

// Values of the model that a rule reads.
struct Variables {
  Value confidence_factor;
  Value num_observations;
  Value percentile_threshold_count;
  Value percentile_threshold_value;
};

class Program {
 public:
  struct Node {
    Op op = Op::kConstant;
    bool model_dependent = false;
    uint16_t arg_count = 0;
    uint32_t first_arg = 0;  // into args
    int32_t data = 0;  // by op: field, raw id, variable, table, index of prepared literals; else -1
    // Of a test that depends on one field alone: which, and its number among the tests of it.
    FieldId sole_field = kNoField;
    uint16_t test_number = 0;
  };

  const Node& node(ExprId id) const { return nodes_[id]; }
  ExprId arg(const Node& node, size_t i) const { return args_[node.first_arg + i]; }
  // The text of an origin; empty when the event has none.
  std::string_view OriginText(Origin origin, const Event& event) const;

  const Value& constant(const Node& node) const {
    return constants_[static_cast<size_t>(node.data)];
  }
  size_t size() const { return nodes_.size(); }

  // How many tests depend on this field alone.
  size_t TestsOf(FieldId field) const { return tests_of_[field]; }

  // Whether the value depends on what a model answered or a session counted.
  bool DependsOnModel(ExprId id) const { return nodes_[id].model_dependent; }

  // The fields and raw values that an expression reads, each once, ascending.
  void ReadBy(ExprId id, std::vector<FieldId>* fields, std::vector<RawId>* raw) const;

 private:
  friend class Compiler;
  friend class Evaluator;
  friend class ExpressionParser;

  const Schema* schema_ = nullptr;
  std::vector<Node> nodes_;
  std::vector<ExprId> args_;
  std::vector<Value> constants_;
  std::deque<std::string> texts_;  // what constants point to
  // Prepared literals, by kind of function.
  std::vector<EqualSet> sets_;
  std::vector<AffixSet> affixes_;
  std::vector<NeedleSet> needles_;
  std::vector<LinearRegex> regexes_;
  std::vector<std::vector<Cidr>> networks_;
  std::vector<const Zone*> zones_;
  std::array<uint16_t, kMaxFields> tests_of_{};
};

class Compiler {
 public:
  // All three outlive the compiler.
  Compiler(const Schema& schema, RawNames& raw_names, const Lookups& lookups);
  ~Compiler();

  // Nothing when there was an error; every fault is in `faults`. `places` is where the expression's
  // characters stand; a single place is that of the first.
  std::optional<ExprId> Compile(std::string_view text, const TextPlaces& places,
                                Diagnostics& faults);
  std::optional<ExprId> Compile(std::string_view text, const Place& place, Diagnostics& faults) {
    return Compile(text, TextPlaces(place), faults);
  }

  const Program& program() const { return program_; }

 private:
  friend class ExpressionParser;

  // What a node's value is for certain, as far as its text tells.
  enum class Type : uint8_t { kAny, kNumber, kText, kBool, kList };

  // The node, new or known. `prepare` makes the node's literals when it is new, and returns their
  // index.
  ExprId Intern(Op op, int32_t data, const std::vector<ExprId>& args,
                const std::function<int32_t()>& prepare = {});
  ExprId InternConstant(const Value& value);
  ExprId AddNode(const Program::Node& node, Type type, uint16_t depth);
  bool CanFold(const Program::Node& node) const;
  Type TypeOf(const Program::Node& node) const;
  bool IsRepeatable(const Program::Node& node) const;
  // What a node's value depends on, as far as it may be remembered by text.
  FieldId SoleField(const Program::Node& node) const;
  void NumberTest(ExprId id);

  const Schema& schema_;
  RawNames& raw_names_;
  const Lookups& lookups_;
  Program program_;
  std::map<std::string, ExprId, std::less<>> known_;  // serialised node -> id
  std::vector<Type> types_;                           // by node
  std::vector<uint16_t> depths_;                      // by node: levels below it
  std::vector<FieldId> sole_fields_;                  // by node: see SoleField
  std::unique_ptr<class Evaluator> folder_;           // computes constant nodes
};

}  // namespace vedette
