#include "engine/sigma_lanes.h"

#include <algorithm>

namespace vedette {

SigmaLanes::SigmaLanes(const SigmaRules& sigma, const RuleSet& rules)
    : sigma_(sigma), rule_of_(sigma.collection().rules().size(), -1) {
  for (size_t i = 0; i < rules.rules().size(); ++i) {
    const int32_t rule = rules.rules()[i].sigma_rule;
    if (rule >= 0) rule_of_[static_cast<size_t>(rule)] = static_cast<int32_t>(i);
  }
  for (const SigmaRules::Lane& lane : sigma.lanes()) {
    views_.push_back(std::make_unique<sigma::SourceView>(
        sigma.sources().all()[lane.source], lane.platform, sigma.collection().fields()));
    scratches_.emplace_back();
  }
}

const SigmaRules::Lane* SigmaLanes::Open(const Event& event, Evaluator& evaluator,
                                         sigma::View** view) {
  for (const uint32_t s : sigma_.SourcesOf(event.type)) {
    if (sigma_.product_of(s) != event.product) continue;
    const sigma::Source& source = sigma_.sources().all()[s];
    if (source.when != kNoExpr && !evaluator.Test(source.when)) continue;
    size_t platform = 0;
    if (source.platform != kNoExpr) {
      const Value name = evaluator.Evaluate(source.platform);
      const auto at =
          std::find_if(source.platforms.begin(), source.platforms.end(),
                       [&](const std::string& p) { return name.is_text() && name.text() == p; });
      if (at == source.platforms.end()) return nullptr;
      platform = static_cast<size_t>(at - source.platforms.begin());
    }
    const int32_t lane = sigma_.LaneOf(s, platform);
    if (lane < 0) return nullptr;
    sigma::SourceView& opened = *views_[static_cast<size_t>(lane)];
    opened.Open(evaluator);
    *view = &opened;
    return &sigma_.lanes()[static_cast<size_t>(lane)];
  }
  return nullptr;
}

void SigmaLanes::Match(const Event& event, Evaluator& evaluator,
                       std::vector<sigma::RuleIndex>& matched) {
  matched.clear();
  sigma::View* view = nullptr;
  const SigmaRules::Lane* lane = Open(event, evaluator, &view);
  if (lane == nullptr) return;
  ++counters_.events;
  lane->matcher.Match(*view, scratches_[static_cast<size_t>(lane - sigma_.lanes().data())],
                      matched);
  counters_.matches += matched.size();
}

}  // namespace vedette
