// State folders that are not what they should be: a clear message that names the file and the
// choice, the same one each time, and never a fresh start in silence.
#include <map>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/state_records.h"
#include "simulated_kills.h"
#include "small_world.h"
#include "store/state_db.h"

namespace vedette::crash {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

// A finished first stage; each test spoils its state and then runs the second.
class BadStateTest : public ::testing::Test {
 protected:
  static const SmallWorld& World() {
    static const SmallWorld world;
    return world;
  }

  void SetUp() override {
    ASSERT_TRUE(Run(disk_, 1));
    results_ = *ReadFile(disk_, "out/detections.ndjson");
    SimulatedDisk other(1);
    ASSERT_TRUE(Run(other, 1));
    ASSERT_TRUE(Run(other, 2));
    expected_ = *ReadFile(other, "out/detections.ndjson");
  }

  Result<RunReport> Run(SimulatedDisk& disk, int stage, bool repair = false) {
    RunOptions options;
    options.inputs = World().Inputs(stage);
    options.files = &disk;
    options.out_folder = "out";
    options.state.folder = "state";
    options.state.repair = repair;
    options.state.every_events = 200;
    options.state.write_behind = false;
    faults_ = {};
    return RunJob(World().content(), options, faults_);
  }

  // Refused with that code, twice the same, naming what is given; results untouched.
  void ExpectRefused(const std::string& code, const std::string& named) {
    std::string first;
    for (int i = 0; i < 2; ++i) {
      const Result<RunReport> report = Run(disk_, 2);
      ASSERT_FALSE(report);
      EXPECT_EQ(report.error().code, code) << report.error().ToString();
      EXPECT_THAT(report.error().ToString(), HasSubstr(named));
      if (i == 0) first = report.error().ToString();
      EXPECT_EQ(report.error().ToString(), first);
    }
    disk_.SetReadOnly(false);
    EXPECT_EQ(*ReadFile(disk_, "out/detections.ndjson"), results_);
  }
  void ExpectGoesOn() {
    const Result<RunReport> report = Run(disk_, 2);
    ASSERT_TRUE(report) << report.error().ToString();
    EXPECT_EQ(*ReadFile(disk_, "out/detections.ndjson"), expected_);
  }

  // The one file of the state whose name ends or begins so.
  std::string StateFile(const std::string& part) {
    const std::vector<std::string> names = *disk_.List("state");
    for (const std::string& name : names) {
      if (name.find(part) != std::string::npos) return "state/" + name;
    }
    ADD_FAILURE() << "no " << part;
    return "";
  }

  SimulatedDisk disk_{1};
  Diagnostics faults_;
  std::string results_, expected_;
};

TEST_F(BadStateTest, ANewerFormatIsRefusedByNumber) {
  {
    Result<StateDb> db = StateDb::Open("state", StateDb::Mode::kWrite, {&disk_, false});
    ASSERT_TRUE(db);
    StateChanges changes;
    changes.Put("!format", "99");
    changes.Put("!engine", "9.9");
    ASSERT_TRUE(db->Write(changes));
  }
  ExpectRefused("state-newer", "99");
  EXPECT_THAT(Run(disk_, 2).error().ToString(), HasSubstr("9.9"));
}

TEST_F(BadStateTest, OtherContentIsRefusedAndASharedModelKeepsItsMemory) {
  TempContent other;
  other.Write("rules/other.yaml",
              "behaviour: o\nabout: o\nmodels:\n  - {id: O, title: o, kind: profile, events: "
              "[file-write], scope: user, value: host}\nrules:\n  - {id: O-F, title: o, "
              "description: d, verdict: first, model: O, score: 1, reason: r, tags: "
              "[attack.t1052], use_cases: [Data Leak]}\n");
  Diagnostics faults;
  const auto content = other.Load(faults);
  ASSERT_FALSE(faults.has_errors()) << faults.Render();
  RunOptions options;
  options.inputs = World().Inputs(2);
  options.files = &disk_;
  options.out_folder = "out";
  options.state.folder = "state";
  const Result<RunReport> report = RunJob(*content, options, faults);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, "state-other-content");
  EXPECT_THAT(report.error().ToString(), HasSubstr("state"));
  ExpectGoesOn();
}

TEST_F(BadStateTest, AHalfWrittenFolderIsRefused) {
  ASSERT_TRUE(disk_.Remove("state/CURRENT"));
  ExpectRefused("state-damaged", "CURRENT");
}

TEST_F(BadStateTest, AMissingFileIsRefused) {
  for (const char* part : {"MANIFEST", ".sst"}) {
    SimulatedDisk copy(1);
    const std::string path = StateFile(part);
    const std::string bytes = *ReadFile(disk_, path);
    ASSERT_TRUE(disk_.Remove(path));
    ExpectRefused("state-damaged", "--state-repair");
    ASSERT_TRUE(ReplaceFile(disk_, path, bytes));
  }
  ExpectGoesOn();
}

TEST_F(BadStateTest, ACutFileIsRefused) {
  for (const char* part : {"CURRENT", ".sst"}) {
    const std::string path = StateFile(part);
    const std::string bytes = *ReadFile(disk_, path);
    ASSERT_TRUE(ReplaceFile(disk_, path, bytes.substr(0, bytes.size() / 2)));
    ExpectRefused("state-damaged", "--state-repair");
    ASSERT_TRUE(ReplaceFile(disk_, path, bytes));
  }
  ExpectGoesOn();
}

TEST_F(BadStateTest, AReadOnlyDiskIsNamedAndLeavesAllAsItWas) {
  disk_.SetReadOnly(true);
  ExpectRefused("state-read-only", "state");
  ExpectGoesOn();
}

TEST_F(BadStateTest, AFullDiskIsNamedAndTheRunGoesOnOnceThereIsRoom) {
  std::set<std::string> codes;
  for (uint64_t room = 0; room < 40'000; room += 3'000) {
    disk_.SetCapacity(disk_.used_bytes() + room);
    const Result<RunReport> report = Run(disk_, 2);
    if (report) break;
    codes.insert(report.error().code);
    EXPECT_THAT(report.error().code, AnyOf("state-full", "disk-full")) << report.error().ToString();
    EXPECT_THAT(report.error().ToString(), AnyOf(HasSubstr("state"), HasSubstr("out/")));
    EXPECT_THAT(report.error().ToString(), AnyOf(HasSubstr("room"), HasSubstr("space")));
  }
  EXPECT_FALSE(codes.empty());
  disk_.SetCapacity(UINT64_MAX);
  ExpectGoesOn();
}

TEST_F(BadStateTest, ALockedFolderIsNamed) {
  {
    Result<StateDb> held = StateDb::Open("state", StateDb::Mode::kWrite, {&disk_, false});
    ASSERT_TRUE(held);
    ExpectRefused("state-locked", "state");
  }
  ExpectGoesOn();
}

TEST_F(BadStateTest, AFolderOfOtherThingsIsRefused) {
  SimulatedDisk disk(1);
  ASSERT_TRUE(MakeFolders(disk, "state"));
  ASSERT_TRUE(ReplaceFile(disk, "state/holiday.jpg", "x"));
  const Result<RunReport> report = Run(disk, 1);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, "state-not-one");
  EXPECT_EQ(*ReadFile(disk, "state/holiday.jpg"), "x");
}

// Whichever byte of whichever file is broken: refused by name, or the results are right all the
// same. Never other results without a word.
TEST_F(BadStateTest, NoFlippedBitChangesResultsInSilence) {
  const std::vector<std::string> names = *disk_.List("state");
  std::map<std::string, std::string> files;
  for (const std::string& name : names) files[name] = *ReadFile(disk_, "state/" + name);
  const std::string detections = *ReadFile(disk_, "out/detections.ndjson");
  const std::string sessions = *ReadFile(disk_, "out/sessions.ndjson");
  int refused = 0, unharmed = 0, repaired = 0;
  for (const auto& [name, bytes] : files) {
    for (int place = 0; place < 12 && !bytes.empty(); ++place) {
      SimulatedDisk disk(1);
      ASSERT_TRUE(MakeFolders(disk, "state"));
      ASSERT_TRUE(MakeFolders(disk, "out"));
      for (const auto& [copy, text] : files) ASSERT_TRUE(ReplaceFile(disk, "state/" + copy, text));
      ASSERT_TRUE(ReplaceFile(disk, "out/detections.ndjson", detections));
      ASSERT_TRUE(ReplaceFile(disk, "out/sessions.ndjson", sessions));
      const uint64_t byte = bytes.size() * static_cast<uint64_t>(place) / 12;
      ASSERT_TRUE(disk.FlipBit("state/" + name, byte));
      const Result<RunReport> report = Run(disk, 2);
      if (report) {
        ++unharmed;
        ASSERT_EQ(*ReadFile(disk, "out/detections.ndjson"), expected_) << name << " " << byte;
        continue;
      }
      ++refused;
      EXPECT_THAT(report.error().code, AnyOf("state-damaged", "state-not-one"))
          << name << " " << byte << ": " << report.error().ToString();
      EXPECT_THAT(report.error().ToString(), HasSubstr("state"));
      EXPECT_EQ(*ReadFile(disk, "out/detections.ndjson"), detections);
      // The other choice works, and says what it did.
      const Result<RunReport> again = Run(disk, 2, true);
      if (!again) continue;
      ++repaired;
      EXPECT_THAT(faults_.Render(), HasSubstr("state-repaired")) << name << " " << byte;
    }
  }
  RecordProperty("refused", refused);
  RecordProperty("unharmed", unharmed);
  EXPECT_GT(refused, 5);
  EXPECT_GT(repaired, refused / 2);
  fmt::print("{} refused, {} of them repaired, {} unharmed\n", refused, repaired, unharmed);
}

}  // namespace
}  // namespace vedette::crash
