#include "event/event_record.h"

#include <bit>

namespace vedette {
namespace {

void WriteValue(RecordWriter& out, const Value& value) {
  out.U8(static_cast<uint8_t>(value.kind()));
  switch (value.kind()) {
    case ValueKind::kNull:
      break;
    case ValueKind::kBool:
      out.U8(value.boolean());
      break;
    case ValueKind::kInt:
      out.Signed(value.integer());
      break;
    case ValueKind::kDouble:
      out.U64(std::bit_cast<uint64_t>(value.decimal()));
      break;
    case ValueKind::kTime:
      out.Time(value.time());
      break;
    case ValueKind::kString:
    case ValueKind::kIp:
      out.Text(value.text());
      break;
    case ValueKind::kList:
      out.Var(value.size());
      for (uint32_t i = 0; i < value.size(); ++i) WriteValue(out, value.items()[i]);
      break;
  }
}

// A list holds no lists, so a damaged record cannot nest without end.
Value ReadValue(RecordReader& in, Arena& arena, bool in_list) {
  switch (static_cast<ValueKind>(in.U8())) {
    case ValueKind::kBool:
      return Value::Bool(in.U8() != 0);
    case ValueKind::kInt:
      return Value::Int(in.Signed());
    case ValueKind::kDouble:
      return Value::Double(std::bit_cast<double>(in.U64()));
    case ValueKind::kTime:
      return Value::Time({in.I64()});
    case ValueKind::kString:
      return Value::String(arena.Copy(in.Text()));
    case ValueKind::kIp:
      return Value::Ip(arena.Copy(in.Text()));
    case ValueKind::kList: {
      const size_t count = in_list ? 0 : in.Count();
      Value* items = arena.Array<Value>(count);
      for (size_t i = 0; i < count; ++i) items[i] = ReadValue(in, arena, true);
      return Value::List(items, static_cast<uint32_t>(count));
    }
    default:
      return {};
  }
}

}  // namespace

void WriteFields(RecordWriter& out, const Event& event, const Schema& schema) {
  out.Var(event.field_count());
  event.ForEach([&](FieldId field, Value value) {
    out.Text(schema.field(field).name);
    WriteValue(out, value);
  });
}

void ReadFields(RecordReader& in, Arena& arena, const Schema& schema, Event& event) {
  for (size_t i = in.Count(); i > 0; --i) {
    const Schema::Field* field = schema.FindField(in.Text());
    const Value value = ReadValue(in, arena, false);
    if (field != nullptr) event.Set(arena, field->id, value);
  }
}

void ForEachTextOfFields(RecordReader& in, const std::function<void(std::string_view)>& visit) {
  Arena arena(4096);
  for (size_t i = in.Count(); i > 0; --i) {
    in.Text();
    const Value value = ReadValue(in, arena, false);
    if (value.is_text()) visit(value.text());
    if (!value.is_list()) continue;
    for (uint32_t k = 0; k < value.size(); ++k) {
      if (value.items()[k].is_text()) visit(value.items()[k].text());
    }
  }
}

void WriteOrigin(RecordWriter& out, const EventOrigin& origin, const Schema& schema) {
  const Position& position = origin.position;
  out.Var(position.source).Var(position.offset).Var(position.record);
  const bool known = origin.product < schema.product_count();
  out.Text(known ? schema.product(origin.product).vendor : "");
  out.Text(known ? schema.product(origin.product).product : "");
}

EventOrigin ReadOrigin(RecordReader& in, const Schema& schema) {
  EventOrigin origin;
  origin.position.source = static_cast<SourceId>(in.Var());
  origin.position.offset = in.Var();
  origin.position.record = static_cast<uint32_t>(in.Var());
  const std::string_view vendor = in.Text();
  const std::string_view product = in.Text();
  for (size_t i = 0; i < schema.product_count(); ++i) {
    const Schema::Product& known = schema.product(static_cast<ProductId>(i));
    if (known.vendor == vendor && known.product == product)
      origin.product = static_cast<ProductId>(i);
  }
  return origin;
}

void SkipOrigin(RecordReader& in) {
  for (int number = 0; number < 3; ++number) in.Var();
  for (int text = 0; text < 2; ++text) in.Text();
}

}  // namespace vedette
