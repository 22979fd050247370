#include "rule/outcome.h"

namespace vedette {

std::string_view GateName(int bit) {
  static constexpr std::string_view kNames[kGateCount] = {
      "warm_up",     "scope_maturity", "value_maturity", "convergence",      "source_warm_up",
      "active_days", "saturated",      "small_group",    "once_per_session", "history",
      "excluded",    "unless",         "requires",       "suppressed",       "breaker",
      "late",        "quarantine"};
  return bit >= 0 && bit < kGateCount ? kNames[bit] : std::string_view();
}

}  // namespace vedette
