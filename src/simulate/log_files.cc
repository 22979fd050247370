#include "simulate/log_files.h"

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
  if (failure_) return;
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
  Close(open);
  open.week = week;
  open.name = fmt::format("logs/{}/{}-W{:02}.{}", FolderOf(product), week.year, week.week,
                          kProductFiles[static_cast<int>(product)].ending);
  const std::filesystem::path path = folder_ / open.name;
  Note(MakeFolders(disk_, path.parent_path().string()));
  Result<std::unique_ptr<WritableFile>> file =
      disk_.OpenWritable(path.string(), OpenMode::kReplace);
  if (file) {
    open.file = std::move(*file);
  } else {
    Note(Fail(file.error()));
  }
}

void LogFiles::Note(const Result<void>& done) {
  if (!done && !failure_) failure_ = done.error();
}

void LogFiles::Close(Open& open) {
  Flush(open);
  if (open.file != nullptr) Note(open.file->Close());
  open.file.reset();
}

void LogFiles::Flush(Open& open) {
  if (open.file == nullptr || open.buffer.empty()) return;
  Note(open.file->Append(open.buffer));
  open.buffer.clear();
}

Result<void> LogFiles::Close() {
  for (Open& open : open_) Close(open);
  if (failure_) return Fail(*failure_);
  return {};
}

}  // namespace vedette::simulate
