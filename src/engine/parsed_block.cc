#include "engine/parsed_block.h"

#include <algorithm>
#include <tuple>

namespace vedette {
namespace {

Hash128 HashValue(const Value& value) {
  Hasher hasher(static_cast<uint64_t>(value.kind()));
  if (value.is_text()) return hasher.Add(value.text()).Finish();
  if (value.is_list()) {
    for (uint32_t i = 0; i < value.size(); ++i) hasher.Add(HashValue(value.items()[i]));
    return hasher.Finish();
  }
  return value.is_null() ? hasher.Finish()
                         : hasher.Add(static_cast<uint64_t>(value.integer())).Finish();
}

// Ids of parsers, products and fields are given while content is loaded and are the same in every
// run of the same content.
Hash128 HashContent(const Event& event) {
  Hasher hasher(0);
  hasher.Add(uint64_t{event.type}).Add(uint64_t{event.product}).Add(uint64_t{event.parser});
  event.ForEach([&](FieldId field, const Value& value) {
    hasher.Add(uint64_t{field}).Add(HashValue(value));
  });
  for (uint16_t i = 0; i < event.raw_count(); ++i) {
    hasher.Add(uint64_t{event.raw_entries()[i].id}).Add(HashValue(event.raw_entries()[i].value));
  }
  return hasher.Finish();
}

bool TiedEventBefore(const Event& a, const Event& b) {
  if (&a == &b) return false;
  const Hash128 content_a = HashContent(a);
  const Hash128 content_b = HashContent(b);
  return std::tie(content_a, a.position.source, a.position.offset, a.position.record) <
         std::tie(content_b, b.position.source, b.position.offset, b.position.record);
}

}  // namespace

bool EventBefore(const Event& a, const Event& b) {
  if (a.time != b.time) return a.time < b.time;
  if (a.id != b.id) return a.id < b.id;
  return TiedEventBefore(a, b);
}

size_t ParsedBlock::bytes_held() const {
  return batch.arena.bytes_reserved() + batch.events.capacity() * sizeof(Event*) +
         lines.lines.capacity() * sizeof(RawLine) + static_cast<size_t>(lines.end - lines.begin) +
         sizeof(*this);
}

std::string_view ParsedBlock::TextOf(const Event& event) const {
  for (const RawLine& line : lines.lines) {
    if (line.offset == event.position.offset) return line.text;
  }
  for (const std::shared_ptr<ParsedBlock>& part : parts) {
    if (const std::string_view text = part->TextOf(event); text.data() != nullptr) return text;
  }
  return {};
}

void ParseBlock(ParsedBlock& block, SourceId source, LineSink& sink, const FutureLimit& limit,
                Tally& tally) {
  std::vector<Event*>& events = block.batch.events;
  tally.BlankLines(source, block.lines.blank_lines);
  for (const RawLine& line : block.lines.lines) {
    tally.BeginLine(source, line);
    const size_t before = events.size();
    if (line.too_long) {
      tally.Malformed("line-too-long");
    } else {
      sink.Parse(line, block.batch, tally);
    }
    for (size_t i = before; i < events.size(); ++i) {
      Event& event = *events[i];
      event.position.source = source;
      event.position.offset = line.offset;
      if (limit.IsAhead(event.time)) {
        event.time = limit.now;
        event.future_clamped = true;
        tally.FutureClamped(event.parser);
      }
    }
    tally.EndLine();
  }
  auto before = [](const Event* a, const Event* b) { return EventBefore(*a, *b); };
  if (!std::is_sorted(events.begin(), events.end(), before))
    std::sort(events.begin(), events.end(), before);
}

}  // namespace vedette
