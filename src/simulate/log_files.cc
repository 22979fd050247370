#include "simulate/log_files.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fmt/format.h>

namespace vedette::simulate {
namespace {

constexpr size_t kBufferBytes = 1 << 20;

struct ProductFiles {
  std::string_view folder;
  std::string_view ending;
};
constexpr ProductFiles kProductFiles[kProducts] = {
    {"microsoft_defender_atp", "ndjson"},
    {"microsoft_365_defender", "ndjson"},
    {"dtex_intercept", "log"},
    {"symantec_edr", "log"},
    {"trend_micro_officescan", "log"},
};

}  // namespace

std::string_view FolderOf(Product product) {
  return kProductFiles[static_cast<int>(product)].folder;
}

void LogFiles::Append(Timestamp time, Product product, std::string_view line, int label) {
  if (!failure_.empty()) return;
  Open& open = open_[static_cast<size_t>(product)];
  const IsoWeek week = WeekOf(time.days());
  if (open.file == nullptr || !(week == open.week)) OpenWeek(open, product, week);
  open.buffer += line;
  open.buffer += '\n';
  ++lines_;
  bytes_ += static_cast<int64_t>(line.size()) + 1;
  if (label >= 0) {
    if (label_files_.size() <= static_cast<size_t>(label))
      label_files_.resize(static_cast<size_t>(label) + 1);
    if (label_files_[static_cast<size_t>(label)].empty())
      label_files_[static_cast<size_t>(label)] = open.name;
  }
  if (open.buffer.size() >= kBufferBytes) Flush(open);
}

void LogFiles::OpenWeek(Open& open, Product product, IsoWeek week) {
  Flush(open);
  open.week = week;
  open.name = fmt::format("logs/{}/{}-W{:02}.{}", FolderOf(product), week.year, week.week,
                          kProductFiles[static_cast<int>(product)].ending);
  const std::filesystem::path path = folder_ / open.name;
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  open.file.reset(std::fopen(path.c_str(), "wb"));
  if (open.file == nullptr)
    failure_ = fmt::format("cannot write {}: {}", path.string(), std::strerror(errno));
}

void LogFiles::Flush(Open& open) {
  if (open.file == nullptr || open.buffer.empty()) return;
  const bool written = std::fwrite(open.buffer.data(), 1, open.buffer.size(), open.file.get()) ==
                           open.buffer.size() &&
                       std::fflush(open.file.get()) == 0;
  if (!written && failure_.empty())
    failure_ = fmt::format("cannot write {}: {}", open.name, std::strerror(errno));
  open.buffer.clear();
}

Result<void> LogFiles::Close() {
  for (Open& open : open_) {
    Flush(open);
    open.file.reset();
  }
  if (!failure_.empty()) return Fail("write-failed", failure_);
  return {};
}

}  // namespace vedette::simulate
