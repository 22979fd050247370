#include "engine/reorder.h"

#include <algorithm>
#include <tuple>

namespace vedette {

bool ReorderBuffer::After(const Entry& a, const Entry& b) {
  return EventBefore(*b.event, *a.event);
}

void ReorderBuffer::Add(const ParsedBlockPtr& block) {
  std::vector<Event*> arrived = block->batch.events;
  std::sort(arrived.begin(), arrived.end(), [](const Event* a, const Event* b) {
    return std::tie(a->position.offset, a->position.record) <
           std::tie(b->position.offset, b->position.record);
  });
  for (Event* event : arrived) AddEvent(event, block);
}

void ReorderBuffer::AddEvent(Event* event, const ParsedBlockPtr& block) {
  if (event->time < watermark_) {
    event->late = true;
    // latest_ - max_late, unless that is before the calendar.
    event->train_only = latest_.ns >= INT64_MIN + options_.max_late.count() &&
                        event->time < latest_ - options_.max_late;
    due_.push_back({event, block});
    keys_.push_back(watermark_);
    return;
  }
  heap_.push_back({event, block});
  std::push_heap(heap_.begin(), heap_.end(), After);
  if (event->time > latest_) {
    latest_ = event->time;
    if (latest_.ns >= INT64_MIN + options_.lateness.count()) {
      watermark_ = std::max(watermark_, latest_ - options_.lateness);
    }
    MoveDue();
  }
  if (heap_.size() > options_.max_events) {
    watermark_ = heap_.front().event->time + Nanoseconds(heap_.front().event->time.ns < INT64_MAX);
    ++hurried_;
    MoveDue();
  }
}

void ReorderBuffer::MoveDue() {
  while (!heap_.empty() && (ended_ || heap_.front().event->time < watermark_)) {
    std::pop_heap(heap_.begin(), heap_.end(), After);
    keys_.push_back(heap_.back().event->time);
    due_.push_back(std::move(heap_.back()));
    heap_.pop_back();
  }
}

void ReorderBuffer::End() {
  ended_ = true;
  MoveDue();
  watermark_ = Timestamp{INT64_MAX};
}

ParsedBlockPtr ReorderBuffer::Release() {
  if (due_.empty()) return nullptr;
  auto run = std::make_shared<ParsedBlock>();
  for (Entry& entry : due_) {
    run->batch.events.push_back(entry.event);
    if (run->parts.empty() || run->parts.back() != entry.block)
      run->parts.push_back(std::move(entry.block));
  }
  std::sort(run->parts.begin(), run->parts.end());
  run->parts.erase(std::unique(run->parts.begin(), run->parts.end()), run->parts.end());
  run->keys = std::move(keys_);
  due_.clear();
  keys_.clear();
  return run;
}

}  // namespace vedette
