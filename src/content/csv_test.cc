#include "content/csv.h"

#include <gtest/gtest.h>

namespace vedette {
namespace {

TEST(Csv, ReadsQuotesLineBreaksCommentsAndByteOrderMark) {
  Diagnostics faults;
  const auto table = ParseCsv(
      "\xEF\xBB\xBFName, Note \r\n# a comment\n\nada,\"a, \"\"b\"\"\nc\"\r\nbob,  plain  \n",
      "t.csv", faults);
  ASSERT_TRUE(table.has_value());
  EXPECT_FALSE(faults.has_errors());
  EXPECT_EQ(table->columns, (std::vector<std::string>{"name", "note"}));
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[0].cells[1], "a, \"b\"\nc");
  EXPECT_EQ(table->rows[0].line, 4);
  EXPECT_EQ(table->rows[1].cells[1], "plain");
  EXPECT_EQ(table->rows[1].line, 6);
  EXPECT_EQ(table->Column("note"), 1);
  EXPECT_EQ(table->Column("other"), -1);
}

TEST(Csv, NamesWhatIsWrong) {
  Diagnostics faults;
  EXPECT_EQ(ParseCsv("a,b\n1,\"2\n", "t.csv", faults).error().place.ToString(), "t.csv:2:1");
  EXPECT_EQ(ParseCsv(std::string_view("a\0b", 3), "t.csv", faults).error().code, "csv-binary");
  const auto table = ParseCsv("a,b\n1\n1,2\n", "t.csv", faults);
  EXPECT_EQ(table->rows.size(), 1u);
  EXPECT_EQ(faults.Render(), "t.csv:2:1: error: the row has 1 cells, the header 2 [csv-cells]\n");
}

}  // namespace
}  // namespace vedette
