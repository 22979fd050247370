#include "event/event_json.h"

namespace vedette {

void WriteValue(JsonWriter& json, const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      json.Null();
      break;
    case ValueKind::kBool:
      json.Bool(value.boolean());
      break;
    case ValueKind::kInt:
      json.Int(value.integer());
      break;
    case ValueKind::kDouble:
      json.Double(value.decimal());
      break;
    case ValueKind::kTime:
      json.String(FormatIso8601(value.time()));
      break;
    case ValueKind::kString:
    case ValueKind::kIp:
      json.String(value.text());
      break;
    case ValueKind::kList:
      json.BeginArray();
      for (uint32_t i = 0; i < value.size(); ++i) WriteValue(json, value.items()[i]);
      json.EndArray();
      break;
  }
}

void AppendFieldsJson(std::string& out, const Event& event, const Schema& schema) {
  JsonWriter json(out);
  json.BeginObject();
  event.ForEach([&](FieldId field, const Value& value) {
    json.Key(schema.field(field).name);
    WriteValue(json, value);
  });
  json.EndObject();
}

}  // namespace vedette
