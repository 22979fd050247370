#include "sigma/correlation_window.h"

#include <algorithm>
#include <vector>

namespace vedette::sigma {
namespace {

constexpr double kNano = 1e9;

// Whether `numerator / denominator` satisfies all bounds, with both sides in billionths and without
// rounding.
bool InBounds(const Correlation& correlation, __int128 numerator, __int128 denominator) {
  return std::all_of(correlation.bounds.begin(), correlation.bounds.end(), [&](const Bound& bound) {
    return Holds(bound.comparison, numerator <=> bound.number.ToNano() * denominator);
  });
}

bool CountInBounds(const Correlation& correlation, size_t count) {
  const Number number = Number::Of(static_cast<int64_t>(count));
  return std::all_of(correlation.bounds.begin(), correlation.bounds.end(), [&](const Bound& bound) {
    return Holds(bound.comparison, number <=> bound.number);
  });
}

// Rules of a condition that stand under no `not`, or an even number of them.
std::vector<bool> PositiveRules(const Correlation& correlation) {
  std::vector<bool> positive(correlation.rules.size(), correlation.expression.empty());
  // Backwards through the postfix form, each operand with the sign that its operator gives it.
  std::vector<bool> signs = {true};
  for (auto step = correlation.expression.rbegin(); step != correlation.expression.rend(); ++step) {
    const bool sign = signs.back();
    signs.pop_back();
    switch (step->kind) {
      case TemporalStep::Kind::kRule:
        if (sign) positive[step->rule] = true;
        break;
      case TemporalStep::Kind::kNot:
        signs.push_back(!sign);
        break;
      default:
        signs.push_back(sign);
        signs.push_back(sign);
    }
  }
  return positive;
}

}  // namespace

size_t CorrelationWindow::Add(Match match, size_t most) {
  size_t dropped = 0;
  for (; matches_.size() >= most && !matches_.empty(); ++dropped) Forget();
  ++values_[match.value];
  ++positions_[match.position];
  sum_ += match.nano;
  matches_.push_back(std::move(match));
  return dropped;
}

void CorrelationWindow::Expire(Timestamp time) {
  while (!matches_.empty() && matches_.front().time < time) Forget();
}

void CorrelationWindow::Forget() {
  const Match& match = matches_.front();
  const auto value = values_.find(match.value);
  if (--value->second == 0) values_.erase(value);
  const auto position = positions_.find(match.position);
  if (--position->second == 0) positions_.erase(position);
  sum_ -= match.nano;
  matches_.pop_front();
}

uint32_t CorrelationWindow::CountOf(const std::string& value) const {
  const auto found = values_.find(value);
  return found == values_.end() ? 0 : found->second;
}

// The most matches whose times and whose places in the list of rules both ascend.
uint32_t CorrelationWindow::LongestInOrder(const Correlation& correlation,
                                           bool positive_only) const {
  const std::vector<bool> positive = PositiveRules(correlation);
  // By the rule that comes last: how long a row can be.
  std::vector<uint32_t> longest(correlation.rules.size(), 0);
  for (size_t from = 0; from < matches_.size();) {
    size_t to = from;
    std::vector<uint32_t> together;  // rules that matched at one time; any order among them goes
    for (; to < matches_.size() && matches_[to].time == matches_[from].time; ++to)
      together.push_back(matches_[to].position);
    std::sort(together.begin(), together.end());
    for (uint32_t rule : together) {
      if (positive_only && !positive[rule]) continue;
      uint32_t before = 0;
      for (uint32_t earlier = 0; earlier < rule; ++earlier)
        before = std::max(before, longest[earlier]);
      longest[rule] = std::max(longest[rule], before + 1);
    }
    from = to;
  }
  return longest.empty() ? 0 : *std::max_element(longest.begin(), longest.end());
}

bool CorrelationWindow::HoldsTemporal(const Correlation& correlation, double* compared) const {
  const bool ordered = correlation.type == CorrelationType::kTemporalOrdered;
  *compared = static_cast<double>(positions_.size());
  if (!correlation.expression.empty()) {
    std::vector<bool> stack;
    for (const TemporalStep& step : correlation.expression) {
      switch (step.kind) {
        case TemporalStep::Kind::kRule:
          stack.push_back(positions_.contains(step.rule));
          break;
        case TemporalStep::Kind::kNot:
          stack.back() = !stack.back();
          break;
        default: {
          const bool right = stack.back();
          stack.pop_back();
          stack.back() =
              step.kind == TemporalStep::Kind::kAnd ? stack.back() && right : stack.back() || right;
        }
      }
    }
    if (!stack.back() || !ordered) return stack.back();
    const std::vector<bool> positive = PositiveRules(correlation);
    uint32_t wanted = 0;
    for (const auto& [rule, count] : positions_) wanted += positive[rule];
    return LongestInOrder(correlation, true) == wanted;
  }
  if (ordered) *compared = LongestInOrder(correlation, false);
  const auto count = static_cast<size_t>(*compared);
  return correlation.bounds.empty() ? count == correlation.rules.size()
                                    : CountInBounds(correlation, count);
}

bool CorrelationWindow::Holds(const Correlation& correlation, double* compared) const {
  const auto count = static_cast<__int128>(matches_.size());
  if (count == 0) return false;
  switch (correlation.type) {
    case CorrelationType::kTemporal:
    case CorrelationType::kTemporalOrdered:
      return HoldsTemporal(correlation, compared);
    case CorrelationType::kValueCount:
      *compared = static_cast<double>(values_.size());
      return CountInBounds(correlation, values_.size());
    case CorrelationType::kValueSum:
      *compared = static_cast<double>(sum_) / kNano;
      return InBounds(correlation, sum_, 1);
    case CorrelationType::kValueAvg:
      *compared = static_cast<double>(sum_) / kNano / static_cast<double>(count);
      return InBounds(correlation, sum_, count);
    case CorrelationType::kValueMedian:
    case CorrelationType::kValuePercentile: {
      // Linear interpolation between the two nearest ranks, in whole millionths of a percent.
      constexpr __int128 kWhole = 100'000'000;
      const __int128 percent = correlation.type == CorrelationType::kValueMedian
                                   ? kWhole / 2
                                   : correlation.percentile.ToNano() / 1000;
      std::vector<__int128> sorted;
      for (const Match& match : matches_) sorted.push_back(match.nano);
      std::sort(sorted.begin(), sorted.end());
      const __int128 rank = percent * (count - 1);
      const auto below = static_cast<size_t>(rank / kWhole);
      const size_t above = std::min(below + 1, sorted.size() - 1);
      const __int128 value =
          sorted[below] * kWhole + rank % kWhole * (sorted[above] - sorted[below]);
      *compared = static_cast<double>(value) / kNano / static_cast<double>(kWhole);
      return InBounds(correlation, value, kWhole);
    }
    default:
      *compared = static_cast<double>(matches_.size());
      return CountInBounds(correlation, matches_.size());
  }
}

}  // namespace vedette::sigma
