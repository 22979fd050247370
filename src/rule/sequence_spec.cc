#include "rule/sequence_spec.h"

#include <fmt/format.h>

#include "model/model_spec.h"

namespace vedette {
namespace {

// A field that the engine fills, so it has to be declared with its type.
FieldId FilledField(const std::string& name, FieldType type, const Place& place,
                    const Schema& schema, Diagnostics& faults) {
  const Schema::Field* field = schema.FindField(name);
  if (field != nullptr && field->type == type) return field->id;
  if (field == nullptr) {
    faults.Error(place, "unknown-field", fmt::format("there is no field '{}'", name),
                 DidYouMean(name, schema.FieldNames()));
  } else {
    faults.Error(
        place, "sequence-field",
        fmt::format("a sequence fills '{}' with {} values, but the field is declared as {}", name,
                    FieldTypeName(type), FieldTypeName(field->type)));
  }
  return kNoField;
}

void ReadSteps(MapReader& map, SequenceSpec& spec, const Schema& schema, Compiler& compiler,
               Diagnostics& faults) {
  const Node* node = map.Required("steps");
  if (node == nullptr) return;
  MapReader steps(*node, "step of a sequence", faults);
  if (const Node* events = steps.Required("events"))
    spec.steps = ReadEventTypes(*events, schema, faults);
  spec.step_when = CompileKey(steps, "when", compiler, faults);
  steps.Finish();
}

void ReadEnds(MapReader& map, SequenceSpec& spec, const Schema& schema, Compiler& compiler,
              Diagnostics& faults) {
  const Node* node = map.Get("ends");
  if (node == nullptr) return;
  for (const Node& item : node->items) {
    MapReader read(item, "end of a sequence", faults);
    SequenceSpec::End end;
    end.by = read.RequiredText("by");
    if (const Node* events = read.Required("events"))
      end.events = ReadEventTypes(*events, schema, faults);
    end.when = CompileKey(read, "when", compiler, faults);
    read.Finish();
    spec.ends.push_back(std::move(end));
  }
}

void ReadDistinct(MapReader& map, SequenceSpec& spec, const Schema& schema, Compiler& compiler,
                  Diagnostics& faults) {
  const Node* node = map.Get("distinct");
  if (node == nullptr) return;
  MapReader values(*node, "map of distinct values", faults);
  for (size_t i = 0; i < node->pairs.size(); ++i) {
    SequenceSpec::Distinct distinct;
    distinct.field =
        FilledField(node->pairs[i].key, FieldType::kInteger, node->key_places[i], schema, faults);
    distinct.value = CompileKey(values, node->pairs[i].key, compiler, faults);
    if (distinct.field != kNoField && distinct.value != kNoExpr) spec.distinct.push_back(distinct);
  }
}

}  // namespace

std::optional<SequenceSpec> ReadSequenceSpec(const Node& node, const Schema& schema,
                                             Compiler& compiler, Diagnostics& faults) {
  MapReader map(node, "sequence", faults);
  if (!node.is_map()) return std::nullopt;
  SequenceSpec spec;
  spec.place = node.place;
  spec.id = map.RequiredText("id");
  spec.title = map.RequiredText("title");
  if (const Node* yields = map.Required("yields")) {
    const std::vector<EventTypeId> types = ReadEventTypes(*yields, schema, faults);
    if (types.size() == 1) spec.yields = types[0];
  }
  if (const Node* scope = map.Required("scope"); scope != nullptr && scope->is_scalar())
    spec.scope =
        compiler.Compile(ScopeExpression(scope->scalar), scope->place, faults).value_or(kNoExpr);
  ReadSteps(map, spec, schema, compiler, faults);
  ReadEnds(map, spec, schema, compiler, faults);
  ReadDistinct(map, spec, schema, compiler, faults);
  spec.idle = map.Duration("idle", spec.idle);
  spec.longest = map.Duration("longest", spec.longest);
  if (spec.idle.count() <= 0 || spec.longest < spec.idle) {
    faults.Error(map.PlaceOf("longest"), "content-range",
                 "'idle' must be longer than nothing, and 'longest' no shorter than 'idle'");
    spec.idle = spec.longest = Nanoseconds(kNanosPerHour);
  }
  map.Finish();
  spec.count_field = FilledField("sequence_count", FieldType::kInteger, spec.place, schema, faults);
  spec.seconds_field =
      FilledField("sequence_seconds", FieldType::kInteger, spec.place, schema, faults);
  spec.ended_by_field = FilledField("ended_by", FieldType::kString, spec.place, schema, faults);
  const bool usable = !spec.id.empty() && spec.yields != kNoEventType && spec.scope != kNoExpr &&
                      !spec.steps.empty() && spec.count_field != kNoField &&
                      spec.seconds_field != kNoField && spec.ended_by_field != kNoField;
  if (!usable) return std::nullopt;
  return spec;
}

}  // namespace vedette
