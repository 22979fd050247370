#include "sigkill_runs.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "core/check.h"

namespace vedette::crash {
namespace {

namespace fs = std::filesystem;

std::string ReadAll(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

uint64_t Lines(const std::string& text) {
  return static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

// Runs a command, and kills it after so many milliseconds unless it has ended by then (-1: never).
// Its exit status, or -1 when it was killed.
int RunFor(const std::vector<std::string>& command, const fs::path& words, int milliseconds) {
  const pid_t child = ::fork();
  CHECK(child >= 0);
  if (child == 0) {
    const int out = ::open(words.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ::dup2(out, STDERR_FILENO);
    ::dup2(::open("/dev/null", O_WRONLY), STDOUT_FILENO);
    std::vector<char*> arguments;
    for (const std::string& part : command) arguments.push_back(const_cast<char*>(part.c_str()));
    arguments.push_back(nullptr);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  const auto handle = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  CHECK(handle >= 0);
  pollfd end{handle, POLLIN, 0};
  while (::poll(&end, 1, milliseconds) < 0) {
  }
  ::close(handle);
  ::kill(child, SIGKILL);  // Of no effect on one that has ended.
  int status = 0;
  CHECK(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class Campaigns {
 public:
  explicit Campaigns(const SigkillOptions& options) : options_(options), random_(options.seed) {
    fs::remove_all(options.folder);
    fs::create_directories(options.folder);
  }

  SigkillOutcome Run() {
    const auto start = std::chrono::steady_clock::now();
    if (!RunOnce("undisturbed", -1)) return outcome_;
    outcome_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    outcome_.runs = 0;
    const std::string detections = ReadAll(Out("undisturbed") / "detections.ndjson");
    const std::string sessions = ReadAll(Out("undisturbed") / "sessions.ndjson");
    outcome_.detection_lines = Lines(detections);
    outcome_.session_lines = Lines(sessions);
    while (outcome_.kills < options_.kills && outcome_.failure.empty()) {
      fs::remove_all(fs::path(options_.folder) / "killed");
      const uint64_t before = outcome_.kills;
      // Half a run long on average, so that most campaigns are killed several times.
      const auto longest = static_cast<uint64_t>(outcome_.seconds * 1'000) + 2;
      while (outcome_.failure.empty()) {
        const bool enough = outcome_.kills >= options_.kills;
        if (RunOnce("killed", enough ? -1 : static_cast<int>(Below(longest)))) break;
      }
      if (!outcome_.failure.empty()) break;
      ++outcome_.campaigns;
      outcome_.detections += Compare(detections, ReadAll(Out("killed") / "detections.ndjson"));
      outcome_.sessions += Compare(sessions, ReadAll(Out("killed") / "sessions.ndjson"));
      if (options_.tell) {
        fmt::print("campaign {}: killed {} times; so far detections {}, sessions {}\n",
                   outcome_.campaigns, outcome_.kills - before, outcome_.detections.ToString(),
                   outcome_.sessions.ToString());
        std::fflush(stdout);
      }
    }
    return outcome_;
  }

 private:
  fs::path Out(const std::string& name) const { return fs::path(options_.folder) / name / "out"; }

  // True when it ended by itself, well or not.
  bool RunOnce(const std::string& name, int milliseconds) {
    const fs::path folder = fs::path(options_.folder) / name;
    fs::create_directories(folder);
    std::vector<std::string> command = options_.command;
    for (const std::string& part :
         {std::string("--state"), (folder / "state").string(), std::string("--out"),
          (folder / "out").string(), std::string("--checkpoint-every"), options_.checkpoint_every})
      command.push_back(part);
    ++outcome_.runs;
    const int status = RunFor(command, folder / "words", milliseconds);
    outcome_.kills += status < 0;
    if (status > 0) {
      outcome_.failure =
          fmt::format("{} ended with status {}: {}", name, status, ReadAll(folder / "words"));
    }
    return status >= 0;
  }

  // SplitMix64 (Steele, Lea & Flood 2014).
  uint64_t Below(uint64_t n) {
    uint64_t x = random_ += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return (x ^ (x >> 31)) % n;
  }

  const SigkillOptions& options_;
  uint64_t random_;
  SigkillOutcome outcome_;
};

}  // namespace

std::string SigkillOutcome::ToString() const {
  return fmt::format(
      "{} kills in {} runs, {} times to the end; {} detections and {} sessions each, {:.1f} s "
      "undisturbed\n  detections: {}\n  sessions: {}\n{}",
      kills, runs, campaigns, detection_lines, session_lines, seconds, detections.ToString(),
      sessions.ToString(), failure.empty() ? "" : "  " + failure + "\n");
}

SigkillOutcome RunSigkills(const SigkillOptions& options) { return Campaigns(options).Run(); }

}  // namespace vedette::crash
