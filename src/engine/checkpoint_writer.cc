#include "engine/checkpoint_writer.h"

#include <utility>

namespace vedette {

CheckpointWriter::CheckpointWriter(StateDb& db, OutputFile& results, bool behind)
    : db_(db), results_(results) {
  if (behind) thread_ = std::thread([this] { Work(); });
}

CheckpointWriter::~CheckpointWriter() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool CheckpointWriter::idle() {
  std::lock_guard lock(mutex_);
  return !waiting_;
}

void CheckpointWriter::Start(StateChanges changes) {
  if (!thread_.joinable()) {
    if (outcome_) outcome_ = Write(changes);
    return;
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !waiting_; });
  waiting_ = std::move(changes);
  changed_.notify_all();
}

Result<void> CheckpointWriter::Wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !waiting_; });
  return outcome_;
}

void CheckpointWriter::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return waiting_ || stop_; });
    if (!waiting_) return;
    if (outcome_) {
      // `waiting_` stays set meanwhile: nobody else touches it then.
      lock.unlock();
      Result<void> written = Write(*waiting_);
      lock.lock();
      outcome_ = std::move(written);
    }
    waiting_.reset();
    changed_.notify_all();
  }
}

Result<void> CheckpointWriter::Write(const StateChanges& changes) {
  if (results_.is_open()) {
    if (Result<void> synced = results_.Sync(); !synced) return synced;
  }
  return db_.Write(changes);
}

}  // namespace vedette
