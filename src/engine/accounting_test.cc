#include "engine/accounting.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vedette {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

RawLine Line(std::string_view text, uint64_t offset) { return {text, offset, false}; }

Event EventAt(SourceId source, uint64_t offset, ParserId parser) {
  Event event;
  event.position = {offset, source, 0};
  event.parser = parser;
  event.product = 1;
  return event;
}

AccountingNames Names() {
  return {[](SourceId s) { return "file" + std::to_string(s); },
          [](ParserId p) { return "parser" + std::to_string(p); },
          [](ProductId p) { return "product" + std::to_string(p); }};
}

// Three lines, one of them with three records.
Tally SmallTally() {
  Tally tally;
  const RawLine first = Line("good", 0), second = Line("{three}", 5), third = Line("odd", 13);
  tally.BeginLine(0, first);
  tally.Parsed(4, 1);
  tally.EndLine();
  tally.BeginLine(0, second);
  tally.Parsed(4, 1);
  tally.Dropped(4, 1, "inventory", 1);
  tally.Malformed(5, 1, "time-unreadable", 2);
  tally.EndLine();
  tally.BeginLine(1, third);
  tally.Unmatched("no-parser");
  tally.EndLine();
  tally.BlankLines(1, 2);
  tally.Judged(EventAt(0, 0, 4));
  tally.Duplicate(EventAt(0, 5, 4), "{three}");
  return tally;
}

TEST(AccountingTest, TheBucketsAddUpToTheInput) {
  Accounting accounting;
  accounting.Add(SmallTally());
  const BucketCounts totals = accounting.Totals();
  EXPECT_EQ(totals.lines, 5u);
  EXPECT_EQ(totals.extra_records, 2u);
  for (Bucket bucket : {Bucket::kParsed, Bucket::kDuplicate, Bucket::kDropped, Bucket::kMalformed,
                        Bucket::kUnmatched}) {
    EXPECT_EQ(totals[bucket], 1u) << BucketName(bucket);
  }
  EXPECT_EQ(totals[Bucket::kBlank], 2u);
  EXPECT_FALSE(accounting.Imbalance());
  EXPECT_EQ(accounting.OfSource(1).lines, 3u);
  EXPECT_EQ(accounting.OfParser(4, Bucket::kDropped), 1u);
  EXPECT_EQ(accounting.OfReason(Bucket::kMalformed, "time-unreadable"), 1u);
}

TEST(AccountingTest, AnEventThatGetsLostOnTheWayIsAnImbalance) {
  Tally tally = SmallTally();
  const RawLine line = Line("more", 20);
  tally.BeginLine(1, line);
  tally.Parsed(7, 1);
  tally.EndLine();
  Accounting accounting;
  accounting.Add(tally);
  ASSERT_TRUE(accounting.Imbalance());
  EXPECT_THAT(*accounting.Imbalance(), HasSubstr("parser 7 made 1 events"));
  std::string json;
  accounting.AppendJson(json, Names());
  EXPECT_THAT(json, HasSubstr("\"balanced\":false"));
  EXPECT_THAT(accounting.Render(Names()), HasSubstr("do not add up"));
}

TEST(AccountingTest, AnEventThatIsHandedOutTwiceIsAnImbalance) {
  Tally tally = SmallTally();
  tally.Judged(EventAt(0, 0, 4));
  Accounting accounting;
  accounting.Add(tally);
  EXPECT_TRUE(accounting.Imbalance());
}

TEST(AccountingTest, ALineWithoutAnOutcomeIsAnImbalance) {
  Tally tally;
  const RawLine line = Line("silence", 0);
  tally.BeginLine(0, line);
  tally.EndLine();
  Accounting accounting;
  accounting.Add(tally);
  EXPECT_THAT(accounting.Imbalance().value_or(""),
              HasSubstr("1 lines were parsed without an outcome"));
}

TEST(AccountingTest, LostEventsAreABucketAndBalance) {
  Tally tally;
  const RawLine line = Line("good", 0);
  tally.BeginLine(0, line);
  tally.Parsed(4, 1);
  tally.EndLine();
  tally.Lost(0, 1);
  Accounting accounting;
  accounting.Add(tally);
  EXPECT_FALSE(accounting.Imbalance());
  EXPECT_EQ(accounting.Count(Bucket::kLost), 1u);
}

TEST(AccountingTest, PartsAddUpInAnyOrder) {
  std::vector<Tally> parts;
  for (int part = 0; part < 4; ++part) {
    Tally tally;
    for (int i = 0; i < 10; ++i) {
      const RawLine line =
          Line(part % 2 == 0 ? "even" : "odd", static_cast<uint64_t>(i * 4 + part));
      tally.BeginLine(static_cast<SourceId>(i % 3), line);
      tally.Unmatched(i % 2 == 0 ? "no-parser" : "not-text");
      tally.EndLine();
    }
    parts.push_back(tally);
  }
  std::string forward, backward;
  Accounting a, b;
  for (size_t i = 0; i < 4; ++i) a.Add(parts[i]);
  for (size_t i = 4; i-- > 0;) b.Add(parts[i]);
  a.AppendJson(forward, Names());
  b.AppendJson(backward, Names());
  EXPECT_EQ(forward, backward);
  EXPECT_EQ(a.Render(Names()), b.Render(Names()));
  EXPECT_EQ(a.Totals().lines, 40u);
}

TEST(AccountingTest, SamplesAreTheFirstByPositionAndCut) {
  Tally tally;
  // The é across the limit is cut off whole.
  const std::string long_text = fmt::format("{:x<{}}\u00e9\u00e9", "", Samples::kTextBytes - 1);
  for (uint64_t offset : {50u, 10u, 40u, 20u, 30u}) {
    const RawLine line = Line(long_text, offset);
    tally.BeginLine(offset == 10 ? 1 : 0, line);
    tally.Unmatched("no-parser");
    tally.EndLine();
  }
  Accounting accounting;
  accounting.Add(tally);
  std::vector<uint64_t> offsets;
  for (const Samples::Sample& sample : accounting.SamplesOf(Bucket::kUnmatched, "no-parser")) {
    offsets.push_back(sample.position.offset);
    EXPECT_EQ(sample.text, std::string(Samples::kTextBytes - 1, 'x'));
  }
  EXPECT_THAT(offsets, ElementsAre(20, 30, 40));
}

TEST(AccountingTest, ATallyThatDoesNotCountForgetsEverything) {
  Tally tally(false);
  const RawLine line = Line("x", 0);
  tally.BeginLine(0, line);
  tally.Parsed(1, 1);
  tally.Malformed("broken");
  tally.FutureClamped(1);
  tally.EndLine();
  tally.BlankLines(0, 3);
  Accounting accounting;
  accounting.Add(tally);
  EXPECT_EQ(accounting.Totals().lines, 0u);
  EXPECT_EQ(accounting.Totals().Sum(), 0u);
  EXPECT_FALSE(accounting.Imbalance());
}

TEST(AccountingTest, JsonShowsTheEquationAndNames) {
  Accounting accounting;
  accounting.Add(SmallTally());
  std::string json;
  accounting.AppendJson(json, Names());
  EXPECT_EQ(
      json,
      R"({"lines":5,"extra_records":2,"buckets":{"parsed":1,"dropped":1,"unmatched":1,"malformed":1,"blank":2,"duplicate":1,)"
      R"("late":0,"late_train_only":0,"lost":0},"balanced":true,"future_clamped":0,)"
      R"("products":[{"product":"product1","parsed":1,"dropped":1,"malformed":1,"duplicate":1}],)"
      R"("parsers":[{"parser":"parser4","product":"product1","parsed":1,"dropped":1,"duplicate":1},)"
      R"({"parser":"parser5","product":"product1","malformed":1}],)"
      R"("reasons":[{"bucket":"dropped","reason":"inventory","parser":"parser4","count":1,"samples":[{"source":"file0","offset":5,"record":1,"text":"{three}"}]},)"
      R"({"bucket":"unmatched","reason":"no-parser","count":1,"samples":[{"source":"file1","offset":13,"text":"odd"}]},)"
      R"({"bucket":"malformed","reason":"time-unreadable","parser":"parser5","count":1,"samples":[{"source":"file0","offset":5,"record":2,"text":"{three}"}]},)"
      R"({"bucket":"duplicate","reason":"duplicate","parser":"parser4","count":1,"samples":[{"source":"file0","offset":5,"text":"{three}"}]}],)"
      R"("sources":[{"source":"file0","lines":2,"extra_records":2,"parsed":1,"dropped":1,"malformed":1,"duplicate":1},)"
      R"({"source":"file1","lines":3,"unmatched":1,"blank":2}]})");
}

TEST(AccountingTest, TheSummaryReadsLikeAnEquation) {
  Accounting accounting;
  accounting.Add(SmallTally());
  const std::string text = accounting.Render(Names());
  EXPECT_THAT(text, HasSubstr("  lines read                                       5\n"
                              "  further records inside lines                     2\n"
                              "  = parsed and judged in order                     1\n"
                              "  + dropped, no activity                           1\n"));
  EXPECT_THAT(text, HasSubstr("time-unreadable (parser5)  first at file0, byte 5"));
  EXPECT_THAT(text, Not(HasSubstr("add up")));
}

}  // namespace
}  // namespace vedette
