// Draws a line chart as SVG that reads on light and on dark pages.
//
//   Plot plot{.title = "…", .x_label = "parsers", .y_label = "ns per line", .log_x = true};
//   plot.series.push_back({"JSON", {{10, 900}, {100, 910}}});
//   std::string svg = RenderSvg(plot);
//
// The y axis begins at zero, so that a slope looks as steep as it is. Points of a series come in
// order of x. Same plot, same bytes.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace vedette::bench {

struct Plot {
  struct Series {
    std::string name;
    std::vector<std::pair<double, double>> points;
  };
  std::string title;
  std::string x_label;  // with its unit
  std::string y_label;
  bool log_x = false;
  std::vector<Series> series;
};

std::string RenderSvg(const Plot& plot);

}  // namespace vedette::bench
