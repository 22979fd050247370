#include <cstdio>
#include <iostream>

#include <fmt/format.h>

#include "cli/cli.h"
#include "core/file_system.h"
#include "enrich/context_tables.h"
#include "sigma/cases.h"
#include "sigma/raw_rows.h"

namespace vedette {
namespace {

// Rows of vendors' tables under Sigma's names, by content that is read when the first row comes.
class Tables {
 public:
  explicit Tables(std::string content_folder) : folder_(std::move(content_folder)) {}

  std::unique_ptr<sigma::View> MakeView(const sigma::FieldNames& names, std::string_view table,
                                        const sigma::JsonValue& row) {
    if (rows_ == nullptr) {
      Diagnostics faults;
      library_ = ContentLibrary::Load(folder_, faults);
      lookups_ = std::make_unique<ContextTables>(library_.schema);
      rows_ = std::make_unique<sigma::RawRows>(library_, *lookups_, faults);
      faults.Sort();
      fmt::print(stderr, "{}", faults.Render());
    }
    return rows_->MakeView(names, table, row);
  }

 private:
  std::string folder_;
  ContentLibrary library_;
  std::unique_ptr<ContextTables> lookups_;
  std::unique_ptr<sigma::RawRows> rows_;
};

int EvaluateCases(const std::string& rules_path, const std::string& content_folder, bool verbose) {
  Diagnostics faults;
  std::vector<sigma::RuleFile> files;
  if (!rules_path.empty()) files = sigma::ReadRuleFiles(rules_path, faults);
  const sigma::Collection rules = sigma::Collection::Load(files, {}, faults);
  faults.Sort();
  fmt::print(stderr, "{}", faults.Render());
  if (!rules_path.empty()) {
    const sigma::LoadCounts& counts = rules.counts();
    fmt::print(stderr, "{} rules, {} filters and {} correlations loaded, {} documents refused\n",
               rules.rules().size(), rules.filters().size(), rules.correlations().size(),
               counts.refused);
  }
  Tables tables(content_folder);
  sigma::CaseRunner cases(rules, [&](const auto& names, std::string_view table, const auto& row) {
    return tables.MakeView(names, table, row);
  });
  const std::unique_ptr<WritableFile> out = StandardOutput();
  std::string line;
  for (size_t number = 1; std::getline(std::cin, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const sigma::CaseAnswer answer = cases.Answer(line);
    // Line by line, for whoever waits for an answer before the next question.
    const Result<void> written = out->Append(answer.json + "\n");
    if (!written) return EndOfOutput(written.error());
    if (verbose && !answer.faults.empty()) fmt::print(stderr, "line {}: {}", number, answer.faults);
  }
  return faults.has_errors() ? kExitFaults : kExitDone;
}

}  // namespace

void AddSigmaCommand(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("sigma", "Work with Sigma rules");
  command->require_subcommand(1);
  CLI::App* eval = command->add_subcommand(
      "eval",
      "Try rules on events: JSON lines of cases on standard input, answers on standard output");
  auto rules = std::make_shared<std::string>();
  auto quiet = std::make_shared<bool>(false);
  eval->add_option("--rules", *rules,
                   "Rules that cases may name: a folder, a YAML file, or a .tar.gz of them")
      ->check(CLI::ExistingPath);
  auto content = std::make_shared<std::string>(DefaultContentFolder());
  eval->add_option("--content", *content, "Content folder, for cases with a table and a row")
      ->capture_default_str();
  eval->add_flag("--quiet", *quiet, "Do not say on standard error why a rule was refused");
  eval->footer(
      "A case has a rule (YAML text) and an event, or several documents, a target (title) and a\n"
      "stream of events with _time, or the id of a rule of --rules (rule_id). vars gives values "
      "of\n"
      "placeholders. table and row instead of an event are a raw record. docs/sigma.md has the "
      "whole form.\n\n"
      "Example:\n"
      "  echo '{\"id\": 1, \"rule\": \"title: t\\nlogsource: {category: x}\\ndetection:\\n  s:\\n  "
      "  "
      "Image|endswith: cmd.exe\\n  condition: s\\n\", \"event\": {\"Image\": "
      "\"C:\\\\\\\\CMD.EXE\"}}' |\n"
      "    vedette sigma eval\n"
      "  {\"id\":1,\"result\":true}");
  eval->callback(
      [rules, content, quiet, &status] { status = EvaluateCases(*rules, *content, !*quiet); });
}

}  // namespace vedette
