#include "cli/cli.h"

#include <cstdio>
#include <exception>

#include <fmt/format.h>

namespace vedette {

int RunCommandLine(int argc, char** argv) {
  CLI::App app{"Vedette reads raw security logs, learns how people and machines behave, and explains what is unusual."};
  app.name("vedette");
  app.set_version_flag("--version", "vedette 0.1.0");
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  int status = kExitDone;
  AddRunCommand(app, status);
  AddCheckCommand(app, status);
  AddSimulateCommand(app, status);
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
