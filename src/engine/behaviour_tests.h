// Runs the tests beside behaviours: a training history in a few words, then events with what has to
// fire, what has to stay quiet, and which gate is closed. The form of the files: docs/content.md,
// "Behaviour tests".
//
//   BehaviourTestReport report = RunBehaviourTests(library, rules, program, make_world, faults);
//
// Every expectation that is not met is a fault with the place of the expectation. Tests are
// independent: each starts from nothing. Cost: about a microsecond per event of history.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "content/library.h"
#include "engine/content_set.h"
#include "engine/judge.h"
#include "event/batch.h"
#include "rule/rule_set.h"

namespace vedette {

// What a test's events see of the organisation: look-ups for expressions, and enrichment.
class TestWorld {
 public:
  virtual ~TestWorld() = default;
  virtual const Lookups& lookups() const = 0;
  virtual void Enrich(Event& event, Arena& arena) = 0;
};

// Makes a world in which these tables (name -> CSV text) stand in for the ones of the same name.
using MakeTestWorld = std::function<std::unique_ptr<TestWorld>(
    const std::map<std::string, std::string>& tables, const Place&, Diagnostics&)>;

// How often a rule is tested each way.
struct RuleCoverage {
  size_t firing = 0;
  size_t quiet = 0;
  size_t gate = 0;
  size_t evasion = 0;  // firing although the event tries to hide
};

struct BehaviourTestReport {
  size_t tests = 0;
  size_t failed = 0;
  size_t events = 0;
  std::vector<RuleCoverage> coverage;  // by rule
};

// Worlds of the shipped context, for tests of the shipped content. `content` outlives what is made.
MakeTestWorld ShippedWorlds(const ContentSet& content);

// Raw values (`raw.<path>`) of test events are found by these names.
BehaviourTestReport RunBehaviourTests(const ContentLibrary& library, const RawNames& raw_names,
                                      const RuleSet& rules, const Program& program,
                                      const MakeTestWorld& make_world, Diagnostics& faults);

// Whether a rule is a fact that reads the command line, which its author can write in many ways.
bool ReadsCommandLine(const Schema& schema, const Program& program, const RuleSpec& rule);

// Faults for rules that lack a firing, a quiet, a gate case when they learn, or an evasion when
// they read the command line.
void CheckCoverage(const Schema& schema, const Program& program, const RuleSet& rules,
                   const BehaviourTestReport& report, Diagnostics& faults);

}  // namespace vedette
