#include "core/simulated_disk.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <utility>

namespace vedette {
namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kSector = 512;

// The parts of a path: "a//b/./c" has a, b and c.
std::vector<std::string> PartsOf(const std::string& path) {
  std::vector<std::string> parts;
  for (size_t at = 0; at < path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string part = path.substr(at, end - at);
    if (!part.empty() && part != ".") parts.push_back(part);
    at = end + 1;
  }
  return parts;
}

// Copies [from, to) as far as the source has it, and zeros beyond.
void CopyRange(const std::string& source, std::string& target, uint64_t from, uint64_t to) {
  for (uint64_t i = from; i < std::min<uint64_t>(to, target.size()); ++i)
    target[i] = i < source.size() ? source[i] : '\0';
}

}  // namespace

// Hands over to the disk while the life goes on in which it was opened.
class SimulatedDisk::Writable : public WritableFile {
 public:
  Writable(SimulatedDisk& disk, std::string path, InodePtr file)
      : WritableFile(std::move(path)), disk_(disk), file_(std::move(file)), life_(disk.life_) {}

  Result<void> Sync() override {
    const std::lock_guard hold(disk_.mutex_);
    if (dead()) return Fail(FileError("write", path(), EIO));
    return disk_.Sync(*file_, path());
  }
  Result<void> Truncate(uint64_t bytes) override {
    const std::lock_guard hold(disk_.mutex_);
    if (dead()) return Fail(FileError("shorten", path(), EIO));
    return disk_.Truncate(*file_, path(), bytes);
  }
  Result<uint64_t> Size() override {
    const std::lock_guard hold(disk_.mutex_);
    if (dead()) return Fail(FileError("read", path(), EIO));
    return file_->bytes.size();
  }
  Result<void> Close() override {
    const std::lock_guard hold(disk_.mutex_);
    if (dead()) return Fail(FileError("write", path(), EIO));
    return {};
  }

 protected:
  Result<size_t> WriteSome(std::string_view bytes) override {
    const std::lock_guard hold(disk_.mutex_);
    if (dead()) return Fail(FileError("write", path(), EIO));
    return disk_.Write(*file_, path(), bytes);
  }

 private:
  bool dead() const { return life_ != disk_.life_ || disk_.crashed_; }

  SimulatedDisk& disk_;
  InodePtr file_;
  uint64_t life_;
};

class SimulatedDisk::Readable : public ReadableFile {
 public:
  Readable(SimulatedDisk& disk, std::string path, InodePtr file)
      : disk_(disk), path_(std::move(path)), file_(std::move(file)), life_(disk.life_) {}

  Result<size_t> ReadAt(uint64_t offset, char* to, size_t bytes) override {
    const std::lock_guard hold(disk_.mutex_);
    const int error = life_ != disk_.life_ ? EIO : disk_.BeginRead();
    if (error != 0) return Fail(FileError("read", path_, error));
    if (offset >= file_->bytes.size()) return 0;
    const size_t n = std::min<uint64_t>(bytes, file_->bytes.size() - offset);
    std::memcpy(to, file_->bytes.data() + offset, n);
    return n;
  }

 private:
  SimulatedDisk& disk_;
  std::string path_;
  InodePtr file_;
  uint64_t life_;
};

class SimulatedDisk::Held : public FileLock {
 public:
  Held(SimulatedDisk& disk, std::string path)
      : disk_(disk), path_(std::move(path)), life_(disk.life_) {}
  ~Held() override {
    const std::lock_guard hold(disk_.mutex_);
    if (life_ == disk_.life_) disk_.locks_.erase(path_);
  }

 private:
  SimulatedDisk& disk_;
  std::string path_;
  uint64_t life_;
};

SimulatedDisk::SimulatedDisk(uint64_t seed) : random_(seed), root_(std::make_shared<Folder>()) {}
SimulatedDisk::~SimulatedDisk() = default;

void SimulatedDisk::CrashAfter(uint64_t operations) {
  const std::lock_guard hold(mutex_);
  crash_at_ = operations_ + operations;
}

void SimulatedDisk::FailOneIn(uint64_t every) {
  const std::lock_guard hold(mutex_);
  fail_one_in_ = every;
}

void SimulatedDisk::SetCapacity(uint64_t bytes) {
  const std::lock_guard hold(mutex_);
  capacity_ = bytes;
}

void SimulatedDisk::SetReadOnly(bool read_only) {
  const std::lock_guard hold(mutex_);
  read_only_ = read_only;
}

void SimulatedDisk::Restart() {
  const std::lock_guard hold(mutex_);
  LosePower(*root_);
  BeginNextLife();
}

void SimulatedDisk::KillProcess() {
  const std::lock_guard hold(mutex_);
  BeginNextLife();
}

void SimulatedDisk::BeginNextLife() {
  locks_.clear();
  ++life_;
  crashed_ = false;
  crash_at_.reset();
  fail_one_in_ = 0;
}

bool SimulatedDisk::crashed() const {
  const std::lock_guard hold(mutex_);
  return crashed_;
}

uint64_t SimulatedDisk::operations() const {
  const std::lock_guard hold(mutex_);
  return operations_;
}

uint64_t SimulatedDisk::used_bytes() const {
  const std::lock_guard hold(mutex_);
  return Used(*root_);
}

uint64_t SimulatedDisk::trace() const {
  const std::lock_guard hold(mutex_);
  return trace_;
}

uint64_t SimulatedDisk::injected_failures() const {
  const std::lock_guard hold(mutex_);
  return injected_;
}

bool SimulatedDisk::FlipBit(const std::string& path, uint64_t byte) {
  const std::lock_guard hold(mutex_);
  const InodePtr file = Find(path);
  if (file == nullptr || byte >= file->bytes.size()) return false;
  file->bytes[byte] = static_cast<char>(file->bytes[byte] ^ 0x10);
  if (byte < file->on_disk.size()) file->on_disk[byte] = file->bytes[byte];
  return true;
}

// SplitMix64 (Steele, Lea & Flood 2014).
uint64_t SimulatedDisk::Random(uint64_t below) {
  uint64_t x = random_ += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  x ^= x >> 31;
  return x % below;
}

int SimulatedDisk::BeginRead() {
  if (crashed_) return EIO;
  if (fail_one_in_ > 0 && Chance(fail_one_in_)) {
    ++injected_;
    return EIO;
  }
  return 0;
}

int SimulatedDisk::BeginChange(std::string_view what, const std::string& path, uint64_t bytes) {
  if (crash_at_ && operations_ >= *crash_at_) crashed_ = true;
  if (crashed_) return EIO;
  ++operations_;
  trace_ = trace_ * 0x9E3779B97F4A7C15u + std::hash<std::string_view>()(what) +
           std::hash<std::string>()(path) * 3 + bytes;
  return read_only_ ? EROFS : BeginRead();
}

std::pair<std::shared_ptr<SimulatedDisk::Folder>, std::string> SimulatedDisk::Locate(
    const std::string& path) const {
  std::vector<std::string> parts = PartsOf(path);
  if (parts.empty()) return {nullptr, ""};
  std::shared_ptr<Folder> folder = root_;
  for (size_t i = 0; i + 1 < parts.size() && folder != nullptr; ++i) {
    const auto found = folder->names.find(parts[i]);
    folder = found == folder->names.end() ? nullptr : found->second->folder;
  }
  return {folder, parts.back()};
}

SimulatedDisk::InodePtr SimulatedDisk::Find(const std::string& path) const {
  if (PartsOf(path).empty()) {
    auto root = std::make_shared<Inode>();
    root->folder = root_;
    return root;
  }
  const auto [folder, name] = Locate(path);
  if (folder == nullptr) return nullptr;
  const auto found = folder->names.find(name);
  return found == folder->names.end() ? nullptr : found->second;
}

void SimulatedDisk::Change(Folder& folder, NameChange change) {
  if (!change.removed.empty()) folder.names.erase(change.removed);
  if (change.now == nullptr) {
    folder.names.erase(change.name);
  } else {
    folder.names[change.name] = change.now;
  }
  folder.changes.push_back(std::move(change));
}

uint64_t SimulatedDisk::Used(const Folder& folder) const {
  uint64_t sum = 0;
  for (const auto& [name, inode] : folder.names)
    sum += inode->folder != nullptr ? Used(*inode->folder) : inode->bytes.size();
  return sum;
}

void SimulatedDisk::LosePower(Folder& folder) {
  // Half the time as a journal does it, in order up to some point; else any combination.
  const bool in_order = Chance(2);
  const uint64_t kept = Random(folder.changes.size() + 1);
  for (size_t i = 0; i < folder.changes.size(); ++i) {
    if (in_order ? i >= kept : Chance(2)) continue;
    const NameChange& change = folder.changes[i];
    if (change.now == nullptr) {
      folder.on_disk.erase(change.name);
      continue;
    }
    // A file has one name, also when the rename before this one was lost.
    std::erase_if(folder.on_disk, [&](const auto& entry) { return entry.second == change.now; });
    folder.on_disk[change.name] = change.now;
  }
  folder.changes.clear();
  folder.names = folder.on_disk;
  for (const auto& [name, inode] : folder.names) {
    if (inode->folder != nullptr) {
      LosePower(*inode->folder);
    } else {
      LosePower(*inode);
    }
  }
}

void SimulatedDisk::LosePower(Inode& file) {
  const uint64_t old_size = file.on_disk.size();
  const uint64_t new_size = file.bytes.size();
  std::string image = file.on_disk;
  image.resize(std::max(old_size, new_size), '\0');
  for (const uint64_t page : file.dirty) {
    const uint64_t begin = page * kPage;
    const uint64_t fate = Random(3);
    if (fate == 0) continue;
    for (uint64_t at = begin; at < begin + kPage; at += kSector) {
      if (fate == 1 || Chance(2)) CopyRange(file.bytes, image, at, at + kSector);
    }
  }
  image.resize(Chance(2) ? old_size : new_size);
  file.bytes = file.on_disk = std::move(image);
  file.dirty.clear();
}

Result<size_t> SimulatedDisk::Write(Inode& file, const std::string& path, std::string_view bytes) {
  int error = BeginChange("write", path, bytes.size());
  if (error != 0 && (crashed_ || error != EIO)) return Fail(FileError("write", path, error));
  // A failure leaves part of the bytes, or none.
  if (error == EIO) bytes = bytes.substr(0, Random(bytes.size() + 1));
  if (error == 0 && Chance(8)) bytes = bytes.substr(0, 1 + Random(bytes.size()));
  if (capacity_ != UINT64_MAX) {
    const uint64_t used = Used(*root_);
    const uint64_t room = capacity_ > used ? capacity_ - used : 0;
    if (error == 0 && room == 0 && !bytes.empty()) error = ENOSPC;
    bytes = bytes.substr(0, room);
  }
  const uint64_t begin = file.bytes.size();
  file.bytes += bytes;
  if (!bytes.empty()) {
    for (uint64_t page = begin / kPage; page <= (file.bytes.size() - 1) / kPage; ++page)
      file.dirty.insert(page);
  }
  if (error != 0) return Fail(FileError("write", path, error));
  return bytes.size();
}

Result<void> SimulatedDisk::Sync(Inode& file, const std::string& path) {
  const int error = BeginChange("sync", path);
  if (error != 0 && (crashed_ || error != EIO)) return Fail(FileError("write", path, error));
  if (error == EIO) {
    // The kernel now holds some pages for clean that never reached the disk.
    std::erase_if(file.dirty, [&](uint64_t) { return Chance(2); });
    return Fail(FileError("write", path, error));
  }
  file.on_disk.resize(file.bytes.size(), '\0');
  for (const uint64_t page : file.dirty)
    CopyRange(file.bytes, file.on_disk, page * kPage, (page + 1) * kPage);
  file.dirty.clear();
  return {};
}

Result<void> SimulatedDisk::Truncate(Inode& file, const std::string& path, uint64_t bytes) {
  if (const int error = BeginChange("truncate", path, bytes); error != 0)
    return Fail(FileError("shorten", path, error));
  const uint64_t begin = std::min<uint64_t>(file.bytes.size(), bytes);
  const uint64_t end = std::max<uint64_t>(file.bytes.size(), bytes);
  file.bytes.resize(bytes, '\0');
  for (uint64_t page = begin / kPage; page * kPage < end; ++page) file.dirty.insert(page);
  return {};
}

Result<std::unique_ptr<WritableFile>> SimulatedDisk::OpenWritable(const std::string& path,
                                                                  OpenMode mode) {
  const std::lock_guard hold(mutex_);
  if (const int error = BeginChange("open", path); error != 0)
    return Fail(FileError("write", path, error));
  const auto [folder, name] = Locate(path);
  if (folder == nullptr) return Fail(FileError("write", path, ENOENT));
  InodePtr file = Find(path);
  if (file == nullptr) {
    file = std::make_shared<Inode>();
    Change(*folder, {name, file, ""});
  } else if (file->folder != nullptr) {
    return Fail(FileError("write", path, EISDIR));
  } else if (mode == OpenMode::kReplace && !file->bytes.empty()) {
    for (uint64_t page = 0; page * kPage < file->bytes.size(); ++page) file->dirty.insert(page);
    file->bytes.clear();
  }
  return std::make_unique<Writable>(*this, path, std::move(file));
}

Result<std::unique_ptr<ReadableFile>> SimulatedDisk::OpenReadable(const std::string& path) {
  const std::lock_guard hold(mutex_);
  if (const int error = BeginRead(); error != 0) return Fail(FileError("read", path, error));
  const InodePtr file = Find(path);
  if (file == nullptr) return Fail(FileError("read", path, ENOENT));
  if (file->folder != nullptr) return Fail(FileError("read", path, EISDIR));
  return std::make_unique<Readable>(*this, path, file);
}

Result<void> SimulatedDisk::Rename(const std::string& from, const std::string& to) {
  const std::lock_guard hold(mutex_);
  if (const int error = BeginChange("rename", to); error != 0)
    return Fail(FileError("replace", to, error));
  const auto [folder, old_name] = Locate(from);
  const auto [to_folder, new_name] = Locate(to);
  const InodePtr file = Find(from);
  if (file == nullptr || to_folder == nullptr) return Fail(FileError("replace", to, ENOENT));
  if (folder != to_folder) return Fail(FileError("replace", to, EXDEV));
  if (old_name != new_name) Change(*folder, {new_name, file, old_name});
  return {};
}

Result<void> SimulatedDisk::Remove(const std::string& path) {
  const std::lock_guard hold(mutex_);
  if (const int error = BeginChange("remove", path); error != 0)
    return Fail(FileError("remove", path, error));
  const InodePtr file = Find(path);
  const auto [folder, name] = Locate(path);
  if (file == nullptr || folder == nullptr) return Fail(FileError("remove", path, ENOENT));
  if (file->folder != nullptr && !file->folder->names.empty())
    return Fail(FileError("remove", path, ENOTEMPTY));
  Change(*folder, {name, nullptr, ""});
  return {};
}

Result<void> SimulatedDisk::MakeFolder(const std::string& path) {
  const std::lock_guard hold(mutex_);
  if (const int error = BeginChange("make", path); error != 0)
    return Fail(FileError("create the folder", path, error));
  if (const InodePtr there = Find(path)) {
    if (there->folder != nullptr) return {};
    return Fail(FileError("create the folder", path, EEXIST));
  }
  const auto [folder, name] = Locate(path);
  if (folder == nullptr) return Fail(FileError("create the folder", path, ENOENT));
  auto made = std::make_shared<Inode>();
  made->folder = std::make_shared<Folder>();
  Change(*folder, {name, std::move(made), ""});
  return {};
}

Result<void> SimulatedDisk::SyncFolder(const std::string& path) {
  const std::lock_guard hold(mutex_);
  if (const int error = BeginChange("sync folder", path); error != 0)
    return Fail(FileError("write to the folder", path, error));
  const InodePtr found = Find(path);
  if (found == nullptr) return Fail(FileError("write to the folder", path, ENOENT));
  if (found->folder == nullptr) return Fail(FileError("write to the folder", path, ENOTDIR));
  found->folder->on_disk = found->folder->names;
  found->folder->changes.clear();
  return {};
}

Result<std::vector<std::string>> SimulatedDisk::List(const std::string& path) {
  const std::lock_guard hold(mutex_);
  if (const int error = BeginRead(); error != 0)
    return Fail(FileError("read the folder", path, error));
  const InodePtr found = Find(path);
  if (found == nullptr) return Fail(FileError("read the folder", path, ENOENT));
  if (found->folder == nullptr) return Fail(FileError("read the folder", path, ENOTDIR));
  std::vector<std::string> names;
  for (const auto& [name, inode] : found->folder->names) names.push_back(name);
  return names;
}

Result<FileInfo> SimulatedDisk::Stat(const std::string& path) {
  const std::lock_guard hold(mutex_);
  if (const int error = BeginRead(); error != 0) return Fail(FileError("read", path, error));
  const InodePtr found = Find(path);
  if (found == nullptr) return FileInfo{};
  if (found->folder != nullptr) return FileInfo{FileInfo::Kind::kFolder, 0};
  return FileInfo{FileInfo::Kind::kFile, found->bytes.size()};
}

Result<std::unique_ptr<FileLock>> SimulatedDisk::Lock(const std::string& path) {
  const std::lock_guard hold(mutex_);
  if (const int error = BeginChange("lock", path); error != 0)
    return Fail(FileError("lock", path, error));
  const auto [folder, name] = Locate(path);
  if (folder == nullptr) return Fail(FileError("lock", path, ENOENT));
  if (!locks_.insert(path).second) return Fail(FileError("lock", path, EWOULDBLOCK));
  if (!folder->names.contains(name)) Change(*folder, {name, std::make_shared<Inode>(), ""});
  return std::make_unique<Held>(*this, path);
}

}  // namespace vedette
