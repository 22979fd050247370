#include "engine/state_forget.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/record.h"
#include "core/redact.h"
#include "core/text.h"
#include "rule/sequencer.h"
#include "session/session_book.h"

namespace vedette {
namespace {

constexpr std::string_view kInsteadOfName = "(forgotten)";

class Eraser {
 public:
  Eraser(const StateDb& db, const ContentSet& content, std::string name)
      : db_(db), content_(content), name_(std::move(name)) {
    std::string scratch;
    lower_ = std::string(NormalizeKey(name_, false, scratch));
    for (const std::string& spelling : {name_, lower_}) {
      values_.insert(HashBytes(spelling, seed_));
      names_.insert(spelling);
      for (EntityKind kind : {EntityKind::kUser, EntityKind::kAsset})
        entities_.insert(EntityKey(kind, spelling));
    }
    for (const Hash128& value : values_) lows_.insert(value.low);
  }

  Result<void> Run() {
    Result<std::map<std::string, StoredModel>> models = ReadStoredModels(db_);
    if (!models) return Fail(models.error());
    for (const auto& [id, stored] : *models) {
      const std::optional<ModelKind> kind = FindModelKind(stored.kind);
      if (!kind) continue;
      if (Result<void> read = Model(id, *kind, ModelPrefix(stored.number)); !read) return read;
    }
    if (Result<void> read = JudgeRecords(); !read) return read;
    if (Result<void> read = Sessions(); !read) return read;
    for (const char* prefix : {"f", "i"}) {
      Result<void> read = db_.ForEach(prefix, [&](std::string_view key, std::string_view value) {
        RecordReader in(value);
        std::string path(*prefix == 'f' ? key : in.Text());
        std::string redacted = path;
        if (ReplaceWord(redacted, lower_, kInsteadOfName)) report_.paths.push_back(path);
      });
      if (!read) return read;
    }
    return {};
  }

  const StateChanges& changes() const { return changes_; }
  ForgetReport TakeReport() {
    report_.removed.assign(counts_.begin(), counts_.end());
    return std::move(report_);
  }

 private:
  void Count(const std::string& what, uint64_t how_many = 1) {
    if (how_many > 0) counts_[what] += how_many;
  }
  void Erase(const std::string& prefix, std::string_view key, const std::string& what) {
    changes_.Erase(prefix + std::string(key));
    Count(what);
  }

  Result<void> Model(const std::string& id, ModelKind kind, const std::string& prefix) {
    std::set<Hash128> scopes;
    for (const Hash128& value : values_) scopes.insert(Combine(HashBytes(id, seed_), value));
    switch (kind) {
      case ModelKind::kProfile:
      case ModelKind::kCategorical:
        return ValueModel(id, prefix, scopes);
      case ModelKind::kTop:
        return TopModel(id, prefix, scopes);
      case ModelKind::kWindowCount:
      case ModelKind::kWindowDistinct:
      case ModelKind::kWindowSum:
        return WindowModel(id, prefix, scopes);
      case ModelKind::kClustered:
      case ModelKind::kTimeOfWeek:
        return ScopeModel(id, prefix, scopes);
    }
    return {};
  }

  // The counts of a value model's `m` record, less what was removed.
  Result<void> ValueModel(const std::string& id, const std::string& prefix,
                          const std::set<Hash128>& own) {
    uint64_t gone_scopes = 0, gone_entries = 0, gone_values = 0;
    Result<void> read = db_.ForEach(prefix + "s", [&](std::string_view key, std::string_view) {
      if (!own.contains(KeyHash(key))) return;
      ++gone_scopes;
      Erase(prefix + "s", key, "scopes of model " + id);
    });
    if (!read) return read;
    read = db_.ForEach(prefix + "e", [&](std::string_view key, std::string_view) {
      const Hash128 scope = KeyHash(key.substr(0, 16));
      const Hash128 entry = KeyHash(key.substr(std::min<size_t>(key.size(), 16)));
      const bool as_scope = own.contains(scope);
      const bool as_value = std::any_of(values_.begin(), values_.end(), [&](const auto& value) {
        return Combine(scope, value) == entry;
      });
      if (!as_scope && !as_value) return;
      ++gone_entries;
      Erase(prefix + "e", key,
            (as_scope ? "values of its scopes in model " : "values in model ") + id);
    });
    if (!read) return read;
    read = db_.ForEach(prefix + "v", [&](std::string_view key, std::string_view) {
      if (!values_.contains(KeyHash(key))) return;
      ++gone_values;
      Erase(prefix + "v", key, "ages of values in model " + id);
    });
    if (!read || gone_scopes + gone_entries + gone_values == 0) return read;
    return db_.ForEach(prefix + "m", [&](std::string_view, std::string_view value) {
      RecordReader in(value);
      std::string record;
      RecordWriter out(record);
      out.Time(in.Time()).U8(in.U8()).U64(in.U64()).I64(in.I64());
      for (uint64_t less : {gone_scopes, gone_entries, gone_values}) {
        const uint64_t count = in.U64();
        out.U64(count - std::min(count, less));
      }
      record += in.rest();
      changes_.Put(prefix + "m", record);
    });
  }

  // Erases scopes; of the `m` record the count of scopes is at `scopes_at` bytes.
  Result<void> ScopeModel(const std::string& id, const std::string& prefix,
                          const std::set<Hash128>& own) {
    uint64_t gone = 0;
    Result<void> read = db_.ForEach(prefix + "s", [&](std::string_view key, std::string_view) {
      if (!own.contains(KeyHash(key))) return;
      ++gone;
      Erase(prefix + "s", key, "scopes of model " + id);
    });
    if (!read || gone == 0) return read;
    return db_.ForEach(prefix + "m", [&](std::string_view, std::string_view value) {
      RecordReader in(value);
      std::string record;
      RecordWriter(record).Time(in.Time());
      const uint64_t count = in.U64();
      RecordWriter(record).U64(count - std::min(count, gone));
      record += in.rest();
      changes_.Put(prefix + "m", record);
    });
  }

  Result<void> WindowModel(const std::string& id, const std::string& prefix,
                           const std::set<Hash128>& own) {
    uint64_t gone_scopes = 0, gone_counters = 0;
    Result<void> read = db_.ForEach(prefix + "s", [&](std::string_view key, std::string_view) {
      if (!own.contains(KeyHash(key))) return;
      ++gone_scopes;
      Erase(prefix + "s", key, "scopes of model " + id);
    });
    if (!read) return read;
    read = db_.ForEach(prefix + "c", [&](std::string_view key, std::string_view value) {
      RecordReader in(value);
      const Hash128 scope = in.Hash();
      const Hash128 counter = KeyHash(key);
      const bool per = std::any_of(values_.begin(), values_.end(),
                                   [&](const auto& v) { return Combine(scope, v) == counter; });
      if (own.contains(scope) || per) {
        ++gone_counters;
        Erase(prefix + "c", key, "counters of model " + id);
        return;
      }
      std::string record;
      RecordWriter out(record);
      out.Hash(scope).I64(in.I64());
      const size_t panes = in.Count();
      out.Var(panes);
      for (size_t i = 0; i < panes; ++i) {
        out.Signed(in.Signed());
        out.Signed(in.Signed());
      }
      std::vector<std::pair<uint64_t, int64_t>> kept;
      bool removed = false;
      for (size_t i = in.Count(); i > 0; --i) {
        const uint64_t low = in.U64();
        const int64_t age = in.Signed();
        if (lows_.contains(low)) {
          removed = true;
        } else {
          kept.emplace_back(low, age);
        }
      }
      if (!removed) return;
      out.Var(kept.size());
      for (const auto& [low, age] : kept) out.U64(low).Signed(age);
      changes_.Put(prefix + "c" + std::string(key), record);
      Count("values in windows of model " + id);
    });
    if (!read || gone_scopes + gone_counters == 0) return read;
    return db_.ForEach(prefix + "m", [&](std::string_view, std::string_view value) {
      RecordReader in(value);
      std::string record;
      RecordWriter out(record);
      out.Time(in.Time());
      out.U8(in.U8());
      out.I64(in.I64());
      for (uint64_t less : {gone_scopes, gone_counters}) {
        const uint64_t count = in.U64();
        out.U64(count - std::min(count, less));
      }
      record += in.rest();
      changes_.Put(prefix + "m", record);
    });
  }

  Result<void> TopModel(const std::string& id, const std::string& prefix,
                        const std::set<Hash128>& own) {
    uint64_t gone = 0;
    Result<void> read =
        db_.ForEach(prefix + "s", [&](std::string_view key, std::string_view value) {
          if (own.contains(KeyHash(key))) {
            ++gone;
            Erase(prefix + "s", key, "scopes of model " + id);
            return;
          }
          RecordReader in(value);
          std::string record;
          RecordWriter out(record);
          out.U32(in.U32()).I64(in.I64());
          uint64_t removed = 0;
          std::vector<Hash128> top;
          for (size_t i = in.Count(); i > 0; --i) {
            const Hash128 member = in.Hash();
            if (!values_.contains(member)) top.push_back(member);
          }
          out.Var(top.size());
          for (const Hash128& member : top) out.Hash(member);
          std::string members;
          uint64_t kept = 0;
          for (size_t i = in.Count(); i > 0; --i) {
            std::string one;
            RecordWriter w(one);
            const Hash128 member = in.Hash();
            w.Hash(member).Signed(in.Signed());
            const size_t days = in.Count();
            w.Var(days);
            for (size_t d = 0; d < days; ++d) {
              const uint8_t day = in.U8();
              w.U8(day).Var(in.Var());
            }
            if (values_.contains(member)) {
              ++removed;
            } else {
              members += one;
              ++kept;
            }
          }
          if (removed == 0 || !in.done()) return;
          out.Var(kept);
          record += members;
          changes_.Put(prefix + "s" + std::string(key), record);
          Count("members of model " + id, removed);
        });
    if (!read || gone == 0) return read;
    return db_.ForEach(prefix + "m", [&](std::string_view, std::string_view value) {
      RecordReader in(value);
      std::string record;
      RecordWriter out(record);
      out.Time(in.Time());
      out.U8(in.U8());
      const uint64_t count = in.U64();
      out.U64(count - std::min(count, gone));
      record += in.rest();
      changes_.Put(prefix + "m", record);
    });
  }

  Result<void> JudgeRecords() {
    const std::string prefix(kJudgePrefix);
    Result<void> read =
        db_.ForEach(prefix + "j", [&](std::string_view key, std::string_view value) {
          RecordReader in(value);
          in.Signed();
          if (entities_.contains(in.Hash())) Erase(prefix + "j", key, "judgements of the day");
        });
    if (!read) return read;
    read = db_.ForEach(prefix + "c", [&](std::string_view key, std::string_view value) {
      RecordReader in(value);
      in.I64();
      if (entities_.contains(in.Hash())) Erase(prefix + "c", key, "counters of the day");
    });
    if (!read) return read;
    read = db_.ForEach(prefix + "qo", [&](std::string_view key, std::string_view value) {
      bool named = false;
      ForEachTextOfSequence(value, [&](std::string_view text) {
        std::string copy(text);
        named = named || ReplaceWord(copy, lower_, kInsteadOfName);
      });
      for (const SequenceSpec& spec : content_.rules.sequences())
        named = named || SequenceKey(spec.id, lower_, seed_) == KeyHash(key);
      if (named) Erase(prefix + "qo", key, "sequences under way");
    });
    if (!read) return read;
    // Windows of Sigma correlations hold names as texts; who is in one takes all of them along.
    read = db_.ForEach(prefix + "g", [&](std::string_view key, std::string_view value) {
      if (ToLower(value).find(lower_) != std::string::npos)
        Erase(prefix + "g", key, "windows of correlations");
    });
    if (!read) return read;
    read = db_.ForEach(prefix + "v", [&](std::string_view key, std::string_view value) {
      RecordReader in(value);
      const Hash128 scope = in.Hash();
      const Hash128 held = in.Hash();
      const std::string_view model = in.Text();
      const bool own = std::any_of(values_.begin(), values_.end(), [&](const auto& v) {
        return Combine(HashBytes(model, seed_), v) == scope;
      });
      if (own || values_.contains(held)) Erase(prefix + "v", key, "values in quarantine");
    });
    if (!read) return read;
    std::set<Hash128> windows;
    for (const RuleSpec& rule : content_.rules.rules()) {
      for (const Hash128& value : values_)
        windows.insert(Combine(Combine(HashBytes(rule.id, seed_), Hash128{0, 2}), value));
    }
    read = db_.ForEach(prefix + "uw", [&](std::string_view key, std::string_view) {
      if (windows.contains(KeyHash(key))) Erase(prefix + "uw", key, "suppressions");
    });
    if (!read) return read;
    return db_.ForEach(prefix + "k", [&](std::string_view key, std::string_view value) {
      RecordReader in(value);
      std::string record;
      RecordWriter out(record);
      out.U8(in.U8()).Var(in.Var()).Var(in.Var()).Var(in.Var());
      std::vector<std::pair<Timestamp, Hash128>> kept;
      bool removed = false;
      for (size_t i = in.Count(); i > 0; --i) {
        const Timestamp time = in.Time();
        const Hash128 entity = in.Hash();
        removed = removed || entities_.contains(entity);
        if (!entities_.contains(entity)) kept.emplace_back(time, entity);
      }
      if (!removed) return;
      out.Var(kept.size());
      for (const auto& [time, entity] : kept) out.Time(time).Hash(entity);
      changes_.Put(prefix + "k" + std::string(key), record);
      Count("recent firings");
    });
  }

  Result<void> Sessions() {
    const std::string prefix = std::string(kJudgePrefix) + "s";
    Result<void> read = db_.ForEach(prefix + "a", [&](std::string_view key, std::string_view) {
      if (entities_.contains(KeyHash(key))) Erase(prefix + "a", key, "days of activity");
    });
    if (!read) return read;
    read = db_.ForEach(prefix + "g", [&](std::string_view key, std::string_view value) {
      RecordReader in(value);
      std::string record;
      RecordWriter out(record);
      out.I64(in.I64()).I64(in.I64());
      const size_t days = in.Count();
      out.Var(days);
      for (size_t i = 0; i < days; ++i) out.Signed(in.Signed());
      std::vector<Hash128> kept;
      bool removed = false;
      for (size_t i = in.Count(); i > 0; --i) {
        const Hash128 entity = in.Hash();
        removed = removed || entities_.contains(entity);
        if (!entities_.contains(entity)) kept.push_back(entity);
      }
      if (!removed) return;
      out.Var(kept.size());
      for (const Hash128& entity : kept) out.Hash(entity);
      changes_.Put(prefix + "g" + std::string(key), record);
      Count("rule groups of today");
    });
    if (!read) return read;
    return db_.ForEach(prefix + "d", [&](std::string_view key, std::string_view value) {
      if (key.size() < 9) return;
      if (names_.contains(std::string(key.substr(5, key.size() - 9)))) {
        Erase(prefix + "d", key, "detections in sessions");
        return;
      }
      RecordReader in(value);
      std::string record;
      RecordWriter out(record);
      out.Hash(in.Hash()).Text(in.Text()).Time(in.Time());
      std::string reason(in.Text());
      if (!ReplaceWord(reason, lower_, kInsteadOfName)) return;
      out.Text(reason);
      record += in.rest();
      changes_.Put(prefix + "d" + std::string(key), record);
      Count("mentions in sentences of others");
    });
  }

  const StateDb& db_;
  const ContentSet& content_;
  std::string name_;
  std::string lower_;
  uint64_t seed_ = StateKeeper::HashSeed();
  std::set<Hash128> values_;  // the name's key, as it is and in lower case
  std::set<uint64_t> lows_;
  std::set<std::string> names_;
  std::set<Hash128> entities_;
  StateChanges changes_;
  std::map<std::string, uint64_t> counts_;
  ForgetReport report_;
};

}  // namespace

uint64_t ForgetReport::total() const {
  uint64_t total = 0;
  for (const auto& [what, count] : removed) total += count;
  return total;
}

Result<ForgetReport> ForgetEntity(const std::string& folder, const ContentSet& content,
                                  const std::string& name) {
  Result<StateDb> db = StateDb::Open(folder, StateDb::Mode::kWrite);
  if (!db) return Fail(db.error());
  if (Result<void> known = ExpectCurrentFormat(*db); !known) return Fail(known.error());
  Result<RunProgress> run = ReadRunProgress(*db);
  if (!run) return Fail(run.error());
  if (!run->finished) {
    return Fail("run-interrupted",
                "a run under this state was interrupted; let it come to its end first, else its "
                "lines would be learned again");
  }
  Eraser eraser(*db, content, name);
  if (Result<void> found = eraser.Run(); !found) return Fail(found.error());
  ForgetReport report = eraser.TakeReport();
  if (Result<void> written = db->Write(eraser.changes()); !written) return Fail(written.error());
  if (Result<void> compacted = db->Compact(); !compacted) return Fail(compacted.error());
  // Opening once more writes the list of files anew: the old one names keys that are gone.
  { StateDb closed = *std::move(db); }
  if (db = StateDb::Open(folder, StateDb::Mode::kWrite); !db) return Fail(db.error());
  return report;
}

}  // namespace vedette
