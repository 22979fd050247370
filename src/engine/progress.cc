#include "engine/progress.h"

#include <algorithm>

#include <fmt/format.h>

namespace vedette {
namespace {

std::string Short(double number) {
  if (number < 1'000) return fmt::format("{:.0f}", number);
  if (number < 999'500) return fmt::format("{:.3g} k", number / 1e3);
  if (number < 999'500'000) return fmt::format("{:.3g} M", number / 1e6);
  return fmt::format("{:.3g} G", number / 1e9);
}

}  // namespace

std::optional<std::string> ProgressReporter::Update(const Progress& progress,
                                                    Clock::time_point now) {
  if (!on_terminal_) return std::nullopt;
  const uint64_t done = progress.surveying ? progress.events_total : progress.events_judged;
  if (!phase_known_ || progress.surveying != surveying_) {
    phase_known_ = true;
    surveying_ = progress.surveying;
    phase_start_ = now;
    phase_events_ = done;
  } else if (written_ && now - last_ < every_) {
    return std::nullopt;
  }
  if (written_ && now - last_ < every_) return std::nullopt;
  written_ = true;
  last_ = now;

  const double seconds = std::chrono::duration<double>(now - phase_start_).count();
  const double rate = seconds > 0 ? static_cast<double>(done - phase_events_) / seconds : 0;
  const uint64_t whole = progress.surveying ? progress.bytes_total : progress.events_total;
  const uint64_t part = progress.surveying ? progress.bytes_read : progress.events_judged;
  const int percent = whole == 0
                          ? 0
                          : static_cast<int>(100.0 * static_cast<double>(std::min(part, whole)) /
                                             static_cast<double>(whole));
  std::string line;
  if (progress.surveying) {
    line = fmt::format("reading {:3}%  {}B of {}B  {} lines  {} events/s", percent,
                       Short(static_cast<double>(part)), Short(static_cast<double>(whole)),
                       Short(static_cast<double>(progress.lines)), Short(rate));
  } else {
    line = fmt::format("judging {:3}%  {} of {} events  {} events/s", percent,
                       Short(static_cast<double>(part)), Short(static_cast<double>(whole)),
                       Short(rate));
  }
  return "\r" + line + "\x1b[K";
}

std::string ProgressReporter::Finish() {
  if (!written_) return {};
  written_ = false;
  return "\r\x1b[K";
}

}  // namespace vedette
