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
  const unsigned others = options_.crew != nullptr ? options_.crew->threads() : 0;
  for (unsigned i = 0; i <= others; ++i) {
    own_.push_back(
        std::make_unique<Worker>(Worker{make_sink(), Tally(true, accounting.sample_limit())}));
  }
  slots_.resize(std::max<size_t>(1, others * options_.ahead));
  if (options_.crew != nullptr) options_.crew->Add(*this, Crew::Urgency::kAhead);
}

BlockFeed::~BlockFeed() { Finish(); }

void BlockFeed::Finish() {
  if (options_.crew != nullptr) options_.crew->Remove(*this);
  options_.crew = nullptr;
  for (const std::unique_ptr<Worker>& worker : own_) accounting_.Add(worker->tally);
  own_.clear();
}

bool BlockFeed::TakePiece(unsigned thread) {
  std::unique_lock lock(mutex_);
  return MakeNext(thread, lock);
}

bool BlockFeed::MakeNext(unsigned thread, std::unique_lock<std::mutex>& lock) {
  if (next_ == schedule_.size() || next_ == taken_ + slots_.size()) return false;
  const size_t index = next_++;
  lock.unlock();
  Slot made = Make(schedule_[index], *own_[thread]);
  lock.lock();
  slots_[index % slots_.size()] = std::move(made);
  if (index == taken_) ready_.notify_one();
  return true;
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
  {
    std::unique_lock lock(mutex_);
    Slot& wanted = slots_[index % slots_.size()];
    while (!wanted.ready) {
      if (!MakeNext(0, lock)) ready_.wait(lock, [&] { return wanted.ready; });
    }
    slot = std::move(wanted);
    wanted = Slot();
    ++taken_;
  }
  // Some places at a time, so that threads do not wake for each.
  if (options_.crew != nullptr && taken_ % (options_.ahead / 2) == 0) options_.crew->Wake();
  *error = std::move(slot.error);
  return std::move(slot.block);
}

}  // namespace vedette
