#include "engine/arrange.h"

#include <algorithm>
#include <mutex>
#include <queue>
#include <tuple>

#include "engine/parallel.h"

namespace vedette {
namespace {

constexpr uint64_t kSortedBlockBytes = 64 * 1024;

bool ByTime(const BlockRef& a, const BlockRef& b) {
  return std::tie(a.first, a.source, a.begin) < std::tie(b.first, b.source, b.begin);
}

// The blocks of one input that have to be read again, by time.
using InputBlocks = std::vector<BlockRef*>;

// The most bytes of blocks that are between their first and last event at one time.
uint64_t MostOpenBytes(const InputBlocks& blocks) {
  using End = std::pair<Timestamp, uint64_t>;
  std::priority_queue<End, std::vector<End>, std::greater<>> ends;
  uint64_t open = 0, most = 0;
  for (const BlockRef* block : blocks) {
    while (!ends.empty() && ends.top().first < block->first) {
      open -= ends.top().second;
      ends.pop();
    }
    open += block->end - block->begin;
    ends.push({block->last, block->end - block->begin});
    most = std::max(most, open);
  }
  return most;
}

// The most bytes that a forward reader has passed and must keep.
uint64_t MostPassedBytes(const InputBlocks& blocks) {
  std::vector<const BlockRef*> by_offset(blocks.begin(), blocks.end());
  std::sort(by_offset.begin(), by_offset.end(),
            [](const BlockRef* a, const BlockRef* b) { return a->begin < b->begin; });
  uint64_t passed = 0, most = 0;
  size_t read = 0;  // blocks of by_offset that were read
  for (const BlockRef* block : blocks) {
    const uint64_t bytes = block->end - block->begin;
    if (read > 0 && block->begin <= by_offset[read - 1]->begin) {
      passed -= bytes;
      continue;
    }
    while (by_offset[read] != block) {
      passed += by_offset[read]->end - by_offset[read]->begin;
      ++read;
    }
    ++read;
    most = std::max(most, passed);
  }
  return most;
}

// Inputs that are open at one time, from their first block to the start of their last: the most
// there are, and those that come on top of `limit`.
struct Overlap {
  size_t most = 0;
  std::vector<size_t> beyond;
};

Overlap FindOverlap(const std::vector<InputBlocks>& by_input, const std::vector<char>& counts,
                    size_t limit) {
  std::vector<size_t> order;
  for (size_t i = 0; i < by_input.size(); ++i) {
    if (counts[i] && by_input[i].size() > 1) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::tie(by_input[a].front()->first, a) < std::tie(by_input[b].front()->first, b);
  });
  Overlap overlap;
  std::priority_queue<Timestamp, std::vector<Timestamp>, std::greater<>> ends;
  for (size_t i : order) {
    while (!ends.empty() && ends.top() < by_input[i].front()->first) ends.pop();
    if (ends.size() >= limit) {
      overlap.beyond.push_back(i);
      continue;
    }
    ends.push(by_input[i].back()->first);
    overlap.most = std::max(overlap.most, ends.size());
  }
  return overlap;
}

// Rewrites one input: collects lines, and writes a sorted run whenever enough are there.
class RunWriter {
 public:
  RunWriter(SortedFile& file, SourceId source, uint64_t run_bytes)
      : file_(file), source_(source), run_bytes_(run_bytes) {}

  // The lines of a parsed block that hold events.
  Result<void> Add(const ParsedBlock& block) {
    std::vector<const Event*> events(block.batch.events.begin(), block.batch.events.end());
    std::sort(events.begin(), events.end(), [](const Event* a, const Event* b) {
      return a->position.offset < b->position.offset;
    });
    size_t at = 0;
    for (const RawLine& line : block.lines.lines) {
      Entry entry{Timestamp{INT64_MAX}, Timestamp{INT64_MIN}, line.offset, text_.size(), 0, 0};
      for (; at < events.size() && events[at]->position.offset == line.offset; ++at) {
        entry.first = std::min(entry.first, events[at]->time);
        entry.last = std::max(entry.last, events[at]->time);
        ++entry.events;
      }
      if (entry.events == 0) continue;
      SortedFile::AppendEntry(text_, line);
      entry.bytes = text_.size() - entry.at;
      entries_.push_back(entry);
    }
    return text_.size() >= run_bytes_ ? Flush() : Result<void>();
  }

  Result<void> Flush() {
    std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
      return std::tie(a.first, a.offset) < std::tie(b.first, b.offset);
    });
    std::string run;
    run.reserve(text_.size());
    const size_t first_block = blocks_.size();
    BlockRef block;
    auto close = [&] {
      block.end = run.size();
      if (block.events > 0) blocks_.push_back(block);
      block = BlockRef();
      block.begin = run.size();
      block.source = source_;
      block.sorted = true;
      block.counted = true;
    };
    close();
    for (const Entry& entry : entries_) {
      if (block.events == 0) {
        block.first = entry.first;
        block.last = entry.last;
      }
      block.first = std::min(block.first, entry.first);
      block.last = std::max(block.last, entry.last);
      block.events += entry.events;
      run.append(text_, entry.at, entry.bytes);
      if (run.size() - block.begin >= kSortedBlockBytes) close();
    }
    close();
    entries_.clear();
    text_.clear();
    Result<uint64_t> at = file_.Append(run);
    if (!at) return Fail(at.error());
    for (size_t i = first_block; i < blocks_.size(); ++i) {
      blocks_[i].begin += *at;
      blocks_[i].end += *at;
    }
    return {};
  }

  std::vector<BlockRef> TakeBlocks() { return std::move(blocks_); }

 private:
  struct Entry {
    Timestamp first;  // of the line's events
    Timestamp last;
    uint64_t offset;
    size_t at;  // in text_
    size_t bytes;
    uint32_t events;
  };

  SortedFile& file_;
  SourceId source_;
  uint64_t run_bytes_;
  std::string text_;
  std::vector<Entry> entries_;
  std::vector<BlockRef> blocks_;
};

struct Rewritten {
  explicit Rewritten(size_t sample_limit) : tally(true, sample_limit) {}

  std::vector<BlockRef> blocks;
  Tally tally;                 // of its lines
  std::optional<Error> error;  // of reading
  std::optional<Error> no_room;
};

Rewritten Rewrite(Input& input, SourceId source, InputBlocks blocks, SortedFile& file,
                  const ArrangeOptions& options, size_t sample_limit, LineSink& sink) {
  std::sort(blocks.begin(), blocks.end(),
            [](const BlockRef* a, const BlockRef* b) { return a->begin < b->begin; });
  input.Expect(blocks);
  Rewritten result(sample_limit);
  RunWriter writer(file, source, options.limits.run_bytes);
  ParsedBlock parsed;
  for (const BlockRef* ref : blocks) {
    Result<LineBlock> lines = input.Read(*ref);
    if (!lines) {
      result.error = lines.error();
      result.tally.LostLines(source, ref->lines, ref->blank_lines);
      continue;
    }
    parsed.Clear();
    parsed.lines = std::move(*lines);
    ParseBlock(parsed, source, sink, options.future, result.tally);
    if (Result<void> added = writer.Add(parsed); !added) {
      result.no_room = added.error();
      return result;
    }
  }
  if (Result<void> flushed = writer.Flush(); !flushed) result.no_room = flushed.error();
  result.blocks = writer.TakeBlocks();
  return result;
}

}  // namespace

Arrangement Arrange(std::vector<BlockRef> blocks, const std::vector<std::unique_ptr<Input>>& inputs,
                    const ArrangeOptions& options, const SinkFactory& make_sink,
                    Accounting& accounting, Diagnostics& faults,
                    const std::function<void()>& tick) {
  std::sort(blocks.begin(), blocks.end(), ByTime);
  std::vector<InputBlocks> by_input(inputs.size());
  for (BlockRef& block : blocks) {
    if (block.kept == nullptr) by_input[block.source].push_back(&block);
  }

  const size_t overlapping =
      FindOverlap(by_input, std::vector<char>(inputs.size(), 1), SIZE_MAX).most;
  const uint64_t share = std::max(options.limits.open_bytes_each,
                                  options.limits.open_bytes / std::max<size_t>(1, overlapping));
  std::vector<char> rewrite(inputs.size()), compressed(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (by_input[i].size() < 2) continue;
    rewrite[i] = MostOpenBytes(by_input[i]) > share;
    if (inputs[i]->is_plain() || rewrite[i]) continue;
    rewrite[i] = MostPassedBytes(by_input[i]) > options.limits.passed_bytes;
    compressed[i] = !rewrite[i];
  }
  for (size_t i : FindOverlap(by_input, compressed, options.limits.open_compressed).beyond)
    rewrite[i] = 1;

  Arrangement arrangement;
  std::vector<size_t> todo;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (rewrite[i]) todo.push_back(i);
  }
  auto no_room = [&](const Error& error) {
    faults.Warning(error.place, error.code,
                   error.message + "; input that is out of order is held in memory instead");
  };
  if (!todo.empty()) {
    Result<std::unique_ptr<SortedFile>> file = SortedFile::Create(options.temp_directory);
    if (file) {
      arrangement.sorted = std::move(*file);
    } else {
      no_room(file.error());
      todo.clear();
    }
  }
  std::vector<Rewritten> results(todo.size(), Rewritten(accounting.sample_limit()));
  std::vector<std::unique_ptr<LineSink>> sinks(ThreadsFor(todo.size(), options.threads));
  for (auto& sink : sinks) sink = make_sink();
  InParallel(
      todo.size(), options.threads,
      [&](size_t piece, unsigned thread) {
        const size_t i = todo[piece];
        results[piece] =
            Rewrite(*inputs[i], static_cast<SourceId>(i), by_input[i], *arrangement.sorted, options,
                    accounting.sample_limit(), *sinks[thread]);
        if (thread == 0 && tick) tick();
      },
      tick);

  std::vector<char> replaced(inputs.size());
  for (size_t t = 0; t < todo.size(); ++t) {
    Rewritten& result = results[t];
    if (result.no_room) {
      no_room(*result.no_room);
      continue;
    }
    const SourceId source = static_cast<SourceId>(todo[t]);
    if (result.error) {
      faults.Error(Place{inputs[source]->file().path}, result.error->code, result.error->message);
    }
    accounting.Add(result.tally);
    replaced[source] = 1;
    ++arrangement.inputs_sorted;
    std::move(result.blocks.begin(), result.blocks.end(), std::back_inserter(arrangement.schedule));
  }
  for (BlockRef& block : blocks) {
    if (block.kept != nullptr || !replaced[block.source])
      arrangement.schedule.push_back(std::move(block));
  }
  std::sort(arrangement.schedule.begin(), arrangement.schedule.end(), ByTime);

  std::vector<InputBlocks> expected(inputs.size());
  for (BlockRef& block : arrangement.schedule) {
    if (block.kept == nullptr && !block.sorted) expected[block.source].push_back(&block);
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] != nullptr) inputs[i]->Expect(expected[i]);
  }
  return arrangement;
}

}  // namespace vedette
