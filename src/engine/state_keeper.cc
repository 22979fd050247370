#include "engine/state_keeper.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/record.h"
#include "core/version.h"
#include "engine/state_migration.h"
#include "enrich/suffixes.h"

namespace vedette {
namespace {

constexpr size_t kIdsPerRecord = 4096;

// What a model remembers under: how it is defined, and whether some rule asks how old values are.
Hash128 MemoryHashOf(const ModelSpec& spec) {
  return Combine(spec.memory_hash, Hash128{0, spec.needs_value_age});
}

void WriteMark(RecordWriter& out, const EventMark& mark) { out.Time(mark.time).Hash(mark.id); }

EventMark ReadMark(RecordReader& in) {
  EventMark mark;
  mark.time = in.Time();
  mark.id = in.Hash();
  return mark;
}

// One record of a name and what follows; nothing when there is none.
Result<std::string> Header(const StateDb& db, std::string_view name) {
  Result<std::optional<std::string>> value = db.Get(name);
  if (!value) return Fail(value.error());
  return value->value_or("");
}

// What records are about, by how their keys begin.
std::map<std::string, std::string> PartNames() {
  std::map<std::string, std::string> parts = {{"!", "the header"},
                                              {"f", "inputs that were read"},
                                              {"i", "inputs that were read"},
                                              {"n", "the list of models"},
                                              {"q", "ids of the duplicate window"},
                                              {"r", "the record of the run"}};
  const std::string judge(kJudgePrefix);
  for (const char kind : std::string_view("dghjkprvx")) parts[judge + kind] = "what rules did";
  parts[judge + 'c'] = "counters";
  parts[judge + 'q'] = "sequences";
  parts[judge + 's'] = "sessions";
  parts[judge + 'u'] = "running suppressions";
  return parts;
}

}  // namespace

std::string ModelPrefix(uint32_t number) {
  std::string prefix = "m";
  AppendKeyNumber(prefix, number);
  return prefix;
}

Result<StateKeeper> StateKeeper::Open(const Options& options, const ContentSet& content,
                                      Diagnostics& faults) {
  Result<StateDb> db = StateDb::Open(options.folder, options.mode, options.db);
  StateDb::Repaired repaired;
  if (options.repair) {
    // Look at every block now, so that nothing turns up half way.
    std::optional<Error> damage;
    if (!db) damage = db.error();
    if (db) {
      if (Result<void> read = db->ForEach("", [](auto, auto) {}); !read) damage = read.error();
    }
    if (damage && damage->code == "state-damaged") {
      if (db) StateDb closed = *std::move(db);
      Result<StateDb::Repaired> done = StateDb::Repair(options.folder, options.db);
      if (!done) return Fail(done.error());
      repaired = *std::move(done);
      faults.Warning(Place{options.folder}, "state-repaired",
                     fmt::format("the state was damaged at {}; what could be read was kept, the "
                                 "damaged folder is now {}",
                                 damage->place.file, repaired.aside));
      db = StateDb::Open(options.folder, options.mode, options.db);
    }
  }
  if (!db) return Fail(db.error());
  StateKeeper keeper(*std::move(db), content, options.repair);
  Result<void> read = keeper.ReportLoss(repaired, faults);
  if (read) read = keeper.ReadHeader(faults);
  if (read) read = keeper.MatchModels(faults);
  if (!read) return Fail(read.error());
  return keeper;
}

// Which parts damaged blocks held records of, as far as keys tell. How many is for those to say
// that know how many they had.
Result<void> StateKeeper::ReportLoss(const StateDb::Repaired& repaired, Diagnostics& faults) {
  const Place place{db_.folder()};
  if (repaired.files_lost) {
    bool any = false;
    if (Result<void> read = db_.ForEach("", [&](auto, auto) { any = true; }); !read) return read;
    faults.Warning(place, "state-repaired",
                   any ? "files of the state, or the list of them, were lost: any part may lack "
                         "records"
                       : "lost: everything; the run begins with no memory");
  }
  if (repaired.gaps.empty()) return {};
  Result<std::map<std::string, StoredModel>> models = StoredModels();
  if (!models) return Fail(models.error());
  std::map<std::string, std::string> parts = PartNames();
  for (const auto& [id, model] : *models) parts[ModelPrefix(model.number)] = "model " + id;
  std::vector<std::string> lost;  // by key
  for (const auto& [prefix, part] : parts) {
    const bool hit = std::any_of(repaired.gaps.begin(), repaired.gaps.end(),
                                 [&](const StateDb::Repaired::Gap& gap) {
                                   return (gap.after < prefix || gap.after.starts_with(prefix)) &&
                                          (gap.before.empty() || prefix < gap.before);
                                 });
    if (hit && std::find(lost.begin(), lost.end(), part) == lost.end()) lost.push_back(part);
  }
  faults.Warning(place, "state-repaired",
                 fmt::format("lost: what damaged blocks held of {}", fmt::join(lost, ", ")));
  return {};
}

Result<void> StateKeeper::ReadHeader(Diagnostics& faults) {
  const Place place{db_.folder()};
  Result<std::string> format = Header(db_, "!format");
  if (!format) return Fail(format.error());
  if (format->empty()) {
    bool any = false;
    if (Result<void> read = db_.ForEach("", [&](auto, auto) { any = true; }); !read) return read;
    if (any && !repair_) {
      return Fail("state-damaged",
                  "the state has records but no header; put back a copy of the folder, or add "
                  "--state-repair to go on with what is there",
                  place);
    }
    if (any) faults.Warning(place, "state-repaired", "the header was missing and was made anew");
  } else {
    const std::optional<int64_t> number = ParseInt(*format);
    if (!number || *number < 0 || *number > INT32_MAX) {
      return Fail("state-damaged",
                  fmt::format("the state's format is '{}', which is no number; put back a copy of "
                              "the folder, or name another --state",
                              *format),
                  place);
    }
    if (*number > kStateFormat) {
      return Fail(
          "state-newer",
          fmt::format("the state has format {}, written by vedette {}; this is vedette {} "
                      "and knows formats up to {}: use a newer vedette, or another --state",
                      *number, Header(db_, "!engine").value_or("?"), kVersion, kStateFormat),
          place);
    }
    if (*number < kStateFormat) {
      Result<void> migrated = Migrate(static_cast<uint32_t>(*number), faults);
      if (!migrated) return migrated;
    }
    Result<std::string> seed = Header(db_, "!seed");
    if (!seed) return Fail(seed.error());
    if (!seed->empty() && *seed != fmt::format("{:016x}", HashSeed())) {
      return Fail("state-other-seed",
                  fmt::format("the state's keys were hashed with seed {}, this vedette hashes with "
                              "{:016x}: use the vedette that wrote it, or name another --state",
                              *seed, HashSeed()),
                  place);
    }
    for (const auto& [key, name, now] :
         {std::tuple{"!zones", "time zone data", ZoneDatabaseVersion()},
          std::tuple{"!suffixes", "the public suffix list", SuffixListVersion()}}) {
      Result<std::string> then = Header(db_, key);
      if (!then) return Fail(then.error());
      if (!then->empty() && *then != now) {
        faults.Note(place, "state-other-tables",
                    fmt::format("{} changed from {} to {} since the state was written; what was "
                                "learned under the old one stays",
                                name, *then, now));
      }
    }
  }
  const auto keep = [&](std::string_view key, const std::string& value) {
    if (Header(db_, key).value_or("") != value) deferred_.Put(key, value);
  };
  keep("!format", fmt::format("{}", kStateFormat));
  keep("!engine", std::string(kVersion));
  keep("!seed", fmt::format("{:016x}", HashSeed()));
  keep("!zones", ZoneDatabaseVersion());
  keep("!suffixes", SuffixListVersion());
  return {};
}

Result<void> StateKeeper::Migrate(uint32_t from, Diagnostics& faults) {
  faults.Note(Place{db_.folder()}, "state-migrated",
              fmt::format("the state is brought from format {} to {}", from, kStateFormat));
  Result<std::map<std::string, StoredModel>> models = StoredModels();
  if (!models) return Fail(models.error());
  std::vector<std::string> prefixes;
  for (const auto& [id, model] : *models) {
    const std::optional<ModelKind> kind = FindModelKind(model.kind);
    if (kind == ModelKind::kProfile || kind == ModelKind::kCategorical)
      prefixes.push_back(ModelPrefix(model.number));
  }
  return MigrateState(db_, prefixes);
}

Result<void> StateKeeper::MatchModels(Diagnostics& faults) {
  uint32_t next_number = 0;
  Result<std::map<std::string, StoredModel>> stored_models = StoredModels();
  if (!stored_models) return Fail(stored_models.error());
  std::map<std::string, StoredModel>& stored = *stored_models;
  if (repair_) {
    if (Result<void> dropped = DropNameless(stored, faults); !dropped) return dropped;
  }
  for (const auto& [id, model] : stored) next_number = std::max(next_number, model.number + 1);

  const bool first = stored.empty();
  size_t kept = 0;
  for (const ModelSpec& spec : content_->rules.models()) {
    const auto at = stored.find(spec.id);
    Slot slot;
    if (at != stored.end() && at->second.memory_hash == MemoryHashOf(spec)) {
      slot = {at->second.number, true};
      ++kept;
    } else {
      if (at != stored.end()) {
        deferred_.ErasePrefix(ModelPrefix(at->second.number));
        faults.Note(spec.place, "model-changed",
                    fmt::format("model {} remembers other things than before: it forgets and "
                                "starts to learn",
                                spec.id));
      } else if (!first) {
        faults.Note(spec.place, "model-new",
                    fmt::format("model {} is new to the state: it starts to learn", spec.id));
      }
      slot.number = next_number++;
      std::string value;
      RecordWriter(value).U32(slot.number).Hash(MemoryHashOf(spec)).Text(ModelKindName(spec.kind));
      deferred_.Put("n" + spec.id, value);
    }
    if (at != stored.end()) stored.erase(at);
    slots_.push_back(slot);
  }
  if (!first && kept == 0) {
    return Fail("state-other-content",
                "the state was learned with other content: it shares no model with this one; name "
                "the content that it was learned with, or another --state",
                Place{db_.folder()});
  }
  for (const auto& [id, model] : stored) {
    faults.Note(Place{db_.folder()}, "model-gone",
                fmt::format("content has no model {} any more; its memory stays in the state", id));
  }
  return {};
}

Result<std::map<std::string, StoredModel>> StateKeeper::StoredModels() {
  uint64_t left_out = 0;
  return ReadStoredModels(db_, repair_ ? &left_out : nullptr);
}

// Memory of models that the list lost. Their numbers are free again: a model that gets one must
// not find another's records under it.
Result<void> StateKeeper::DropNameless(const std::map<std::string, StoredModel>& named,
                                       Diagnostics& faults) {
  std::set<std::string> prefixes, nameless;
  for (const auto& [id, model] : named) prefixes.insert(ModelPrefix(model.number));
  uint64_t records = 0;
  Result<void> read = db_.ForEach("m", [&](std::string_view key, std::string_view) {
    std::string prefix = "m" + std::string(key.substr(0, sizeof(uint32_t)));
    if (prefixes.contains(prefix)) return;
    ++records;
    nameless.insert(std::move(prefix));
  });
  if (!read) return read;
  for (const std::string& prefix : nameless) deferred_.ErasePrefix(prefix);
  if (records > 0) {
    faults.Warning(Place{db_.folder()}, "state-repaired",
                   fmt::format("lost: {} records of models whose names are lost", records));
  }
  return {};
}

Result<std::map<std::string, StoredModel>> ReadStoredModels(const StateDb& db, uint64_t* left_out) {
  std::map<std::string, StoredModel> stored;
  uint64_t broken = 0;
  Result<void> read = db.ForEach("n", [&](std::string_view key, std::string_view value) {
    RecordReader in(value);
    StoredModel model;
    model.number = in.U32();
    model.memory_hash = in.Hash();
    model.kind = std::string(in.Text());
    if (in.done()) stored.emplace(key, std::move(model));
    broken += !in.done();
  });
  if (!read) return Fail(read.error());
  if (left_out != nullptr) *left_out = broken;
  if (broken > 0 && left_out == nullptr)
    return Fail("state-damaged",
                "the list of models cannot be understood; put back a copy of the folder, or add "
                "--state-repair to go on without those models' memory",
                Place{db.folder()});
  return stored;
}

Result<RunProgress> ReadRunProgress(const StateDb& db) {
  Result<std::optional<std::string>> run = db.Get("r");
  if (!run) return Fail(run.error());
  RunProgress p;
  if (!*run) return p;
  RecordReader in(**run);
  p.finished = in.U8() != 0;
  p.number = in.Var();
  p.ingest_time = in.Time();
  p.start = ReadMark(in);
  p.mark = ReadMark(in);
  p.out_folder = std::string(in.Text());
  p.detections_bytes = in.Var();
  p.events = in.Var();
  p.detections = in.Var();
  p.first_event = in.Time();
  p.last_event = in.Time();
  if (!in.done())
    return Fail("state-damaged",
                "the record of the run cannot be understood; put back a copy of the folder, or add "
                "--state-repair to go on without it",
                Place{db.folder()});
  return p;
}

Result<void> ExpectCurrentFormat(const StateDb& db) {
  Result<std::string> format = Header(db, "!format");
  if (!format) return Fail(format.error());
  const int64_t number = ParseInt(*format).value_or(0);
  if (number == kStateFormat) return {};
  return number > kStateFormat
             ? Fail("state-newer",
                    fmt::format("the state has format {}; this is vedette {} and knows formats up "
                                "to {}: use a newer vedette",
                                number, kVersion, kStateFormat),
                    Place{db.folder()})
             : Fail("state-older",
                    fmt::format("the state has format {}, which a run with this vedette brings up "
                                "to {}; run it once, then come back",
                                number, kStateFormat),
                    Place{db.folder()});
}

Result<void> StateKeeper::ReadRun(StateDamage& damage) {
  Result<RunProgress> run = ReadRunProgress(db_);
  if (!run && !repair_) return Fail(run.error());
  // Every checkpoint has one.
  const Result<std::string> record = Header(db_, "r");
  if (!record) return Fail(record.error());
  const bool missing = record->empty() && std::any_of(slots_.begin(), slots_.end(),
                                                      [](const Slot& slot) { return slot.kept; });
  damage.Add(!run || missing, "the record of the run (without it, results begin anew)");
  if (run) progress_ = *std::move(run);
  uint64_t broken = 0;
  Result<void> read = db_.ForEach("q", [&](std::string_view key, std::string_view value) {
    RecordReader in(value);
    while (in.good() && !in.rest().empty()) {
      const Timestamp time = in.Time();
      const Hash128 id = in.Hash();
      if (in.good()) remembered_.push_back({time, id});
    }
    if (in.done()) return;
    ++broken;
    damage.keys.push_back("q" + std::string(key));
  });
  if (!read) return read;
  damage.Add(broken, fmt::format("{} records of the duplicate window", broken));
  return inputs_.Load(db_, damage);
}

Result<void> StateKeeper::Restore(Judge& judge, Diagnostics& faults, bool cold) {
  StateDamage damage;
  judge.TrackChanges();
  Result<void> read = ReadRun(damage);
  for (uint32_t model = 0; read && model < slots_.size(); ++model) {
    if (cold) judge.KeepCold(model, db_, ModelPrefix(slots_[model].number));
    if (slots_[model].kept)
      read = judge.LoadModel(model, db_, ModelPrefix(slots_[model].number), damage);
  }
  if (read) read = judge.Load(db_, std::string(kJudgePrefix), damage);
  if (!read) return read;
  if (judge.sessions().orphans() > 0) {
    faults.Note(Place{db_.folder()}, "session-orphans",
                fmt::format("{} detections of sessions are left out: content has no such rule any "
                            "more",
                            judge.sessions().orphans()));
  }
  if (damage.records == 0) return {};
  std::string what;
  for (const std::string& part : damage.what) what += (what.empty() ? "" : ", ") + part;
  if (!repair_) {
    return Fail("state-damaged",
                fmt::format("missing or not to be understood: {}; put back a copy of the folder, "
                            "or add --state-repair to go on without that",
                            what),
                Place{db_.folder()});
  }
  for (const std::string& key : damage.keys) deferred_.Erase(key);
  faults.Warning(Place{db_.folder()}, "state-repaired", fmt::format("lost: {}", what));
  return {};
}

void StateKeeper::SaveProgress(StateChanges& changes) const {
  std::string value;
  RecordWriter out(value);
  out.U8(progress_.finished).Var(progress_.number).Time(progress_.ingest_time);
  WriteMark(out, progress_.start);
  WriteMark(out, progress_.mark);
  out.Text(progress_.out_folder).Var(progress_.detections_bytes);
  out.Var(progress_.events).Var(progress_.detections);
  out.Time(progress_.first_event).Time(progress_.last_event);
  changes.Put("r", value);
}

StateChanges StateKeeper::Collect(Judge& judge) {
  StateChanges changes = std::exchange(deferred_, {});
  judge.SaveChanges(StatePart(changes, std::string(kJudgePrefix)), [&](uint32_t model) {
    return StatePart(changes, ModelPrefix(slots_[model].number));
  });
  SaveProgress(changes);
  return changes;
}

void StateKeeper::SetRemembered(std::vector<SeenIds::Entry> remembered, StateChanges& changes) {
  remembered_ = std::move(remembered);
  changes.ErasePrefix("q");
  std::string value;
  uint32_t number = 0;
  for (size_t i = 0; i < remembered_.size(); ++i) {
    RecordWriter(value).Time(remembered_[i].time).Hash(remembered_[i].id);
    if ((i + 1) % kIdsPerRecord != 0 && i + 1 < remembered_.size()) continue;
    std::string key = "q";
    AppendKeyNumber(key, number++);
    changes.Put(key, value);
    value.clear();
  }
}

}  // namespace vedette
