// That results keep their ratios and become JSON, and that curves are drawn where their points are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "content/json.h"
#include "curves.h"
#include "plot.h"
#include "results.h"

namespace vedette::bench {
namespace {

using testing::HasSubstr;

Row RowOf(const std::string& name, double ns, const std::string& floor = "") {
  Row row;
  row.name = name;
  row.ns_each = ns;
  row.floor = floor;
  return row;
}

TEST(ResultsTest, ARatioIsTheRateThroughTheFloors) {
  const std::vector<Row> rows =
      WithRatios({RowOf("Parse", 400, "Walk"), RowOf("Walk", 100), RowOf("Lonely", 5, "Absent")});
  EXPECT_DOUBLE_EQ(rows[0].ratio, 0.25);
  EXPECT_EQ(rows[1].ratio, 0);
  EXPECT_EQ(rows[2].ratio, 0) << "the floor did not run";
}

TEST(ResultsTest, JsonReadsBack) {
  std::vector<Row> rows = {RowOf("Parse/\"odd\"", 400, "Walk"), RowOf("Walk", 100)};
  rows[0].counters["bytes_each"] = 32;
  const Result<Node> root = ParseJson(RenderJson(WithRatios(rows), true), "results.json");
  ASSERT_TRUE(root) << root.error().ToString();
  const Node* listed = root->Find("rows");
  ASSERT_NE(listed, nullptr);
  ASSERT_EQ(listed->items.size(), 2u);
  EXPECT_EQ(listed->items[0].Find("name")->scalar, "Parse/\"odd\"");
  EXPECT_EQ(listed->items[0].Find("ratio")->scalar, "0.25");
  EXPECT_EQ(listed->items[0].Find("bytes_each")->scalar, "32");
}

TEST(ResultsTest, TheTableHasEveryRowWithItsFloor) {
  const std::string table =
      RenderTable(WithRatios({RowOf("Parse", 1234567, "Walk"), RowOf("Walk", 100)}));
  EXPECT_THAT(table, HasSubstr("1,234,567"));
  EXPECT_THAT(table, HasSubstr("of Walk"));
}

TEST(CurvesTest, TakeTheirPointsInOrderAndNeedTwo) {
  const std::vector<Curve> curves = Curves({RowOf("Dispatch/1000", 20), RowOf("Dispatch/10", 10),
                                            RowOf("Dispatcher/5", 1), RowOf("History/30", 3)});
  ASSERT_EQ(curves.size(), 1u);
  EXPECT_EQ(curves[0].file, "parsers.svg");
  using Points = std::vector<std::pair<double, double>>;
  EXPECT_EQ(curves[0].plot.series[0].points, (Points{{10, 10}, {1000, 20}}));
}

// The chart is 720 by 360, its axes cross at (76, 304), and its corner is at (696, 64).
TEST(PlotTest, DrawsPointsOnTheirAxesFromZero) {
  Plot plot{"a < b & c", "x in rows", "y in ns", false, {{"line", {{0, 0}, {5, 50}, {10, 95}}}}};
  const std::string svg = RenderSvg(plot);
  EXPECT_THAT(svg, HasSubstr("M76.0 304.0 L386.0 184.0 L696.0 76.0"));
  EXPECT_THAT(svg, HasSubstr("a &lt; b &amp; c"));
  EXPECT_THAT(svg, HasSubstr("x in rows"));
  EXPECT_THAT(svg, HasSubstr("y in ns"));
  EXPECT_THAT(svg, HasSubstr("prefers-color-scheme:dark"));
}

TEST(PlotTest, SpreadsALogarithmicAxisEvenly) {
  Plot plot{"t", "x", "y", true, {{"line", {{10, 95}, {100, 95}, {1000, 95}}}}};
  EXPECT_THAT(RenderSvg(plot), HasSubstr("M76.0 76.0 L386.0 76.0 L696.0 76.0"));
}

}  // namespace
}  // namespace vedette::bench
