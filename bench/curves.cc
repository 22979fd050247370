#include "curves.h"

#include <algorithm>

#include "core/text.h"

namespace vedette::bench {
namespace {

struct Line {
  const char* name;
  const char* benchmark;  // its points are benchmark/<x>
};

struct Spec {
  const char* file;
  const char* title;
  const char* x_label;
  const char* y_label;
  bool log_x;
  std::vector<Line> lines;
};

const std::vector<Spec>& Specs() {
  static const std::vector<Spec> specs = {
      {"parsers.svg",
       "More parsers do not make a line dearer",
       "parsers",
       "ns per line",
       true,
       {{"parse a line", "Dispatch"}}},
      {"rules.svg",
       "Rules of which few apply",
       "rules",
       "ns per event",
       true,
       {{"all rules on the event's type", "JudgeRules/one_type"},
        {"rules spread over types", "JudgeRules/all_types"}}},
      {"entities.svg",
       "A probe costs a few cache misses",
       "people remembered",
       "ns per probe",
       true,
       {{"profile", "Probe/profile"},
        {"categorical", "Probe/categorical"},
        {"clustered", "Probe/clustered"},
        {"bare hash update", "BareHashUpdate"}}},
      {"people.svg",
       "Judging an event of one among many people",
       "people",
       "ns per event",
       true,
       {{"judge", "JudgePeople"}}},
      {"history.svg",
       "A year of memory",
       "days behind",
       "ns per event",
       false,
       {{"parse, enrich, merge and judge", "History"}}},
      {"line_length.svg",
       "Longer lines cost what finding their structure costs",
       "bytes per line",
       "ns per line",
       true,
       {{"parse JSON", "ParseLength"}, {"bare simdjson walk", "BareWalkLength"}}},
      {"unmatched.svg",
       "Lines that no parser takes",
       "unmatched lines, percent",
       "ns per line",
       false,
       {{"JSON", "Unmatched/json"}, {"CEF", "Unmatched/cef"}, {"text", "Unmatched/text"}}},
      {"threads.svg",
       "Two threads beside one",
       "threads",
       "ns per event, wall time",
       false,
       {{"whole path", "WholePath"}}},
  };
  return specs;
}

std::vector<std::pair<double, double>> Points(const std::vector<Row>& rows,
                                              std::string_view benchmark) {
  std::vector<std::pair<double, double>> points;
  for (const Row& row : rows) {
    const std::string_view name = row.name;
    if (!StartsWith(name, benchmark) || name.size() <= benchmark.size() ||
        name[benchmark.size()] != '/')
      continue;
    if (const auto x = ParseInt(name.substr(benchmark.size() + 1)))
      points.emplace_back(static_cast<double>(*x), row.ns_each);
  }
  std::sort(points.begin(), points.end());
  return points;
}

}  // namespace

std::vector<Curve> Curves(const std::vector<Row>& rows) {
  std::vector<Curve> curves;
  for (const Spec& spec : Specs()) {
    Curve curve{spec.file, {spec.title, spec.x_label, spec.y_label, spec.log_x, {}}};
    for (const Line& line : spec.lines) {
      Plot::Series series{line.name, Points(rows, line.benchmark)};
      if (series.points.size() >= 2) curve.plot.series.push_back(std::move(series));
    }
    if (!curve.plot.series.empty()) curves.push_back(std::move(curve));
  }
  return curves;
}

}  // namespace vedette::bench
