#include "rule/context_label.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace vedette {
namespace {

ContextLabel ReadLabel(const Node& node, const std::string& file, Compiler& compiler,
                       Diagnostics& faults) {
  MapReader map(node, "context label", faults);
  ContextLabel label;
  label.place = node.place;
  label.file = file;
  label.id = map.RequiredText("id");
  label.title = map.RequiredText("title");
  label.reason = map.RequiredText("reason");
  map.Required("of");
  label.of = map.Word("of", {"user", "asset"}, 0) == 0 ? EntityKind::kUser : EntityKind::kAsset;
  map.Required("when");
  label.when = CompileKey(map, "when", compiler, faults);
  map.Required("factor");
  const double factor = map.Decimal("factor", 1);
  if (factor >= 0.5 && factor <= 1.5) {
    label.factor_ppm = std::llround(factor * 1e6);
  } else {
    faults.Error(map.PlaceOf("factor"), "content-range", "'factor' must lie between 0.5 and 1.5");
  }
  map.Finish();
  return label;
}

}  // namespace

std::vector<ContextLabel> ReadContextLabels(const ContentLibrary& library, Compiler& compiler,
                                            Diagnostics& faults) {
  std::vector<ContextLabel> labels;
  for (const ContentFile& file : library.scoring) {
    MapReader map(file.root, "scoring file", faults);
    const Node* list = map.Required("labels");
    map.Finish();
    if (list == nullptr) continue;
    for (const Node& node : list->items) {
      ContextLabel label = ReadLabel(node, file.path, compiler, faults);
      const auto same = std::find_if(labels.begin(), labels.end(), [&](const ContextLabel& other) {
        return other.id == label.id;
      });
      if (same != labels.end()) {
        faults.Error(label.place, "duplicate-id",
                     fmt::format("the context label '{}' is already defined at {}", label.id,
                                 same->place.ToString()));
      } else if (!label.id.empty() && label.when != kNoExpr) {
        labels.push_back(std::move(label));
      }
    }
  }
  std::sort(labels.begin(), labels.end(),
            [](const ContextLabel& a, const ContextLabel& b) { return a.id < b.id; });
  return labels;
}

std::vector<uint32_t> Labeller::Of(EntityKind kind, std::string_view entity, Timestamp at) {
  std::vector<uint32_t> held;
  if (labels_.empty()) return held;
  const KnownFields& known = schema_.known();
  arena_.Reset();
  Event event;
  event.time = at;
  const Value id = Value::String(entity);
  if (kind == EntityKind::kUser) {
    for (const FieldId field : {known.user_entity, known.user}) event.Set(arena_, field, id);
  } else {
    for (const FieldId field :
         {known.asset_entity, known.src_device_entity, known.dest_device_entity, known.host})
      event.Set(arena_, field, id);
  }
  evaluator_.Reset(event);
  for (uint32_t i = 0; i < labels_.size(); ++i) {
    if (labels_[i].of == kind && evaluator_.Test(labels_[i].when)) held.push_back(i);
  }
  return held;
}

}  // namespace vedette
