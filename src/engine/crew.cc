#include "engine/crew.h"

#include <algorithm>

#include "core/check.h"

namespace vedette {

Crew::Crew(unsigned threads) {
  for (unsigned i = 1; i <= threads; ++i) threads_.emplace_back([this, i] { Run(i); });
}

Crew::~Crew() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Crew::Add(Work& work, Urgency urgency) {
  {
    std::lock_guard lock(mutex_);
    const auto behind = std::find_if(works_.begin(), works_.end(),
                                     [&](const Entry& entry) { return entry.urgency > urgency; });
    works_.insert(behind, {&work, urgency});
    ++calls_;
  }
  wake_.notify_all();
}

void Crew::Remove(Work& work) {
  std::unique_lock lock(mutex_);
  left_.wait(lock, [&] { return Find(work)->inside == 0; });
  works_.erase(works_.begin() + (Find(work) - works_.data()));
}

void Crew::Wake() {
  {
    std::lock_guard lock(mutex_);
    ++calls_;
  }
  wake_.notify_all();
}

Crew::Entry* Crew::Find(const Work& work) {
  const auto at = std::find_if(works_.begin(), works_.end(),
                               [&](const Entry& entry) { return entry.work == &work; });
  CHECK(at != works_.end());
  return &*at;
}

void Crew::Run(unsigned thread) {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const uint64_t calls = calls_;
    if (TakeAnyPiece(thread, lock)) continue;
    wake_.wait(lock, [&] { return stop_ || calls_ != calls; });
  }
}

// Works may come and go while the lock is open: then the search ends, and Run begins anew.
bool Crew::TakeAnyPiece(unsigned thread, std::unique_lock<std::mutex>& lock) {
  for (size_t i = 0; i < works_.size(); ++i) {
    Work& work = *works_[i].work;
    ++works_[i].inside;
    lock.unlock();
    const bool took = work.TakePiece(thread);
    lock.lock();
    if (--Find(work)->inside == 0) left_.notify_all();
    if (took) return true;
  }
  return false;
}

}  // namespace vedette
