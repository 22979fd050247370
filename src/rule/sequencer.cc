#include "rule/sequencer.h"

#include <algorithm>

#include "core/text.h"

namespace vedette {
namespace {

constexpr size_t kMostDistinct = 65'536;
constexpr size_t kFieldBytes = 1024;

Value CopyOf(const Value& value, Arena& arena) {
  switch (value.kind()) {
    case ValueKind::kString:
      return Value::String(arena.Copy(value.text()));
    case ValueKind::kIp:
      return Value::Ip(arena.Copy(value.text()));
    case ValueKind::kList: {
      Value* items = arena.Array<Value>(value.size());
      for (uint32_t i = 0; i < value.size(); ++i) items[i] = CopyOf(value.items()[i], arena);
      return Value::List(items, value.size());
    }
    default:
      return value;
  }
}

void CopyFields(const Event& from, Event& to, Arena& arena) {
  from.ForEach([&](FieldId field, Value value) { to.Append(arena, field, CopyOf(value, arena)); });
}

}  // namespace

Hash128 SequenceKey(std::string_view id, std::string_view scope, uint64_t hash_seed) {
  return Combine(Combine(HashBytes(id, hash_seed), Hash128{0, 4}), HashBytes(scope, hash_seed));
}

Sequencer::Sequencer(const std::vector<SequenceSpec>& specs, size_t event_types,
                     Evaluator& evaluator, uint64_t hash_seed)
    : specs_(specs), evaluator_(evaluator), hash_seed_(hash_seed), parts_(event_types) {
  for (uint32_t i = 0; i < specs.size(); ++i) {
    for (const EventTypeId type : specs[i].steps) parts_[type].push_back({i, -1});
    for (size_t end = 0; end < specs[i].ends.size(); ++end) {
      for (const EventTypeId type : specs[i].ends[end].events)
        parts_[type].push_back({i, static_cast<int>(end)});
    }
  }
}

const std::vector<Event*>& Sequencer::Weave(const std::vector<Event*>& events) {
  if (specs_.empty()) return events;
  woven_.clear();
  arena_.Reset();
  for (Event* event : events) {
    if (!event->late && !deadlines_.empty()) EndDue(event->time);
    woven_.push_back(event);
    if (!parts_[event->type].empty()) Take(*event);
  }
  return woven_;
}

const std::vector<Event*>& Sequencer::Finish() {
  woven_.clear();
  arena_.Reset();
  while (!deadlines_.empty()) {
    const Deadline next = *deadlines_.begin();
    End(next.second, "end_of_input", next.first, nullptr);
  }
  return woven_;
}

// A sequence is over when nothing that came until then belongs to it.
Timestamp Sequencer::DeadlineOf(const Open& sequence) const {
  const SequenceSpec& spec = specs_[sequence.spec];
  return std::min(sequence.last + spec.idle, sequence.first + spec.longest);
}

void Sequencer::Take(const Event& event) {
  evaluator_.Reset(event);
  for (const Part& part : parts_[event.type]) {
    const SequenceSpec& spec = specs_[part.spec];
    const ExprId when =
        part.end < 0 ? spec.step_when : spec.ends[static_cast<size_t>(part.end)].when;
    if (when != kNoExpr && !evaluator_.Test(when)) continue;
    Hash128 key;
    if (!KeyOf(spec, &key)) continue;
    if (event.late) {
      ++counts_.late;
    } else if (part.end < 0) {
      Step(event, part.spec, key);
    } else if (open_.contains(key)) {
      End(key, spec.ends[static_cast<size_t>(part.end)].by, event.time, &event);
    }
  }
}

bool Sequencer::KeyOf(const SequenceSpec& spec, Hash128* key) {
  const Value scope = evaluator_.Evaluate(spec.scope);
  if (scope.is_null() || (scope.is_text() && scope.size() == 0)) return false;
  const std::string text = scope.ToText();
  *key = SequenceKey(spec.id, NormalizeKey(text, false, scratch_), hash_seed_);
  return true;
}

void Sequencer::Begin(Open& sequence, const Event& event, uint32_t spec) {
  ++counts_.opened;
  sequence.spec = spec;
  sequence.first = event.time;
  sequence.distinct.resize(specs_[spec].distinct.size());
  sequence.arena = std::make_unique<Arena>(kFieldBytes);
  CopyFields(event, sequence.fields, *sequence.arena);
}

void Sequencer::Step(const Event& event, uint32_t spec, const Hash128& key) {
  const auto [at, added] = open_.try_emplace(key);
  Open& sequence = at->second;
  if (added) {
    Begin(sequence, event, spec);
  } else {
    deadlines_.erase({DeadlineOf(sequence), key});
  }
  ++sequence.steps;
  sequence.last = event.time;
  sequence.last_id = event.id;
  sequence.last_position = event.position;
  sequence.product = event.product;
  sequence.parser = event.parser;
  for (size_t i = 0; i < sequence.distinct.size(); ++i) {
    const Value value = evaluator_.Evaluate(specs_[spec].distinct[i].value);
    if (value.is_null() || sequence.distinct[i].size() >= kMostDistinct) continue;
    const std::string text = value.ToText();
    sequence.distinct[i].insert(HashBytes(NormalizeKey(text, false, scratch_), hash_seed_).low);
  }
  deadlines_.insert({DeadlineOf(sequence), key});
  changes_.Add(key);
  if (open_.size() > most_open_) {
    ++counts_.early;
    const Hash128 first = deadlines_.begin()->second;
    End(first, "capacity", event.time, nullptr);
  }
}

void Sequencer::EndDue(Timestamp now) {
  while (!deadlines_.empty() && deadlines_.begin()->first < now) {
    const Deadline due = *deadlines_.begin();
    const Open& sequence = open_.at(due.second);
    const bool idle = sequence.last + specs_[sequence.spec].idle == due.first;
    End(due.second, idle ? "idle" : "length", due.first, nullptr);
  }
}

void Sequencer::End(const Hash128& key, std::string_view by, Timestamp when,
                    const Event* ended_by) {
  const auto at = open_.find(key);
  const Open& sequence = at->second;
  const SequenceSpec& spec = specs_[sequence.spec];
  Event* told = new (arena_.Allocate(sizeof(Event), alignof(Event))) Event;
  CopyFields(sequence.fields, *told, arena_);
  told->type = spec.yields;
  told->time = when;
  told->product = sequence.product;
  told->parser = sequence.parser;
  told->position = ended_by == nullptr ? sequence.last_position : ended_by->position;
  told->id =
      Hasher(hash_seed_).Add(spec.id).Add(key).Add(sequence.last_id).Add(sequence.steps).Finish();
  told->Set(arena_, spec.count_field, Value::Int(static_cast<int64_t>(sequence.steps)));
  told->Set(arena_, spec.seconds_field,
            Value::Int((sequence.last - sequence.first).count() / kNanosPerSecond));
  told->Set(arena_, spec.ended_by_field, Value::String(arena_.Copy(by)));
  for (size_t i = 0; i < spec.distinct.size(); ++i) {
    told->Set(arena_, spec.distinct[i].field,
              Value::Int(static_cast<int64_t>(sequence.distinct[i].size())));
  }
  ++counts_.told;
  deadlines_.erase({DeadlineOf(sequence), key});
  changes_.Add(key);
  open_.erase(at);
  woven_.push_back(told);
}

}  // namespace vedette
