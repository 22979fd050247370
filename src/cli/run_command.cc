#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <set>

#include <fmt/format.h>

#include "cli/cli.h"
#include "core/text.h"
#include "engine/runner.h"

namespace vedette {
namespace {

constexpr uint64_t kLeastMemory = 1'000'000;

struct RunArguments {
  std::vector<std::string> inputs;
  ContentSet::Options content{.content_folder = DefaultContentFolder()};
  std::string out = "vedette-out";
  std::string lateness = "10m";
  std::string state;
  bool repair = false;
  std::string checkpoint_every = "30s";
  std::string memory;
  std::string pseudonyms;
  unsigned threads = 1;
  size_t top = 10;
};

// Bold and dim text, on a terminal only.
struct Style {
  explicit Style(bool on)
      : bold(on ? "\033[1m" : ""),
        dim(on ? "\033[2m" : ""),
        red(on ? "\033[1;31m" : ""),
        off(on ? "\033[0m" : "") {}
  std::string_view bold, dim, red, off;
};

void PrintEntity(size_t rank, const RankedEntity& entity, const RuleSet& rules,
                 const Style& style) {
  const Session& s = *entity.best;
  std::set<std::string> techniques;
  std::set<std::string> use_cases;
  for (const SessionDetection& d : s.detections) {
    const RuleSpec& rule = rules.rules()[d.rule];
    techniques.insert(rule.techniques.begin(), rule.techniques.end());
    use_cases.insert(rule.use_cases.begin(), rule.use_cases.end());
  }
  fmt::print("\n{}{:>3}. {} {}{}   risk {:.1f}, best day {} with {:.1f} points{}{}{}\n", style.bold,
             rank, EntityKindName(entity.kind), entity.id, style.off,
             static_cast<double>(entity.peak_risk_micro) / 1e6, FormatDay(s.day),
             static_cast<double>(s.score_micro) / 1e6, s.notable ? style.red : "",
             s.notable ? "  NOTABLE" : "", style.off);
  fmt::print("     {}use cases  {}{}\n", style.dim, style.off, fmt::join(use_cases, ", "));
  fmt::print("     {}techniques {}{}\n", style.dim, style.off, fmt::join(techniques, " "));
  std::vector<const SessionDetection*> by_points;
  for (const SessionDetection& d : s.detections) {
    if (d.points_micro > 0) by_points.push_back(&d);
  }
  std::stable_sort(by_points.begin(), by_points.end(),
                   [](const auto* a, const auto* b) { return a->points_micro > b->points_micro; });
  constexpr size_t kShown = 6;
  for (size_t i = 0; i < by_points.size() && i < kShown; ++i) {
    const SessionDetection& d = *by_points[i];
    const RuleSpec& rule = rules.rules()[d.rule];
    fmt::print("     {}{:>6.1f}  {}  {:<28}{} {}{}\n", style.dim,
               static_cast<double>(d.points_micro) / 1e6, FormatIso8601(d.time).substr(11, 5),
               rule.id, style.off, d.reason,
               CreditOf(rule).empty() ? "" : fmt::format(" (rule by {})", CreditOf(rule)));
  }
  if (by_points.size() > kShown)
    fmt::print("     {}        … and {} more{}\n", style.dim, by_points.size() - kShown, style.off);
}

void PrintReport(const RunArguments& arguments, const ContentSet& content,
                 const RunReport& report) {
  const Style style(isatty(STDOUT_FILENO) != 0);
  const auto names = AccountingNames{[&](SourceId id) { return report.sources[id].path; },
                                     [&](ParserId id) { return content.parsers.parsers()[id].id; },
                                     [&](ProductId id) {
                                       const Schema::Product& p =
                                           content.library.schema.product(id);
                                       return p.vendor + " " + p.product;
                                     }};
  fmt::print("{}", report.accounting.Render(names));
  const auto notable = std::count_if(report.sessions.begin(), report.sessions.end(),
                                     [](const Session& s) { return s.notable; });
  fmt::print("\n{} events", report.events);
  if (report.events > 0) {
    fmt::print(" from {} to {}", FormatIso8601(report.first_event),
               FormatIso8601(report.last_event));
  }
  fmt::print("\n{} detections in {} sessions, {} of them notable\n", report.detections,
             report.sessions.size(), notable);
  const std::vector<RankedEntity> ranked = RankEntities(report.sessions);
  if (!ranked.empty()) fmt::print("\n{}People and machines by risk{}\n", style.bold, style.off);
  for (size_t i = 0; i < ranked.size() && i < arguments.top; ++i)
    PrintEntity(i + 1, ranked[i], content.rules, style);
  fmt::print("\ndetections.ndjson, sessions.ndjson and summary.json are in {}\n", arguments.out);
}

// False, and said why, when they make no sense.
bool ReadStateOptions(const RunArguments& arguments, StateOptions& state) {
  if (arguments.state.empty()) {
    if (arguments.repair) fmt::print(stderr, "vedette run: --state-repair needs --state\n");
    return !arguments.repair;
  }
  state.folder = arguments.state;
  state.repair = arguments.repair;
  state.clock = [] {
    return std::chrono::duration_cast<Nanoseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  };
  if (const auto events = ParseInt(arguments.checkpoint_every); events && *events > 0) {
    state.every_events = static_cast<uint64_t>(*events);
    state.clock = nullptr;
    return true;
  }
  const auto every = ParseDuration(arguments.checkpoint_every);
  if (!every || every->count() <= 0) {
    fmt::print(stderr,
               "vedette run: --checkpoint-every: '{}' is neither a duration such as 30s nor a "
               "number of events\n",
               arguments.checkpoint_every);
    return false;
  }
  state.every = *every;
  return true;
}

int Run(const RunArguments& arguments) {
  Diagnostics faults;
  const std::unique_ptr<ContentSet> content = ContentSet::Load(arguments.content, faults);
  if (content->rules.rules().empty() && content->parsers.parsers().empty()) {
    fmt::print(stderr, "{}", faults.Render());
    return kExitFaults;
  }
  RunOptions options;
  options.inputs = arguments.inputs;
  options.out_folder = arguments.out;
  options.threads = arguments.threads;
  const auto lateness = ParseDuration(arguments.lateness);
  if (!lateness) {
    fmt::print(stderr, "vedette run: --lateness: '{}' is no duration such as 10m\n",
               arguments.lateness);
    return kExitUsage;
  }
  options.lateness = *lateness;
  options.pseudonym_key = arguments.pseudonyms;
  if (!arguments.memory.empty()) {
    const auto bytes = ParseSize(arguments.memory);
    if (!bytes || *bytes < kLeastMemory) {
      fmt::print(stderr, "vedette run: --memory: '{}' is no size of at least 1MB, such as 4GB\n",
                 arguments.memory);
      return kExitUsage;
    }
    options.memory = *bytes;
  }
  if (!ReadStateOptions(arguments, options.state)) return kExitUsage;
  options.ingest_time = {
      std::chrono::duration_cast<Nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count()};
  ProgressReporter reporter(isatty(STDERR_FILENO) != 0);
  options.on_progress = [&](const Progress& progress) {
    if (const auto text = reporter.Update(progress, std::chrono::steady_clock::now()))
      std::fputs(text->c_str(), stderr);  // Whether somebody watches does not matter.
  };
  const Result<RunReport> report = RunJob(*content, options, faults);
  fmt::print(stderr, "{}", reporter.Finish());
  faults.Sort();
  fmt::print(stderr, "{}", faults.Render());
  if (!report) {
    fmt::print(stderr, "vedette run: {}\n", report.error().ToString());
    return report.error().code == "accounting" ? kExitInternal : kExitFaults;
  }
  PrintReport(arguments, *content, *report);
  return faults.has_errors() ? kExitFaults : kExitDone;
}

}  // namespace

void AddRunCommand(CLI::App& app, int& status) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* command =
      app.add_subcommand("run", "Read raw logs, learn, detect, and rank people and machines");
  command
      ->add_option("INPUT", arguments->inputs,
                   "Files and folders of raw logs, gzip and zstd too; - is standard input")
      ->required();
  command->add_option("--content", arguments->content.content_folder, "Content folder")
      ->capture_default_str();
  command->add_option(
      "--context", arguments->content.context_folder,
      "The organisation's own tables: users.csv, assets.csv, zones.csv, lists, exclusions.yaml");
  command->add_option("--countries", arguments->content.country_database,
                      "MaxMind file that knows the countries of addresses");
  command
      ->add_option("--time-zone", arguments->content.time_zone,
                   "Zone of people and machines that have none of their own")
      ->capture_default_str();
  AddForeignRuleOptions(*command, arguments->content);
  command
      ->add_option("--out", arguments->out,
                   "Folder for detections.ndjson, sessions.ndjson and summary.json")
      ->capture_default_str();
  command
      ->add_option("--threads", arguments->threads,
                   "Threads in all; the results are the same for any number")
      ->capture_default_str()
      ->check(CLI::Range(1u, 256u));
  command
      ->add_option("--lateness", arguments->lateness,
                   "The same event within this time and an hour counts once. Files need no more: "
                   "their lines are put in order of time, however far out of it they are")
      ->capture_default_str();
  command->add_option("--state", arguments->state,
                      "Folder that keeps what was learned: the next run goes on from there, also "
                      "when this one is killed");
  command->add_option("--memory", arguments->memory,
                      "What models may take up, such as 4GB. Beyond it, what was not seen for "
                      "longest waits in --state and comes back when it is asked for; without "
                      "--state it is forgotten, and counted");
  command->add_option("--pseudonyms", arguments->pseudonyms,
                      "Key file: pseudonyms stand for people in all results; who they are is in "
                      "KEYFILE.names.csv");
  command->add_flag("--state-repair", arguments->repair,
                    "Go on with a damaged state without what is lost, and say what that is");
  command
      ->add_option("--checkpoint-every", arguments->checkpoint_every,
                   "How much a killed run has to do again: a time such as 30s, or a number of "
                   "events")
      ->capture_default_str();
  command->add_option("--top", arguments->top, "How many people and machines to print")
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  vedette run --context context --out out logs/\n"
      "  vedette run --state state --out out logs/     # daily: reads what is new, goes on "
      "learning");
  command->callback([arguments, &status] { status = Run(*arguments); });
}

}  // namespace vedette
