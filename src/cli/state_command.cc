#include <cstdio>

#include <fmt/format.h>

#include "cli/cli.h"
#include "engine/state_forget.h"
#include "engine/state_report.h"
#include "rule/verdict.h"

namespace vedette {
namespace {

struct StateArguments {
  std::string folder;
  std::string first, second;
  size_t examples = 3;
  std::string model, scope;
  std::vector<std::string> values;
  size_t top = 20;
  std::string entity;
  ContentSet::Options content{.content_folder = DefaultContentFolder()};
};

int Failed(const Error& error) {
  fmt::print(stderr, "vedette state: {}\n", error.ToString());
  return kExitFaults;
}

std::string TimeOr(const std::optional<Timestamp>& time, std::string_view instead) {
  return time ? FormatIso8601(*time) : std::string(instead);
}

std::string Bytes(uint64_t bytes) {
  if (bytes < 10'000) return fmt::format("{} B", bytes);
  if (bytes < 10'000'000) return fmt::format("{} kB", bytes / 1000);
  return fmt::format("{} MB", bytes / 1'000'000);
}

int List(const StateArguments& arguments) {
  Result<StateDb> db = StateDb::Open(arguments.folder, StateDb::Mode::kRead);
  if (!db) return Failed(db.error());
  const Result<StateSummary> summary = SummarizeState(*db);
  if (!summary) return Failed(summary.error());
  fmt::print("state {}, format {}, written by vedette {}\n", arguments.folder, summary->format,
             summary->engine);
  const RunProgress& run = summary->run;
  fmt::print("run {}: {}, {} events, {} detections", run.number,
             run.finished ? "finished" : "interrupted; run it again to go on", run.events,
             run.detections);
  if (run.judged().time.ns != INT64_MIN)
    fmt::print("; all is judged up to {}", FormatIso8601(run.judged().time));
  fmt::print("\n{} inputs read, {} sessions with {} detections, {} records, {} on disk\n\n",
             summary->inputs, summary->sessions, summary->detections, summary->records,
             Bytes(db->bytes_on_disk()));
  fmt::print("{:<28} {:<15} {:>9} {:>10} {:>9} {:>9}  {:<20} {}\n", "model", "kind", "scopes",
             "entries", "bytes", "evicted", "oldest", "newest");
  for (const ModelSummary& model : summary->models) {
    const RecordSummary& r = model.records;
    if (r.scopes == 0) continue;
    fmt::print("{:<28} {:<15} {:>9} {:>10} {:>9} {:>9}  {:<20} {}\n", model.id, model.kind,
               r.scopes, r.entries, Bytes(r.bytes), r.evictions, TimeOr(r.oldest, "-"),
               TimeOr(r.newest, "-"));
  }
  return kExitDone;
}

int Diff(const StateArguments& arguments) {
  Result<StateDb> first = StateDb::Open(arguments.first, StateDb::Mode::kRead);
  if (!first) return Failed(first.error());
  Result<StateDb> second = StateDb::Open(arguments.second, StateDb::Mode::kRead);
  if (!second) return Failed(second.error());
  const Result<std::vector<ModelDifference>> differences =
      CompareStates(*first, *second, arguments.examples);
  if (!differences) return Failed(differences.error());
  if (differences->empty()) fmt::print("both remember the same\n");
  for (const ModelDifference& d : *differences) {
    fmt::print("{}: {} only in {}, {} only in {}, {} differ\n",
               d.model.empty() ? "judge and sessions" : "model " + d.model, d.only_first,
               arguments.first, d.only_second, arguments.second, d.different);
    for (const std::string& example : d.examples) fmt::print("    {}\n", example);
  }
  return differences->empty() ? kExitDone : kExitFaults;
}

// Faults of content go to stderr; what could be loaded is used.
std::unique_ptr<ContentSet> LoadContent(const StateArguments& arguments) {
  Diagnostics faults;
  std::unique_ptr<ContentSet> content = ContentSet::Load(arguments.content, faults);
  if (faults.has_errors()) fmt::print(stderr, "{}", faults.Render());
  return content;
}

void PrintBelief(const ScopeReport& report) {
  const ModelSpec& spec = *report.model;
  const Answer& a = report.answer;
  const auto days = [&](Timestamp since) { return (report.now - since).count() / kNanosPerDay; };
  fmt::print("as of {}\n", FormatIso8601(report.now));
  fmt::print("the model has learned for {} days; rules speak after {}\n", days(a.model_since),
             FormatDuration(spec.min_training));
  fmt::print("the scope is known since {} ({} days)", FormatIso8601(a.scope_since),
             days(a.scope_since));
  if (a.active_days > 0) fmt::print(", active on {} days", a.active_days);
  fmt::print("\n");
  if (a.total > 0) fmt::print("{} sightings, {} distinct\n", a.total, a.distinct);
  const bool converges = spec.kind == ModelKind::kCategorical ||
                         spec.kind == ModelKind::kClustered || spec.kind == ModelKind::kTimeOfWeek;
  if (converges) {
    fmt::print("it {}: confidence {:.3f}, needed {:.3f} and {} sightings\n",
               a.converged ? "has converged" : "has not converged, so its rules stay quiet",
               spec.convergence.Confidence(a.total, a.distinct),
               static_cast<double>(spec.convergence.threshold_ppm) / 1e6,
               spec.convergence.least_points);
  }
  if (a.saturated)
    fmt::print("values were evicted for lack of room: nothing is called a first here any more\n");
  if (spec.kind == ModelKind::kClustered && a.converged) {
    fmt::print("a number beyond {:.0f} is unusual{}\n", a.boundary,
               a.boundary_by_magnitude ? " (too bursty for a fit: by order of magnitude)" : "");
  }
  if (a.live_magnitude >= 0) {
    fmt::print("the highest order of magnitude within {} is {} (base {})\n",
               FormatDuration(spec.memory), a.live_magnitude, spec.base_text);
  }
  if (spec.kind == ModelKind::kTop && a.rank_limit > 0)
    fmt::print("who reaches {} within thirty days is on top\n", a.rank_limit);
}

int Show(const StateArguments& arguments) {
  const std::unique_ptr<ContentSet> content = LoadContent(arguments);
  Result<StateDb> db = StateDb::Open(arguments.folder, StateDb::Mode::kRead);
  if (!db) return Failed(db.error());
  const Result<ScopeReport> report =
      DescribeScope(*db, *content, arguments.model, arguments.scope, arguments.values);
  if (!report) return Failed(report.error());
  fmt::print("model {} ({}): {}\nscope {}\n", report->model->id, ModelKindName(report->model->kind),
             report->model->title, arguments.scope);
  PrintBelief(*report);
  for (const std::string& value : report->unknown)
    fmt::print("{}: never seen in this scope, or forgotten\n", value);
  if (!report->values.empty()) {
    fmt::print("\n{:>10}  {:<20} {:<20} {}\n", "sightings", "first", "last", "value");
    for (size_t i = 0; i < report->values.size() && i < arguments.top; ++i) {
      const KnownValue& v = report->values[i];
      fmt::print("{:>10}  {:<20} {:<20} {}\n", v.count, FormatIso8601(v.first_seen),
                 FormatIso8601(v.last_seen), v.name);
    }
    if (report->values.size() > arguments.top)
      fmt::print("{:>10}  and {} more\n", "…", report->values.size() - arguments.top);
  }
  return kExitDone;
}

int Forget(const StateArguments& arguments) {
  const std::unique_ptr<ContentSet> content = LoadContent(arguments);
  const Result<ForgetReport> report = ForgetEntity(arguments.folder, *content, arguments.entity);
  if (!report) return Failed(report.error());
  for (const auto& [what, count] : report->removed) fmt::print("{:>8}  {}\n", count, what);
  fmt::print("{} is forgotten: {} records were removed or changed, and the folder was rewritten\n",
             arguments.entity, report->total());
  for (const std::string& path : report->paths)
    fmt::print(stderr, "note: the state still knows that the input {} was read\n", path);
  fmt::print(stderr,
             "note: results that were written before (detections.ndjson, sessions.ndjson) and the "
             "logs themselves are not touched\n");
  return kExitDone;
}

void AddContentOptions(CLI::App* command, StateArguments& arguments) {
  command->add_option("--content", arguments.content.content_folder, "Content folder")
      ->capture_default_str();
  command->add_option("--context", arguments.content.context_folder,
                      "The organisation's own tables");
  command->add_option("--state", arguments.folder, "State folder")->required();
}

}  // namespace

void AddStateCommand(CLI::App& app, int& status) {
  auto arguments = std::make_shared<StateArguments>();
  CLI::App* command =
      app.add_subcommand("state", "Look into what runs have learned; compare, explain, forget");
  command->add_option("DIR", arguments->folder, "State folder: lists its models");
  command->require_subcommand(0, 1);
  command->footer(
      "Examples:\n"
      "  vedette state state\n"
      "  vedette state diff state state-of-yesterday\n"
      "  vedette state show EM-country org BR --state state   # what is known, and of BR\n"
      "  vedette state forget ada --state state               # a request for erasure");

  CLI::App* diff = command->add_subcommand("diff", "Which entries differ between two states");
  diff->add_option("A", arguments->first, "State folder")->required();
  diff->add_option("B", arguments->second, "State folder")->required();
  diff->add_option("--examples", arguments->examples, "Entries to print per model")
      ->capture_default_str();
  diff->footer("Example:\n  vedette state diff state state-of-yesterday");

  CLI::App* show =
      command->add_subcommand("show", "What a model believes about one scope, and why");
  show->add_option("MODEL", arguments->model, "Id of a model")->required();
  show->add_option("SCOPE", arguments->scope, "A person, a machine, org …")->required();
  show->add_option("VALUE", arguments->values,
                   "Values to look up; others are printed as hashes, names are not kept");
  show->add_option("--top", arguments->top, "How many values to print")->capture_default_str();
  AddContentOptions(show, *arguments);
  show->footer("Example:\n  vedette state show EM-country org BR FR --state state");

  CLI::App* forget = command->add_subcommand(
      "forget", "Remove a person or machine, as scope and as value, and say what was removed");
  forget->add_option("ENTITY", arguments->entity, "As detections name it")->required();
  AddContentOptions(forget, *arguments);
  forget->footer("Example:\n  vedette state forget ada --state state");

  command->callback([arguments, command, diff, show, forget, &status] {
    if (diff->parsed()) {
      status = Diff(*arguments);
    } else if (show->parsed()) {
      status = Show(*arguments);
    } else if (forget->parsed()) {
      status = Forget(*arguments);
    } else if (!arguments->folder.empty()) {
      status = List(*arguments);
    } else {
      fmt::print(stderr, "{}", command->help());
      status = kExitUsage;
    }
  });
}

}  // namespace vedette
