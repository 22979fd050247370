// A CorrelationWindow holds the matches of one group that a correlation still looks at, and answers
// what the correlation compares. Internal to the correlator.
//
//   window.Add({time, position, value}, most);
//   window.Expire(time - timespan);
//   if (window.Holds(correlation, &compared)) …
//
// Cost of Add and Expire: amortised constant, logarithmic in distinct values; of Holds: constant,
// but a pass over the window for medians, percentiles and orders.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "sigma/rule.h"

namespace vedette::sigma {

class CorrelationWindow {
 public:
  struct Match {
    Timestamp time;
    uint32_t position = 0;  // in Correlation::rules
    std::string value;      // what is counted
    __int128 nano = 0;      // what is summed, in billionths
  };

  // The oldest match gives way when there are `most`. Returns how many did.
  size_t Add(Match match, size_t most);
  // Forgets matches before `time`.
  void Expire(Timestamp time);
  bool empty() const { return matches_.empty(); }
  const std::deque<Match>& matches() const { return matches_; }
  // How often a value stands in the window.
  uint32_t CountOf(const std::string& value) const;

  // Whether the condition of one of Sigma's own types holds, and what was compared.
  bool Holds(const Correlation& correlation, double* compared) const;

 private:
  void Forget();
  bool HoldsTemporal(const Correlation& correlation, double* compared) const;
  uint32_t LongestInOrder(const Correlation& correlation, bool positive_only) const;

  std::deque<Match> matches_;                            // by time
  std::map<std::string, uint32_t, std::less<>> values_;  // how often each stands there
  std::map<uint32_t, uint32_t> positions_;               // matches per rule
  __int128 sum_ = 0;
};

}  // namespace vedette::sigma
