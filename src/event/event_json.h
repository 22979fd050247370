// Fields of an event as JSON, for `vedette parse` and for the evidence of detections.
#pragma once

#include <string>

#include "core/json_writer.h"
#include "event/event.h"

namespace vedette {

void WriteValue(JsonWriter& json, const Value& value);

// Appends one object with every field by name, in the order of the vocabulary.
void AppendFieldsJson(std::string& out, const Event& event, const Schema& schema);

}  // namespace vedette
