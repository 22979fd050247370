#include <cstdio>

#include <fmt/format.h>

#include "cli/cli.h"
#include "core/json_writer.h"
#include "engine/measure.h"

namespace vedette {
namespace {

struct BenchArguments {
  std::vector<std::string> inputs;
  ContentSet::Options content{.content_folder = DefaultContentFolder()};
  int rounds = 5;
  bool json = false;
};

int RunBench(const BenchArguments& arguments) {
  Diagnostics faults;
  const std::unique_ptr<ContentSet> content = ContentSet::Load(arguments.content, faults);
  const std::vector<BenchRow> rows =
      BenchPath(*content, arguments.inputs, arguments.rounds, faults);
  faults.Sort();
  fmt::print(stderr, "{}", faults.Render());
  if (arguments.json) {
    std::string out;
    JsonWriter json(out);
    json.BeginArray();
    for (const BenchRow& row : rows) {
      json.BeginObject()
          .Key("stage")
          .String(row.stage)
          .Key("unit")
          .String(row.unit)
          .Key("count")
          .UInt(row.count);
      json.Key("bytes").UInt(row.bytes).Key("seconds").Double(row.seconds);
      if (row.ratio > 0) json.Key("floor").String(row.floor).Key("ratio").Double(row.ratio);
      json.EndObject();
    }
    json.EndArray();
    fmt::print("{}\n", out);
  } else {
    fmt::print("{:<28}{:>12}{:>14}{:>12}{:>10}  {}\n", "stage", "count", "per second", "ns each",
               "MB/s", "through its floor");
    for (const BenchRow& row : rows) {
      const double rate = static_cast<double>(row.count) / row.seconds;
      fmt::print("{:<28}{:>12}{:>14.0f}{:>12.0f}{:>10}  {}\n", row.stage, row.count, rate,
                 1e9 / rate,
                 row.bytes == 0
                     ? ""
                     : fmt::format("{:.0f}", static_cast<double>(row.bytes) / row.seconds / 1e6),
                 row.ratio > 0 ? fmt::format("{:.2f} of {}", row.ratio, row.floor) : "");
    }
  }
  return faults.has_errors() ? kExitFaults : kExitDone;
}

}  // namespace

void AddBenchCommand(CLI::App& app, int& status) {
  auto arguments = std::make_shared<BenchArguments>();
  CLI::App* command = app.add_subcommand(
      "bench", "Measure each stage on given raw logs, beside floors of the same run");
  command->add_option("INPUT", arguments->inputs, "Files and folders of raw logs")->required();
  command->add_option("--content", arguments->content.content_folder, "Content folder")
      ->capture_default_str();
  command->add_option("--context", arguments->content.context_folder,
                      "The organisation's own tables");
  command->add_option("--rounds", arguments->rounds, "Passes of each stage; the fastest counts")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  command->add_flag("--json", arguments->json, "Rows as JSON");
  command->footer(
      "Example:\n  vedette simulate --users 50 --days 10 --out sim && vedette bench --context "
      "sim/context sim/logs");
  command->callback([arguments, &status] { status = RunBench(*arguments); });
}

}  // namespace vedette
