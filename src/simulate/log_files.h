// LogFiles are the files that raw lines go to: logs/<product>/<year>-W<week>.<ending>, one file per
// product and ISO week.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/file_system.h"
#include "core/result.h"
#include "core/time.h"
#include "simulate/calendar.h"
#include "simulate/record.h"

namespace vedette::simulate {

// microsoft_defender_atp …: the name of a product's folder.
std::string_view FolderOf(Product product);

class LogFiles {
 public:
  // Files lie under `folder`/logs. Nothing is created before the first line.
  explicit LogFiles(std::filesystem::path folder, FileSystem& disk = FileSystem::Real())
      : folder_(std::move(folder)), disk_(disk) {}

  // Appends a line to the file of its product and of the week of `time`. Times may step back within
  // a few hours only by staying in the file that is open. The first failure stops all writing and
  // is answered by Close.
  void Append(Timestamp time, Product product, std::string_view line, int label);
  Result<void> Close();

  int64_t lines() const { return lines_; }
  int64_t bytes() const { return bytes_; }
  // By label: the file that its line went to, relative to the folder. Empty: never written.
  const std::vector<std::string>& label_files() const { return label_files_; }

 private:
  struct Open {
    std::unique_ptr<WritableFile> file;
    IsoWeek week{};
    std::string name;
    std::string buffer;
  };

  void Flush(Open& open);
  void OpenWeek(Open& open, Product product, IsoWeek week);
  void Close(Open& open);
  void Note(const Result<void>& done);

  std::filesystem::path folder_;
  FileSystem& disk_;
  std::array<Open, kProducts> open_;
  std::vector<std::string> label_files_;
  int64_t lines_ = 0;
  int64_t bytes_ = 0;
  std::optional<Error> failure_;
};

}  // namespace vedette::simulate
