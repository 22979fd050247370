#include "store/rocksdb_env.h"

#include <cstring>
#include <utility>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/io_status.h>

namespace vedette {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

IOStatus ToStatus(const Error& error) {
  if (error.code == "not-found") return IOStatus::PathNotFound(error.message);
  if (error.code == "disk-full") return IOStatus::NoSpace(error.message);
  return IOStatus::IOError(error.message);
}

template <typename T>
IOStatus ToStatus(const Result<T>& result) {
  return result ? IOStatus::OK() : ToStatus(result.error());
}

IOStatus ReadInto(ReadableFile& file, uint64_t offset, size_t n, Slice* result, char* scratch) {
  const Result<size_t> read = file.ReadAt(offset, scratch, n);
  *result = Slice(scratch, read ? *read : 0);
  return ToStatus(read);
}

class SequentialFile : public rocksdb::FSSequentialFile {
 public:
  explicit SequentialFile(std::unique_ptr<ReadableFile> file) : file_(std::move(file)) {}

  IOStatus Read(size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) override {
    IOStatus status = ReadInto(*file_, at_, n, result, scratch);
    at_ += result->size();
    return status;
  }
  IOStatus Skip(uint64_t n) override {
    at_ += n;
    return IOStatus::OK();
  }

 private:
  std::unique_ptr<ReadableFile> file_;
  uint64_t at_ = 0;
};

class RandomAccessFile : public rocksdb::FSRandomAccessFile {
 public:
  explicit RandomAccessFile(std::unique_ptr<ReadableFile> file) : file_(std::move(file)) {}

  IOStatus Read(uint64_t offset, size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) const override {
    return ReadInto(*file_, offset, n, result, scratch);
  }

 private:
  std::unique_ptr<ReadableFile> file_;
};

class Writable : public rocksdb::FSWritableFile {
 public:
  explicit Writable(std::unique_ptr<WritableFile> file) : file_(std::move(file)) {}

  using FSWritableFile::Append;
  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    return ToStatus(file_->Append({data.data(), data.size()}));
  }
  IOStatus Truncate(uint64_t size, const IOOptions&, IODebugContext*) override {
    return ToStatus(file_->Truncate(size));
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return ToStatus(file_->Close()); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return ToStatus(file_->Sync()); }
  uint64_t GetFileSize(const IOOptions&, IODebugContext*) override {
    const Result<uint64_t> size = file_->Size();
    return size ? *size : 0;
  }

 private:
  std::unique_ptr<WritableFile> file_;
};

class Directory : public rocksdb::FSDirectory {
 public:
  Directory(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return ToStatus(files_.SyncFolder(path_));
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  FileSystem& files_;
  std::string path_;
};

class Lock : public rocksdb::FileLock {
 public:
  explicit Lock(std::unique_ptr<vedette::FileLock> held) : held_(std::move(held)) {}

 private:
  std::unique_ptr<vedette::FileLock> held_;
};

class SilentLogger : public rocksdb::Logger {
 public:
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
};

class Adapter : public rocksdb::FileSystem {
 public:
  explicit Adapter(vedette::FileSystem& files) : files_(files) {}

  const char* Name() const override { return "VedetteFileSystem"; }

  IOStatus NewSequentialFile(const std::string& path, const FileOptions&,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext*) override {
    return Take<SequentialFile>(files_.OpenReadable(path), result);
  }
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext*) override {
    return Take<RandomAccessFile>(files_.OpenReadable(path), result);
  }
  IOStatus NewWritableFile(const std::string& path, const FileOptions&,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext*) override {
    return Take<Writable>(files_.OpenWritable(path, OpenMode::kReplace), result);
  }
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions&,
                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                              IODebugContext*) override {
    return Take<Writable>(files_.OpenWritable(path, OpenMode::kAppend), result);
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions&,
                        std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) override {
    *result = std::make_unique<Directory>(files_, path);
    return IOStatus::OK();
  }
  IOStatus FileExists(const std::string& path, const IOOptions&, IODebugContext*) override {
    const Result<FileInfo> info = files_.Stat(path);
    if (info && info->kind == FileInfo::Kind::kNothing) return IOStatus::NotFound(path);
    return ToStatus(info);
  }
  IOStatus GetChildren(const std::string& path, const IOOptions&, std::vector<std::string>* result,
                       IODebugContext*) override {
    Result<std::vector<std::string>> names = files_.List(path);
    if (names) {
      *result = std::move(*names);
      return IOStatus::OK();
    }
    return names.error().code == "not-found" ? IOStatus::NotFound(names.error().message)
                                             : ToStatus(names.error());
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToStatus(files_.Remove(path));
  }
  IOStatus Truncate(const std::string& path, size_t size, const IOOptions&,
                    IODebugContext*) override {
    const auto file = files_.OpenWritable(path, OpenMode::kAppend);
    return file ? ToStatus((*file)->Truncate(size)) : ToStatus(file.error());
  }
  IOStatus CreateDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToStatus(files_.MakeFolder(path));
  }
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToStatus(files_.MakeFolder(path));
  }
  IOStatus DeleteDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToStatus(files_.Remove(path));
  }
  IOStatus GetFileSize(const std::string& path, const IOOptions&, uint64_t* bytes,
                       IODebugContext*) override {
    const Result<FileInfo> info = files_.Stat(path);
    if (info && info->kind == FileInfo::Kind::kNothing) return IOStatus::PathNotFound(path);
    if (info) *bytes = info->bytes;
    return ToStatus(info);
  }
  IOStatus GetFileModificationTime(const std::string&, const IOOptions&, uint64_t* time,
                                   IODebugContext*) override {
    *time = 0;
    return IOStatus::OK();
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    return ToStatus(files_.Rename(from, to));
  }
  IOStatus LockFile(const std::string& path, const IOOptions&, rocksdb::FileLock** lock,
                    IODebugContext*) override {
    Result<std::unique_ptr<vedette::FileLock>> held = files_.Lock(path);
    if (!held) return ToStatus(held.error());
    *lock = new Lock(std::move(*held));  // RocksDB hands it to UnlockFile.
    return IOStatus::OK();
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
    delete static_cast<Lock*>(lock);
    return IOStatus::OK();
  }
  IOStatus GetTestDirectory(const IOOptions&, std::string* path, IODebugContext*) override {
    *path = ".";
    return IOStatus::OK();
  }
  IOStatus NewLogger(const std::string&, const IOOptions&, std::shared_ptr<rocksdb::Logger>* result,
                     IODebugContext*) override {
    *result = std::make_shared<SilentLogger>();
    return IOStatus::OK();
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* result,
                           IODebugContext*) override {
    *result = path;
    return IOStatus::OK();
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* is_folder,
                       IODebugContext*) override {
    const Result<FileInfo> info = files_.Stat(path);
    if (info) *is_folder = info->kind == FileInfo::Kind::kFolder;
    return ToStatus(info);
  }

 private:
  // Wraps an opened file for RocksDB.
  template <typename Wrapped, typename Ours, typename Theirs>
  static IOStatus Take(Result<std::unique_ptr<Ours>> file, std::unique_ptr<Theirs>* result) {
    if (!file) return ToStatus(file.error());
    *result = std::make_unique<Wrapped>(std::move(*file));
    return IOStatus::OK();
  }

  vedette::FileSystem& files_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> MakeRocksDbEnv(FileSystem& files) {
  return rocksdb::NewCompositeEnv(std::make_shared<Adapter>(files));
}

}  // namespace vedette
