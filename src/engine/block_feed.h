// A BlockFeed hands out the blocks of a schedule, parsed, in order. With several threads, workers
// read and parse ahead.
//
//   BlockFeed feed(arrangement, inputs, options, make_sink, accounting);
//   ParsedBlockPtr block = feed.Take(0, &error);  // then 1, 2, …: each once
//   feed.Finish();                                // what became of the lines is in the accounting
//
// A block whose input can no longer be read comes as null, with the error. At most `ahead` blocks
// per worker wait to be taken. Take is for one thread; Finish and the destructor let workers finish
// the block in hand and join them.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/accounting.h"
#include "engine/arrange.h"

namespace vedette {

class BlockFeed {
 public:
  struct Options {
    unsigned workers = 0;  // 0: Take reads and parses itself
    size_t ahead = 16;
    FutureLimit future;
  };

  // `arrangement` and `inputs` outlive the feed; it takes kept blocks out of the schedule.
  BlockFeed(Arrangement& arrangement, const std::vector<std::unique_ptr<Input>>& inputs,
            Options options, const SinkFactory& make_sink, Accounting& accounting);
  ~BlockFeed();
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

  void Work(Worker& worker);
  Slot Make(BlockRef& ref, Worker& worker) const;

  std::vector<BlockRef>& schedule_;
  const SortedFile* sorted_;
  const std::vector<std::unique_ptr<Input>>& inputs_;
  Options options_;
  Accounting& accounting_;
  std::vector<std::unique_ptr<Worker>> own_;  // by thread; one when Take does it itself

  std::mutex mutex_;
  std::condition_variable room_;   // for workers: a slot is free, or stop
  std::condition_variable ready_;  // for Take
  std::vector<Slot> slots_;
  size_t next_ = 0;   // to be parsed
  size_t taken_ = 0;  // handed out
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace vedette
