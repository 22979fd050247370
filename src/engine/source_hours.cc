#include "engine/source_hours.h"

#include <algorithm>

namespace vedette {
namespace {

int64_t HourOf(Timestamp time) { return Timestamp::FloorDiv(time.ns, kNanosPerHour); }

}  // namespace

// Opens `hour`; every hour up to it is over, and is told to be missing if it is.
void SourceHours::Advance(Source& source, int64_t hour) {
  for (; source.newest < hour; ++source.newest) {
    if (IsMissing(source, source.newest)) {
      ++source.counts.missing;
      std::vector<Gap>& gaps = source.counts.gaps;
      if (!gaps.empty() && gaps.back().first_hour + gaps.back().hours == source.newest) {
        ++gaps.back().hours;
      } else if (gaps.size() < kGapsKept) {
        gaps.push_back({source.newest, 1});
      }
    }
    source.seen[SlotOf(source.newest + 1)] = false;
    // A silence of more than a week has nothing left to be compared with.
    if (hour - source.newest > kKept && source.seen.none()) source.newest = hour - kKept;
  }
}

void SourceHours::Saw(ProductId product, Timestamp time) {
  if (product >= sources_.size()) sources_.resize(product + size_t{1});
  Source& source = sources_[product];
  const int64_t hour = HourOf(time);
  ++source.counts.events;
  if (source.newest == INT64_MIN) source.first = source.newest = hour;
  if (hour > source.newest) Advance(source, hour);
  if (hour <= source.newest - kKept) return;  // late beyond what is kept
  if (!source.seen[SlotOf(hour)]) ++source.counts.hours;
  source.seen[SlotOf(hour)] = true;
  source.first = std::min(source.first, hour);
}

void SourceHours::CloseUntil(Timestamp time) {
  const int64_t hour = HourOf(time);
  for (Source& source : sources_) {
    if (source.newest != INT64_MIN && hour > source.newest) Advance(source, hour);
  }
}

int64_t SourceHours::CoveragePpm(ProductId product, Timestamp now, Nanoseconds window) const {
  if (product >= sources_.size() || sources_[product].newest == INT64_MIN) return 1'000'000;
  const Source& source = sources_[product];
  const int64_t hours = std::clamp<int64_t>(window.count() / kNanosPerHour, 1, 4 * kWeek);
  // The hour of the event is not over: it cannot be missing.
  const int64_t end = std::min(HourOf(now), source.newest);
  int64_t expected = 0, missing = 0;
  for (int64_t hour = end - hours; hour < end; ++hour) {
    if (hour <= source.newest - 4 * kWeek || hour - kWeek < source.first) continue;
    expected += source.seen[SlotOf(hour)] || IsMissing(source, hour);
    missing += IsMissing(source, hour);
  }
  return expected == 0 ? 1'000'000 : (expected - missing) * 1'000'000 / expected;
}

std::string SourceHours::Save(ProductId product) const {
  if (product >= sources_.size() || sources_[product].newest == INT64_MIN) return {};
  const Source& source = sources_[product];
  std::string record;
  RecordWriter out(record);
  out.Signed(source.first).Signed(source.newest);
  for (size_t i = 0; i < kKept; i += 8) {
    uint8_t bits = 0;
    for (size_t bit = 0; bit < 8; ++bit) bits |= static_cast<uint8_t>(source.seen[i + bit] << bit);
    out.U8(bits);
  }
  out.Var(source.counts.events).Var(source.counts.hours).Var(source.counts.missing);
  out.Var(source.counts.gaps.size());
  for (const Gap& gap : source.counts.gaps) out.Signed(gap.first_hour).Signed(gap.hours);
  return record;
}

bool SourceHours::Load(ProductId product, std::string_view record) {
  RecordReader in(record);
  Source source;
  source.first = in.SignedHour();
  source.newest = in.SignedHour();
  for (size_t i = 0; i < kKept; i += 8) {
    const uint8_t bits = in.U8();
    for (size_t bit = 0; bit < 8; ++bit) source.seen[i + bit] = (bits >> bit & 1) != 0;
  }
  source.counts.events = in.Var();
  source.counts.hours = in.Var();
  source.counts.missing = in.Var();
  for (size_t i = in.Count(); i > 0; --i) {
    const int64_t first = in.Signed();
    source.counts.gaps.push_back({first, in.Signed()});
  }
  if (!in.done()) return false;
  if (product >= sources_.size()) sources_.resize(product + size_t{1});
  sources_[product] = std::move(source);
  return true;
}

}  // namespace vedette
