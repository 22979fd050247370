#include "engine/state_migration.h"

#include <utility>

#include <fmt/format.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include "core/record.h"
#include "engine/state_keeper.h"

namespace vedette {
namespace {

constexpr size_t kBytesAtOnce = 8 << 20;

// The new keys of `s` and `e` are longer than the old ones: those are told apart by that.
constexpr size_t kOldScopeKey = 4;
constexpr size_t kOldEntryKey = 16;

class Migration {
 public:
  explicit Migration(StateDb& db) : db_(db) {}

  Result<void> Model(const std::string& prefix) {
    boost::unordered_flat_map<uint32_t, Hash128> scopes;  // by number
    Result<void> read = ForEach(prefix + "s", [&](std::string_view key, std::string_view value) {
      if (key.size() != kOldScopeKey) return;
      RecordReader in(value);
      const Hash128 scope = in.Hash();
      scopes[KeyNumber(key)] = scope;
      std::string record(in.rest());
      // Counts that were halved were saved at once: no day is owed.
      RecordWriter(record).I64(closed_day_);
      changes_.Put(prefix + "s" + KeyOf({scope}), record);
      last_.Erase(prefix + "s" + std::string(key));  // entries need it until all are moved
    });
    if (!read) return read;
    read = ForEach(prefix + "e", [&](std::string_view key, std::string_view value) {
      if (key.size() != kOldEntryKey || value.size() < 4) return;
      RecordReader in(value);
      std::string record;
      RecordWriter(record).U32(in.U32()).U32(in.U32()).U32(in.U32());
      const auto scope = scopes.find(in.U32());
      // Of an entry that belongs to no scope the count of the model's record will tell.
      const Hash128 of = scope == scopes.end() ? Hash128{} : scope->second;
      changes_.Put(prefix + "e" + KeyOf({of, KeyHash(key)}), record);
      changes_.Erase(prefix + "e" + std::string(key));
    });
    if (!read) return read;
    return ForEach(prefix + "m", [&](std::string_view key, std::string_view value) {
      RecordReader in(value);
      std::string record;
      RecordWriter out(record);
      out.Time(in.Time()).U8(1).U64(in.U64()).I64(closed_day_);
      in.U64();  // how many numbers there were
      record += in.rest();
      if (key.empty() && in.good()) last_.Put(prefix + "m", record);
    });
  }

  // The day before the one that is open.
  Result<void> ReadDay() {
    const Result<std::optional<std::string>> judge = db_.Get(std::string(kJudgePrefix) + "d");
    if (!judge) return Fail(judge.error());
    if (!*judge) return {};
    RecordReader in(**judge);
    const int64_t open = in.Day();
    if (in.good() && open != INT64_MIN) closed_day_ = open - 1;
    return {};
  }

  // The last write: from here on the state is one of the new format.
  Result<void> Finish() {
    if (Result<void> written = Flush(); !written) return written;
    last_.Put("!format", fmt::format("{}", kStateFormat));
    return db_.Write(last_);
  }

 private:
  static std::string KeyOf(std::initializer_list<Hash128> hashes) {
    std::string key;
    for (const Hash128& hash : hashes) AppendKeyHash(key, hash);
    return key;
  }

  // What is written meanwhile is not visited.
  Result<void> ForEach(const std::string& prefix, const StateView::Visit& visit) {
    Result<void> written;
    Result<void> read = db_.ForEach(prefix, [&](std::string_view key, std::string_view value) {
      visit(key, value);
      if (written && changes_.bytes() > kBytesAtOnce) written = Flush();
    });
    return read ? written : read;
  }

  Result<void> Flush() { return db_.Write(std::exchange(changes_, {})); }

  StateDb& db_;
  int64_t closed_day_ = INT64_MIN;
  StateChanges changes_;
  StateChanges last_;
};

}  // namespace

Result<void> MigrateState(StateDb& db, const std::vector<std::string>& value_models) {
  Migration migration(db);
  Result<void> done = migration.ReadDay();
  for (const std::string& prefix : value_models) {
    if (done) done = migration.Model(prefix);
  }
  if (done) done = migration.Finish();
  return done;
}

}  // namespace vedette
