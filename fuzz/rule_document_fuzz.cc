// Any bytes as a rule document: reading and loading report faults and never fail otherwise.
#include <cstdint>
#include <string>

#include "content/json.h"
#include "enrich/context_tables.h"
#include "expr/program.h"
#include "rule/analytics_rules.h"
#include "rule/rule_set.h"

using namespace vedette;

namespace {

// The shipped vocabulary, read once.
const ContentLibrary& Shipped() {
  static const ContentLibrary library = [] {
    Diagnostics faults;
    ContentLibrary all = ContentLibrary::Load(VEDETTE_SOURCE_DIR "/content", faults);
    all.rules.clear();
    all.rule_tests.clear();
    return all;
  }();
  return library;
}

const AttackTable& Attack() {
  static const AttackTable attack = [] {
    Diagnostics faults;
    return AttackTable::Load(VEDETTE_SOURCE_DIR "/content", faults);
  }();
  return attack;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Result<Node> document = ParseJson({reinterpret_cast<const char*>(data), size}, "fuzz.json");
  if (!document) return 0;
  ContentLibrary library;
  library.schema = Shipped().schema;
  Diagnostics faults;
  RawNames raw_names;
  ContextTables tables(library.schema);
  Compiler compiler(library.schema, raw_names, tables);
  AddAnalyticsRules(*document, "fuzz.json", Attack(), library, compiler, faults);
  RuleSet::Load(library, compiler, faults);
  faults.Sort();
  faults.Render();
  return 0;
}
