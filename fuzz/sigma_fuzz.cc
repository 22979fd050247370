// Any text as Sigma documents, up to a line of three percent signs, and what stands behind it as an
// event: loading tells faults and fails in no other way, and pruning changes no verdict.
#include <cstdint>
#include <string>
#include <string_view>

#include "sigma/correlator.h"
#include "sigma/json_view.h"
#include "sigma/matcher.h"

using namespace vedette;
using namespace vedette::sigma;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 1 << 16) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t cut = input.find("\n%%%\n");
  const std::string rule_text(input.substr(0, cut));
  Diagnostics faults;
  LoadOptions options;
  options.placeholders["x"] = {"a*", "b"};
  const Collection rules = Collection::Load({{"fuzz.yml", rule_text}}, options, faults);
  faults.Sort();
  faults.Render();
  const LoadCounts& counts = rules.counts();
  const size_t loaded = rules.rules().size() + rules.filters().size() + rules.correlations().size();
  if (loaded + counts.refused != counts.documents) __builtin_trap();
  if (rules.refusals().size() != counts.refused) __builtin_trap();

  const auto event = JsonValue::Read(cut == std::string_view::npos ? "{}" : input.substr(cut + 5));
  if (!event) return 0;
  JsonView view(rules.fields(), *event);
  std::vector<RuleIndex> all;
  for (RuleIndex i = 0; i < rules.rules().size(); ++i) all.push_back(i);
  const Matcher pruned(rules, all);
  const Matcher plain(rules, all, nullptr, {.prune = false});
  MatchScratch scratch;
  std::vector<RuleIndex> matched;
  std::vector<RuleIndex> again;
  std::vector<Evidence> evidence;
  pruned.Match(view, scratch, matched);
  plain.Match(view, scratch, again);
  if (matched != again) __builtin_trap();
  for (RuleIndex rule : matched) pruned.Explain(rule, view, evidence);

  Correlator correlator(rules, {.max_groups = 4, .max_matches = 4});
  std::vector<CorrelationFiring> firings;
  for (int64_t second = 0; second < 8; ++second)
    correlator.OnMatches(matched, {second * kNanosPerSecond}, view, firings);
  correlator.AdvanceTo({kNanosPerDay}, firings);
  const std::string state = correlator.Save();
  if (!correlator.Restore(state) || correlator.Save() != state) __builtin_trap();
  correlator.Restore(input);
  return 0;
}
