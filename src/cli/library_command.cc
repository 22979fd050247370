#include <cstdio>

#include <fmt/format.h>

#include "cli/cli.h"
#include "library/analytics_export.h"
#include "library/html_site.h"
#include "library/library_json.h"
#include "library/lint.h"
#include "library/markdown_pages.h"
#include "library/navigator.h"

namespace vedette {
namespace {

struct LibraryArguments {
  std::string out;
  ContentSet::Options content{.content_folder = DefaultContentFolder()};
  std::string format = "all";
};

int WriteLibrary(const LibraryArguments& arguments) {
  Diagnostics faults;
  const std::unique_ptr<ContentSet> content = ContentSet::Load(arguments.content, faults);
  const LibraryFacts facts = LibraryFacts::Load(*content, faults);
  const bool nothing = facts.rules().empty() && facts.parsers().empty();
  OutputFolder out(faults);
  if (!nothing) {
    CheckReferences(facts, faults);
    const auto wants = [&](std::string_view format) {
      return arguments.format == "all" || arguments.format == format;
    };
    if (wants("json")) {
      out.Add("library.json", RenderLibraryJson(facts));
      WriteNavigatorLayers(facts, "", out);
    }
    if (wants("md")) WriteMarkdownPages(facts, out);
    if (wants("analytics-rules"))
      WriteAnalyticsRules(ExportAnalyticsRules(content->library, facts.attack()), out);
    if (wants("html")) {
      WriteHtmlSite(facts, out);
      WriteNavigatorLayers(facts, "html/", out);
    }
  }
  faults.Sort();
  fmt::print(stderr, "{}", faults.Render());
  if (nothing) {
    fmt::print(stderr, "vedette library: '{}' has neither parsers nor rules\n",
               arguments.content.content_folder);
    return kExitFaults;
  }
  const Result<size_t> files = out.Write(FileSystem::Real(), arguments.out);
  if (!files) {
    fmt::print(stderr, "vedette library: {}\n", files.error().ToString());
    return kExitFaults;
  }
  fmt::print("{} products, {} use cases, {} rules, {} models, {} techniques\n",
             facts.products().size(), facts.use_cases().size(), facts.rules().size(),
             facts.models().size(), facts.TechniquesOf(facts.rules()).size());
  fmt::print("{} files in {}\n", *files, arguments.out);
  return faults.has_errors() ? kExitFaults : kExitDone;
}

}  // namespace

void AddLibraryCommand(CLI::App& app, int& status) {
  auto arguments = std::make_shared<LibraryArguments>();
  CLI::App* command = app.add_subcommand(
      "library", "Write the content library: pages, ATT&CK matrix, Navigator layers");
  command->add_option("--out", arguments->out, "Folder to write to")->required();
  command
      ->add_option(
          "--format", arguments->format,
          "md: pages; html: a site; json: library.json and layers; analytics-rules: our rules as "
          "documents of the six-type form")
      ->capture_default_str()
      ->check(CLI::IsMember({"all", "md", "html", "json", "analytics-rules"}));
  command->add_option("--content", arguments->content.content_folder, "Content folder")
      ->capture_default_str();
  AddForeignRuleOptions(*command, arguments->content);
  command->footer("Example:\n  vedette library --out library && xdg-open library/html/index.html");
  command->callback([arguments, &status] { status = WriteLibrary(*arguments); });
}

}  // namespace vedette
