#include "ingest/byte_source.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/scratch_dir.h"
#include "ingest/compress.h"

namespace vedette {
namespace {

struct Outcome {
  std::string text;
  std::string code;  // empty: came to its end
};

// Reads all of it, `step` bytes at a time.
Outcome ReadAll(ByteSource& source, size_t step = 1000) {
  Outcome outcome;
  std::string buffer(step, '\0');
  for (;;) {
    Result<size_t> got = source.Read(buffer.data(), buffer.size());
    if (!got) outcome.code = got.error().code;
    if (!got || *got == 0) return outcome;
    outcome.text.append(buffer, 0, *got);
  }
}

Outcome DecodeAll(std::string_view stored, size_t input_step = SIZE_MAX,
                  size_t output_step = 1000) {
  Result<std::unique_ptr<ByteSource>> source = Decode(MakeMemorySource(stored, input_step), "test");
  if (!source) return {"", source.error().code};
  return ReadAll(**source, output_step);
}

std::string Lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += fmt::format("line {} of the log, {}\n", i, i * 7919 % 1013);
  return text;
}

TEST(ByteSourceTest, PlainBytesComeAsTheyAre) {
  for (std::string_view text :
       {"", "a", "a\nb", "\x1f", "\x28\xb5", "BZh is how this line begins\n"}) {
    EXPECT_EQ(DecodeAll(text).text, text);
    EXPECT_EQ(DecodeAll(text, 1, 1).text, text);
    EXPECT_EQ(DecodeAll(text).code, "");
  }
}

TEST(ByteSourceTest, CompressedBytesComeDecompressedInAnySteps) {
  const std::string text = Lines(20'000);
  for (const std::string& stored : {CompressGzip(text), CompressZstd(text)}) {
    for (size_t in : {size_t{1}, size_t{7}, size_t{4096}, SIZE_MAX}) {
      for (size_t out : {size_t{1}, size_t{999}, size_t{1} << 22}) {
        if (in == 1 && out == 1) continue;
        const Outcome outcome = DecodeAll(stored, in, out);
        EXPECT_EQ(outcome.code, "");
        EXPECT_TRUE(outcome.text == text) << in << " " << out;
      }
    }
  }
}

TEST(ByteSourceTest, SeveralMembersAreOneText) {
  const std::string a = Lines(10), b = Lines(3'000), c = "the end";
  EXPECT_EQ(DecodeAll(CompressGzip(a) + CompressGzip(b) + CompressGzip(c)).text, a + b + c);
  EXPECT_EQ(DecodeAll(CompressGzip(a) + CompressGzip(b) + CompressGzip(c), 1).text, a + b + c);
  EXPECT_EQ(DecodeAll(CompressGzip("") + CompressGzip(a) + CompressGzip("")).text, a);
  EXPECT_EQ(DecodeAll(CompressZstd(a) + CompressZstd(b) + CompressZstd("") + CompressZstd(c)).text,
            a + b + c);
  EXPECT_EQ(DecodeAll(CompressZstd(a) + CompressZstd(b), 1).text, a + b);
}

TEST(ByteSourceTest, AMemberThatFillsTheBufferExactlyIsFollowedByTheNext) {
  const std::string a = Lines(100);
  const std::string stored = CompressGzip(a) + CompressGzip(a);
  EXPECT_EQ(DecodeAll(stored, CompressGzip(a).size(), a.size()).text, a + a);
  EXPECT_EQ(DecodeAll(stored, CompressGzip(a).size() + 1, a.size()).text, a + a);
}

TEST(ByteSourceTest, ZerosAfterGzipAreAnEndAndOtherBytesAFault) {
  const std::string stored = CompressGzip("hello\n");
  EXPECT_EQ(DecodeAll(stored + std::string(70'000, '\0')).code, "");
  EXPECT_EQ(DecodeAll(stored + std::string(70'000, '\0')).text, "hello\n");
  EXPECT_EQ(DecodeAll(stored + "junk").text, "hello\n");
  EXPECT_EQ(DecodeAll(stored + "junk").code, "gzip-damaged");
}

TEST(ByteSourceTest, EveryCutIsAFaultAfterTheBytesBeforeIt) {
  const std::string text = Lines(200);
  const std::string gzip = CompressGzip(text), zstd = CompressZstd(text);
  for (size_t cut = 10; cut < gzip.size(); ++cut) {
    const Outcome outcome = DecodeAll(std::string_view(gzip).substr(0, cut));
    EXPECT_EQ(outcome.code, "gzip-truncated") << cut;
    EXPECT_TRUE(text.starts_with(outcome.text)) << cut;
  }
  for (size_t cut = 5; cut < zstd.size(); ++cut) {
    const Outcome outcome = DecodeAll(std::string_view(zstd).substr(0, cut));
    EXPECT_EQ(outcome.code, "zstd-truncated") << cut;
    EXPECT_TRUE(text.starts_with(outcome.text)) << cut;
  }
}

TEST(ByteSourceTest, DamageIsAFault) {
  const std::string text = Lines(200);
  std::string gzip = CompressGzip(text);
  gzip[gzip.size() - 6] ^= 1;  // in the checksum
  EXPECT_EQ(DecodeAll(gzip).code, "gzip-damaged");
  EXPECT_EQ(DecodeAll("\x1f\x8b\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff").code, "gzip-damaged");
  std::string zstd = CompressZstd(text);
  zstd[zstd.size() / 2] ^= 0x55;
  EXPECT_EQ(DecodeAll(zstd).code, "zstd-damaged");
}

TEST(ByteSourceTest, WhatIsNoLogIsNamed) {
  using namespace std::string_view_literals;
  struct Case {
    std::string_view head;
    std::string_view what;
  };
  std::string tar(512, '\0');
  tar.replace(257, 5, "ustar");
  for (const Case& c : {Case{"PK\x03\x04 and so on"sv, "zip"}, Case{"\xfd\x37zXZ\0"sv, "xz"},
                        Case{"BZh91AY&SY"sv, "bzip2"}, Case{"\x7f\x45LF"sv, "program"},
                        Case{"SQLite format 3\0"sv, "SQLite"}, Case{"ElfFile\0"sv, "evtx"},
                        Case{"\xff\xfe\x41\0"sv, "UTF-16"}, Case{tar, "tar"}}) {
    std::string_view what;
    EXPECT_EQ(SniffEncoding(c.head, &what), Encoding::kUnsupported) << c.what;
    EXPECT_NE(what.find(c.what), std::string_view::npos) << what;
    EXPECT_EQ(DecodeAll(c.head).code, "input-format");
  }
}

TEST(ByteSourceTest, StoredBytesCountTheCompressedInput) {
  const std::string stored = CompressGzip(Lines(5'000)) + CompressZstd("");
  const std::string gzip = CompressGzip(Lines(5'000));
  Result<std::unique_ptr<ByteSource>> source = Decode(MakeMemorySource(gzip), "test");
  ReadAll(**source);
  EXPECT_EQ((*source)->stored_bytes(), gzip.size());
}

TEST(ByteSourceTest, AFileThatIsNotThereIsAFault) {
  EXPECT_EQ(OpenBytes("/nowhere/at/all").error().code, "input-unreadable");
  ScratchDir dir;
  Result<std::unique_ptr<ByteSource>> directory = OpenBytes(dir.path());
  EXPECT_FALSE(directory);  // opens, but cannot be read
}

}  // namespace
}  // namespace vedette
