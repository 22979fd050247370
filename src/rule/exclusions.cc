#include "rule/exclusions.h"

#include <fmt/format.h>

namespace vedette {

void Exclusions::Load(const Node& root, const RuleSet& rules, Compiler& compiler,
                      Diagnostics& faults) {
  MapReader file(root, "exclusions file", faults);
  const Node* list = file.Required("exclusions");
  file.Finish();
  if (list == nullptr) return;
  for (const Node& node : list->items) {
    MapReader map(node, "exclusion", faults);
    Exclusion exclusion;
    exclusion.id = map.RequiredText("id");
    exclusion.about = map.Text("about");
    map.Required("when");
    exclusion.when = CompileKey(map, "when", compiler, faults);
    exclusion.all_rules = !map.Has("rules");
    for (const std::string& id : map.Texts("rules")) {
      const int rule = rules.FindRule(id);
      if (rule < 0) {
        std::vector<std::string_view> names;
        for (const RuleSpec& spec : rules.rules()) names.push_back(spec.id);
        faults.Error(map.PlaceOf("rules"), "unknown-rule", fmt::format("there is no rule '{}'", id),
                     DidYouMean(id, names));
      } else {
        exclusion.rules.insert(static_cast<uint32_t>(rule));
      }
    }
    if (map.Has("expires")) {
      const auto expires = ParseIso8601(map.Text("expires"));
      if (!expires)
        faults.Error(map.PlaceOf("expires"), "content-type",
                     "'expires' must be a date such as 2026-12-31");
      exclusion.expires = expires.value_or(exclusion.expires);
    }
    map.Finish();
    if (exclusion.when != kNoExpr) exclusions_.push_back(std::move(exclusion));
  }
}

bool Exclusions::Covers(uint32_t rule, Evaluator& evaluator, Timestamp now) {
  for (Exclusion& exclusion : exclusions_) {
    if (now >= exclusion.expires || !(exclusion.all_rules || exclusion.rules.contains(rule)))
      continue;
    if (!evaluator.Test(exclusion.when)) continue;
    ++exclusion.hits;
    exclusion.last_hit = now;
    return true;
  }
  return false;
}

}  // namespace vedette
