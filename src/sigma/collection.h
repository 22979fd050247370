// A Collection is a set of Sigma documents, checked against each other: what matchers and
// correlators are built from.
//
//   Diagnostics faults;
//   std::vector<sigma::RuleFile> files = sigma::ReadRuleFiles("rules/", faults);
//   sigma::Collection rules = sigma::Collection::Load(files, {}, faults);
//   std::vector<sigma::RuleIndex> which = rules.RulesFor({"process_creation", "windows", ""});
//
// A faulty document is refused, told in `faults` with file, line, column, its title and the reason,
// and counted; the rest loads. References are resolved after all files are read. Of two documents
// with one id or name the first stays. Immutable afterwards, thread-safe. Loading 3,000 rules takes
// some hundred milliseconds.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sigma/expressions.h"
#include "sigma/rule.h"
#include "sigma/rule_files.h"
#include "sigma/view.h"

namespace vedette::sigma {

using RuleIndex = uint32_t;  // into Collection::rules()

struct LoadOptions {
  // Values of %name% under the modifier `expand`. A rule whose placeholder has none is refused.
  std::map<std::string, std::vector<std::string>> placeholders;
};

// One refused document.
struct Refusal {
  Place place;
  std::string title;  // as far as it can be told
  std::string id;
  std::string code;
  std::string reason;
};

struct LoadCounts {
  size_t files = 0;
  size_t documents = 0;  // not counting empty ones; = loaded rules, filters, correlations + refused
  size_t refused = 0;
  size_t duplicates = 0;  // of the refused: id or name was taken
  size_t inactive = 0;    // of the loaded
};

class Collection {
 public:
  static Collection Load(const std::vector<RuleFile>& files, const LoadOptions& options,
                         Diagnostics& faults);

  const std::vector<DetectionRule>& rules() const { return rules_; }
  const std::vector<Filter>& filters() const { return filters_; }
  const std::vector<Correlation>& correlations() const { return correlations_; }
  const std::vector<Refusal>& refusals() const { return refusals_; }
  const LoadCounts& counts() const { return counts_; }

  // Every field that a rule or a correlation names.
  const FieldNames& fields() const { return fields_; }
  const Expressions& expressions() const { return expressions_; }

  // Active rules that apply to records of that log source, ascending.
  std::vector<RuleIndex> RulesFor(const LogSource& source) const;
  // Whether the rule has keywords.
  bool AsksEveryValue(RuleIndex rule) const;
  // By id or name; the first of the file order.
  std::optional<RuleIndex> FindRule(std::string_view id_or_name) const;

 private:
  friend class CollectionBuilder;

  std::vector<DetectionRule> rules_;
  std::vector<Filter> filters_;
  std::vector<Correlation> correlations_;
  std::vector<Refusal> refusals_;
  LoadCounts counts_;
  FieldNames fields_;
  Expressions expressions_;
};

}  // namespace vedette::sigma
