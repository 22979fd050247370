#include "engine/merge.h"

#include <algorithm>

#include "core/check.h"

namespace vedette {

bool Merge::Before(const Cursor& a, const Cursor& b) {
  if (a.time != b.time) return a.time < b.time;
  return EventBefore(*a.at[0], *b.at[0]);
}

void Merge::Open(ParsedBlockPtr block) {
  const std::vector<Event*>& events = block->batch.events;
  CHECK(!events.empty());
  heap_.push_back({events.data(), events.data() + events.size(), events.front()->time, std::move(block)});
  std::push_heap(heap_.begin(), heap_.end(), [](const Cursor& a, const Cursor& b) { return Before(b, a); });
}

void Merge::Pop() {
  Cursor& front = heap_.front();
  if (++front.at == front.end) {
    std::pop_heap(heap_.begin(), heap_.end(), [](const Cursor& a, const Cursor& b) { return Before(b, a); });
    heap_.pop_back();
    return;
  }
  front.time = front.at[0]->time;
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

void SeenIds::ForgetOldest() {
  const Entry& oldest = order_.front();
  const auto at = seen_.find(oldest.id);
  // A later sighting may have taken the place of this one.
  if (at != seen_.end() && at->second == oldest.time) seen_.erase(at);
  order_.pop_front();
}

}  // namespace vedette
