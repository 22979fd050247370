#include "engine/runner.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "engine/checkpoint_writer.h"
#include "engine/content_sink.h"
#include "engine/state_keeper.h"
#include "engine/summary.h"
#include "store/answers_json.h"
#include "store/output_file.h"

namespace vedette {
namespace {

// When the next checkpoint is due.
class CheckpointClock {
 public:
  explicit CheckpointClock(const StateOptions& options) : options_(options) { Restart(0); }

  bool IsDue(uint64_t events) const {
    if (options_.every_events > 0 && events - events_ >= options_.every_events) return true;
    return options_.clock && options_.clock() - time_ >= options_.every;
  }
  void Restart(uint64_t events) {
    events_ = events;
    if (options_.clock) time_ = options_.clock();
  }

 private:
  const StateOptions& options_;
  uint64_t events_ = 0;
  Nanoseconds time_{0};
};

// One pass over a set of inputs: from the first event, or, under a state, from where an earlier
// process left it.
class Pass {
 public:
  Pass(const ContentSet& content, const RunOptions& options, Crew& crew, Judge& judge,
       StateKeeper* keeper, Pseudonyms* pseudonyms, std::vector<SourceFile> sources,
       Diagnostics& faults)
      : content_(content),
        options_(options),
        crew_(crew),
        judge_(judge),
        keeper_(keeper),
        pseudonyms_(pseudonyms),
        faults_(faults),
        clock_(options.state) {
    report_.sources = std::move(sources);
    if (pseudonyms_ != nullptr) report_.accounting = Accounting(0);
    // What cannot be read again cannot be gone on with: then there is one checkpoint, at the end.
    resumable_ = std::none_of(report_.sources.begin(), report_.sources.end(),
                              [](const SourceFile& source) { return source.is_pipe; });
  }

  Result<RunReport> Run() {
    if (Result<void> opened = OpenResults(); !opened) return Fail(opened.error());
    if (keeper_ != nullptr) {
      writer_.emplace(keeper_->db(), results_, options_.state.write_behind);
      if (progress().finished) {
        StartRun();
      } else {
        report_.events = progress().events;
        report_.detections = progress().detections;
        report_.first_event = progress().first_event;
        report_.last_event = progress().last_event;
      }
    }
    EventStream stream(report_.sources, StreamOptions(), MakeContentSinks(content_, IngestTime()),
                       report_.accounting, faults_);
    if (Result<void> judged = JudgeAll(stream); !judged) return Fail(judged.error());
    if (Result<void> finished = FinishRun(stream); !finished) return Fail(finished.error());
    if (const auto imbalance = report_.accounting.Imbalance())
      return Fail("accounting", *imbalance);
    return std::move(report_);
  }

 private:
  RunProgress& progress() { return keeper_->progress(); }
  Timestamp IngestTime() {
    return keeper_ != nullptr ? progress().ingest_time : options_.ingest_time;
  }
  FileSystem& files() const { return *options_.files; }
  std::string ResultsPath() const { return options_.out_folder + "/detections.ndjson"; }

  // Detections go behind those that the state knows of, if they are in this folder.
  Result<void> OpenResults() {
    if (options_.out_folder.empty()) return {};
    if (Result<void> made = MakeFolders(files(), options_.out_folder); !made) return made;
    if (keeper_ == nullptr) return results_.Open(files(), ResultsPath(), 0);
    const bool same_folder = progress().out_folder == OutFolderName();
    if (!progress().finished && !same_folder && !options_.state.repair) {
      return Fail("output-elsewhere",
                  fmt::format("an interrupted run wrote to {}; run it again with --out {}",
                              progress().out_folder, progress().out_folder));
    }
    Result<void> opened =
        results_.Open(files(), ResultsPath(), same_folder ? progress().detections_bytes : 0);
    if (opened || opened.error().code != "output-shorter") return opened;
    if (!progress().finished && !options_.state.repair) {
      return Fail(opened.error().code, opened.error().message +
                                           "; put it back, or add --state-repair to go on without "
                                           "the detections that it lacks");
    }
    faults_.Warning(Place{ResultsPath()}, "output-shorter",
                    opened.error().message + "; it is begun anew");
    return results_.Open(files(), ResultsPath(), 0);
  }

  // Absolute, so that the same folder is known again from elsewhere.
  std::string OutFolderName() const {
    std::error_code error;
    return std::filesystem::weakly_canonical(options_.out_folder, error).string();
  }

  EventStreamOptions StreamOptions() {
    EventStreamOptions stream;
    stream.ingest_time = IngestTime();
    stream.lateness = options_.lateness;
    stream.threads = options_.threads;
    stream.crew = &crew_;
    stream.keep_bytes = options_.keep_bytes;
    stream.on_progress = options_.on_progress;
    stream.batch_events = options_.batch_events;
    if (keeper_ != nullptr) {
      stream.late_until = progress().start;
      stream.resume_after = progress().mark;
      stream.remembered = keeper_->remembered();
    }
    return stream;
  }

  // From here on a run that is killed is gone on with.
  void StartRun() {
    judge_.BeginRun();
    RunProgress next;
    next.finished = false;
    next.number = progress().number + 1;
    next.ingest_time = options_.ingest_time;
    next.start = progress().judged();
    next.out_folder = OutFolderName();
    next.detections_bytes = results_.bytes();
    progress() = std::move(next);
    if (!resumable_) return;
    StateChanges changes = keeper_->Collect(judge_);
    keeper_->inputs().Begin(report_.sources, changes);
    writer_->Start(std::move(changes));
  }

  Result<void> JudgeAll(EventStream& stream) {
    for (const SourceFile& source : report_.sources) source_names_.push_back(source.path);
    std::vector<Detection> detections;
    clock_.Restart(report_.events);
    while (const BatchPtr batch = stream.Next()) {
      for (const Event* event : batch->events) {
        report_.first_event = std::min(report_.first_event, event->time);
        report_.last_event = std::max(report_.last_event, event->time);
      }
      report_.events += batch->events.size();
      detections.clear();
      judge_.Process(batch->events, detections);
      if (const std::optional<Error> failure = judge_.models().failure()) return Fail(*failure);
      if (Result<void> written = WriteDetections(detections); !written) return written;
      if (keeper_ == nullptr) continue;
      progress().mark = EventMark::Of(*batch->events.back());
      const bool full = judge_.models().over_limit();  // what is read again has a place for it
      if (resumable_ && (full || (clock_.IsDue(report_.events) && writer_->idle()))) {
        if (Result<void> taken = TakeCheckpoint(); !taken) return taken;
      }
      if (full) {
        if (Result<void> written = writer_->Wait(); !written) return written;
        judge_.Cool();
      }
      if (options_.state.stop && options_.state.stop(report_.events))
        return Fail("stopped", "the run was told to stop");
    }
    return {};
  }

  Result<void> WriteDetections(std::vector<Detection>& detections) {
    report_.detections += detections.size();
    if (!results_.is_open()) return {};
    lines_.clear();
    for (Detection& d : detections) {
      if (pseudonyms_ != nullptr && d.entity_kind == EntityKind::kUser)
        d.entity = pseudonyms_->Of(d.entity);
      AppendDetectionLine(lines_, d, content_.rules, content_.library.schema, source_names_);
    }
    return results_.Append(lines_);
  }

  Result<void> TakeCheckpoint() {
    if (Result<void> failed = writer_->Wait(); !failed) return failed;
    if (Result<void> noted = NoteProgress(); !noted) return noted;
    writer_->Start(keeper_->Collect(judge_));
    clock_.Restart(report_.events);
    ++report_.checkpoints;
    if (options_.state.on_checkpoint) options_.state.on_checkpoint(report_.checkpoints);
    return {};
  }

  Result<void> NoteProgress() {
    if (results_.is_open()) {
      const Result<uint64_t> bytes = results_.Flush();
      if (!bytes) return Fail(bytes.error());
      progress().detections_bytes = *bytes;
    }
    progress().events = report_.events;
    progress().detections = report_.detections;
    progress().first_event = report_.first_event;
    progress().last_event = report_.last_event;
    return {};
  }

  // The last checkpoint comes when all results are on disk: killed before, the run is finished once
  // more.
  Result<void> FinishRun(EventStream& stream) {
    StateChanges changes;
    if (keeper_ != nullptr) {
      if (Result<void> failed = writer_->Wait(); !failed) return failed;
      if (Result<void> noted = NoteProgress(); !noted) return noted;
      progress().finished = true;
      changes = keeper_->Collect(judge_);
      keeper_->inputs().Finish(report_.sources, stream.ends(), changes);
      keeper_->SetRemembered(stream.remembered(), changes);
    } else {
      std::vector<Detection> detections;
      judge_.Finish(detections);
      if (Result<void> written = WriteDetections(detections); !written) return written;
    }
    report_.rules = judge_.rule_counts();
    report_.sessions = judge_.FinishSessions();
    if (pseudonyms_ != nullptr) {
      for (Session& session : report_.sessions) pseudonyms_->Hide(session);
      if (Result<void> saved = pseudonyms_->SaveTable(); !saved) return saved;
    }
    if (results_.is_open()) {
      if (const Result<uint64_t> flushed = results_.Flush(); !flushed) return Fail(flushed.error());
      if (Result<void> kept = results_.Sync(); !kept) return kept;
      if (Result<void> written = WriteSessionsAndSummary(); !written) return written;
    }
    if (keeper_ == nullptr) return results_.Close();
    writer_->Start(std::move(changes));
    if (Result<void> failed = writer_->Wait(); !failed) return failed;
    if (Result<void> flushed = keeper_->db().Flush(); !flushed) return flushed;
    return results_.Close();
  }

  Result<void> WriteSessionsAndSummary() {
    std::string lines;
    for (const Session& session : report_.sessions)
      AppendSessionLine(lines, session, content_.rules);
    if (Result<void> written =
            ReplaceFile(files(), options_.out_folder + "/sessions.ndjson", lines);
        !written) {
      return written;
    }
    return ReplaceFile(files(), options_.out_folder + "/summary.json",
                       SummaryJson(content_, report_, judge_));
  }

  const ContentSet& content_;
  const RunOptions& options_;
  Crew& crew_;
  Judge& judge_;
  StateKeeper* keeper_;
  Pseudonyms* pseudonyms_;
  Diagnostics& faults_;
  CheckpointClock clock_;
  bool resumable_ = true;
  RunReport report_;
  OutputFile results_;
  std::optional<CheckpointWriter> writer_;
  std::vector<std::string> source_names_;
  std::string lines_;
};

}  // namespace

Result<RunReport> RunJob(const ContentSet& content, const RunOptions& options,
                         Diagnostics& faults) {
  const std::vector<SourceFile> discovered = DiscoverSources(options.inputs, faults);
  if (discovered.empty()) return Fail("no-input", "there is nothing to read");
  Crew crew(std::max(options.threads, 1u) - 1);
  Judge::Options judge_options;
  judge_options.crew = &crew;
  judge_options.memory = options.memory;
  judge_options.sigma = content.sigma.get();
  std::optional<Pseudonyms> pseudonyms;
  if (!options.pseudonym_key.empty()) {
    Result<Pseudonyms> loaded = Pseudonyms::Load(options.pseudonym_key, content.library.schema);
    if (!loaded) return Fail(loaded.error());
    pseudonyms = *std::move(loaded);
    judge_options.pseudonyms = &*pseudonyms;
  }
  Judge judge(content.library.schema, content.rules, content.compiler.program(), content.tables,
              judge_options);
  if (content.exclusions) judge.exclusions() = *content.exclusions;
  if (options.state.folder.empty())
    return Pass(content, options, crew, judge, nullptr, judge_options.pseudonyms, discovered,
                faults)
        .Run();

  Result<StateKeeper> keeper =
      StateKeeper::Open({.folder = options.state.folder,
                         .repair = options.state.repair,
                         .db = {options.files, options.state.write_behind}},
                        content, faults);
  if (!keeper) return Fail(keeper.error());
  // What memory cannot hold waits in the state, as of the last checkpoint; runs over pipes have
  // none.
  const bool cold =
      options.memory > 0 && std::none_of(discovered.begin(), discovered.end(),
                                         [](const SourceFile& source) { return source.is_pipe; });
  if (Result<void> restored = keeper->Restore(judge, faults, cold); !restored)
    return Fail(restored.error());
  std::optional<RunReport> interrupted;
  if (!keeper->progress().finished) {
    std::vector<SourceFile> sources;
    if (!keeper->inputs().Interrupted(options.state.repair, &sources, faults))
      return Fail("input-changed-since", "an interrupted run cannot be gone on with");
    faults.Note(Place{options.state.folder}, "run-resumed",
                fmt::format("an interrupted run is gone on with after {} events",
                            keeper->progress().events));
    Result<RunReport> report =
        Pass(content, options, crew, judge, &*keeper, judge_options.pseudonyms, sources, faults)
            .Run();
    if (!report) return report;
    interrupted = *std::move(report);
  }
  const std::vector<SourceFile> todo = keeper->inputs().NotYetRead(discovered, faults);
  if (todo.empty() && interrupted) return *std::move(interrupted);
  if (todo.empty()) {
    faults.Note(Place{options.state.folder}, "nothing-new",
                "every input was read before; sessions are written again, nothing else changes");
  }
  return Pass(content, options, crew, judge, &*keeper, judge_options.pseudonyms, todo, faults)
      .Run();
}

std::vector<RankedEntity> RankEntities(const std::vector<Session>& sessions) {
  std::map<std::pair<EntityKind, std::string>, RankedEntity> entities;
  for (const Session& session : sessions) {
    RankedEntity& entity = entities[{session.entity_kind, session.entity}];
    entity.kind = session.entity_kind;
    entity.id = session.entity;
    entity.peak_risk_micro = std::max(entity.peak_risk_micro, session.entity_risk_micro);
    entity.notable_sessions += session.notable;
    if (entity.best == nullptr || session.score_micro > entity.best->score_micro)
      entity.best = &session;
  }
  std::vector<RankedEntity> ranked;
  for (auto& [key, entity] : entities) ranked.push_back(entity);
  std::stable_sort(ranked.begin(), ranked.end(), [](const RankedEntity& a, const RankedEntity& b) {
    return std::tie(b.peak_risk_micro, b.best->score_micro) <
           std::tie(a.peak_risk_micro, a.best->score_micro);
  });
  return ranked;
}

}  // namespace vedette
