// summary.json: what a run read, what rules and models did. The shape: docs/output.md.
#pragma once

#include <string>

#include "engine/runner.h"

namespace vedette {

// One JSON object and a newline.
std::string SummaryJson(const ContentSet& content, const RunReport& report, const Judge& judge);

}  // namespace vedette
