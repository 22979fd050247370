#include "results.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "core/json_writer.h"
#include "core/version.h"

namespace vedette::bench {
namespace {

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double NsEach(const benchmark::BenchmarkReporter::Run& run) {
  const auto items = run.counters.find("items_per_second");
  if (items != run.counters.end()) return 1e9 / items->second.value;
  return 1e9 * run.cpu_accumulated_time / static_cast<double>(run.iterations);
}

bool IsOurs(const std::string& counter) {
  return counter != "items_per_second" && counter != "bytes_per_second";
}

// 0.123, 12.3, 1,234 …: three digits or more, never a power of ten.
std::string Short(double value) {
  if (value < 10) return fmt::format("{:.2f}", value);
  if (value < 100) return fmt::format("{:.1f}", value);
  const std::string digits = fmt::format("{:.0f}", value);
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

}  // namespace

bool Collector::ReportContext(const Context&) { return true; }

void Collector::ReportRuns(const std::vector<Run>& repetitions) {
  Row row;
  std::vector<double> times;
  std::map<std::string, std::vector<double>> counters;
  for (const Run& run : repetitions) {
    row.name = run.run_name.str();
    if (run.error_occurred) {
      failures_.push_back(row.name + ": " + run.error_message);
      return;
    }
    if (run.run_type != Run::RT_Iteration) continue;
    times.push_back(NsEach(run));
    row.floor = run.report_label;
    for (const auto& [name, counter] : run.counters) {
      if (IsOurs(name)) counters[name].push_back(counter.value);
    }
  }
  if (times.empty()) return;
  // What the library appends for how it measured is no part of a benchmark's name.
  for (const char* suffix : {"/iterations:1", "/manual_time", "/real_time", "/repeats:1"}) {
    if (const size_t at = row.name.find(suffix); at != std::string::npos)
      row.name.erase(at, std::string_view(suffix).size());
  }
  row.ns_each = Median(times);
  const auto [fastest, slowest] = std::minmax_element(times.begin(), times.end());
  row.spread = (*slowest - *fastest) / row.ns_each;
  row.repetitions = times.size();
  for (const auto& [name, values] : counters) row.counters[name] = Median(values);
  fmt::print(stderr, "{:<44}{:>12} ns  ±{:.0f} %\n", row.name, Short(row.ns_each), 50 * row.spread);
  rows_.push_back(std::move(row));
}

std::vector<Row> WithRatios(std::vector<Row> rows) {
  for (Row& row : rows) {
    for (const Row& floor : rows) {
      if (floor.name == row.floor) row.ratio = floor.ns_each / row.ns_each;
    }
  }
  return rows;
}

std::string RenderTable(const std::vector<Row>& rows) {
  std::string table = fmt::format("{:<44}{:>12}{:>14}{:>8}  {}\n", "benchmark", "ns each",
                                  "per second", "spread", "through its floor; counters");
  for (const Row& row : rows) {
    table += fmt::format("{:<44}{:>12}{:>14}{:>6.0f} %  ", row.name, Short(row.ns_each),
                         Short(row.per_second()), 100 * row.spread);
    if (row.ratio > 0) table += fmt::format("{:.3f} of {}  ", row.ratio, row.floor);
    for (const auto& [name, value] : row.counters)
      table += fmt::format("{}={} ", name, Short(value));
    while (table.back() == ' ') table.pop_back();
    table += '\n';
  }
  return table;
}

std::string RenderJson(const std::vector<Row>& rows, bool quick) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject().Key("vedette").String(kVersion);
  json.Key("cores").Int(benchmark::CPUInfo::Get().num_cpus);
  json.Key("quick").Bool(quick).Key("rows").BeginArray();
  for (const Row& row : rows) {
    out += out.back() == '[' ? "\n" : "";
    json.BeginObject().Key("name").String(row.name);
    json.Key("ns_each").Double(row.ns_each).Key("per_second").Double(row.per_second());
    json.Key("spread").Double(row.spread).Key("repetitions").UInt(row.repetitions);
    if (!row.floor.empty()) json.Key("floor").String(row.floor);
    if (row.ratio > 0) json.Key("ratio").Double(row.ratio);
    for (const auto& [name, value] : row.counters) json.Key(name).Double(value);
    json.EndObject();
    out += '\n';
  }
  json.EndArray().EndObject();
  return out + '\n';
}

}  // namespace vedette::bench
