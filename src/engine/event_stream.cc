#include "engine/event_stream.h"

#include <algorithm>

#include "engine/reorder.h"
#include "engine/survey.h"

namespace vedette {

// A pipe that is read as it comes.
class EventStream::LivePipe {
 public:
  LivePipe(SourceId id, LineReader reader, std::unique_ptr<LineSink> sink,
           const ReorderBuffer::Options& options)
      : id_(id), reader_(std::move(reader)), sink_(std::move(sink)), buffer_(options) {}

  bool ended() const { return ended_; }
  // Everything before it was given out.
  Timestamp watermark() const { return buffer_.watermark(); }

  // Waits for lines; gives what became due, or null.
  ParsedBlockPtr Fetch(const FutureLimit& limit, Tally& tally, ProgressCounters& counters) {
    auto block = std::make_shared<ParsedBlock>();
    if (reader_.Next(block->lines)) {
      ParseBlock(*block, id_, *sink_, limit, tally);
      counters.lines += block->lines.lines.size() + block->lines.blank_lines;
      counters.events_total += block->batch.events.size();
      buffer_.Add(block);
    } else {
      ended_ = true;
      buffer_.End();
    }
    return buffer_.Release();
  }
  const std::optional<Error>& error() const { return reader_.error(); }
  SourceId id() const { return id_; }
  uint64_t hurried() const { return buffer_.hurried(); }

 private:
  SourceId id_;
  LineReader reader_;
  std::unique_ptr<LineSink> sink_;
  ReorderBuffer buffer_;
  bool ended_ = false;
};

EventStream::EventStream(std::vector<SourceFile> sources, EventStreamOptions options,
                         SinkFactory make_sink, Accounting& accounting, Diagnostics& faults)
    : sources_(std::move(sources)),
      options_(std::move(options)),
      make_sink_(std::move(make_sink)),
      accounting_(accounting),
      faults_(faults),
      seen_(options_.lateness + std::chrono::hours(1)),
      tally_(true, accounting.sample_limit()),
      reported_(sources_.size()) {
  seen_.Restore(options_.remembered);
  options_.remembered = {};
}

EventStream::~EventStream() = default;

void EventStream::Prepare() {
  prepared_ = true;
  if (options_.crew == nullptr && options_.threads > 1) {
    own_crew_.emplace(options_.threads - 1);
    options_.crew = &*own_crew_;
  }
  for (const SourceFile& source : sources_) {
    if (source.is_pipe && options_.live_pipes) {
      inputs_.push_back(nullptr);
      LineOptions lines = options_.lines;
      lines.eager = true;
      Result<LineReader> reader = LineReader::OpenAt(source.path, 0, lines);
      if (!reader) {
        faults_.Error(Place{source.path}, reader.error().code, reader.error().message);
        continue;
      }
      live_.push_back(std::make_unique<LivePipe>(
          static_cast<SourceId>(inputs_.size() - 1), std::move(*reader), make_sink_(),
          ReorderBuffer::Options{options_.lateness, options_.max_late}));
      continue;
    }
    inputs_.push_back(std::make_unique<Input>(source, options_.lines));
    if (!inputs_.back()->Open(options_.temp_directory, faults_)) inputs_.back().reset();
  }
  SurveyOptions survey;
  survey.threads = options_.threads;
  survey.future = {options_.ingest_time, options_.future_tolerance};
  survey.keep_bytes = options_.keep_bytes;
  survey.piece_bytes = options_.piece_bytes;
  std::function<void()> tick;
  if (options_.on_progress) tick = [this] { options_.on_progress(counters_.Read()); };
  std::vector<BlockRef> blocks =
      TakeSurvey(inputs_, survey, make_sink_, accounting_, faults_, counters_, tick);

  ArrangeOptions arrange;
  arrange.threads = options_.threads;
  arrange.future = survey.future;
  arrange.temp_directory = options_.temp_directory;
  arrange.limits = options_.limits;
  arrangement_ =
      Arrange(std::move(blocks), inputs_, arrange, make_sink_, accounting_, faults_, tick);
  inputs_sorted_ = arrangement_.inputs_sorted;
  counters_.surveying = false;

  BlockFeed::Options feed;
  feed.crew = options_.crew;
  feed.future = survey.future;
  feed_ = std::make_unique<BlockFeed>(arrangement_, inputs_, feed, make_sink_, accounting_);
}

void EventStream::OpenDueBlocks() {
  while (next_block_ < arrangement_.schedule.size() &&
         (merge_.empty() || arrangement_.schedule[next_block_].first <= merge_.HeadTime())) {
    const SourceId source = arrangement_.schedule[next_block_].source;
    std::optional<Error> error;
    ParsedBlockPtr block = feed_->Take(next_block_++, &error);
    if (error && !reported_[source]) {
      reported_[source] = true;
      faults_.Error(Place{sources_[source].path}, error->code, error->message);
    }
    if (block != nullptr && !block->batch.events.empty()) merge_.Open(std::move(block));
  }
}

// Until the head of the merge is the next event of all. False when that needs waiting for a pipe.
bool EventStream::OpenDue(bool may_wait) {
  OpenDueBlocks();
  for (size_t i = 0; i < live_.size();) {
    LivePipe& pipe = *live_[i];
    if (pipe.ended() || (!merge_.empty() && merge_.HeadTime() < pipe.watermark())) {
      ++i;
      continue;
    }
    if (!may_wait) return false;
    ParsedBlockPtr run =
        pipe.Fetch({options_.ingest_time, options_.future_tolerance}, tally_, counters_);
    if (pipe.ended() && pipe.error()) {
      faults_.Error(Place{sources_[pipe.id()].path}, pipe.error()->code, pipe.error()->message);
    }
    if (run != nullptr) {
      merge_.Open(std::move(run));
      OpenDueBlocks();
      i = 0;
    }
  }
  most_open_blocks_ = std::max(most_open_blocks_, merge_.open_blocks());
  return true;
}

BatchPtr EventStream::Next() {
  if (finished_) return nullptr;
  if (!prepared_) Prepare();
  auto batch = std::make_shared<Batch>();
  ++batches_;
  batch->events.reserve(options_.batch_events);
  while (batch->events.size() < options_.batch_events) {
    // What is there is handed out before a pipe is waited for.
    if (!OpenDue(batch->events.empty()) || merge_.empty()) break;
    Event* event = merge_.Head();
    const ParsedBlockPtr& block = merge_.HeadBlock();
    if (options_.late_until.Covers(*event)) {
      event->late = true;
      event->train_only = options_.late_until.time - event->time > options_.max_late;
    }
    if (seen_.IsDuplicate(*event)) {
      tally_.Duplicate(*event, block->TextOf(*event));
    } else {
      if (event->train_only) {
        tally_.LateTrainOnly(*event, block->TextOf(*event));
      } else if (event->late) {
        tally_.Late(*event, block->TextOf(*event));
      } else {
        tally_.Judged(*event);
      }
      if (options_.resume_after.Covers(*event)) {
        ++counters_.events_judged;
        merge_.Pop();
        continue;
      }
      batch->events.push_back(event);
      if (block->last_kept_by != batches_) {
        block->last_kept_by = batches_;
        batch->keeps.push_back(block);
      }
    }
    merge_.Pop();
  }
  counters_.events_judged += batch->events.size();
  if (options_.on_progress) options_.on_progress(counters_.Read());
  if (!batch->events.empty()) return batch;
  Finish();
  return nullptr;
}

void EventStream::Finish() {
  finished_ = true;
  feed_.reset();
  arrangement_ = {};
  for (const std::unique_ptr<Input>& input : inputs_)
    ends_.push_back(input == nullptr ? 0 : input->surveyed_end());
  inputs_.clear();
  accounting_.Add(tally_);
  for (const std::unique_ptr<LivePipe>& pipe : live_) {
    if (pipe->hurried() == 0) continue;
    faults_.Warning(Place{sources_[pipe->id()].path}, "reorder-full",
                    "more events came within the lateness than can be held; some were judged "
                    "before their time was over");
  }
  live_.clear();
  if (seen_.forgotten_early() > 0) {
    faults_.Warning(Place{"input"}, "duplicates-forgotten",
                    "more events fell into the duplicate window than are remembered; some "
                    "duplicates may have stayed");
  }
}

}  // namespace vedette
