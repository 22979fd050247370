// Accounting: every input line, and every further record of a line that holds several, ends in
// exactly one bucket, and the buckets add up to the input.
//
//   lines + extra records = parsed + dropped + unmatched + malformed + blank + duplicate + late + late, train only + lost
//
// A Tally is one thread's part. The reader names the line, the parser says once per record what
// became of it, the merge says what became of each parsed event:
//
//   tally.BeginLine(source, line);
//   tally.Parsed(parser, product);                      // or Dropped, Unmatched, Malformed
//   tally.EndLine();
//   …
//   tally.Judged(*event);                               // or Duplicate, Late, LateTrainOnly
//   accounting.Add(tally);                              // any order of adding gives the same
//   if (auto fault = accounting.Imbalance()) …          // our own bug
//
// Samples: for each bad bucket and reason the first few by source and offset, with the beginning of
// the raw text. Cost per parsed event: a few additions; per source about 100 bytes a thread. One
// thread per Tally.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "event/event.h"
#include "ingest/raw_line.h"

namespace vedette {

enum class Bucket : uint8_t {
  kParsed,         // an event that was judged in order
  kDropped,        // recognised, and no activity: its parser says why
  kUnmatched,      // no parser knows it
  kMalformed,      // a parser knows it, or nobody could, and it does not hold together
  kBlank,          // nothing on the line
  kDuplicate,      // the same event came shortly before
  kLate,           // came after its time had been passed; judged all the same
  kLateTrainOnly,  // came so late that it only teaches
  kLost,           // was there when its file was surveyed, but the file could not be read again
};
inline constexpr size_t kBucketCount = 9;

// "parsed", "dropped", … "late_train_only": the names in summary.json.
std::string_view BucketName(Bucket bucket);

// The first few of a kind by position, with their text.
class Samples {
 public:
  static constexpr size_t kTextBytes = 240;

  struct Sample {
    Position position;
    std::string text;  // cut to kTextBytes
  };

  explicit Samples(size_t limit = 3) : limit_(limit) {}
  void Offer(const Position& position, std::string_view text);
  void Add(const Samples& other);
  const std::vector<Sample>& all() const { return all_; }  // by position

 private:
  size_t limit_;
  std::vector<Sample> all_;
};

struct BucketCounts {
  uint64_t lines = 0;
  uint64_t extra_records = 0;
  uint64_t buckets[kBucketCount] = {};

  uint64_t& operator[](Bucket bucket) { return buckets[static_cast<size_t>(bucket)]; }
  uint64_t operator[](Bucket bucket) const { return buckets[static_cast<size_t>(bucket)]; }
  void Add(const BucketCounts& other);
  uint64_t Sum() const;
  bool balanced() const { return lines + extra_records == Sum(); }
};

class Tally {
 public:
  // One that does not `count` takes everything and forgets it, for lines that are read a second
  // time.
  explicit Tally(bool count = true, size_t sample_limit = 3)
      : count_(count), sample_limit_(sample_limit) {}

  // From the reader. `line.text` is used until EndLine.
  void BeginLine(SourceId source, const RawLine& line);
  void EndLine();
  void BlankLines(SourceId source, uint64_t lines);

  // From the parser, once per record of the line. `record` is its place in the line. Reasons are
  // short kebab-case words, few in number.
  void Parsed(ParserId parser, ProductId product);
  void Dropped(ParserId parser, ProductId product, std::string_view reason, uint32_t record = 0);
  void Unmatched(std::string_view reason, uint32_t record = 0);
  void Malformed(std::string_view reason, uint32_t record = 0);
  void Malformed(ParserId parser, ProductId product, std::string_view reason, uint32_t record = 0);
  // Beside the buckets: the event's time was ahead of the ingest time and was set back to it.
  void FutureClamped(ParserId parser);

  // From the merge, once per parsed event. `text` is its raw line.
  void Judged(const Event& event);
  void Duplicate(const Event& event, std::string_view text);
  void Late(const Event& event, std::string_view text);
  void LateTrainOnly(const Event& event, std::string_view text);
  void Lost(SourceId source, uint64_t events);
  // Lines of which nothing else was told.
  void LostLines(SourceId source, uint64_t lines, uint64_t blank_lines);

 private:
  friend class Accounting;

  struct ReasonKey {
    Bucket bucket;
    ParserId parser;
    std::string reason;
  };
  // Asked by a view of the reason, so that nothing is allocated for one that is known.
  using ReasonView = std::tuple<Bucket, ParserId, std::string_view>;
  struct ReasonLess {
    using is_transparent = void;
    static ReasonView View(const ReasonKey& key) { return {key.bucket, key.parser, key.reason}; }
    static const ReasonView& View(const ReasonView& view) { return view; }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return View(a) < View(b);
    }
  };
  struct Reason {
    uint64_t count = 0;
    Samples samples;
  };
  struct ParserCounts {
    ProductId product = kNoProduct;
    uint64_t events = 0;  // parsed, whatever became of them later
    uint64_t future_clamped = 0;
    uint64_t buckets[kBucketCount] = {};
  };

  void Record(Bucket bucket, ParserId parser, ProductId product, std::string_view reason,
              uint32_t record);
  void Final(Bucket bucket, const Event& event, std::string_view text);
  void Explain(Bucket bucket, ParserId parser, std::string_view reason, const Position& position,
               std::string_view text);
  BucketCounts& Source(SourceId source);
  ParserCounts& Parser(ParserId parser);
  void Add(const Tally& other);

  bool count_;
  size_t sample_limit_;
  std::vector<BucketCounts> sources_;
  std::vector<ParserCounts> parsers_;
  std::map<ReasonKey, Reason, ReasonLess> reasons_;
  uint64_t silent_lines_ = 0;  // lines of which the parser said nothing: a bug

  // The current line.
  SourceId source_ = 0;
  const RawLine* line_ = nullptr;
  uint32_t records_ = 0;
};

// How ids read. Missing functions print numbers.
struct AccountingNames {
  std::function<std::string(SourceId)> source;
  std::function<std::string(ParserId)> parser;
  std::function<std::string(ProductId)> product;
};

class Accounting {
 public:
  explicit Accounting(size_t sample_limit = 3)
      : total_(true, sample_limit), sample_limit_(sample_limit) {}

  void Add(const Tally& tally) { total_.Add(tally); }

  BucketCounts Totals() const;
  uint64_t Count(Bucket bucket) const { return Totals()[bucket]; }
  BucketCounts OfSource(SourceId source) const;
  uint64_t OfParser(ParserId parser, Bucket bucket) const;
  uint64_t OfReason(Bucket bucket, std::string_view reason) const;
  uint64_t future_clamped() const;
  std::vector<Samples::Sample> SamplesOf(Bucket bucket, std::string_view reason) const;
  size_t sample_limit() const { return sample_limit_; }

  // What does not add up, as a sentence; nothing when all does. Ask when the input has ended.
  std::optional<std::string> Imbalance() const;

  // One JSON object: lines, extra_records, buckets, balanced, future_clamped, products, parsers,
  // reasons with samples, and sources. Everything but `sources` and the samples' positions is the
  // same however lines lie in files.
  void AppendJson(std::string& out, const AccountingNames& names) const;
  // For people: the equation, then parsers and reasons by how many. Ends with a newline.
  std::string Render(const AccountingNames& names) const;

 private:
  struct ReasonRow {
    const Tally::ReasonKey* key;
    const Tally::Reason* reason;
  };
  std::vector<ReasonRow> ReasonsByCount() const;

  Tally total_;
  size_t sample_limit_;
};

}  // namespace vedette
