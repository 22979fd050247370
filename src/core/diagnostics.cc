#include "core/diagnostics.h"

#include <algorithm>
#include <cctype>
#include <tuple>

#include <fmt/format.h>

namespace vedette {

std::string Place::ToString() const {
  if (line == 0) return file;
  if (column == 0) return fmt::format("{}:{}", file, line);
  return fmt::format("{}:{}:{}", file, line, column);
}

void Diagnostics::Add(Severity severity, const Place& place, std::string_view code,
                      std::string message, std::string hint) {
  if (severity == Severity::kError) ++errors_;
  if (severity == Severity::kWarning) ++warnings_;
  all_.push_back({severity, place, std::string(code), std::move(message), std::move(hint)});
}

void Diagnostics::Error(const Place& place, std::string_view code, std::string message,
                        std::string hint) {
  Add(Severity::kError, place, code, std::move(message), std::move(hint));
}
void Diagnostics::Warning(const Place& place, std::string_view code, std::string message,
                          std::string hint) {
  Add(Severity::kWarning, place, code, std::move(message), std::move(hint));
}
void Diagnostics::Note(const Place& place, std::string_view code, std::string message,
                       std::string hint) {
  Add(Severity::kNote, place, code, std::move(message), std::move(hint));
}

void Diagnostics::Append(const Diagnostics& other) {
  all_.insert(all_.end(), other.all_.begin(), other.all_.end());
  errors_ += other.errors_;
  warnings_ += other.warnings_;
}

void Diagnostics::Sort() {
  auto key = [](const Diagnostic& d) {
    return std::tie(d.place.file, d.place.line, d.place.column, d.code, d.message);
  };
  std::stable_sort(all_.begin(), all_.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
}

std::string Diagnostics::Render() const {
  static constexpr std::string_view kWords[] = {"note", "warning", "error"};
  std::string out;
  for (const Diagnostic& d : all_) {
    fmt::format_to(std::back_inserter(out), "{}: {}: {} [{}]", d.place.ToString(),
                   kWords[static_cast<size_t>(d.severity)], d.message, d.code);
    if (!d.hint.empty()) fmt::format_to(std::back_inserter(out), "; {}", d.hint);
    out += '\n';
  }
  return out;
}

namespace {

// Edits between two names: insert, remove, replace, and swap of neighbours; letters compared
// without case. Source: optimal string alignment distance.
size_t Distance(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  };
  std::vector<size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] =
          std::min({last[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1), last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1])) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string_view NearestName(std::string_view wanted, const std::vector<std::string_view>& names) {
  std::string_view best;
  size_t best_distance = std::max<size_t>(1, wanted.size() / 3) + 1;
  for (std::string_view name : names) {
    const size_t distance = Distance(wanted, name);
    if (distance < best_distance) {
      best_distance = distance;
      best = name;
    }
  }
  return best;
}

std::string DidYouMean(std::string_view wanted, const std::vector<std::string_view>& names) {
  const std::string_view nearest = NearestName(wanted, names);
  return nearest.empty() ? std::string() : fmt::format("did you mean '{}'?", nearest);
}

}  // namespace vedette
