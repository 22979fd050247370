#include "engine/accounting.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "core/json_writer.h"

namespace vedette {
namespace {

constexpr std::string_view kBucketNames[kBucketCount] = {
    "parsed",    "dropped", "unmatched",       "malformed", "blank",
    "duplicate", "late",    "late_train_only", "lost"};

bool Before(const Position& a, const Position& b) {
  return std::tie(a.source, a.offset, a.record) < std::tie(b.source, b.offset, b.record);
}

// Cuts at a character's start when there is one near.
std::string_view Cut(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  size_t end = bytes;
  while (end > bytes - 4 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

std::string Grouped(uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

template <typename Id>
std::string NameOf(const std::function<std::string(Id)>& name, Id id) {
  return name ? name(id) : fmt::format("{}", id);
}

}  // namespace

std::string_view BucketName(Bucket bucket) { return kBucketNames[static_cast<size_t>(bucket)]; }

void Samples::Offer(const Position& position, std::string_view text) {
  if (all_.size() == limit_) {
    if (limit_ == 0 || !Before(position, all_.back().position)) return;
    all_.pop_back();
  }
  const auto at =
      std::upper_bound(all_.begin(), all_.end(), position,
                       [](const Position& p, const Sample& s) { return Before(p, s.position); });
  all_.insert(at, Sample{position, std::string(Cut(text, kTextBytes))});
}

void Samples::Add(const Samples& other) {
  for (const Sample& sample : other.all_) Offer(sample.position, sample.text);
}

void BucketCounts::Add(const BucketCounts& other) {
  lines += other.lines;
  extra_records += other.extra_records;
  for (size_t i = 0; i < kBucketCount; ++i) buckets[i] += other.buckets[i];
}

uint64_t BucketCounts::Sum() const {
  uint64_t sum = 0;
  for (uint64_t count : buckets) sum += count;
  return sum;
}

BucketCounts& Tally::Source(SourceId source) {
  if (source >= sources_.size()) sources_.resize(source + 1);
  return sources_[source];
}

// Row 0 is for records that no parser took.
Tally::ParserCounts& Tally::Parser(ParserId parser) {
  const size_t row = parser == kNoParser ? 0 : size_t{parser} + 1;
  if (row >= parsers_.size()) parsers_.resize(row + 1);
  return parsers_[row];
}

void Tally::BeginLine(SourceId source, const RawLine& line) {
  source_ = source;
  line_ = &line;
  records_ = 0;
}

void Tally::EndLine() {
  if (count_) {
    BucketCounts& source = Source(source_);
    ++source.lines;
    if (records_ > 1) source.extra_records += records_ - 1;
    if (records_ == 0) ++silent_lines_;
  }
  line_ = nullptr;
}

void Tally::BlankLines(SourceId source, uint64_t lines) {
  if (!count_ || lines == 0) return;
  BucketCounts& counts = Source(source);
  counts.lines += lines;
  counts[Bucket::kBlank] += lines;
}

void Tally::Parsed(ParserId parser, ProductId product) {
  ++records_;
  if (!count_) return;
  ParserCounts& counts = Parser(parser);
  counts.product = product;
  ++counts.events;
}

void Tally::Dropped(ParserId parser, ProductId product, std::string_view reason, uint32_t record) {
  Record(Bucket::kDropped, parser, product, reason, record);
}
void Tally::Unmatched(std::string_view reason, uint32_t record) {
  Record(Bucket::kUnmatched, kNoParser, kNoProduct, reason, record);
}
void Tally::Malformed(std::string_view reason, uint32_t record) {
  Record(Bucket::kMalformed, kNoParser, kNoProduct, reason, record);
}
void Tally::Malformed(ParserId parser, ProductId product, std::string_view reason,
                      uint32_t record) {
  Record(Bucket::kMalformed, parser, product, reason, record);
}

void Tally::FutureClamped(ParserId parser) {
  if (count_) ++Parser(parser).future_clamped;
}

void Tally::Record(Bucket bucket, ParserId parser, ProductId product, std::string_view reason,
                   uint32_t record) {
  ++records_;
  if (!count_) return;
  ++Source(source_)[bucket];
  ParserCounts& counts = Parser(parser);
  if (product != kNoProduct) counts.product = product;
  ++counts.buckets[static_cast<size_t>(bucket)];
  Explain(bucket, parser, reason, {line_->offset, source_, record}, line_->text);
}

void Tally::Explain(Bucket bucket, ParserId parser, std::string_view reason,
                    const Position& position, std::string_view text) {
  auto at = reasons_.find(ReasonView{bucket, parser, reason});
  if (at == reasons_.end()) {
    at = reasons_.try_emplace(ReasonKey{bucket, parser, std::string(reason)}).first;
    at->second.samples = Samples(sample_limit_);
  }
  ++at->second.count;
  at->second.samples.Offer(position, text);
}

void Tally::Judged(const Event& event) {
  ++Source(event.position.source)[Bucket::kParsed];
  ++Parser(event.parser).buckets[static_cast<size_t>(Bucket::kParsed)];
}

void Tally::Final(Bucket bucket, const Event& event, std::string_view text) {
  ++Source(event.position.source)[bucket];
  ++Parser(event.parser).buckets[static_cast<size_t>(bucket)];
  Explain(bucket, event.parser, BucketName(bucket), event.position, text);
}

void Tally::Duplicate(const Event& event, std::string_view text) {
  Final(Bucket::kDuplicate, event, text);
}
void Tally::Late(const Event& event, std::string_view text) { Final(Bucket::kLate, event, text); }
void Tally::LateTrainOnly(const Event& event, std::string_view text) {
  Final(Bucket::kLateTrainOnly, event, text);
}

void Tally::LostLines(SourceId source, uint64_t lines, uint64_t blank_lines) {
  BlankLines(source, blank_lines);
  Source(source).lines += lines;
  Lost(source, lines);
}

void Tally::Lost(SourceId source, uint64_t events) { Source(source)[Bucket::kLost] += events; }

void Tally::Add(const Tally& other) {
  if (other.sources_.size() > sources_.size()) sources_.resize(other.sources_.size());
  for (size_t i = 0; i < other.sources_.size(); ++i) sources_[i].Add(other.sources_[i]);
  if (other.parsers_.size() > parsers_.size()) parsers_.resize(other.parsers_.size());
  for (size_t i = 0; i < other.parsers_.size(); ++i) {
    const ParserCounts& from = other.parsers_[i];
    ParserCounts& to = parsers_[i];
    if (from.product != kNoProduct) to.product = from.product;
    to.events += from.events;
    to.future_clamped += from.future_clamped;
    for (size_t b = 0; b < kBucketCount; ++b) to.buckets[b] += from.buckets[b];
  }
  for (const auto& [key, reason] : other.reasons_) {
    const auto [at, added] = reasons_.try_emplace(key);
    if (added) at->second.samples = Samples(sample_limit_);
    at->second.count += reason.count;
    at->second.samples.Add(reason.samples);
  }
  silent_lines_ += other.silent_lines_;
}

BucketCounts Accounting::Totals() const {
  BucketCounts sum;
  for (const BucketCounts& source : total_.sources_) sum.Add(source);
  return sum;
}

BucketCounts Accounting::OfSource(SourceId source) const {
  return source < total_.sources_.size() ? total_.sources_[source] : BucketCounts{};
}

uint64_t Accounting::OfParser(ParserId parser, Bucket bucket) const {
  const size_t row = parser == kNoParser ? 0 : size_t{parser} + 1;
  return row < total_.parsers_.size() ? total_.parsers_[row].buckets[static_cast<size_t>(bucket)]
                                      : 0;
}

uint64_t Accounting::OfReason(Bucket bucket, std::string_view reason) const {
  uint64_t sum = 0;
  for (const auto& [key, value] : total_.reasons_) {
    if (key.bucket == bucket && key.reason == reason) sum += value.count;
  }
  return sum;
}

uint64_t Accounting::future_clamped() const {
  uint64_t sum = 0;
  for (const auto& parser : total_.parsers_) sum += parser.future_clamped;
  return sum;
}

std::vector<Samples::Sample> Accounting::SamplesOf(Bucket bucket, std::string_view reason) const {
  Samples samples(sample_limit_);
  for (const auto& [key, value] : total_.reasons_) {
    if (key.bucket == bucket && key.reason == reason) samples.Add(value.samples);
  }
  return samples.all();
}

std::optional<std::string> Accounting::Imbalance() const {
  if (total_.silent_lines_ > 0) {
    return fmt::format("{} lines were parsed without an outcome", total_.silent_lines_);
  }
  // Of lost events the parser is not known.
  const bool by_parser = Count(Bucket::kLost) == 0;
  for (size_t row = 0; by_parser && row < total_.parsers_.size(); ++row) {
    const Tally::ParserCounts& parser = total_.parsers_[row];
    uint64_t final_sum = 0;
    for (Bucket bucket :
         {Bucket::kParsed, Bucket::kDuplicate, Bucket::kLate, Bucket::kLateTrainOnly}) {
      final_sum += parser.buckets[static_cast<size_t>(bucket)];
    }
    if (final_sum != parser.events) {
      return fmt::format("parser {} made {} events, but {} were judged, duplicate or late",
                         static_cast<int>(row) - 1, parser.events, final_sum);
    }
  }
  const BucketCounts totals = Totals();
  if (!totals.balanced()) {
    return fmt::format("{} lines and {} extra records went in, the buckets hold {}", totals.lines,
                       totals.extra_records, totals.Sum());
  }
  return std::nullopt;
}

std::vector<Accounting::ReasonRow> Accounting::ReasonsByCount() const {
  std::vector<ReasonRow> rows;
  for (const auto& [key, reason] : total_.reasons_) rows.push_back({&key, &reason});
  std::stable_sort(rows.begin(), rows.end(), [](const ReasonRow& a, const ReasonRow& b) {
    return std::make_tuple(a.key->bucket, b.reason->count) <
           std::make_tuple(b.key->bucket, a.reason->count);
  });
  return rows;
}

void Accounting::AppendJson(std::string& out, const AccountingNames& names) const {
  const BucketCounts totals = Totals();
  JsonWriter json(out);
  auto buckets = [&](const uint64_t* counts, bool all) {
    for (size_t b = 0; b < kBucketCount; ++b) {
      if (all || counts[b] > 0) json.Key(kBucketNames[b]).UInt(counts[b]);
    }
  };
  json.BeginObject();
  json.Key("lines").UInt(totals.lines).Key("extra_records").UInt(totals.extra_records);
  json.Key("buckets").BeginObject();
  buckets(totals.buckets, true);
  json.EndObject();
  json.Key("balanced").Bool(!Imbalance());
  json.Key("future_clamped").UInt(future_clamped());

  // By name, so that the order does not depend on how ids were given.
  std::map<std::string, std::array<uint64_t, kBucketCount>> products;
  std::map<std::string, const Tally::ParserCounts*> parsers;
  for (size_t row = 1; row < total_.parsers_.size(); ++row) {
    const Tally::ParserCounts& counts = total_.parsers_[row];
    uint64_t any = counts.events;
    for (uint64_t count : counts.buckets) any += count;
    if (any == 0) continue;
    parsers[NameOf(names.parser, static_cast<ParserId>(row - 1))] = &counts;
    auto& sums = products.try_emplace(NameOf(names.product, counts.product)).first->second;
    for (size_t b = 0; b < kBucketCount; ++b) sums[b] += counts.buckets[b];
  }
  json.Key("products").BeginArray();
  for (const auto& [name, counts] : products) {
    json.BeginObject().Key("product").String(name);
    buckets(counts.data(), false);
    json.EndObject();
  }
  json.EndArray().Key("parsers").BeginArray();
  for (const auto& [name, counts] : parsers) {
    json.BeginObject().Key("parser").String(name).Key("product").String(
        NameOf(names.product, counts->product));
    buckets(counts->buckets, false);
    if (counts->future_clamped > 0) json.Key("future_clamped").UInt(counts->future_clamped);
    json.EndObject();
  }
  json.EndArray().Key("reasons").BeginArray();
  for (const ReasonRow& row : ReasonsByCount()) {
    json.BeginObject()
        .Key("bucket")
        .String(BucketName(row.key->bucket))
        .Key("reason")
        .String(row.key->reason);
    if (row.key->parser != kNoParser)
      json.Key("parser").String(NameOf(names.parser, row.key->parser));
    json.Key("count").UInt(row.reason->count).Key("samples").BeginArray();
    for (const Samples::Sample& sample : row.reason->samples.all()) {
      json.BeginObject().Key("source").String(NameOf(names.source, sample.position.source));
      json.Key("offset").UInt(sample.position.offset);
      if (sample.position.record > 0) json.Key("record").UInt(sample.position.record);
      json.Key("text").String(sample.text).EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndArray().Key("sources").BeginArray();
  for (size_t i = 0; i < total_.sources_.size(); ++i) {
    const BucketCounts& counts = total_.sources_[i];
    json.BeginObject().Key("source").String(NameOf(names.source, static_cast<SourceId>(i)));
    json.Key("lines").UInt(counts.lines);
    if (counts.extra_records > 0) json.Key("extra_records").UInt(counts.extra_records);
    buckets(counts.buckets, false);
    json.EndObject();
  }
  json.EndArray().EndObject();
}

std::string Accounting::Render(const AccountingNames& names) const {
  static constexpr std::string_view kWords[kBucketCount] = {"parsed and judged in order",
                                                            "dropped, no activity",
                                                            "unmatched by any parser",
                                                            "malformed",
                                                            "blank",
                                                            "duplicate",
                                                            "late, judged",
                                                            "very late, taught only",
                                                            "lost, the file changed"};
  const BucketCounts totals = Totals();
  std::string out;
  auto line = [&](std::string_view what, uint64_t count) {
    fmt::format_to(std::back_inserter(out), "  {:<34}{:>16}\n", what, Grouped(count));
  };
  line("lines read", totals.lines);
  if (totals.extra_records > 0) line("further records inside lines", totals.extra_records);
  for (size_t b = 0; b < kBucketCount; ++b) {
    if (b == 0 || totals.buckets[b] > 0)
      line(fmt::format("= {}", kWords[b]).replace(0, 1, b == 0 ? "=" : "+"), totals.buckets[b]);
  }
  const std::optional<std::string> imbalance = Imbalance();
  if (imbalance) {
    fmt::format_to(std::back_inserter(out), "  these do not add up: {}\n", *imbalance);
  }
  if (future_clamped() > 0) line("of them dated in the future, set back", future_clamped());

  const std::vector<ReasonRow> rows = ReasonsByCount();
  for (Bucket bucket : {Bucket::kDropped, Bucket::kUnmatched, Bucket::kMalformed}) {
    if (totals[bucket] == 0) continue;
    fmt::format_to(std::back_inserter(out), "\n  {}:\n", BucketName(bucket));
    size_t shown = 0;
    for (const ReasonRow& row : rows) {
      if (row.key->bucket != bucket) continue;
      if (++shown > 10) {
        out += "    more in summary.json\n";
        break;
      }
      std::string where;
      if (!row.reason->samples.all().empty()) {
        const Position& first = row.reason->samples.all().front().position;
        where =
            fmt::format("  first at {}, byte {}", NameOf(names.source, first.source), first.offset);
      }
      const std::string parser = row.key->parser == kNoParser
                                     ? std::string()
                                     : fmt::format(" ({})", NameOf(names.parser, row.key->parser));
      fmt::format_to(std::back_inserter(out), "    {:>12}  {}{}{}\n", Grouped(row.reason->count),
                     row.key->reason, parser, where);
    }
  }
  return out;
}

}  // namespace vedette
