// A BlockFeed hands out the blocks of a schedule, parsed, in order. A crew reads and parses
// ahead.
//
//   BlockFeed feed(arrangement, inputs, options, make_sink, accounting);
//   ParsedBlockPtr block = feed.Take(0, &error);  // then 1, 2, …: each once
//   feed.Finish();                                // what became of the lines is in the accounting
//
// A block whose input can no longer be read comes as null, with the error. At most `ahead` blocks
// per thread of the crew wait to be taken. Take is for one thread, which parses, too, while the
// block that it wants is in somebody's hands; Finish and the destructor wait for those.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/accounting.h"
#include "engine/arrange.h"
#include "engine/crew.h"

namespace vedette {

class BlockFeed : private Crew::Work {
 public:
  struct Options {
    Crew* crew = nullptr;  // outlives the feed; null: Take reads and parses itself
    size_t ahead = 16;
    FutureLimit future;
  };

  // `arrangement` and `inputs` outlive the feed; it takes kept blocks out of the schedule.
  BlockFeed(Arrangement& arrangement, const std::vector<std::unique_ptr<Input>>& inputs,
            Options options, const SinkFactory& make_sink, Accounting& accounting);
  ~BlockFeed() override;
  BlockFeed(const BlockFeed&) = delete;
  BlockFeed& operator=(const BlockFeed&) = delete;

  ParsedBlockPtr Take(size_t index, std::optional<Error>* error);
  void Finish();

 private:
  struct Slot {
    bool ready = false;
    ParsedBlockPtr block;
    std::optional<Error> error;
  };

  // What one thread reads and parses with.
  struct Worker {
    std::unique_ptr<LineSink> sink;
    Tally tally;
  };

  bool TakePiece(unsigned thread) override;
  // Makes the next block that nobody has begun, if it has a place to wait; false when there is
  // none.
  bool MakeNext(unsigned thread, std::unique_lock<std::mutex>& lock);
  Slot Make(BlockRef& ref, Worker& worker) const;

  std::vector<BlockRef>& schedule_;
  const SortedFile* sorted_;
  const std::vector<std::unique_ptr<Input>>& inputs_;
  Options options_;
  Accounting& accounting_;
  std::vector<std::unique_ptr<Worker>> own_;  // by thread, Take's first

  std::mutex mutex_;
  std::condition_variable ready_;  // for Take
  std::vector<Slot> slots_;
  size_t next_ = 0;   // that nobody has begun
  size_t taken_ = 0;  // handed out
};

}  // namespace vedette
