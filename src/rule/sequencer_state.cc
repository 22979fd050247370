// The sequencer's records: what a checkpoint keeps of sequences that are under way.
#include <algorithm>

#include <fmt/format.h>

#include "core/record.h"
#include "event/event_record.h"
#include "rule/sequencer.h"

namespace vedette {

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
    WriteOrigin(out, {sequence.last_position, sequence.product}, schema);
    out.Var(sequence.distinct.size());
    for (const auto& values : sequence.distinct) {
      std::vector<uint64_t> sorted(values.begin(), values.end());
      std::sort(sorted.begin(), sorted.end());
      out.Var(sorted.size());
      for (const uint64_t hash : sorted) out.U64(hash);
    }
    WriteFields(out, sequence.fields, schema);
  });
  std::string value;
  RecordWriter(value).Var(counts_.opened).Var(counts_.told).Var(counts_.early).Var(counts_.late);
  part.Put('n', "", value);
}

Result<void> Sequencer::Load(const StateView& view, const std::string& prefix, const Schema& schema,
                             StateDamage& damage) {
  uint64_t broken = 0;
  const auto leave_out = [&](char kind, std::string_view key) {
    ++broken;
    damage.keys.push_back((prefix + kind).append(key));
  };
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
    const EventOrigin origin = ReadOrigin(in, schema);
    sequence.last_position = origin.position;
    sequence.product = origin.product;
    sequence.distinct.resize(in.Count());
    for (auto& values : sequence.distinct) {
      for (size_t i = in.Count(); i > 0; --i) values.insert(in.U64());
    }
    sequence.distinct.resize(spec->distinct.size());
    sequence.arena = std::make_unique<Arena>(1024);
    ReadFields(in, *sequence.arena, schema, sequence.fields);
    if (key.size() != 16 || !in.done()) {
      leave_out('o', key);
      return;
    }
    if (sequence.product == kNoProduct) return;  // content no longer reads its logs
    deadlines_.insert({DeadlineOf(sequence), KeyHash(key)});
    open_.emplace(KeyHash(key), std::move(sequence));
  });
  if (read) {
    read = view.ForEach(prefix + 'n', [&](std::string_view key, std::string_view value) {
      RecordReader in(value);
      Counts counts;
      for (uint64_t* count : {&counts.opened, &counts.told, &counts.early, &counts.late})
        *count = in.Var();
      if (in.done()) {
        counts_ = counts;
      } else {
        leave_out('n', key);
      }
    });
  }
  damage.Add(broken, fmt::format("{} records of sequences", broken));
  return read;
}

bool ForEachTextOfSequence(std::string_view record,
                           const std::function<void(std::string_view)>& visit) {
  RecordReader in(record);
  in.Text();
  in.Var();
  in.Time();
  in.Time();
  in.Hash();
  SkipOrigin(in);
  for (size_t sets = in.Count(); sets > 0; --sets) {
    for (size_t i = in.Count(); i > 0; --i) in.U64();
  }
  ForEachTextOfFields(in, visit);
  return in.done();
}

}  // namespace vedette
