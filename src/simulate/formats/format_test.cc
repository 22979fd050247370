#include "simulate/formats/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vedette::simulate {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(FormatTest, EscapesCefValuesAndHeaders) {
  std::string value;
  AppendCefValue(value, "a=b\\c|d\ne\rf");
  EXPECT_EQ(value, R"(a\=b\\c|d\ne\rf)");
  std::string header;
  AppendCefHeader(header, "a=b\\c|d\n");
  EXPECT_EQ(header, R"(a=b\\c\|d )");
}

TEST(FormatTest, WritesTimesInEachProductsWay) {
  const Timestamp time = FromCivil({2026, 3, 7, 14, 5, 9, 123'456'700});
  std::string iso, syslog, cef;
  AppendIsoTime(iso, time, 7);
  AppendSyslogTime(syslog, time);
  AppendCefTime(cef, time);
  EXPECT_EQ(iso, "2026-03-07T14:05:09.1234567Z");
  EXPECT_EQ(syslog, "Mar  7 14:05:09");
  EXPECT_EQ(cef, "Mar 07 2026 14:05:09");
}

class LineTest : public ::testing::Test {
 protected:
  std::string Line(Record record, LineMark* mark = nullptr) {
    record.time = FromCivil({2026, 3, 7, 14, 5, 9, 500'000'000});
    record.person = 0;
    record.machine = organisation_.people[0].machine;
    Formats formats(organisation_);
    std::string line;
    formats.Append(record, line, mark);
    return line;
  }

  const Organisation organisation_ = Organisation::Make({.users = 20, .seed = 3});
};

TEST_F(LineTest, EscapesQuotesAndBackslashesOfCommandLines) {
  Record record{.what = What::kProcess,
                .product = Product::kDefenderAtp,
                .program = &ProgramNamed("WINWORD.EXE"),
                .command = R"(/n "C:\a b\x.docx")"};
  EXPECT_THAT(Line(record), HasSubstr(R"(WINWORD.EXE\" /n \"C:\\a b\\x.docx\"")"));
}

TEST_F(LineTest, LeavesBackslashesOfApexCentralSingleAndEndsInABlank) {
  Record record{.what = What::kDlp,
                .product = Product::kOfficeScan,
                .name = "a=b.docx",
                .folder = R"(C:\new\reports)"};
  const std::string line = Line(record);
  EXPECT_THAT(line, HasSubstr(R"(filePath=C:\new\reports fname=a\=b.docx )"));
  EXPECT_THAT(line, EndsWith(" "));
}

TEST_F(LineTest, EscapesBackslashesOfDtex) {
  Record record{.what = What::kFileCreated,
                .product = Product::kDtex,
                .name = "a=b.txt",
                .folder = R"(C:\new)"};
  const std::string line = Line(record);
  EXPECT_THAT(line, StartsWith("<134>Mar  7 14:05:"));
  EXPECT_THAT(line, HasSubstr(R"(Source_File_Name=a\=b.txt Source_File_Directory=C:\\new )"));
  EXPECT_THAT(line, HasSubstr("|FileSystemActivity|FileCreated|"));
}

TEST_F(LineTest, MarksLinesByTextsThatStandInThem) {
  const Record records[] = {
      {.what = What::kProcess,
       .product = Product::kDefenderAtp,
       .program = &ProgramNamed("7z.exe")},
      {.what = What::kMailOut,
       .product = Product::kDefender365,
       .mail = 5,
       .peer = "a@b.example",
       .text = "hello"},
      {.what = What::kAttachmentOut,
       .product = Product::kDefender365,
       .mail = 5,
       .name = "a.zip",
       .peer = "a@b.example"},
      {.what = What::kAlert, .product = Product::kDefender365, .mail = 6, .text = "title"},
      {.what = What::kWebPage, .product = Product::kDtex, .target = "https://a.example/"},
      {.what = What::kFileCreated,
       .product = Product::kSymantecEdr,
       .name = "a.txt",
       .folder = "C:\\a"},
      {.what = What::kDlp,
       .product = Product::kOfficeScan,
       .name = "a.txt",
       .folder = "C:\\a",
       .text = "Rule"},
  };
  for (const Record& record : records) {
    LineMark mark;
    const std::string line = Line(record, &mark);
    EXPECT_FALSE(mark.kind.empty());
    EXPECT_FALSE(mark.contains.empty());
    for (const std::string& text : mark.contains) EXPECT_THAT(line, HasSubstr(text));
  }
}

TEST_F(LineTest, NumbersTheReportsOfEachDevice) {
  Formats formats(organisation_);
  Record record{
      .what = What::kProcess, .product = Product::kDefenderAtp, .program = &ProgramNamed("7z.exe")};
  std::string first, second;
  formats.Append(record, first, nullptr);
  formats.Append(record, second, nullptr);
  EXPECT_THAT(first, HasSubstr("\"ReportId\":1001,"));
  EXPECT_THAT(second, HasSubstr("\"ReportId\":1002,"));
}

}  // namespace
}  // namespace vedette::simulate
