#include "engine/input_book.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "core/record.h"
#include "ingest/byte_source.h"

namespace vedette {
namespace {

constexpr uint64_t kHeadBytes = 4096;
// Shorter beginnings are too alike to know a renamed file by.
constexpr uint64_t kTellingBytes = 256;
constexpr uint64_t kHeadSeed = 0x68656164;
constexpr const char* kPendingPrefix = "i";
constexpr const char* kFinishedPrefix = "f";

// The first bytes of the decompressed input; fewer when it is short. What cannot be opened has no
// beginning, which is not the same as an empty one.
Result<std::string> HeadOf(const std::string& path) {
  std::string head(kHeadBytes, '\0');
  size_t filled = 0;
  Result<std::unique_ptr<ByteSource>> bytes = OpenBytes(path);
  if (!bytes) return Fail(bytes.error());
  while (filled < head.size()) {
    const Result<size_t> got = (*bytes)->Read(head.data() + filled, head.size() - filled);
    if (!got && filled == 0) return Fail(got.error());
    if (!got || *got == 0) break;  // what is damaged further on is the reader's to report
    filled += *got;
  }
  head.resize(filled);
  return head;
}

Fingerprint FingerprintOf(std::string_view head) {
  return {HashBytes(head, kHeadSeed), head.size()};
}

bool BeginsLike(std::string_view head, const Fingerprint& begins) {
  return head.size() >= begins.bytes &&
         HashBytes(head.substr(0, static_cast<size_t>(begins.bytes)), kHeadSeed) == begins.hash;
}

bool IsCompressed(std::string_view path) {
  Encoding encoding = Encoding::kPlain;
  const auto bytes = OpenBytes(std::string(path), &encoding);
  return bytes && encoding != Encoding::kPlain;
}

// Where the last line of a plain file starts if it lacks its end, else `end`.
uint64_t AfterLastWholeLine(const std::string& path, uint64_t end) {
  for (uint64_t window = 64 * 1024;; window *= 8) {
    const uint64_t from = end > window ? end - window : 0;
    Result<std::unique_ptr<ByteSource>> bytes = OpenStored(path, from);
    std::string tail(static_cast<size_t>(end - from), '\0');
    size_t filled = 0;
    while (bytes && filled < tail.size()) {
      const Result<size_t> got = (*bytes)->Read(tail.data() + filled, tail.size() - filled);
      if (!got || *got == 0) break;
      filled += *got;
    }
    if (filled < tail.size()) return end;
    const size_t line_end = tail.rfind('\n');
    if (line_end != std::string::npos) return from + line_end + 1;
    if (from == 0) return 0;
  }
}

}  // namespace

Result<void> InputBook::Load(const StateView& view, StateDamage& damage) {
  uint64_t broken = 0;
  const auto leave_out = [&](std::string_view prefix, std::string_view key) {
    ++broken;
    damage.keys.push_back(std::string(prefix).append(key));
  };
  Result<void> read =
      view.ForEach(kFinishedPrefix, [&](std::string_view key, std::string_view value) {
        RecordReader in(value);
        Finished finished;
        finished.begins.hash = in.Hash();
        finished.begins.bytes = in.Var();
        finished.done = in.Var();
        finished.stored = in.Var();
        if (!in.done()) leave_out(kFinishedPrefix, key);
        if (in.done()) finished_[std::string(key)] = finished;
      });
  if (!read) return read;
  read = view.ForEach(kPendingPrefix, [&](std::string_view key, std::string_view value) {
    RecordReader in(value);
    Pending pending;
    pending.source.path = std::string(in.Text());
    pending.source.bytes = in.Var();
    pending.source.begin = in.Var();
    pending.source.end = in.U64();
    pending.begins.hash = in.Hash();
    pending.begins.bytes = in.Var();
    if (!in.done()) leave_out(kPendingPrefix, key);
    if (in.done()) pending_.push_back(std::move(pending));
  });
  damage.Add(broken, fmt::format("{} records of inputs", broken));
  return read;
}

std::vector<SourceFile> InputBook::NotYetRead(const std::vector<SourceFile>& discovered,
                                              Diagnostics& faults) {
  std::map<Fingerprint, const Finished*, bool (*)(const Fingerprint&, const Fingerprint&)> by_head(
      [](const Fingerprint& a, const Fingerprint& b) {
        return std::tie(a.hash, a.bytes) < std::tie(b.hash, b.bytes);
      });
  std::set<uint64_t> head_sizes;
  for (const auto& [path, finished] : finished_) {
    if (finished.begins.bytes < kTellingBytes) continue;
    const auto [at, added] = by_head.emplace(finished.begins, &finished);
    if (!added && at->second->done < finished.done) at->second = &finished;
    head_sizes.insert(finished.begins.bytes);
  }
  const auto renamed = [&](std::string_view head) -> const Finished* {
    for (auto size = head_sizes.rbegin(); size != head_sizes.rend(); ++size) {
      if (*size > head.size()) continue;
      const auto found = by_head.find(FingerprintOf(head.substr(0, static_cast<size_t>(*size))));
      if (found != by_head.end()) return found->second;
    }
    return nullptr;
  };

  std::vector<SourceFile> todo;
  for (SourceFile source : discovered) {
    if (source.is_pipe) {
      todo.push_back(source);
      continue;
    }
    const Result<std::string> looked = HeadOf(source.path);
    if (!looked) {
      // Whether it was read before cannot be told now: the next run will see.
      faults.Error(Place{source.path}, looked.error().code, looked.error().message);
      continue;
    }
    const std::string& head = *looked;
    looked_[source.path] = FingerprintOf(head);
    const auto at = finished_.find(source.path);
    const Finished* known = nullptr;
    bool same_file = false;
    if (at != finished_.end() && BeginsLike(head, at->second.begins) &&
        (at->second.begins.bytes > 0 || at->second.done == 0)) {
      known = &at->second;
      same_file = true;
      if (source.bytes == known->stored) continue;
    } else {
      known = renamed(head);
      if (known == nullptr && at != finished_.end()) {
        faults.Note(Place{source.path}, "input-replaced",
                    "another file of this name was read before; this one is read from its start");
      }
    }
    const bool compressed = IsCompressed(source.path);
    if (!compressed) source.end = source.bytes;
    if (known != nullptr) {
      if (!compressed && source.bytes < known->done) {
        faults.Warning(Place{source.path}, "input-shorter",
                       fmt::format("was read up to byte {} before and is shorter now; nothing of "
                                   "it is read",
                                   known->done));
        continue;
      }
      // A renamed file that did not grow is compared by where its last line ended.
      if (!same_file && !compressed &&
          (source.bytes == known->done || source.bytes == known->stored))
        continue;
      source.begin = known->done;
    }
    todo.push_back(std::move(source));
  }
  return todo;
}

void InputBook::Begin(const std::vector<SourceFile>& sources, StateChanges& changes) {
  pending_.clear();
  changes.ErasePrefix(kPendingPrefix);
  for (const SourceFile& source : sources) {
    pending_.push_back({source, looked_[source.path]});
    std::string key = kPendingPrefix, value;
    AppendKeyNumber(key, static_cast<uint32_t>(pending_.size() - 1));
    RecordWriter(value)
        .Text(source.path)
        .Var(source.bytes)
        .Var(source.begin)
        .U64(source.end)
        .Hash(pending_.back().begins.hash)
        .Var(pending_.back().begins.bytes);
    changes.Put(key, value);
  }
}

bool InputBook::Interrupted(bool repair, std::vector<SourceFile>* sources,
                            Diagnostics& faults) const {
  bool all = true;
  for (const Pending& pending : pending_) {
    const std::string& path = pending.source.path;
    Diagnostics missing;
    const std::vector<SourceFile> found = DiscoverSources({path}, missing);
    std::string wrong;
    if (found.size() != 1 || found[0].is_pipe) {
      wrong = "is no longer there";
    } else if (const Result<std::string> head = HeadOf(path); !head) {
      wrong = fmt::format("cannot be read ({})", head.error().message);
    } else if (!BeginsLike(*head, pending.begins)) {
      wrong = "is another file now";
    } else if (found[0].bytes < pending.source.bytes ||
               (pending.source.end == UINT64_MAX && found[0].bytes != pending.source.bytes)) {
      wrong = fmt::format("has {} bytes instead of {}", found[0].bytes, pending.source.bytes);
    }
    if (wrong.empty()) {
      sources->push_back(pending.source);
    } else if (repair) {
      faults.Warning(
          Place{path}, "input-changed-since",
          fmt::format("an interrupted run was reading it, and it {}; its lines that were "
                      "not judged are lost",
                      wrong));
    } else {
      faults.Error(Place{path}, "input-changed-since",
                   fmt::format("an interrupted run was reading it, and it {}", wrong),
                   "put it back as it was, or add --state-repair to go on without it");
      all = false;
    }
  }
  return all;
}

void InputBook::Save(const std::string& path, const Finished& finished,
                     StateChanges& changes) const {
  std::string value;
  RecordWriter(value)
      .Hash(finished.begins.hash)
      .Var(finished.begins.bytes)
      .Var(finished.done)
      .Var(finished.stored);
  changes.Put(kFinishedPrefix + path, value);
}

void InputBook::Finish(const std::vector<SourceFile>& sources, const std::vector<uint64_t>& ends,
                       StateChanges& changes) {
  changes.ErasePrefix(kPendingPrefix);
  for (size_t i = 0; i < sources.size(); ++i) {
    const SourceFile& source = sources[i];
    if (source.is_pipe) continue;
    Finished finished;
    const auto pending = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& p) {
      return p.source.path == source.path;
    });
    finished.begins = pending != pending_.end() ? pending->begins : looked_[source.path];
    finished.stored = source.bytes;
    finished.done = source.end == UINT64_MAX ? std::max(ends[i], source.begin)
                                             : AfterLastWholeLine(source.path, source.end);
    finished_[source.path] = finished;
    Save(source.path, finished, changes);
  }
  pending_.clear();
}

}  // namespace vedette
