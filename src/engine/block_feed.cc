#include "engine/block_feed.h"

#include <algorithm>

#include "core/check.h"

namespace vedette {

BlockFeed::BlockFeed(Arrangement& arrangement, const std::vector<std::unique_ptr<Input>>& inputs,
                     Options options, const SinkFactory& make_sink, Accounting& accounting)
    : schedule_(arrangement.schedule),
      sorted_(arrangement.sorted.get()),
      inputs_(inputs),
      options_(options),
      accounting_(accounting) {
  for (unsigned i = 0; i < std::max(1u, options_.workers); ++i) {
    own_.push_back(
        std::make_unique<Worker>(Worker{make_sink(), Tally(true, accounting.sample_limit())}));
  }
  slots_.resize(options_.workers * options_.ahead);
  for (unsigned i = 0; i < options_.workers; ++i)
    threads_.emplace_back([this, &worker = *own_[i]] { Work(worker); });
}

BlockFeed::~BlockFeed() { Finish(); }

void BlockFeed::Finish() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  room_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  for (const std::unique_ptr<Worker>& worker : own_) accounting_.Add(worker->tally);
  own_.clear();
}

void BlockFeed::Work(Worker& worker) {
  std::unique_lock lock(mutex_);
  for (;;) {
    room_.wait(
        lock, [&] { return stop_ || next_ == schedule_.size() || next_ < taken_ + slots_.size(); });
    if (stop_ || next_ == schedule_.size()) return;
    const size_t index = next_++;
    lock.unlock();
    Slot made = Make(schedule_[index], worker);
    lock.lock();
    slots_[index % slots_.size()] = std::move(made);
    if (index == taken_) ready_.notify_one();
  }
}

BlockFeed::Slot BlockFeed::Make(BlockRef& ref, Worker& worker) const {
  Slot slot;
  slot.ready = true;
  if (ref.kept != nullptr) {
    slot.block = std::move(ref.kept);
    return slot;
  }
  Result<LineBlock> lines =
      ref.sorted ? sorted_->Read(ref.begin, ref.end) : inputs_[ref.source]->Read(ref);
  if (!lines) {
    slot.error = lines.error();
    if (ref.counted) {
      worker.tally.Lost(ref.source, ref.events);
    } else {
      worker.tally.LostLines(ref.source, ref.lines, ref.blank_lines);
    }
    return slot;
  }
  slot.block = std::make_shared<ParsedBlock>();
  slot.block->lines = std::move(*lines);
  Tally forget(false);
  ParseBlock(*slot.block, ref.source, *worker.sink, options_.future,
             ref.counted ? forget : worker.tally);
  return slot;
}

ParsedBlockPtr BlockFeed::Take(size_t index, std::optional<Error>* error) {
  CHECK(index == taken_ && index < schedule_.size());
  Slot slot;
  if (options_.workers == 0) {
    ++taken_;
    slot = Make(schedule_[index], *own_[0]);
  } else {
    std::unique_lock lock(mutex_);
    Slot& wanted = slots_[index % slots_.size()];
    ready_.wait(lock, [&] { return wanted.ready; });
    slot = std::move(wanted);
    wanted = Slot();
    ++taken_;
    lock.unlock();
    room_.notify_one();
  }
  *error = std::move(slot.error);
  return std::move(slot.block);
}

}  // namespace vedette
