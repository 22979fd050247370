#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "cli/cli.h"
#include "core/time.h"
#include "simulate/simulate.h"

namespace vedette {
namespace {

struct Arguments {
  simulate::SimulationOptions options;
  std::string start = "2026-01-05";
  std::string folder;
  bool no_stories = false;
};

int RunSimulate(Arguments& arguments) {
  const std::optional<Timestamp> start = ParseIso8601(arguments.start + "T00:00:00Z");
  if (!start || arguments.start.size() != 10) {
    fmt::print(stderr, "vedette simulate: --start: '{}' is no date such as 2026-01-05\n",
               arguments.start);
    return kExitUsage;
  }
  arguments.options.first_day = start->days();
  arguments.options.folder = arguments.folder;
  arguments.options.stories = !arguments.no_stories;
  const Result<simulate::Summary> summary = simulate::Simulate(arguments.options);
  if (!summary) {
    fmt::print(stderr, "vedette simulate: {}\n", summary.error().ToString());
    return kExitFaults;
  }
  fmt::print(stderr,
             "{} people, {} machines, {} days: {} lines, {:.1f} MB of raw logs in {}/logs\n",
             summary->people, summary->machines, arguments.options.days, summary->lines,
             static_cast<double>(summary->bytes) / 1e6, arguments.folder);
  if (arguments.options.stories) {
    fmt::print(stderr, "{} stories in {} lines, see {}/labels.json\n", summary->stories,
               summary->labelled_lines, arguments.folder);
  }
  for (const std::string& skipped : summary->skipped)
    fmt::print(stderr, "story left out: {}\n", skipped);
  if (arguments.options.dirty) {
    fmt::print(stderr, "dirt: {} duplicates, {} out of order, {} late by hours, {} broken\n",
               summary->dirt.duplicates, summary->dirt.out_of_order, summary->dirt.late,
               summary->dirt.broken);
  }
  return kExitDone;
}

}  // namespace

void AddSimulateCommand(CLI::App& app, int& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "simulate", "Write raw logs of an invented organisation, with labelled stories");
  command->add_option("--users", arguments->options.users, "People who work there")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  command->add_option("--days", arguments->options.days, "Days to simulate")
      ->capture_default_str()
      ->check(CLI::Range(1, 3650));
  command->add_option("--seed", arguments->options.seed, "Same seed and arguments, same bytes")
      ->capture_default_str();
  command->add_option("--out", arguments->folder, "Folder to write to")->required();
  command->add_option("--start", arguments->start, "First day, a date")->capture_default_str();
  command
      ->add_option("--events-per-day", arguments->options.events_per_day,
                   "Records per person and working day, all products together")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
  command->add_flag("--dirt", arguments->options.dirty,
                    "Add duplicates, late and out-of-order lines, wrong clocks, broken lines");
  command->add_flag("--no-stories", arguments->no_stories, "Ordinary days only");
  command->footer("Example: vedette simulate --users 200 --days 45 --seed 7 --out demo");
  command->callback([arguments, &status] { status = RunSimulate(*arguments); });
}

}  // namespace vedette
