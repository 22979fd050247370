#include "engine/block_feed.h"

#include "core/check.h"

namespace vedette {

BlockFeed::BlockFeed(Arrangement& arrangement, const std::vector<std::unique_ptr<Input>>& inputs,
                     Options options, const SinkFactory& make_sink)
    : schedule_(arrangement.schedule),
      sorted_(arrangement.sorted.get()),
      inputs_(inputs),
      options_(options) {
  if (options_.workers == 0) {
    own_sink_ = make_sink();
    return;
  }
  slots_.resize(options_.workers * options_.ahead);
  for (unsigned i = 0; i < options_.workers; ++i) {
    workers_.emplace_back([this, sink = std::shared_ptr<LineSink>(make_sink())] {
      std::unique_lock lock(mutex_);
      for (;;) {
        room_.wait(lock, [&] {
          return stop_ || next_ == schedule_.size() || next_ < taken_ + slots_.size();
        });
        if (stop_ || next_ == schedule_.size()) return;
        const size_t index = next_++;
        lock.unlock();
        Slot made = Make(schedule_[index], *sink);
        lock.lock();
        slots_[index % slots_.size()] = std::move(made);
        if (index == taken_) ready_.notify_one();
      }
    });
  }
}

BlockFeed::~BlockFeed() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  room_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

BlockFeed::Slot BlockFeed::Make(BlockRef& ref, LineSink& sink) const {
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
    return slot;
  }
  slot.block = std::make_shared<ParsedBlock>();
  slot.block->lines = std::move(*lines);
  Tally forget(false);
  ParseBlock(*slot.block, ref.source, sink, options_.future, forget);
  return slot;
}

ParsedBlockPtr BlockFeed::Take(size_t index, std::optional<Error>* error) {
  CHECK(index == taken_ && index < schedule_.size());
  Slot slot;
  if (options_.workers == 0) {
    ++taken_;
    slot = Make(schedule_[index], *own_sink_);
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
