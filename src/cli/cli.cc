#include "cli/cli.h"

#include <cstdio>
#include <exception>
#include <filesystem>

#include <fmt/format.h>

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

int RunCommandLine(int argc, char** argv) {
  CLI::App app{
      "Vedette reads raw security logs, learns how people and machines behave, and explains what "
      "is unusual."};
  app.name("vedette");
  app.set_version_flag("--version", "vedette 0.1.0");
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  int status = kExitDone;
  AddRunCommand(app, status);
  AddParseCommand(app, status);
  AddCheckCommand(app, status);
  AddLibraryCommand(app, status);
  AddSimulateCommand(app, status);
  AddBenchCommand(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "vedette: internal error: {}\n", error.what());
    return kExitInternal;
  }
  return status;
}

}  // namespace vedette
