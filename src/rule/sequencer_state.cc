// The sequencer's records: what a checkpoint keeps of sequences that are under way.
#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "core/record.h"
#include "rule/sequencer.h"

namespace vedette {
namespace {

constexpr SourceId kNoSource = 0xffffffff;

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

ProductId FindProduct(const Schema& schema, std::string_view vendor, std::string_view product) {
  for (size_t i = 0; i < schema.product_count(); ++i) {
    const Schema::Product& known = schema.product(static_cast<ProductId>(i));
    if (known.vendor == vendor && known.product == product) return static_cast<ProductId>(i);
  }
  return kNoProduct;
}

}  // namespace

void Sequencer::BeginRun() {
  counts_ = {};
  for (auto& [key, sequence] : open_) {
    sequence.last_position.source = kNoSource;
    changes_.Add(key);
  }
}

void Sequencer::SaveChanges(StatePart part, const Schema& schema) {
  SaveChanged(changes_, part, 'o', FindIn(open_), [&](const Open& sequence, RecordWriter& out) {
    out.Text(specs_[sequence.spec].id).Var(sequence.steps);
    out.Time(sequence.first).Time(sequence.last).Hash(sequence.last_id);
    const Position& position = sequence.last_position;
    out.Var(position.source).Var(position.offset).Var(position.record);
    const bool known = sequence.product < schema.product_count();
    out.Text(known ? schema.product(sequence.product).vendor : "");
    out.Text(known ? schema.product(sequence.product).product : "");
    out.Var(sequence.distinct.size());
    for (const auto& values : sequence.distinct) {
      std::vector<uint64_t> sorted(values.begin(), values.end());
      std::sort(sorted.begin(), sorted.end());
      out.Var(sorted.size());
      for (const uint64_t hash : sorted) out.U64(hash);
    }
    out.Var(sequence.fields.field_count());
    sequence.fields.ForEach([&](FieldId field, Value v) {
      out.Text(schema.field(field).name);
      WriteValue(out, v);
    });
  });
  std::string value;
  RecordWriter(value).Var(counts_.opened).Var(counts_.told).Var(counts_.early).Var(counts_.late);
  part.Put('n', "", value);
}

Result<void> Sequencer::Load(const StateView& view, const std::string& prefix, const Schema& schema,
                             StateDamage& damage) {
  uint64_t broken = 0;
  Result<void> read = view.ForEach(prefix + 'o', [&](std::string_view key, std::string_view value) {
    RecordReader in(value);
    const std::string_view id = in.Text();
    const auto spec = std::find_if(specs_.begin(), specs_.end(),
                                   [&](const SequenceSpec& s) { return s.id == id; });
    if (spec == specs_.end()) return;  // content no longer has it
    Open sequence;
    sequence.spec = static_cast<uint32_t>(spec - specs_.begin());
    sequence.steps = in.Var();
    sequence.first = in.Time();
    sequence.last = in.Time();
    sequence.last_id = in.Hash();
    sequence.last_position.source = static_cast<SourceId>(in.Var());
    sequence.last_position.offset = in.Var();
    sequence.last_position.record = static_cast<uint32_t>(in.Var());
    const std::string_view vendor = in.Text();
    sequence.product = FindProduct(schema, vendor, in.Text());
    sequence.distinct.resize(in.Count());
    for (auto& values : sequence.distinct) {
      for (size_t i = in.Count(); i > 0; --i) values.insert(in.U64());
    }
    sequence.distinct.resize(spec->distinct.size());
    sequence.arena = std::make_unique<Arena>(1024);
    for (size_t i = in.Count(); i > 0; --i) {
      const Schema::Field* field = schema.FindField(in.Text());
      const Value v = ReadValue(in, *sequence.arena, false);
      if (field != nullptr) sequence.fields.Set(*sequence.arena, field->id, v);
    }
    if (key.size() != 16 || !in.done()) {
      ++broken;
      return;
    }
    if (sequence.product == kNoProduct) return;  // content no longer reads its logs
    deadlines_.insert({DeadlineOf(sequence), KeyHash(key)});
    open_.emplace(KeyHash(key), std::move(sequence));
  });
  if (read) {
    read = view.ForEach(prefix + 'n', [&](std::string_view, std::string_view value) {
      RecordReader in(value);
      Counts counts;
      for (uint64_t* count : {&counts.opened, &counts.told, &counts.early, &counts.late})
        *count = in.Var();
      if (in.done()) {
        counts_ = counts;
      } else {
        ++broken;
      }
    });
  }
  damage.Add(broken, fmt::format("{} records of sequences", broken));
  return read;
}

bool ForEachTextOfSequence(std::string_view record,
                           const std::function<void(std::string_view)>& visit) {
  RecordReader in(record);
  Arena arena(4096);
  in.Text();
  in.Var();
  in.Time();
  in.Time();
  in.Hash();
  for (int i = 0; i < 3; ++i) in.Var();
  in.Text();
  in.Text();
  for (size_t sets = in.Count(); sets > 0; --sets) {
    for (size_t i = in.Count(); i > 0; --i) in.U64();
  }
  for (size_t i = in.Count(); i > 0; --i) {
    in.Text();
    const Value value = ReadValue(in, arena, false);
    if (value.is_text()) visit(value.text());
    if (!value.is_list()) continue;
    for (uint32_t k = 0; k < value.size(); ++k) {
      if (value.items()[k].is_text()) visit(value.items()[k].text());
    }
  }
  return in.done();
}

}  // namespace vedette
