#include "ingest/discover.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include <fmt/format.h>

namespace vedette {
namespace {

namespace fs = std::filesystem;

class Finder {
 public:
  explicit Finder(Diagnostics& faults) : faults_(faults) {}

  void AddArgument(const std::string& path) {
    if (path == "-") {
      if (stdin_seen_) {
        faults_.Note(Place{"-"}, "input-twice", "standard input is named twice; it is read once");
      } else {
        found_.push_back({"-", true, 0});
        stdin_seen_ = true;
      }
      return;
    }
    struct stat info;
    if (::stat(path.c_str(), &info) != 0) {
      const int reason = errno;
      faults_.Error(Place{path}, reason == ENOENT ? "input-missing" : "input-unreadable",
                    reason == ENOENT ? "there is no such file or directory"
                                     : fmt::format("cannot look at it: {}", std::strerror(reason)));
    } else if (S_ISDIR(info.st_mode)) {
      AddDirectory(path);
    } else {
      AddFile(path, info);
    }
  }

  std::vector<SourceFile> Take() { return std::move(found_); }

 private:
  void AddDirectory(const std::string& path) {
    std::vector<std::string> files;
    Walk(path, files);
    // By path as bytes, '/' before everything else, so that a folder's files stay together.
    std::sort(files.begin(), files.end(), [](const std::string& a, const std::string& b) {
      return std::lexicographical_compare(
          a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
            auto rank = [](char c) { return c == '/' ? 0 : 1 + static_cast<unsigned char>(c); };
            return rank(x) < rank(y);
          });
    });
    size_t taken = 0;
    for (const std::string& file : files) {
      struct stat info;
      if (::stat(file.c_str(), &info) != 0) {
        faults_.Error(Place{file}, "input-unreadable",
                      fmt::format("cannot look at it: {}", std::strerror(errno)));
      } else if (S_ISREG(info.st_mode)) {
        AddFile(file, info);
        ++taken;
      } else if (!S_ISDIR(info.st_mode)) {
        faults_.Note(Place{file}, "input-skipped",
                     "not a regular file; name it as an argument to read it");
      }
    }
    if (taken == 0) {
      faults_.Error(Place{path}, "input-no-files", "the directory holds no files to read");
    }
  }

  void Walk(const std::string& directory, std::vector<std::string>& files) {
    std::error_code error;
    fs::directory_iterator at(directory, error);
    if (error) {
      faults_.Error(Place{directory}, "input-unreadable",
                    fmt::format("cannot list it: {}", error.message()));
      return;
    }
    for (; at != fs::directory_iterator(); at.increment(error)) {
      if (at->path().filename().native().front() == '.') continue;
      std::error_code ignored;
      if (at->symlink_status(ignored).type() == fs::file_type::directory) {
        Walk(at->path().native(), files);
      } else {
        files.push_back(at->path().native());
      }
      if (error) break;
    }
    if (error) {
      faults_.Error(Place{directory}, "input-unreadable",
                    fmt::format("cannot list all of it: {}", error.message()));
    }
  }

  void AddFile(const std::string& path, const struct stat& info) {
    const bool regular = S_ISREG(info.st_mode);
    if (regular && !seen_.insert({info.st_dev, info.st_ino}).second) {
      faults_.Note(Place{path}, "input-twice", "the same file is named twice; it is read once");
      return;
    }
    found_.push_back({path, !regular, regular ? static_cast<uint64_t>(info.st_size) : 0});
  }

  Diagnostics& faults_;
  std::vector<SourceFile> found_;
  std::set<std::pair<dev_t, ino_t>> seen_;
  bool stdin_seen_ = false;
};

}  // namespace

std::vector<SourceFile> DiscoverSources(const std::vector<std::string>& arguments,
                                        Diagnostics& faults) {
  Finder finder(faults);
  for (const std::string& argument : arguments) finder.AddArgument(argument);
  return finder.Take();
}

}  // namespace vedette
