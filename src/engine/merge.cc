#include "engine/merge.h"

#include <algorithm>
#include <tuple>

#include "core/check.h"

namespace vedette {

bool Merge::Before(const Cursor& a, const Cursor& b) {
  if (a.time != b.time) return a.time < b.time;
  const Event& first = *a.at[0];
  const Event& second = *b.at[0];
  if (!first.late && !second.late) return EventBefore(first, second);
  if (first.late != second.late) return first.late;
  return std::tie(first.position.source, first.position.offset, first.position.record) <
         std::tie(second.position.source, second.position.offset, second.position.record);
}

void Merge::Open(ParsedBlockPtr block) {
  const std::vector<Event*>& events = block->batch.events;
  CHECK(!events.empty());
  heap_.push_back({events.data(), events.data() + events.size(), {}, std::move(block)});
  heap_.back().ReadTime();
  std::push_heap(heap_.begin(), heap_.end(),
                 [](const Cursor& a, const Cursor& b) { return Before(b, a); });
}

void Merge::Pop() {
  Cursor& front = heap_.front();
  if (++front.at == front.end) {
    std::pop_heap(heap_.begin(), heap_.end(),
                  [](const Cursor& a, const Cursor& b) { return Before(b, a); });
    heap_.pop_back();
    return;
  }
  front.ReadTime();
  SiftDown();
}

void Merge::SiftDown() {
  const size_t size = heap_.size();
  size_t at = 0;
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= size) return;
    if (child + 1 < size && Before(heap_[child + 1], heap_[child])) ++child;
    if (!Before(heap_[child], heap_[at])) return;
    std::swap(heap_[child], heap_[at]);
    at = child;
  }
}

bool SeenIds::IsDuplicate(const Event& event) {
  if (event.time > latest_) latest_ = event.time;
  while (!order_.empty() && latest_ - order_.front().time > window_) ForgetOldest();
  const auto [at, added] = seen_.try_emplace(event.id, event.time);
  if (!added) {
    if (std::chrono::abs(event.time - at->second) <= window_) return true;
    at->second = event.time;
  }
  order_.push_back({event.time, event.id});
  if (order_.size() > limit_) {
    ForgetOldest();
    ++forgotten_early_;
  }
  return false;
}

void SeenIds::Restore(const std::vector<Entry>& entries) {
  for (const Entry& entry : entries) {
    seen_[entry.id] = entry.time;
    order_.push_back(entry);
    latest_ = std::max(latest_, entry.time);
  }
}

void SeenIds::ForgetOldest() {
  const Entry& oldest = order_.front();
  const auto at = seen_.find(oldest.id);
  // A later sighting may have taken the place of this one.
  if (at != seen_.end() && at->second == oldest.time) seen_.erase(at);
  order_.pop_front();
}

}  // namespace vedette
