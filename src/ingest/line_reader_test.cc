#include "ingest/line_reader.h"

#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/scratch_dir.h"
#include "ingest/compress.h"

namespace vedette {
namespace {

struct Line {
  std::string text;
  uint64_t offset;
  bool too_long = false;
  friend bool operator==(const Line&, const Line&) = default;
  friend void PrintTo(const Line& line, std::ostream* out) {
    *out << line.offset << ":'" << line.text.substr(0, 60) << "'" << (line.too_long ? "…" : "");
  }
};

struct Outcome {
  std::vector<Line> lines;
  uint64_t blank = 0;
  uint64_t end = 0;
  std::string code;
};

Outcome ReadAll(LineReader& reader) {
  Outcome outcome;
  uint64_t at = reader.offset();
  for (LineBlock block; reader.Next(block);) {
    EXPECT_EQ(block.begin, at);
    EXPECT_GT(block.end, block.begin);
    at = block.end;
    outcome.blank += block.blank_lines;
    for (const RawLine& line : block.lines) {
      outcome.lines.push_back({std::string(line.text), line.offset, line.too_long});
      // The padding must be readable: the address sanitizer would complain.
      volatile char last = *(line.text.data() + line.text.size() + kLinePadding - 1);
      (void)last;
    }
  }
  outcome.end = at;
  if (reader.error()) outcome.code = reader.error()->code;
  return outcome;
}

Outcome ReadText(std::string_view text, LineOptions options = {}, size_t step = SIZE_MAX) {
  LineReader reader(MakeMemorySource(text, step), options);
  return ReadAll(reader);
}

// The same, one byte at a time, as the plain meaning has it.
Outcome Reference(std::string_view text, size_t max_line_bytes) {
  Outcome outcome;
  outcome.end = text.size();
  for (size_t at = 0; at < text.size();) {
    size_t stop = text.find('\n', at);
    const size_t next = stop == std::string_view::npos ? text.size() : stop + 1;
    if (stop == std::string_view::npos) stop = text.size();
    std::string line(text.substr(at, stop - at));
    const bool too_long = line.size() > max_line_bytes;
    if (too_long) line.resize(max_line_bytes);
    if (!too_long && line.ends_with('\r')) line.pop_back();
    if (line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
    if (!too_long && line.find_first_not_of(" \t") == std::string::npos) {
      ++outcome.blank;
    } else {
      outcome.lines.push_back({line, at, too_long});
    }
    at = next;
  }
  return outcome;
}

TEST(LineReaderTest, LinesAndOffsets) {
  const Outcome outcome = ReadText("one\ntwo\r\n\n  \t\nthree\r\r\nfour");
  EXPECT_EQ(outcome.lines,
            (std::vector<Line>{{"one", 0}, {"two", 4}, {"three\r", 14}, {"four", 22}}));
  EXPECT_EQ(outcome.blank, 2u);
  EXPECT_EQ(outcome.end, 26u);
}

TEST(LineReaderTest, NothingGivesNothing) {
  EXPECT_TRUE(ReadText("").lines.empty());
  EXPECT_EQ(ReadText("\n\n\n").blank, 3u);
}

TEST(LineReaderTest, AByteOrderMarkIsNoPartOfTheLine) {
  EXPECT_EQ(ReadText("\xef\xbb\xbf{}\n\xef\xbb\xbf[]\n").lines,
            (std::vector<Line>{{"{}", 0}, {"[]", 6}}));
}

TEST(LineReaderTest, ALineAtTheLimitIsWholeAndOneBeyondIsCut) {
  LineOptions options{.block_bytes = 16, .max_line_bytes = 100};
  const std::string fits(100, 'a'), beyond(101, 'b'), far_beyond(300'000, 'c');
  const Outcome outcome =
      ReadText(fits + "\n" + beyond + "\nshort\n" + far_beyond + "\nlast\n" + far_beyond, options);
  ASSERT_EQ(outcome.lines.size(), 6u);
  EXPECT_EQ(outcome.lines[0], (Line{fits, 0}));
  EXPECT_EQ(outcome.lines[1], (Line{std::string(100, 'b'), 101, true}));
  EXPECT_EQ(outcome.lines[2].text, "short");
  EXPECT_EQ(outcome.lines[3].text, std::string(100, 'c'));
  EXPECT_EQ(outcome.lines[4].text, "last");
  EXPECT_TRUE(outcome.lines[5].too_long);
  EXPECT_EQ(outcome.end, 101u + 102 + 6 + 300'001 + 5 + 300'000);
}

TEST(LineReaderTest, BlocksAndStepsDoNotMatter) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string text;
    const size_t pieces = random() % 40;
    for (size_t i = 0; i < pieces; ++i) {
      switch (random() % 7) {
        case 0:
          text += '\n';
          break;
        case 1:
          text += "\r\n";
          break;
        case 2:
          text += " \t";
          break;
        case 3:
          text += std::string(random() % 200, 'x');
          break;
        case 4:
          text += "\xef\xbb\xbf";
          break;
        case 5:
          text += std::string(random() % 5, '\0');
          break;
        default:
          text += fmt::format("line {}\n", random() % 1000);
      }
    }
    for (size_t max_line : {size_t{8}, size_t{50}, size_t{10'000}}) {
      const Outcome expected = Reference(text, max_line);
      for (size_t block : {size_t{1}, size_t{13}, size_t{64}, size_t{65536}}) {
        for (bool eager : {false, true}) {
          LineOptions options{block, max_line, eager};
          const Outcome outcome = ReadText(text, options, 1 + random() % 100);
          EXPECT_EQ(outcome.lines, expected.lines)
              << "block " << block << " max " << max_line << " round " << round;
          EXPECT_EQ(outcome.blank, expected.blank);
          EXPECT_EQ(outcome.end, expected.end);
        }
      }
    }
  }
}

TEST(LineReaderTest, EveryBlocksEndCanBeOpenedAt) {
  ScratchDir dir;
  std::string text;
  for (int i = 0; i < 500; ++i) text += fmt::format("line {}\n", i * i);
  for (const std::string& path : {dir.Write("a.log", text), dir.Write("a.gz", CompressGzip(text)),
                                  dir.Write("a.zst", CompressZstd(text))}) {
    LineOptions options{.block_bytes = 300};
    Result<LineReader> reader = LineReader::OpenAt(path, 0, options);
    ASSERT_TRUE(reader);
    const Outcome whole = ReadAll(*reader);
    EXPECT_EQ(whole.lines.size(), 500u);
    Result<LineReader> again = LineReader::OpenAt(path, 0, options);
    for (LineBlock block; again->Next(block);) {
      Result<LineReader> from = LineReader::OpenAt(path, block.end, options);
      ASSERT_TRUE(from) << from.error().ToString();
      const Outcome rest = ReadAll(*from);
      EXPECT_TRUE(std::equal(rest.lines.rbegin(), rest.lines.rend(), whole.lines.rbegin()));
      EXPECT_EQ(rest.lines.empty() ? text.size() : rest.lines.front().offset, block.end);
    }
  }
  EXPECT_EQ(LineReader::OpenAt(dir.path() + "/a.gz", text.size() + 1).error().code,
            "input-changed");
}

TEST(LineReaderTest, PiecesOfAFileMakeTheWhole) {
  std::string text;
  for (int i = 0; i < 60; ++i)
    text += std::string(static_cast<size_t>(i * 37 % 23), 'x') + (i % 5 == 0 ? "\r\n" : "\n");
  text += "no end";
  const Outcome whole = Reference(text, 1000);
  ScratchDir dir;
  const std::string path = dir.Write("a.log", text);
  for (size_t piece = 1; piece < text.size() + 2; ++piece) {
    Outcome sum;
    for (size_t begin = 0; begin < text.size(); begin += piece) {
      LineOptions options{.block_bytes = 1 + piece % 70};
      Result<LineReader> reader = LineReader::OpenAt(path, begin == 0 ? 0 : begin - 1, options);
      ASSERT_TRUE(reader);
      if (begin > 0) reader->SkipLine();
      reader->StopAt(begin + piece);
      const Outcome part = ReadAll(*reader);
      sum.lines.insert(sum.lines.end(), part.lines.begin(), part.lines.end());
      sum.blank += part.blank;
    }
    EXPECT_EQ(sum.lines, whole.lines) << piece;
    EXPECT_EQ(sum.blank, whole.blank) << piece;
  }
}

TEST(LineReaderTest, WhatCameBeforeTheDamageIsHandedOut) {
  std::string text;
  for (int i = 0; i < 5'000; ++i) text += fmt::format("line {}\n", i * 7919 % 5000);
  const std::string stored = CompressGzip(text);
  Result<std::unique_ptr<ByteSource>> bytes =
      Decode(MakeMemorySource(std::string_view(stored).substr(0, stored.size() / 2)), "test");
  LineReader reader(std::move(*bytes), {});
  const Outcome outcome = ReadAll(reader);
  EXPECT_EQ(outcome.code, "gzip-truncated");
  EXPECT_GT(outcome.lines.size(), 1'000u);
  EXPECT_EQ(outcome.lines[77].text, fmt::format("line {}", 77 * 7919 % 5000));
}

}  // namespace
}  // namespace vedette
