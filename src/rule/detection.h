// A Detection is one firing of a rule, with its evidence: everything that a person needs to believe
// or dismiss it.
//
// Plain value that owns its content; made by the judge, read by sessions and writers.
#pragma once

#include <string>

#include "core/hash.h"
#include "core/time.h"
#include "event/event.h"
#include "model/probe.h"
#include "rule/rule_spec.h"

namespace vedette {

struct Detection {
  Hash128 id;      // of rule, event id, scope and value
  Timestamp time;  // of the event
  uint32_t rule = 0;
  EntityKind entity_kind = EntityKind::kUser;
  std::string entity;     // who bears the points
  int64_t local_day = 0;  // of the entity
  std::string scope;      // what the model compares with
  std::string value;      // what was unusual
  Hash128 value_key;      // for counting one piece of evidence once
  int64_t quality_ppm = 1'000'000;
  std::string reason;
  bool late = false;
  int64_t coverage_ppm = 1'000'000;  // of the log source over what the model looks back on

  int model = -1;
  Answer answer;  // what the model knew

  std::string matched;  // of a Sigma rule: what matched, as a JSON array; else empty

  Hash128 event_id;
  EventTypeId event_type = kNoEventType;
  ProductId product = kNoProduct;
  Position position;
  std::string event_fields;  // the event's fields as one JSON object
};

}  // namespace vedette
