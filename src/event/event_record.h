// Events as the bytes of stored records, for whoever must remember one longer than its batch lives.
//
//   WriteFields(out, event, schema);                   // by name: content may change meanwhile
//   ReadFields(in, arena, schema, event);              // what content no longer has is left out
//   WriteOrigin(out, {event.position, event.product}, schema);
//   const EventOrigin origin = ReadOrigin(in, schema);
//
// The raw record is not kept. A damaged record is told by the reader's done(), as ever. Texts are
// copied to the arena.
#pragma once

#include <functional>

#include "core/record.h"
#include "event/event.h"

namespace vedette {

// Of a position from an earlier run, whose files had other numbers.
inline constexpr SourceId kNoSource = 0xffffffff;

void WriteFields(RecordWriter& out, const Event& event, const Schema& schema);
void ReadFields(RecordReader& in, Arena& arena, const Schema& schema, Event& event);

// Calls `visit` with every text among the fields, for whoever looks for a name in them.
void ForEachTextOfFields(RecordReader& in, const std::function<void(std::string_view)>& visit);

// Where an event came from.
struct EventOrigin {
  Position position;
  ProductId product = kNoProduct;  // kNoProduct: content no longer reads its logs
};
void WriteOrigin(RecordWriter& out, const EventOrigin& origin, const Schema& schema);
EventOrigin ReadOrigin(RecordReader& in, const Schema& schema);
void SkipOrigin(RecordReader& in);

}  // namespace vedette
