// A Batch is a run of events with one lifetime: its arena holds everything that they point to.
//
//   auto batch = std::make_shared<Batch>();
//   Event* event = batch->Add();
//   event->Set(batch->arena, field, value);
//
// Filled by one thread, then handed on by shared_ptr; whoever holds it may read. Clear keeps the
// memory for the next run. Events of a merged batch live in the batches that they were parsed into:
// `keeps` holds those, and raw lines, for as long.
#pragma once

#include <memory>
#include <vector>

#include "core/arena.h"
#include "event/event.h"

namespace vedette {

inline constexpr size_t kBatchEvents = 1024;

struct Batch {
  Batch() = default;
  explicit Batch(size_t arena_block_bytes) : arena(arena_block_bytes) {}

  Arena arena;
  std::vector<Event*> events;
  std::vector<std::shared_ptr<const void>> keeps;

  Event* Add() {
    Event* event = new (arena.Allocate(sizeof(Event), alignof(Event))) Event;
    events.push_back(event);
    return event;
  }
  void Clear() {
    events.clear();
    keeps.clear();
    arena.Reset();
  }
};

using BatchPtr = std::shared_ptr<Batch>;

}  // namespace vedette
