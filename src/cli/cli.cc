#include "cli/cli.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "core/file_system.h"
#include "core/version.h"

namespace vedette {

std::string DefaultContentFolder() {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::is_directory("content", error)) return "content";
  const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& folder : {program / "../../content", program / "../share/vedette/content"}) {
    if (fs::is_directory(folder, error)) return fs::weakly_canonical(folder, error).string();
  }
  return "content";
}

int EndOfOutput(const Error& error) {
  if (error.code == "pipe-closed") return kExitDone;
  fmt::print(stderr, "vedette: {}\n", error.ToString());
  return kExitFaults;
}

namespace {

// Reports are shorter than this, so that they reach standard output in one piece, in FlushReport.
constexpr size_t kReportBytes = 1 << 20;

// The exit status after a report: what the command said, if the report arrived.
int FlushReport(int status) {
  if (std::fflush(stdout) == 0) return status;
  const Error error = FileError("write", "standard output", errno);
  return error.code == "pipe-closed" ? status : EndOfOutput(error);
}

}  // namespace

void AddForeignRuleOptions(CLI::App& command, ContentSet::Options& options) {
  command
      .add_option("--sigma", options.sigma,
                  "Sigma rules: a folder, a YAML file or a .tar.gz; may be given several times")
      ->allow_extra_args(false)
      ->take_all();
  command
      .add_option("--analytics-rules", options.analytics_rules,
                  "JSON file of analytics rules of the six-type form; may be given several times")
      ->allow_extra_args(false)
      ->take_all();
}

int RunCommandLine(int argc, char** argv) {
  CLI::App app{
      "Vedette reads raw security logs, learns how people and machines behave, and explains what "
      "is unusual."};
  app.name("vedette");
  app.set_version_flag("--version", fmt::format("vedette {}", kVersion));
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  std::signal(SIGPIPE, SIG_IGN);  // A closed pipe is an error like others.
  if (isatty(STDOUT_FILENO) == 0) std::setvbuf(stdout, nullptr, _IOFBF, kReportBytes);
  int status = kExitDone;
  AddRunCommand(app, status);
  AddParseCommand(app, status);
  AddStateCommand(app, status);
  AddCheckCommand(app, status);
  AddLibraryCommand(app, status);
  AddSigmaCommand(app, status);
  AddSimulateCommand(app, status);
  AddBenchCommand(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  } catch (const std::system_error& error) {
    if (error.code().value() == EPIPE) return kExitFaults;  // Nobody is left to tell.
    fmt::print(stderr, "vedette: {}\n", error.what());
    return kExitFaults;
  } catch (const std::exception& error) {
    fmt::print(stderr, "vedette: internal error: {}\n", error.what());
    return kExitInternal;
  }
  return FlushReport(status);
}

}  // namespace vedette
