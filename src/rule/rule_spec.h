// A RuleSpec is one rule as content declares it. The keys, their meaning and defaults:
// docs/content.md.
//
//   std::optional<RuleSpec> spec = ReadRuleSpec(node, behaviour, schema, compiler, faults);
//
// Read once at load time, then read-only. Names of models and rules are resolved by the rule set
// (rule_set.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "content/node.h"
#include "expr/program.h"
#include "model/model_spec.h"
#include "model/probe.h"
#include "rule/reason.h"

namespace vedette {

enum class Verdict : uint8_t {
  kFact,
  kFirst,
  kAbnormal,
  kAbove,
  kMagnitude,
  kTop,
  kUnusualHour,
  kCrossed,
  kTruthTable,
  kSeenBefore,
  kSigma,  // of a Sigma rule; content of ours cannot ask for it
};
std::string_view VerdictName(Verdict verdict);

enum class EntityKind : uint8_t { kDefault, kUser, kAsset, kSrcDevice, kDestDevice, kDestUser };
inline constexpr size_t kEntityKinds = 6;
std::string_view EntityKindName(EntityKind kind);

// What a `crossed` rule counts over the entity's day.
enum class CounterKind : uint8_t { kNone, kSum, kCount, kDistinct };

struct RuleSpec {
  std::string id;
  std::string title;
  std::string description;
  std::string status = "stable";
  std::string level = "medium";
  std::string behaviour;
  std::string file;
  Place place;
  bool imported = false;                // from somebody else's rule document
  bool broken = false;                  // has a fault, which was told; it never acts
  std::vector<std::string> techniques;  // T1048.003
  std::vector<std::string> tactics;     // short names: exfiltration
  std::vector<std::string> use_cases;
  std::vector<std::string> false_positives, first_steps, references;
  std::string blind_spots;
  std::string score_reason;
  std::string author, license;  // of an imported rule, shown wherever it is; see CreditOf

  std::vector<EventTypeId> events;
  ExprId when = kNoExpr;
  Verdict verdict = Verdict::kFact;
  std::string model_id;
  int model = -1;
  std::vector<std::string> model_ids_read;  // truth_table: in the order of the digits
  std::vector<int> models_read;
  std::string row;  // truth_table: '1' known, '0' never seen
  std::string if_seen;
  int if_seen_model = -1;
  std::string while_learning;
  int while_learning_model = -1;

  CounterKind counter = CounterKind::kNone;
  ExprId counter_value = kNoExpr;
  ExprId counter_when = kNoExpr;
  int64_t limit = 0;
  std::vector<Band> bands;  // above: empty means any

  ExprId value = kNoExpr;  // what a firing is about, when it is not the model's value
  EntityKind entity = EntityKind::kDefault;
  std::string group;
  bool ladder_adds = false;
  int64_t score_micro = 0;
  ReasonTemplate reason;

  std::vector<std::string> unless_ids, requires_ids;
  std::vector<uint32_t> unless, requires_matched;
  Nanoseconds suppress_for{0};
  ExprId suppress_by = kNoExpr;
  bool test_mode = false;
  uint32_t quarantine_days = 0;  // train_unless_triggered; 0: what fires is learned at once

  std::optional<Nanoseconds> maturity;  // absent: the kind's default
  std::optional<Nanoseconds> value_maturity;
  bool fires_on_new_source = false;

  // Of kSigma: which rule or correlation of the Sigma collection it is; -1 for the other.
  int sigma_rule = -1;
  int sigma_correlation = -1;

  bool learns() const { return model >= 0 || !models_read.empty(); }
};

// "Some One, DRL 1.1": whom the licences of shared rules want named wherever a rule or a match of
// it is shown. Empty for our own.
std::string CreditOf(const RuleSpec& rule);

std::optional<RuleSpec> ReadRuleSpec(const Node& node, const Schema& schema, Compiler& compiler,
                                     Diagnostics& faults);

}  // namespace vedette
