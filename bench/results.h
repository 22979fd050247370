// Results of a run of benchmarks: a row for each, the median of its repetitions, beside its floor.
//
//   Collector collector;
//   benchmark::RunSpecifiedBenchmarks(&collector);
//   const std::vector<Row> rows = WithRatios(collector.rows());
//   fmt::print("{}", RenderTable(rows));
//
// A benchmark names its floor, another benchmark, with SetLabel; it counts what it did with
// SetItemsProcessed. Its counters come along. Times are CPU times, but of benchmarks that ask for
// wall time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace vedette::bench {

struct Row {
  std::string name;    // with its arguments: Dispatch/1000
  double ns_each = 0;  // per item, or per iteration of what counts no items
  double spread = 0;   // (slowest - fastest repetition) / median
  size_t repetitions = 0;
  std::map<std::string, double> counters;  // bytes_each, line_bytes …
  std::string floor;                       // empty: none
  double ratio = 0;  // its rate through the floor's; 0 when the floor did not run

  double per_second() const { return 1e9 / ns_each; }
};

// Prints each row as it comes to stderr.
class Collector : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& repetitions) override;

  const std::vector<Row>& rows() const { return rows_; }
  const std::vector<std::string>& failures() const { return failures_; }

 private:
  std::vector<Row> rows_;
  std::vector<std::string> failures_;
};

std::vector<Row> WithRatios(std::vector<Row> rows);

std::string RenderTable(const std::vector<Row>& rows);
// One object: how it was measured, and `rows`.
std::string RenderJson(const std::vector<Row>& rows, bool quick);

}  // namespace vedette::bench
