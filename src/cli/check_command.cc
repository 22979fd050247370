#include <chrono>
#include <cstdio>
#include <map>

#include <fmt/format.h>

#include "cli/cli.h"
#include "engine/behaviour_tests.h"
#include "engine/content_set.h"
#include "library/lint.h"
#include "parse/parser_tests.h"

namespace vedette {
namespace {

// Rules by verdict, with how many have each kind of test case.
void PrintCoverage(const ContentSet& content, const BehaviourTestReport& report) {
  const RuleSet& rules = content.rules;
  struct Row {
    size_t rules = 0, firing = 0, quiet = 0, gate = 0, learning = 0, evasion = 0, lines = 0;
  };
  std::map<std::string_view, Row> rows;
  Row sum;
  for (size_t i = 0; i < rules.rules().size(); ++i) {
    const RuleSpec& rule = rules.rules()[i];
    if (rule.imported) continue;
    const RuleCoverage& coverage = report.coverage[i];
    for (Row* row : {&rows[VerdictName(rule.verdict)], &sum}) {
      ++row->rules;
      row->firing += coverage.firing > 0;
      row->quiet += coverage.quiet > 0;
      row->learning += rule.learns();
      row->gate += rule.learns() && coverage.gate > 0;
      const bool reads = ReadsCommandLine(content.library.schema, content.compiler.program(), rule);
      row->lines += reads;
      row->evasion += reads && coverage.evasion > 0;
    }
  }
  fmt::print("\n{:<14}{:>7}{:>9}{:>8}{:>18}{:>24}\n", "rules", "count", "firing", "quiet",
             "gate (learning)", "evasion (command line)");
  const auto print = [](std::string_view name, const Row& row) {
    fmt::print("{:<14}{:>7}{:>9}{:>8}{:>9} of {:>4}{:>16} of {:>4}\n", name, row.rules, row.firing,
               row.quiet, row.gate, row.learning, row.evasion, row.lines);
  };
  for (const auto& [verdict, row] : rows) print(verdict, row);
  print("all", sum);
}

int RunCheck(const ContentSet::Options& options) {
  Diagnostics faults;
  const auto start = std::chrono::steady_clock::now();
  const std::unique_ptr<ContentSet> content = ContentSet::Load(options, faults);
  const std::chrono::duration<double> load_seconds = std::chrono::steady_clock::now() - start;
  const bool loaded = !faults.has_errors();
  const LibraryFacts facts = LibraryFacts::Load(*content, faults);
  CheckReferences(facts, faults);
  CheckPageNames(facts, faults);
  CheckSigmaContent(facts, faults);
  const ParserTestReport parsed = RunParserTests(
      content->library, content->parsers, content->compiler.program(), content->tables, faults);
  const BehaviourTestReport report =
      RunBehaviourTests(content->library, content->raw_names, content->rules,
                        content->compiler.program(), ShippedWorlds(*content), faults);
  if (loaded) {
    CheckCoverage(content->library.schema, content->compiler.program(), content->rules, report,
                  faults);
  }
  faults.Sort();
  fmt::print(stderr, "{}", faults.Render());
  fmt::print("{} rules and {} models in {} behaviours; {} lists and tables\n",
             content->rules.rules().size(), content->rules.models().size(),
             content->rules.behaviours().size(), content->tables.tables().size());
  fmt::print("{} parsers in {} forms\n", content->parsers.parsers().size(),
             content->parsers.forms().size());
  fmt::print("loaded in {:.2f} s\n", load_seconds.count());
  fmt::print("parser tests: {} run, {} failed\n", parsed.tests, parsed.failed);
  fmt::print("behaviour tests: {} run, {} failed, {} events\n", report.tests, report.failed,
             report.events);
  PrintCoverage(*content, report);
  if (content->sigma)
    fmt::print("\n{}\n{}", RenderSigmaTable(*content->sigma), RenderSigmaDetails(*content->sigma));
  if (faults.has_errors()) {
    fmt::print("\n{} faults, {} warnings\n", faults.errors(), faults.warnings());
    return kExitFaults;
  }
  fmt::print("\nno faults, {} warnings\n", faults.warnings());
  return kExitDone;
}

}  // namespace

void AddCheckCommand(CLI::App& app, int& status) {
  auto options = std::make_shared<ContentSet::Options>();
  options->content_folder = DefaultContentFolder();
  CLI::App* command =
      app.add_subcommand("check", "Check content: schema, names, expressions, tests");
  command->add_option("DIR", options->content_folder, "The content folder")->capture_default_str();
  AddForeignRuleOptions(*command, *options);
  command->footer(
      "Example:\n  vedette check content/\n  vedette check --sigma rules/ --analytics-rules "
      "rules.json");
  command->callback([options, &status] { status = RunCheck(*options); });
}

}  // namespace vedette
