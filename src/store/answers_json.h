// Detections and sessions as lines of JSON: what `vedette run` writes. The shapes are a contract:
// see docs/output.md.
#pragma once

#include <string>
#include <vector>

#include "event/schema.h"
#include "rule/detection.h"
#include "rule/rule_set.h"
#include "session/session_book.h"

namespace vedette {

// Appends one detection and a newline. `source_names` maps Position::source to how the source is
// called.
void AppendDetectionLine(std::string& out, const Detection& detection, const RuleSet& rules,
                         const Schema& schema, const std::vector<std::string>& source_names);

// Appends one session and a newline.
void AppendSessionLine(std::string& out, const Session& session, const RuleSet& rules);

}  // namespace vedette
