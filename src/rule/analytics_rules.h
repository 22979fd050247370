// Reads rule documents of the six-type JSON form (factFeature, contextFeature, profiledFeature,
// numericCountProfiledFeature, numericDistinctCountProfiledFeature, numericSumProfiledFeature) into
// behaviours of ours, so that they run on the models that our own rules run on.
//
//   AddAnalyticsRules("rules.json", attack, library, compiler, faults);   // before RuleSet::Load
//
// A document becomes one more file of `library.rules`, its inline tests one of
// `library.rule_tests`. What published documents spell in two ways is accepted in both
// (docs/analytics_rules.md has the list). A rule with a fault is left out, with file, line and
// column; the others are read. Nothing is guessed: a condition that cannot be evaluated here is a
// fault, not dropped. Load time; one thread.
#pragma once

#include <string>

#include "content/attack_table.h"
#include "content/library.h"
#include "expr/program.h"

namespace vedette {

// How many rules of the document were taken over.
size_t AddAnalyticsRules(const std::string& path, const AttackTable& attack,
                         ContentLibrary& library, Compiler& compiler, Diagnostics& faults);

// The same for a document that is read already; `name` is how it is called in messages.
size_t AddAnalyticsRules(const Node& document, const std::string& name, const AttackTable& attack,
                         ContentLibrary& library, Compiler& compiler, Diagnostics& faults);

// "90d", "90 days", "12 hours", "P90D", "PT12H": how documents write a span of time.
std::optional<Nanoseconds> ParseDocumentDuration(std::string_view text);

}  // namespace vedette
