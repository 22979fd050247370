// What the binary says and answers when what it writes goes nowhere: a closed pipe, a full disk, a
// folder that cannot be.
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tree.h"

namespace vedette::tree {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

struct Answer {
  int status = -1;
  std::string errors;  // standard error
};

// Logs of a few people, simulated once.
class OutputTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = fs::path(VEDETTE_SCENARIOS) / "output";
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    ASSERT_EQ(Bash("$VEDETTE simulate --users 12 --days 3 --out " + Path("sim")).status, 0);
  }

  static std::string Path(const std::string& name) { return (folder_ / name).string(); }
  static std::string Run(const std::string& out) {
    return "$VEDETTE run --content " + (Root() / "content").string() + " --context " +
           Path("sim/context") + " --out " + out + " " + Path("sim/logs");
  }
  static std::string Parse() {
    return "$VEDETTE parse --content " + (Root() / "content").string() + " " + Path("sim/logs");
  }

  static Answer Bash(const std::string& script) {
    std::ofstream(folder_ / "script.sh") << "VEDETTE=" << VEDETTE_BINARY << "\n" << script << "\n";
    const int status =
        std::system(("bash " + Path("script.sh") + " 2>" + Path("errors") + " >/dev/null").c_str());
    std::ostringstream errors;
    errors << std::ifstream(folder_ / "errors").rdbuf();
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, errors.str()};
  }

 private:
  static inline fs::path folder_;
};

TEST_F(OutputTest, AReaderThatHasSeenEnoughIsNoFault) {
  const Answer answer = Bash(Parse() + " | head -n 1; exit ${PIPESTATUS[0]}");
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.errors, "");
}

TEST_F(OutputTest, AReportThatNobodyReadsIsNoFault) {
  const Answer answer = Bash(Run(Path("unread")) + " | true; exit ${PIPESTATUS[0]}");
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.errors, Not(HasSubstr("error")));
  EXPECT_TRUE(fs::exists(Path("unread/summary.json")));
}

TEST_F(OutputTest, AFullDiskBehindStandardOutputIsNamed) {
  for (const std::string& command : {Parse(), Run(Path("report"))}) {
    const Answer answer = Bash(command + " >/dev/full");
    EXPECT_EQ(answer.status, 1) << command;
    EXPECT_THAT(
        answer.errors,
        HasSubstr(
            "vedette: cannot write standard output: No space left on device; make room and run "
            "the same command again\n"));
  }
}

TEST_F(OutputTest, AFolderThatCannotBeIsNamed) {
  std::ofstream(Path("file")) << "x";
  for (const std::string& out : {Path("file"), Path("file/deeper"), std::string("/proc/vedette")}) {
    for (const std::string& command : {Run(out), "$VEDETTE library --out " + out,
                                       "$VEDETTE simulate --users 2 --days 1 --out " + out}) {
      const Answer answer = Bash(command);
      EXPECT_EQ(answer.status, 1) << command;
      EXPECT_THAT(answer.errors, HasSubstr(out.starts_with("/proc") ? out : Path("file")))
          << command;
    }
  }
}

// A limit on the size of files stands for a disk that fills up.
TEST_F(OutputTest, AFileThatDoesNotFitIsNamed) {
  const std::string limit = "trap '' XFSZ; ulimit -f 1; ";
  const Answer run = Bash(limit + Run(Path("small")));
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.errors, HasSubstr("cannot write " + Path("small") + "/"));
  EXPECT_THAT(run.errors, HasSubstr("File too large"));
  EXPECT_FALSE(fs::exists(Path("small/summary.json")))
      << "an account of answers that are not there";

  const Answer library = Bash(limit + "$VEDETTE library --content " +
                              (Root() / "content").string() + " --out " + Path("library"));
  EXPECT_EQ(library.status, 1);
  EXPECT_THAT(library.errors, HasSubstr("cannot write " + Path("library") + "/"));
}

}  // namespace
}  // namespace vedette::tree
