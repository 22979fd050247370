#include "store/state_db.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

namespace vedette {
namespace {

namespace fs = std::filesystem;

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view FromSlice(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

rocksdb::Options DbOptions() {
  rocksdb::Options options;
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
  table.no_block_cache = true;  // read once, from front to back
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

// The file that a message of RocksDB names, or the folder.
std::string FileOf(const std::string& message, const std::string& folder) {
  const size_t at = message.find(folder);
  if (at == std::string::npos) return folder;
  return message.substr(at, message.find_first_of(" :", at) - at);
}

Error ToError(const rocksdb::Status& status, const std::string& folder, std::string_view doing) {
  const std::string why = status.ToString();
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
  if (status.IsCorruption()) {
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

// The first place after `last` from which records can be read again, or nothing.
std::optional<std::string> NextReadable(rocksdb::DB& db, const std::string& last) {
  rocksdb::ReadOptions checked, unchecked;
  checked.verify_checksums = true;
  unchecked.verify_checksums = false;
  const std::unique_ptr<rocksdb::Iterator> probe(db.NewIterator(checked));
  const auto readable = [&](const std::string& key) {
    probe->Seek(key);
    return probe->Valid() && probe->key().ToString() > last;
  };
  // Keys of a damaged block serve as places to look, nothing else of it is believed.
  const std::unique_ptr<rocksdb::Iterator> walk(db.NewIterator(unchecked));
  size_t steps = 0;
  for (walk->Seek(last); walk->Valid() && steps < 100'000; walk->Next(), ++steps) {
    const std::string key = walk->key().ToString();
    if (key > last && readable(key)) return key;
  }
  for (size_t length = last.size(); length > 0; --length) {
    std::string key = last.substr(0, length);
    for (int step = 0; step < 16 && static_cast<uint8_t>(key.back()) < 0xff; ++step) {
      ++key.back();
      if (readable(key)) return probe->key().ToString();
    }
  }
  return std::nullopt;
}

// Every record whose block passes its checksum.
rocksdb::Status CopyReadable(rocksdb::DB& from, rocksdb::DB& to) {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  const std::unique_ptr<rocksdb::Iterator> at(from.NewIterator(options));
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
    if (!next) return flush();
    at->Seek(*next);
  }
}

}  // namespace

struct StateDb::Parts {
  std::string folder;
  std::unique_ptr<rocksdb::DB> db;
};

StateDb::StateDb(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
StateDb::StateDb(StateDb&&) noexcept = default;
StateDb& StateDb::operator=(StateDb&&) noexcept = default;
StateDb::~StateDb() = default;

const std::string& StateDb::folder() const { return parts_->folder; }

Result<StateDb> StateDb::Open(const std::string& folder, Mode mode) {
  std::error_code error;
  const bool exists = fs::exists(folder, error);
  if (exists && !fs::is_directory(folder, error)) {
    return Fail("state-not-one", fmt::format("{} is a file, not a state folder", folder));
  }
  const bool empty = !exists || fs::is_empty(folder, error);
  if (error) {
    return Fail("state-failed",
                fmt::format("cannot look into the state folder {}: {}", folder, error.message()));
  }
  if (mode == Mode::kRead && empty)
    return Fail("state-not-one", fmt::format("there is no state in {}", folder));
  if (!empty && !fs::exists(folder + "/CURRENT", error)) {
    // RocksDB makes LOCK, LOG, a manifest and then CURRENT: without it nothing was ever kept, but
    // with tables there it has gone missing.
    bool foreign = false, tables = false;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const std::string name = entry.path().filename().string();
      tables = tables || name.ends_with(".sst");
      foreign = foreign ||
                !(name == "LOCK" || name == "IDENTITY" || name.starts_with("LOG") ||
                  name.starts_with("MANIFEST-") || name.starts_with("OPTIONS-") ||
                  name.ends_with(".dbtmp") || name.ends_with(".log") || name.ends_with(".sst"));
    }
    if (foreign) {
      return Fail("state-not-one",
                  fmt::format("{} holds files that belong to no state; name an empty or new folder",
                              folder));
    }
    if (tables) {
      return Fail("state-damaged",
                  fmt::format("the state in {} lacks its file CURRENT; put back a copy of the "
                              "folder, or add --state-repair to go on without what is lost",
                              folder),
                  {folder + "/CURRENT"});
    }
  }
  auto parts = std::make_unique<Parts>();
  parts->folder = folder;
  rocksdb::DB* db = nullptr;
  rocksdb::Status status;
  if (mode == Mode::kRead) {
    status = rocksdb::DB::OpenForReadOnly(DbOptions(), folder, &db);
  } else {
    fs::create_directories(folder, error);
    if (error) {
      return Fail("state-read-only",
                  fmt::format("cannot create the state folder {}: {}", folder, error.message()));
    }
    status = rocksdb::DB::Open(DbOptions(), folder, &db);
  }
  if (!status.ok()) return Fail(ToError(status, folder, "opening the state"));
  parts->db.reset(db);
  return StateDb(std::move(parts));
}

Result<std::string> StateDb::Repair(const std::string& folder) {
  const std::string repaired = folder + ".repaired";
  std::error_code error;
  fs::remove_all(repaired, error);
  rocksdb::Options options = DbOptions();
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status = rocksdb::DB::OpenForReadOnly(options, folder, &opened);
  if (!status.ok()) {
    status = rocksdb::RepairDB(folder, options);  // its list of files is gone
    if (status.ok()) status = rocksdb::DB::OpenForReadOnly(options, folder, &opened);
  }
  if (!status.ok()) return Fail(ToError(status, folder, "repairing the state"));
  std::unique_ptr<rocksdb::DB> from(opened);
  status = rocksdb::DB::Open(options, repaired, &opened);
  if (!status.ok()) return Fail(ToError(status, repaired, "repairing the state"));
  std::unique_ptr<rocksdb::DB> to(opened);
  status = CopyReadable(*from, *to);
  if (status.ok()) status = to->SyncWAL();
  if (!status.ok()) return Fail(ToError(status, repaired, "repairing the state"));
  from.reset();
  to.reset();
  std::string damaged = folder + ".damaged";
  for (int n = 2; fs::exists(damaged, error); ++n)
    damaged = fmt::format("{}.damaged-{}", folder, n);
  fs::rename(folder, damaged, error);
  if (!error) fs::rename(repaired, folder, error);
  if (error) {
    return Fail("state-failed", fmt::format("cannot put the repaired state in place of {}: {}",
                                            folder, error.message()));
  }
  return damaged;
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
        std::string end(key);
        while (!end.empty() && static_cast<uint8_t>(end.back()) == 0xff) end.pop_back();
        if (!end.empty()) ++end.back();
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
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.readahead_size = 1 << 20;
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
  uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(parts_->folder, error)) {
    if (entry.is_regular_file(error)) bytes += entry.file_size(error);
  }
  return bytes;
}

}  // namespace vedette
