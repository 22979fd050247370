// The command line: one file per subcommand, each registered here.
#pragma once

#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "core/result.h"
#include "engine/content_set.h"

namespace vedette {

// Exit statuses, the same for every subcommand.
inline constexpr int kExitDone = 0;
inline constexpr int kExitFaults = 1;  // content or input faults, all of them reported
inline constexpr int kExitUsage = 2;
inline constexpr int kExitInternal = 3;

// Each adds its subcommand to `app`. When it is chosen, it runs and leaves its exit status in
// `status`.
void AddRunCommand(CLI::App& app, int& status);
void AddParseCommand(CLI::App& app, int& status);
void AddCheckCommand(CLI::App& app, int& status);
void AddBenchCommand(CLI::App& app, int& status);
void AddLibraryCommand(CLI::App& app, int& status);
void AddStateCommand(CLI::App& app, int& status);
void AddSigmaCommand(CLI::App& app, int& status);
void AddSimulateCommand(CLI::App& app, int& status);

// --sigma, --analytics-rules: rules that others wrote, beside those of the content folder.
void AddForeignRuleOptions(CLI::App& command, ContentSet::Options& options);

// The content folder to use when none is named: `content` here, else the one that the program was
// built or installed with.
std::string DefaultContentFolder();

// What to answer when standard output takes no more. A reader that has seen enough, as in
// `vedette parse logs | head`, is no fault: silence and kExitDone. Anything else is reported.
int EndOfOutput(const Error& error);

// Parses the command line and runs what it asks for. Returns the exit status.
int RunCommandLine(int argc, char** argv);

}  // namespace vedette
