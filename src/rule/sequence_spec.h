// A SequenceSpec is a sequence as content declares it: steps of one scope that follow each other
// closely, such as the refused logons of one person, told as one event when they are over.
//
//   std::optional<SequenceSpec> spec = ReadSequenceSpec(node, schema, compiler, faults);
//
// Read once at load time, then read-only. The keys, their meaning and defaults: docs/content.md,
// "Sequences". What follows steps as they happen: sequencer.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "content/node.h"
#include "event/schema.h"
#include "expr/program.h"

namespace vedette {

struct SequenceSpec {
  std::string id;
  std::string title;
  std::string behaviour;
  std::string file;
  Place place;
  EventTypeId yields = kNoEventType;  // type of the event that tells of a sequence
  ExprId scope = kNoExpr;

  std::vector<EventTypeId> steps;
  ExprId step_when = kNoExpr;
  Nanoseconds idle{30 * kNanosPerMinute};  // the longest gap between two steps
  Nanoseconds longest{kNanosPerDay};       // from the first step to the last

  // What ends it at once. An event may be a step and an end.
  struct End {
    std::string by;
    std::vector<EventTypeId> events;
    ExprId when = kNoExpr;
  };
  std::vector<End> ends;

  // Different values over the steps, counted into a field of what is told.
  struct Distinct {
    FieldId field = kNoField;
    ExprId value = kNoExpr;
  };
  std::vector<Distinct> distinct;

  // Fields that every told sequence has.
  FieldId count_field = kNoField;    // steps
  FieldId seconds_field = kNoField;  // from the first to the last
  FieldId ended_by_field = kNoField;
};

std::optional<SequenceSpec> ReadSequenceSpec(const Node& node, const Schema& schema,
                                             Compiler& compiler, Diagnostics& faults);

}  // namespace vedette
