// Any bytes as records of a state: models of every kind leave out what they cannot understand,
// count it, and go on answering. The same bytes as the fields of an event that outlived its batch:
// both readers come to the same end.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/state_records.h"
#include "event/event_record.h"
#include "model/model_store.h"

using namespace vedette;

namespace {

const std::vector<ModelSpec>& EveryKind() {
  static const std::vector<ModelSpec> specs = [] {
    std::vector<ModelSpec> all;
    for (ModelKind kind : {ModelKind::kProfile, ModelKind::kCategorical, ModelKind::kClustered,
                           ModelKind::kWindowCount, ModelKind::kWindowDistinct,
                           ModelKind::kWindowSum, ModelKind::kTimeOfWeek, ModelKind::kTop}) {
      ModelSpec spec;
      spec.id = std::string(ModelKindName(kind));
      spec.kind = kind;
      spec.max_values = 4;
      spec.needs_value_age = kind == ModelKind::kProfile;
      all.push_back(spec);
    }
    return all;
  }();
  return specs;
}

void ReadAsFields(std::string_view bytes) {
  static const Schema schema = [] {
    Schema made;
    Diagnostics faults;
    made.AddField({.name = "user", .type = FieldType::kString}, faults);
    made.AddField({.name = "bytes", .type = FieldType::kInteger}, faults);
    return made;
  }();
  Arena arena(4096);
  Event event;
  RecordReader fields(bytes);
  ReadFields(fields, arena, schema, event);
  size_t texts = 0;
  RecordReader again(bytes);
  ForEachTextOfFields(again, [&](std::string_view text) { texts += text.size(); });
  if (fields.done() != again.done() || texts > bytes.size()) __builtin_trap();
}

constexpr std::string_view kKinds = "msevc";

}  // namespace

// Records, each: a byte that picks its kind, one that numbers its key, one for its length, and that
// many bytes.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const auto model = static_cast<uint32_t>(data[0] % EveryKind().size());
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  ReadAsFields(bytes);
  StateChanges changes;
  for (size_t at = 0; at + 3 <= bytes.size();) {
    const char kind = kKinds[static_cast<uint8_t>(bytes[at]) % kKinds.size()];
    std::string key(1, kind);
    if (kind != 'm') key.append(16, bytes[at + 1]);
    if (kind == 'e') key.append(16, bytes[at + 2]);  // of a scope
    const size_t length =
        std::min<size_t>(static_cast<uint8_t>(bytes[at + 2]), bytes.size() - at - 3);
    changes.Put("m/" + key, bytes.substr(at + 3, length));
    at += 3 + length;
  }
  StateTable table;
  table.Apply(changes);
  // Loaded as a whole, and left in the state until asked for.
  for (const bool cold : {false, true}) {
    ModelStore store(EveryKind());
    StateDamage damage;
    if (cold) store.KeepCold(model, table, "m/");
    if (!store.Load(model, table, "m/", damage)) return 0;
    Probe probe;
    probe.model = model;
    probe.train = true;
    probe.local_day = 20'000;
    for (int i = 0; i < 4; ++i) {
      const uint64_t byte_eight_times = 0x0101010101010101u * static_cast<uint64_t>(i + 1);
      probe.scope = {byte_eight_times, byte_eight_times};
      probe.value = probe.scope;
      probe.time = {20'000 * kNanosPerDay + i * kNanosPerMinute};
      store.AskAndTrain(probe);
    }
    store.CloseDay(20'000);
  }
  return 0;
}
