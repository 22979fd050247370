// Runs all benchmarks in one process, so that each is measured beside its floor:
//
//   build/release/bench/vedette_bench                       a table on standard output
//   … --quick                                               a few minutes; nothing of 10 million
//   … --json bench/results.json --svg docs/performance      results and growth curves as files
//   … --benchmark_filter=Dispatch                           what Google Benchmark takes works too
//
// Each figure is the median of five repetitions (three with --quick).
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "core/file_system.h"
#include "curves.h"
#include "results.h"

namespace vedette::bench {
namespace {

struct Arguments {
  bool quick = false;
  std::string json, svg;
  std::vector<char*> others;  // for Google Benchmark
};

Arguments ReadArguments(int argc, char** argv) {
  Arguments arguments;
  arguments.others.push_back(argv[0]);
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--quick") == 0) {
      arguments.quick = true;
    } else if (std::strcmp(argv[i], "--json") == 0 && i + 1 < argc) {
      arguments.json = argv[++i];
    } else if (std::strcmp(argv[i], "--svg") == 0 && i + 1 < argc) {
      arguments.svg = argv[++i];
    } else {
      arguments.others.push_back(argv[i]);
    }
  }
  return arguments;
}

bool Write(const std::string& path, const std::string& text) {
  const Result<void> written = ReplaceFile(FileSystem::Real(), path, text);
  if (!written) fmt::print(stderr, "vedette_bench: {}\n", written.error().ToString());
  return written.has_value();
}

int Run(int argc, char** argv) {
  Arguments arguments = ReadArguments(argc, argv);
  // What measures the memory of its process wants one of its own.
  std::vector<std::string> defaults = {"--benchmark_repetitions=5", "--benchmark_min_time=0.2",
                                       "--benchmark_filter=-Remember|UnderLimit"};
  if (arguments.quick) {
    defaults = {"--benchmark_repetitions=3", "--benchmark_min_time=0.05",
                "--benchmark_filter=-Remember|UnderLimit|/10000000"};
  }
  // What is given comes behind, and wins.
  for (size_t i = 0; i < defaults.size(); ++i)
    arguments.others.insert(arguments.others.begin() + 1 + static_cast<std::ptrdiff_t>(i),
                            defaults[i].data());
  int count = static_cast<int>(arguments.others.size());
  arguments.others.push_back(nullptr);
  benchmark::Initialize(&count, arguments.others.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.others.data())) return 2;

  Collector collector;
  benchmark::RunSpecifiedBenchmarks(&collector);
  const std::vector<Row> rows = WithRatios(collector.rows());
  fmt::print("{}", RenderTable(rows));
  for (const std::string& failure : collector.failures())
    fmt::print(stderr, "vedette_bench: {}\n", failure);
  bool good = collector.failures().empty();
  if (!arguments.json.empty())
    good = Write(arguments.json, RenderJson(rows, arguments.quick)) && good;
  if (!arguments.svg.empty()) {
    for (const Curve& curve : Curves(rows))
      good = Write(arguments.svg + "/" + curve.file, RenderSvg(curve.plot)) && good;
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace vedette::bench

int main(int argc, char** argv) { return vedette::bench::Run(argc, argv); }
