#include "engine/survey.h"

#include <algorithm>
#include <atomic>

#include "engine/parallel.h"

namespace vedette {
namespace {

struct Piece {
  SourceId source;
  uint64_t begin;
  uint64_t end;  // lines that start before it belong to the piece
};

struct PieceResult {
  std::vector<BlockRef> blocks;
  Diagnostics faults;
};

class Surveyor {
 public:
  Surveyor(const std::vector<std::unique_ptr<Input>>& inputs, const SurveyOptions& options,
           const SinkFactory& make_sink, ProgressCounters& progress)
      : inputs_(inputs), options_(options), make_sink_(make_sink), progress_(progress) {
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i] == nullptr) continue;
      const uint64_t bytes = inputs[i]->stored_bytes();
      progress_.bytes_total += bytes;
      const SourceFile& file = inputs[i]->file();
      if (!inputs[i]->is_plain()) {
        if (bytes > 0) pieces_.push_back({static_cast<SourceId>(i), file.begin, UINT64_MAX});
        continue;
      }
      const uint64_t end = std::min(bytes, file.end);
      const uint64_t step = options.piece_bytes;
      for (uint64_t at = file.begin; at < end; at = step < end - at ? at + step : end) {
        pieces_.push_back({static_cast<SourceId>(i), at, step < end - at ? at + step : file.end});
      }
    }
    results_.resize(pieces_.size());
  }

  void Run(Accounting& accounting, const std::function<void()>& tick) {
    const unsigned threads = ThreadsFor(pieces_.size(), options_.threads);
    std::vector<Tally> tallies(threads, Tally(true, accounting.sample_limit()));
    std::vector<std::unique_ptr<LineSink>> sinks(threads);
    for (auto& sink : sinks) sink = make_sink_();
    InParallel(
        pieces_.size(), options_.threads,
        [&](size_t piece, unsigned thread) {
          Read(pieces_[piece], results_[piece], *sinks[thread], tallies[thread],
               thread == 0 ? tick : std::function<void()>());
        },
        tick);
    for (const Tally& tally : tallies) accounting.Add(tally);
  }

  std::vector<BlockRef> Take(Diagnostics& faults) {
    std::vector<BlockRef> blocks;
    for (PieceResult& result : results_) {
      faults.Append(result.faults);
      std::move(result.blocks.begin(), result.blocks.end(), std::back_inserter(blocks));
    }
    return blocks;
  }

 private:
  void Read(const Piece& piece, PieceResult& result, LineSink& sink, Tally& tally,
            const std::function<void()>& tick) {
    Input& input = *inputs_[piece.source];
    // From the byte before, so that a piece that begins at a line's start keeps that line.
    Result<LineReader> reader = input.OpenAt(piece.begin == 0 ? 0 : piece.begin - 1);
    if (!reader) {
      result.faults.Error(Place{input.file().path}, reader.error().code, reader.error().message);
      return;
    }
    if (piece.begin > 0) reader->SkipLine();
    ParsedBlockPtr block = std::make_shared<ParsedBlock>();
    uint64_t stored = reader->stored_bytes();
    reader->StopAt(piece.end);
    while (reader->Next(block->lines)) {
      progress_.lines += block->lines.lines.size() + block->lines.blank_lines;
      Look(block, piece.source, sink, tally, result);
      progress_.bytes_read += reader->stored_bytes() - stored;
      stored = reader->stored_bytes();
      block->Clear();
      if (tick) tick();
    }
    input.NoteEnd(reader->offset());
    if (reader->error()) {
      result.faults.Error(Place{input.file().path}, reader->error()->code,
                          reader->error()->message);
    }
  }

  void Look(ParsedBlockPtr& block, SourceId source, LineSink& sink, Tally& tally,
            PieceResult& result) {
    BlockRef ref;
    ref.begin = block->lines.begin;
    ref.end = block->lines.end;
    ref.source = source;
    ref.lines = static_cast<uint32_t>(block->lines.lines.size());
    ref.blank_lines = static_cast<uint32_t>(block->lines.blank_lines);
    TimeSpan span;
    const bool keep = kept_bytes_.load(std::memory_order_relaxed) < options_.keep_bytes;
    if (!keep) {
      for (const RawLine& line : block->lines.lines) sink.ReadTimes(line, &span);
      // Times that lie ahead will be set back.
      if (!span.empty() && options_.future.IsAhead(span.last)) span.Add(options_.future.now);
      progress_.events_total += span.empty() ? 0 : ref.lines;
    }
    // Lines without times are settled here and now.
    if (span.empty()) {
      ParseBlock(*block, source, sink, options_.future, tally);
      ref.counted = true;
      for (const Event* event : block->batch.events) span.Add(event->time);
      ref.events = static_cast<uint32_t>(block->batch.events.size());
      progress_.events_total += ref.events;
      if (span.empty()) return;
    }
    ref.first = span.first;
    ref.last = span.last;
    if (keep) {
      kept_bytes_ += block->bytes_held();
      ref.kept = std::move(block);
      block = std::make_shared<ParsedBlock>();
    }
    result.blocks.push_back(std::move(ref));
  }

  const std::vector<std::unique_ptr<Input>>& inputs_;
  const SurveyOptions& options_;
  const SinkFactory& make_sink_;
  ProgressCounters& progress_;
  std::vector<Piece> pieces_;
  std::vector<PieceResult> results_;
  std::atomic<uint64_t> kept_bytes_{0};
};

}  // namespace

std::vector<BlockRef> TakeSurvey(const std::vector<std::unique_ptr<Input>>& inputs,
                                 const SurveyOptions& options, const SinkFactory& make_sink,
                                 Accounting& accounting, Diagnostics& faults,
                                 ProgressCounters& progress, const std::function<void()>& tick) {
  Surveyor surveyor(inputs, options, make_sink, progress);
  surveyor.Run(accounting, tick);
  return surveyor.Take(faults);
}

}  // namespace vedette
