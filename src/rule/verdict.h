// The decision of a rule that reads models: does the answer match, and which gates are closed?
//
//   Outcome outcome = Decide({rule, model, answer, time, source_since});
//
// Pure: the same inputs give the same outcome. Source: semantics sections 4.3 to 4.11.
#pragma once

#include "core/time.h"
#include "model/model_spec.h"
#include "model/probe.h"
#include "rule/outcome.h"
#include "rule/rule_spec.h"

namespace vedette {

struct DecisionInput {
  const RuleSpec& rule;
  const ModelSpec& model;
  const Answer& answer;
  Timestamp now;
  Timestamp source_since;  // first event of the log source
  bool late = false;
  bool judged_this_session = false;  // the value stood in this entity's session before
};

// For every verdict that reads one model. kFired here means "matched, all gates open".
Outcome Decide(const DecisionInput& input);

// Truth table: one answer per digit. A null scope or value reads as '1' when `allow_null`.
Outcome DecideTruthTable(const RuleSpec& rule, const std::vector<const Answer*>& answers,
                         const std::vector<ModelSpec>& models, Timestamp now);

// Whether a rule that speaks only `while_learning` may still speak: the model has no opinion yet.
Outcome DecideWhileLearning(const RuleSpec& rule, const ModelSpec& model, const Answer& answer,
                            Timestamp now);

// How much a firing counts, in millionths: bands S 0.5, M 0.75, L 1; a first of a person 0.5 when
// at least a fifth of five or more colleagues know the value; everything else 1. Source:
// semantics 11.3.
int64_t QualityPpm(const RuleSpec& rule, const Answer& answer);

}  // namespace vedette
