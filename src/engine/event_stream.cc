#include "engine/event_stream.h"

#include <algorithm>

#include "engine/survey.h"

namespace vedette {

EventStream::EventStream(std::vector<SourceFile> sources, EventStreamOptions options, SinkFactory make_sink,
                         Accounting& accounting, Diagnostics& faults)
    : sources_(std::move(sources)),
      options_(std::move(options)),
      make_sink_(std::move(make_sink)),
      accounting_(accounting),
      faults_(faults),
      seen_(options_.lateness + std::chrono::hours(1)),
      tally_(true, accounting.sample_limit()),
      reported_(sources_.size()) {}

EventStream::~EventStream() = default;

void EventStream::Prepare() {
  prepared_ = true;
  for (const SourceFile& source : sources_) {
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
  std::vector<BlockRef> blocks = TakeSurvey(inputs_, survey, make_sink_, accounting_, faults_, counters_, tick);

  ArrangeOptions arrange;
  arrange.threads = options_.threads;
  arrange.future = survey.future;
  arrange.temp_directory = options_.temp_directory;
  arrange.limits = options_.limits;
  arrangement_ = Arrange(std::move(blocks), inputs_, arrange, make_sink_, tally_, faults_, tick);
  inputs_sorted_ = arrangement_.inputs_sorted;
  counters_.surveying = false;

  BlockFeed::Options feed;
  feed.workers = options_.threads > 1 ? options_.threads - 1 : 0;
  feed.future = survey.future;
  feed_ = std::make_unique<BlockFeed>(arrangement_, inputs_, feed, make_sink_);
}

void EventStream::OpenDueBlocks() {
  while (next_block_ < arrangement_.schedule.size() &&
         (merge_.empty() || arrangement_.schedule[next_block_].first <= merge_.Head()->time)) {
    const SourceId source = arrangement_.schedule[next_block_].source;
    const uint32_t events = arrangement_.schedule[next_block_].events;
    std::optional<Error> error;
    ParsedBlockPtr block = feed_->Take(next_block_++, &error);
    const size_t parsed = block == nullptr ? 0 : block->batch.events.size();
    if (parsed < events) tally_.Lost(source, events - parsed);
    if (error && !reported_[source]) {
      reported_[source] = true;
      faults_.Error(Place{sources_[source].path}, error->code, error->message);
    }
    if (parsed > 0) merge_.Open(std::move(block));
  }
  most_open_blocks_ = std::max(most_open_blocks_, merge_.open_blocks());
}

BatchPtr EventStream::Next() {
  if (finished_) return nullptr;
  if (!prepared_) Prepare();
  auto batch = std::make_shared<Batch>();
  ++batches_;
  batch->events.reserve(options_.batch_events);
  for (OpenDueBlocks(); !merge_.empty() && batch->events.size() < options_.batch_events; OpenDueBlocks()) {
    Event* event = merge_.Head();
    const ParsedBlockPtr& block = merge_.HeadBlock();
    if (seen_.IsDuplicate(*event)) {
      tally_.Duplicate(*event, block->TextOf(*event));
    } else {
      tally_.Judged(*event);
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
  inputs_.clear();
  accounting_.Add(tally_);
  if (seen_.forgotten_early() > 0) {
    faults_.Warning(Place{"input"}, "duplicates-forgotten",
                    "more events fell into the duplicate window than are remembered; some duplicates may have stayed");
  }
}

}  // namespace vedette
