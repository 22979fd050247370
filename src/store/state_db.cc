#include "store/state_db.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include "store/rocksdb_env.h"

namespace vedette {
namespace {

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view FromSlice(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// RocksDB's own access to files, unless they are not the real ones.
std::unique_ptr<rocksdb::Env> EnvOf(const StateDbOptions& options) {
  return options.files == &FileSystem::Real() ? nullptr : MakeRocksDbEnv(*options.files);
}

rocksdb::Options DbOptions(const StateDbOptions& ours, rocksdb::Env* env) {
  rocksdb::Options options;
  if (env != nullptr) options.env = env;
  options.disable_auto_compactions = !ours.background;
  options.create_if_missing = true;
  options.paranoid_checks = true;
  // Keys are hashes and entries are numbers: there is nothing to compress.
  options.compression = rocksdb::kNoCompression;
  options.write_buffer_size = 64 << 20;
  options.max_background_jobs = 2;
  options.max_open_files = 256;
  options.keep_log_file_num = 2;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.bytes_per_sync = 1 << 20;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 16 * 1024;
  table.no_block_cache = true;  // read once, or when memory could not hold it
  // Most scopes that are asked for and not in memory were never seen.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

// The first key after all that begin so; nothing: there is none.
std::string AfterAll(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<uint8_t>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) ++end.back();
  return end;
}

// The file that a message of RocksDB names, or the folder.
std::string FileOf(const std::string& message, const std::string& folder) {
  const size_t at = message.find(folder);
  if (at == std::string::npos)
    return message.find("CURRENT file") != std::string::npos ? folder + "/CURRENT" : folder;
  return message.substr(at, message.find_first_of(" :", at) - at);
}

Error ToError(const rocksdb::Status& status, const std::string& folder, std::string_view doing) {
  std::string why = status.ToString();
  // A table that is missing was asked for by the name that tables had long ago, too.
  for (size_t at; (at = why.find(".ldb")) != std::string::npos;) why.replace(at, 4, ".sst");
  const Place place{FileOf(why, folder)};
  if (why.find("lock") != std::string::npos && status.IsIOError() &&
      why.find("LOCK") != std::string::npos && why.find("Permission") == std::string::npos &&
      why.find("Read-only") == std::string::npos) {
    return {"state-locked",
            fmt::format("another vedette has the state folder {} open; wait for it, or give this "
                        "one its own --state",
                        folder),
            {}};
  }
  // What is missing was there when the folder was written: it is made sure to survive a crash.
  if (status.IsCorruption() || status.IsPathNotFound()) {
    return {"state-damaged",
            fmt::format("the state is damaged ({}); put back a copy of the folder, or add "
                        "--state-repair to go on without what is lost, which is then reported",
                        why),
            place};
  }
  if (status.IsNoSpace() || why.find("No space left") != std::string::npos) {
    return {"state-full",
            fmt::format("no room on the disk while {}; the last checkpoint stands: make room and "
                        "run the same command again",
                        doing),
            place};
  }
  if (why.find("Read-only") != std::string::npos || why.find("Permission") != std::string::npos) {
    return {
        "state-read-only",
        fmt::format("cannot write to the state folder {} ({}); make it writable or name another",
                    folder, why),
        place};
  }
  return {"state-failed", fmt::format("{} failed: {}", doing, why), place};
}

// A key half way between two, as fractions; `low` itself when there is none of that length.
std::string Between(const std::string& low, const std::string& high) {
  const size_t length = std::max(low.size(), high.size()) + 1;
  std::string middle(length, '\0');
  const auto byte = [&](const std::string& key, size_t i) -> unsigned {
    return i < key.size() ? static_cast<uint8_t>(key[i]) : 0;
  };
  std::vector<unsigned> sum(length + 1, 0);
  for (size_t i = length; i-- > 0;) {
    sum[i + 1] += byte(low, i) + byte(high, i);
    sum[i] += sum[i + 1] >> 8;
    sum[i + 1] &= 0xff;
  }
  unsigned rest = sum[0];
  for (size_t i = 0; i < length; ++i) {
    const unsigned value = rest << 8 | sum[i + 1];
    middle[i] = static_cast<char>(value >> 1);
    rest = value & 1;
  }
  return middle;
}

// The first key after `last` that can be read, or nothing. Only blocks that pass their checksum are
// looked into: nothing in a damaged one may be believed, not even where its keys are.
std::optional<std::string> NextReadable(rocksdb::DB& db, const std::string& last) {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  std::string found;
  // An iterator that met damage is not asked again.
  const auto readable = [&](const std::string& key) {
    const std::unique_ptr<rocksdb::Iterator> probe(db.NewIterator(options));
    probe->Seek(key);
    if (!probe->Valid() || probe->key().ToString() <= last) return false;
    found = probe->key().ToString();
    return true;
  };
  // Further and further away until there is one, then back towards the damage by halves.
  std::string bad = last;
  std::optional<std::string> good;
  const std::string from = last + '\0';
  for (size_t length = from.size(); length > 0 && !good; --length) {
    std::string key = from.substr(0, length);
    for (unsigned next = static_cast<uint8_t>(key.back()) + 1u; next <= 0xff && !good; ++next) {
      key.back() = static_cast<char>(next);
      if (readable(key)) good = key;
    }
  }
  if (!good) return std::nullopt;
  constexpr int kHalves = 64;
  for (int i = 0; i < kHalves; ++i) {
    const std::string middle = Between(bad, *good);
    if (middle <= bad || middle >= *good) break;
    if (readable(middle)) {
      good = middle;
    } else {
      bad = middle;
    }
  }
  if (!readable(*good)) return std::nullopt;
  return found;
}

// Every record whose block passes its checksum.
rocksdb::Status CopyReadable(rocksdb::DB& from, rocksdb::DB& to,
                             std::vector<StateDb::Repaired::Gap>* gaps) {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  std::unique_ptr<rocksdb::Iterator> at(from.NewIterator(options));
  rocksdb::WriteBatch batch;
  const auto flush = [&] {
    const rocksdb::Status status = to.Write(rocksdb::WriteOptions(), &batch);
    batch.Clear();
    return status;
  };
  std::string last;
  at->SeekToFirst();
  for (;;) {
    for (; at->Valid(); at->Next()) {
      last = at->key().ToString();
      batch.Put(at->key(), at->value());
      if (batch.GetDataSize() < (4 << 20)) continue;
      if (const rocksdb::Status status = flush(); !status.ok()) return status;
    }
    if (at->status().ok()) return flush();
    const std::optional<std::string> next = NextReadable(from, last);
    gaps->push_back({last, next.value_or("")});
    if (!next) return flush();
    at.reset(from.NewIterator(options));
    at->Seek(*next);
    last = *next;  // so that every round gets further
  }
}

}  // namespace

struct StateDb::Parts {
  std::string folder;
  FileSystem* files = nullptr;
  std::unique_ptr<rocksdb::Env> env;  // outlives the database
  std::unique_ptr<rocksdb::DB> db;
};

StateDb::StateDb(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
StateDb::StateDb(StateDb&&) noexcept = default;
StateDb& StateDb::operator=(StateDb&&) noexcept = default;
StateDb::~StateDb() = default;

const std::string& StateDb::folder() const { return parts_->folder; }

namespace {

std::string RepairedName(const std::string& folder) { return folder + ".repaired"; }

// Whether there is a state in the folder; an error if there is something else.
Result<bool> LookInto(FileSystem& files, const std::string& folder) {
  const Result<FileInfo> info = files.Stat(folder);
  if (!info) return Fail(info.error());
  if (info->kind == FileInfo::Kind::kFile)
    return Fail("state-not-one",
                fmt::format("{} is a file, not a state folder; name a folder", folder));
  if (info->kind == FileInfo::Kind::kNothing) {
    const Result<FileInfo> repaired = files.Stat(RepairedName(folder));
    if (!repaired) return Fail(repaired.error());
    if (repaired->kind == FileInfo::Kind::kNothing) return false;
    return Fail("state-damaged",
                fmt::format("{0} is missing and {1} is there: a repair was interrupted at its last "
                            "step; rename {1} to {0}",
                            folder, RepairedName(folder)));
  }
  const Result<std::vector<std::string>> names = files.List(folder);
  if (!names) return Fail(names.error());
  if (std::find(names->begin(), names->end(), "CURRENT") != names->end()) return true;
  // RocksDB makes LOCK, LOG, a manifest and then CURRENT: without it nothing was ever kept, but
  // with tables there it has gone missing.
  bool tables = false;
  for (const std::string& name : *names) {
    tables = tables || name.ends_with(".sst");
    if (name == "LOCK" || name == "IDENTITY" || name.starts_with("LOG") ||
        name.starts_with("MANIFEST-") || name.starts_with("OPTIONS-") || name.ends_with(".dbtmp") ||
        name.ends_with(".log") || name.ends_with(".sst")) {
      continue;
    }
    return Fail("state-not-one",
                fmt::format("{} holds files that belong to no state, such as {}; name an empty or "
                            "new folder",
                            folder, name));
  }
  if (!tables) return false;
  return Fail("state-damaged",
              fmt::format("the state in {} lacks its file CURRENT; put back a copy of the folder, "
                          "or add --state-repair to go on without what is lost",
                          folder),
              {folder + "/CURRENT"});
}

// With all that is in it.
Result<void> RemoveFolder(FileSystem& files, const std::string& folder) {
  const Result<FileInfo> info = files.Stat(folder);
  if (!info) return Fail(info.error());
  if (info->kind == FileInfo::Kind::kNothing) return {};
  const Result<std::vector<std::string>> names = files.List(folder);
  if (!names) return Fail(names.error());
  for (const std::string& name : *names) {
    if (Result<void> removed = files.Remove(folder + "/" + name); !removed) return removed;
  }
  return files.Remove(folder);
}

// folder.damaged, or that with a number.
Result<std::string> FreeName(FileSystem& files, const std::string& folder) {
  for (int n = 1;; ++n) {
    const std::string name = n == 1 ? folder + ".damaged" : fmt::format("{}.damaged-{}", folder, n);
    const Result<FileInfo> info = files.Stat(name);
    if (!info) return Fail(info.error());
    if (info->kind == FileInfo::Kind::kNothing) return name;
  }
}

}  // namespace

Result<StateDb> StateDb::Open(const std::string& folder, Mode mode, const StateDbOptions& options) {
  const Result<bool> there = LookInto(*options.files, folder);
  if (!there) return Fail(there.error());
  if (mode == Mode::kRead && !*there)
    return Fail(
        "state-not-one",
        fmt::format("there is no state in {}; name the folder that a run had as --state", folder));
  auto parts = std::make_unique<Parts>();
  parts->folder = folder;
  parts->files = options.files;
  parts->env = EnvOf(options);
  const rocksdb::Options db_options = DbOptions(options, parts->env.get());
  rocksdb::DB* db = nullptr;
  rocksdb::Status status;
  if (mode == Mode::kRead) {
    status = rocksdb::DB::OpenForReadOnly(db_options, folder, &db);
  } else {
    if (Result<void> made = MakeFolders(*options.files, folder); !made) {
      if (made.error().code != "read-only") return Fail(made.error());
      return Fail("state-read-only", made.error().message);
    }
    status = rocksdb::DB::Open(db_options, folder, &db);
  }
  if (!status.ok()) return Fail(ToError(status, folder, "opening the state"));
  parts->db.reset(db);
  return StateDb(std::move(parts));
}

Result<StateDb::Repaired> StateDb::Repair(const std::string& folder, const StateDbOptions& ours) {
  FileSystem& files = *ours.files;
  const std::string repaired = RepairedName(folder);
  Repaired report;
  if (Result<void> removed = RemoveFolder(files, repaired); !removed) return Fail(removed.error());
  const std::unique_ptr<rocksdb::Env> env = EnvOf(ours);
  const rocksdb::Options options = DbOptions(ours, env.get());
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status = rocksdb::DB::OpenForReadOnly(options, folder, &opened);
  if (!status.ok()) {
    report.files_lost = true;
    status = rocksdb::RepairDB(folder, options);
    if (status.ok()) status = rocksdb::DB::OpenForReadOnly(options, folder, &opened);
  }
  if (!status.ok()) return Fail(ToError(status, folder, "repairing the state"));
  std::unique_ptr<rocksdb::DB> from(opened);
  status = rocksdb::DB::Open(options, repaired, &opened);
  if (!status.ok()) return Fail(ToError(status, repaired, "repairing the state"));
  std::unique_ptr<rocksdb::DB> to(opened);
  status = CopyReadable(*from, *to, &report.gaps);
  if (status.ok()) status = to->Flush(rocksdb::FlushOptions());
  if (!status.ok()) return Fail(ToError(status, repaired, "repairing the state"));
  from.reset();
  to.reset();
  // Killed between the two renames, the next run says what to do: see LookInto.
  const Result<std::string> damaged = FreeName(files, folder);
  if (!damaged) return Fail(damaged.error());
  Result<void> done = files.SyncFolder(ParentFolder(folder));
  if (done) done = files.Rename(folder, *damaged);
  if (done) done = files.Rename(repaired, folder);
  if (done) done = files.SyncFolder(ParentFolder(folder));
  if (!done) return Fail(done.error());
  report.aside = *damaged;
  return report;
}

Result<void> StateDb::Flush() {
  const rocksdb::Status status = parts_->db->Flush(rocksdb::FlushOptions());
  if (!status.ok()) return Fail(ToError(status, parts_->folder, "finishing a checkpoint"));
  return {};
}

Result<void> StateDb::Write(const StateChanges& changes) {
  rocksdb::WriteBatch batch(changes.bytes() + 64);
  changes.ForEach([&](StateChanges::Kind kind, std::string_view key, std::string_view value) {
    switch (kind) {
      case StateChanges::Kind::kPut:
        batch.Put(ToSlice(key), ToSlice(value));
        break;
      case StateChanges::Kind::kErase:
        batch.Delete(ToSlice(key));
        break;
      case StateChanges::Kind::kErasePrefix: {
        const std::string end = AfterAll(key);
        batch.DeleteRange(ToSlice(key), ToSlice(end));
        break;
      }
    }
  });
  rocksdb::WriteOptions options;
  options.sync = true;
  const rocksdb::Status status = parts_->db->Write(options, &batch);
  if (!status.ok()) return Fail(ToError(status, parts_->folder, "writing a checkpoint"));
  return {};
}

Result<void> StateDb::ForEach(std::string_view prefix, const Visit& visit) const {
  const std::string end = AfterAll(prefix);
  const rocksdb::Slice bound = ToSlice(end);
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  if (!end.empty()) options.iterate_upper_bound = &bound;
  // What belongs to one scope lies in a block or two.
  if (prefix.size() < sizeof(Hash128)) options.readahead_size = 1 << 20;
  const std::unique_ptr<rocksdb::Iterator> at(parts_->db->NewIterator(options));
  for (at->Seek(ToSlice(prefix)); at->Valid(); at->Next()) {
    const std::string_view key = FromSlice(at->key());
    if (!key.starts_with(prefix)) break;
    visit(key.substr(prefix.size()), FromSlice(at->value()));
  }
  if (!at->status().ok()) return Fail(ToError(at->status(), parts_->folder, "reading the state"));
  return {};
}

Result<std::optional<std::string>> StateDb::Get(std::string_view key) const {
  std::string value;
  const rocksdb::Status status = parts_->db->Get(rocksdb::ReadOptions(), ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return Fail(ToError(status, parts_->folder, "reading the state"));
  return std::optional<std::string>(std::move(value));
}

Result<void> StateDb::Compact() {
  rocksdb::FlushOptions flush;
  rocksdb::Status status = parts_->db->Flush(flush);
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  if (status.ok()) status = parts_->db->CompactRange(options, nullptr, nullptr);
  if (!status.ok()) return Fail(ToError(status, parts_->folder, "rewriting the state"));
  return {};
}

uint64_t StateDb::bytes_on_disk() const {
  const Result<std::vector<std::string>> names = parts_->files->List(parts_->folder);
  if (!names) return 0;
  uint64_t bytes = 0;
  for (const std::string& name : *names) {
    const Result<FileInfo> info = parts_->files->Stat(parts_->folder + "/" + name);
    if (info) bytes += info->bytes;
  }
  return bytes;
}

}  // namespace vedette
