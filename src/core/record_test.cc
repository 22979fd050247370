#include "core/record.h"

#include <limits>

#include <gtest/gtest.h>

namespace vedette {
namespace {

TEST(Record, WhatWasWrittenIsRead) {
  std::string bytes;
  RecordWriter(bytes)
      .U8(7)
      .U32(70'000)
      .Time({1'770'000'000'000'000'000})
      .Var(1ull << 63)
      .Signed(-3)
      .Signed(std::numeric_limits<int64_t>::min())
      .Text("ada")
      .I64(20'500)
      .Signed(20'501);
  RecordReader in(bytes);
  EXPECT_EQ(in.U8(), 7);
  EXPECT_EQ(in.U32(), 70'000u);
  EXPECT_EQ(in.Time().ns, 1'770'000'000'000'000'000);
  EXPECT_EQ(in.Var(), 1ull << 63);
  EXPECT_EQ(in.Signed(), -3);
  EXPECT_EQ(in.SignedDay(), INT64_MIN) << "no day";
  EXPECT_EQ(in.Text(), "ada");
  EXPECT_EQ(in.Day(), 20'500);
  EXPECT_EQ(in.SignedDay(), 20'501);
  EXPECT_TRUE(in.done());
}

TEST(Record, ATimeOrDayThatIsNoneBreaksTheReader) {
  for (int64_t day : {int64_t{-1}, int64_t{106'001}, INT64_MAX, INT64_MIN + 1}) {
    std::string bytes;
    RecordWriter(bytes).I64(day).U8(1);
    RecordReader in(bytes);
    EXPECT_EQ(in.Day(), 0) << day;
    EXPECT_EQ(in.U8(), 0) << "nothing is read behind it";
    EXPECT_FALSE(in.good());
  }
  std::string bytes;
  RecordWriter(bytes).Time({-5});
  RecordReader in(bytes);
  in.Time();
  EXPECT_FALSE(in.good());
}

TEST(Record, NothingIsReadBeyondTheEnd) {
  std::string bytes;
  RecordWriter(bytes).U32(1).Text("a longer text");
  for (size_t size = 0; size < bytes.size(); ++size) {
    RecordReader in(std::string_view(bytes).substr(0, size));
    in.U32();
    EXPECT_EQ(in.Text(), "");
    EXPECT_FALSE(in.done());
  }
}

}  // namespace
}  // namespace vedette
