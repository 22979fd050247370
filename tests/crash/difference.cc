#include "difference.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

namespace vedette::crash {
namespace {

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

// {"id":"…", …
std::string_view IdOf(std::string_view line) {
  constexpr std::string_view kBegin = "{\"id\":\"";
  if (!line.starts_with(kBegin)) return line;
  line.remove_prefix(kBegin.size());
  return line.substr(0, line.find('"'));
}

std::map<std::string_view, std::vector<std::string_view>> ById(
    const std::vector<std::string_view>& lines) {
  std::map<std::string_view, std::vector<std::string_view>> by_id;
  for (const std::string_view line : lines) by_id[IdOf(line)].push_back(line);
  return by_id;
}

}  // namespace

Difference Compare(std::string_view expected, std::string_view found) {
  Difference difference;
  if (expected == found) return difference;
  difference.bytes = true;
  const std::vector<std::string_view> right = LinesOf(expected);
  const std::vector<std::string_view> actual = LinesOf(found);
  const auto at = std::mismatch(right.begin(), right.end(), actual.begin(), actual.end());
  difference.first = at.second == actual.end() ? "(end)" : std::string(*at.second);
  const auto right_ids = ById(right);
  const auto actual_ids = ById(actual);
  for (const auto& [id, lines] : right_ids) {
    const auto same = actual_ids.find(id);
    if (same == actual_ids.end()) {
      ++difference.lost;
      continue;
    }
    if (same->second.size() > lines.size())
      difference.duplicated += same->second.size() - lines.size();
    difference.changed += same->second.front() != lines.front();
  }
  for (const auto& [id, lines] : actual_ids) difference.invented += !right_ids.contains(id);
  return difference;
}

std::string Difference::ToString() const {
  std::string text = fmt::format("{} lost, {} duplicated, {} invented, {} changed, bytes {}", lost,
                                 duplicated, invented, changed, bytes ? "differ" : "equal");
  if (!first.empty()) text += "\n  first: " + first;
  return text;
}

Difference& Difference::operator+=(const Difference& other) {
  lost += other.lost;
  duplicated += other.duplicated;
  invented += other.invented;
  changed += other.changed;
  bytes = bytes || other.bytes;
  if (first.empty()) first = other.first;
  return *this;
}

}  // namespace vedette::crash
