// State folders that are not what they should be: a clear message that names the file and the
// choice, the same one each time, and never a fresh start in silence.
#include <functional>
#include <map>
#include <ostream>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/state_records.h"
#include "core/version.h"
#include "engine/state_keeper.h"
#include "simulated_kills.h"
#include "small_world.h"
#include "store/state_db.h"

namespace vedette::crash {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Matcher;
using ::testing::MatchesRegex;

// The whole text, where <n> stands for a number and <why> for words of RocksDB.
Matcher<std::string> Says(std::string_view text) {
  std::string regex;
  while (!text.empty()) {
    const auto stands_for = [&](std::string_view name, std::string_view what) {
      if (!text.starts_with(name)) return false;
      regex += what;
      text.remove_prefix(name.size());
      return true;
    };
    if (stands_for("<n>", "[0-9]+") || stands_for("<why>", "[^\n]+")) continue;
    if (std::string_view("\\.[]()*+?{}|^$").find(text.front()) != std::string_view::npos)
      regex += '\\';
    regex += text.front();
    text.remove_prefix(1);
  }
  return MatchesRegex(regex);
}

using Files = std::map<std::string, std::string>;  // content by path

Files FilesOf(SimulatedDisk& disk) {
  Files files;
  for (const char* folder : {"state", "out"}) {
    const std::vector<std::string> names = *disk.List(folder);
    for (const std::string& name : names) {
      const std::string path = fmt::format("{}/{}", folder, name);
      files[path] = *ReadFile(disk, path);
    }
  }
  return files;
}

void WriteFiles(SimulatedDisk& disk, const Files& files) {
  ASSERT_TRUE(MakeFolders(disk, "state"));
  ASSERT_TRUE(MakeFolders(disk, "out"));
  for (const auto& [path, bytes] : files) ASSERT_TRUE(ReplaceFile(disk, path, bytes));
}

// The one file of the state whose name has that part.
std::string StateFile(SimulatedDisk& disk, std::string_view part) {
  const std::vector<std::string> names = *disk.List("state");
  for (const std::string& name : names) {
    if (name.find(part) != std::string::npos) return "state/" + name;
  }
  ADD_FAILURE() << "no " << part;
  return "";
}

void RemoveFile(SimulatedDisk& disk, std::string_view part) {
  ASSERT_TRUE(disk.Remove(StateFile(disk, part)));
}

void CutFile(SimulatedDisk& disk, std::string_view part) {
  const std::string path = StateFile(disk, part);
  const std::string bytes = *ReadFile(disk, path);
  ASSERT_TRUE(ReplaceFile(disk, path, bytes.substr(0, bytes.size() / 2)));
}

// One bit, so far into the one table of the state.
std::function<void(SimulatedDisk&)> FlipBitAt(uint64_t part, uint64_t of) {
  return [part, of](SimulatedDisk& disk) {
    const std::string path = StateFile(disk, ".sst");
    ASSERT_TRUE(disk.FlipBit(path, ReadFile(disk, path)->size() * part / of));
  };
}

// Calls `change` for each record whose key begins so; applies what it asks for.
using Change = std::function<void(StateChanges&, const std::string& key)>;
void ChangeRecords(SimulatedDisk& disk, const std::string& prefix, const Change& change) {
  Result<StateDb> db = StateDb::Open("state", StateDb::Mode::kWrite, {&disk, false});
  ASSERT_TRUE(db);
  StateChanges changes;
  ASSERT_TRUE(db->ForEach(prefix, [&](std::string_view rest, std::string_view) {
    change(changes, prefix + std::string(rest));
  }));
  ASSERT_TRUE(db->Write(changes));
  ASSERT_TRUE(db->Flush());
}

Change PutInto(std::string value) {
  return [value](StateChanges& changes, const std::string& key) { changes.Put(key, value); };
}
void Erase(StateChanges& changes, const std::string& key) { changes.Erase(key); }

// A finished first stage; each test spoils its state and then runs the second.
class BadStateTest : public ::testing::Test {
 protected:
  static const SmallWorld& World() {
    static const SmallWorld world;
    return world;
  }

  static void SetUpTestSuite() {
    SimulatedDisk disk(1);
    ASSERT_TRUE(Run(disk, 1));
    finished_ = FilesOf(disk);
    ASSERT_TRUE(Run(disk, 2));
    expected_ = *ReadFile(disk, "out/detections.ndjson");
  }
  void SetUp() override { WriteFiles(disk_, finished_); }

  static Result<RunReport> Run(SimulatedDisk& disk, int stage, bool repair = false) {
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

  // Refused with that code and text, twice the same; results untouched.
  void ExpectRefused(const std::string& code, const std::string& text) {
    for (int i = 0; i < 2; ++i) {
      const Result<RunReport> report = Run(disk_, 2);
      ASSERT_FALSE(report);
      EXPECT_EQ(report.error().code, code);
      EXPECT_THAT(report.error().ToString(), Says(text));
    }
    disk_.SetReadOnly(false);
    EXPECT_EQ(*ReadFile(disk_, "out/detections.ndjson"), Finished("out/detections.ndjson"));
  }
  void ExpectGoesOn(SimulatedDisk& disk) {
    const Result<RunReport> report = Run(disk, 2);
    ASSERT_TRUE(report) << report.error().ToString();
    EXPECT_EQ(*ReadFile(disk, "out/detections.ndjson"), expected_);
  }

  static const std::string& Finished(const std::string& path) { return finished_.at(path); }

  static Files finished_;
  static std::string expected_;
  static Diagnostics faults_;
  SimulatedDisk disk_{1};
};

Files BadStateTest::finished_;
std::string BadStateTest::expected_;
Diagnostics BadStateTest::faults_;

struct Spoilt {
  const char* name;
  std::function<void(SimulatedDisk&)> spoil;
  const char* code;
  std::string refusal;
  std::string repair_report;  // all that --state-repair says; empty: it is no choice here
};
void PrintTo(const Spoilt& row, std::ostream* out) { *out << row.name; }

// What recurs.
const std::string kChoice =
    "; put back a copy of the folder, or add --state-repair to go on without what is lost, which "
    "is then reported";
const std::string kAside =
    "; what could be read was kept, the damaged folder is now state.damaged [state-repaired]\n";
const std::string kAnyPart =
    "state: warning: files of the state, or the list of them, were lost: any part may lack records "
    "[state-repaired]\n";
const std::string kEverything =
    "state: warning: lost: everything; the run begins with no memory [state-repaired]\n";
const std::string kNothingNew =
    "state: note: every input was read before; sessions are written again, nothing else changes "
    "[nothing-new]\n";
const std::string kGarbled =
    "1 records of the duplicate window, 4 records of inputs, 484 records of model D-PROFILE, 491 "
    "records of model D-KIND, 13 records of model D-ORG-KIND, 200 records of model D-WEIGHT, 200 "
    "records of model D-DAY, 200 records of model D-COUNT, 200 records of model D-DISTINCT, 4 "
    "records of model D-SUM, 1 records of model D-HOURS, 1 records of model D-TOP, 5 suppression "
    "windows, 849 records of sessions, 1 records of sequences, 214 records of the judge";

const Spoilt kSpoilt[] = {
    {"NewerVersion",
     [](SimulatedDisk& disk) {
       ChangeRecords(disk, "!format", PutInto("99"));
       ChangeRecords(disk, "!engine", PutInto("9.9"));
     },
     "state-newer",
     fmt::format("state: the state has format 99, written by vedette 9.9; this is vedette {} and "
                 "knows formats up to {}: use a newer vedette, or another --state",
                 kVersion, kStateFormat),
     ""},
    {"FormatIsNoNumber", [](SimulatedDisk& disk) { ChangeRecords(disk, "!format", PutInto("x")); },
     "state-damaged",
     "state: the state's format is 'x', which is no number; put back a copy of the folder, or name "
     "another --state",
     ""},
    {"OtherSeed", [](SimulatedDisk& disk) { ChangeRecords(disk, "!seed", PutInto("0b")); },
     "state-other-seed",
     fmt::format("state: the state's keys were hashed with seed 0b, this vedette hashes with "
                 "{:016x}: use the vedette that wrote it, or name another --state",
                 StateKeeper::HashSeed()),
     ""},
    {"NoHeader", [](SimulatedDisk& disk) { ChangeRecords(disk, "!", Erase); }, "state-damaged",
     "state: the state has records but no header; put back a copy of the folder, or add "
     "--state-repair to go on with what is there",
     "state: warning: the header was missing and was made anew [state-repaired]\n"},
    {"HalfWritten", [](SimulatedDisk& disk) { RemoveFile(disk, "CURRENT"); }, "state-damaged",
     "state/CURRENT: the state in state lacks its file CURRENT; put back a copy of the folder, or "
     "add --state-repair to go on without what is lost",
     "state: warning: the state was damaged at state/CURRENT" + kAside + kAnyPart},
    {"CutListOfFiles", [](SimulatedDisk& disk) { CutFile(disk, "CURRENT"); }, "state-damaged",
     "state/CURRENT: the state is damaged (Corruption: <why>)" + kChoice,
     "state: warning: the state was damaged at state/CURRENT" + kAside + kAnyPart},
    {"NoManifest", [](SimulatedDisk& disk) { RemoveFile(disk, "MANIFEST"); }, "state-damaged",
     "state/MANIFEST-<n>: the state is damaged (<why>: cannot read state/MANIFEST-<n>: No such "
     "file or directory)" +
         kChoice,
     "state: warning: the state was damaged at state/MANIFEST-<n>" + kAside + kAnyPart},
    {"NoTable", [](SimulatedDisk& disk) { RemoveFile(disk, ".sst"); }, "state-damaged",
     "state/<n>.sst: the state is damaged (<why>: cannot read state/<n>.sst: No such file or "
     "directory<why>)" +
         kChoice,
     "state: warning: the state was damaged at state/<n>.sst" + kAside + kEverything},
    {"CutTable", [](SimulatedDisk& disk) { CutFile(disk, ".sst"); }, "state-damaged",
     "state/<n>.sst: the state is damaged (Corruption: file is too short<why>)" + kChoice,
     "state: warning: the state was damaged at state/<n>.sst" + kAside + kEverything},
    {"ACorruptedBlockOfSessions", FlipBitAt(4, 16), "state-damaged",
     "state/<n>.sst: the state is damaged (Corruption: block checksum mismatch: stored = <n>, "
     "computed = <n>, <why>)" +
         kChoice,
     "state: warning: the state was damaged at state/<n>.sst" + kAside +
         "state: warning: lost: what damaged blocks held of sessions [state-repaired]\n"},
    {"ACorruptedBlockOfModels", FlipBitAt(11, 24), "state-damaged",
     "state/<n>.sst: the state is damaged (Corruption: block checksum mismatch: stored = <n>, "
     "computed = <n>, <why>)" +
         kChoice,
     "state: warning: the state was damaged at state/<n>.sst" + kAside +
         "state: warning: lost: what damaged blocks held of model D-PROFILE, model D-KIND "
         "[state-repaired]\n"
         "state: warning: lost: <n> records of model D-PROFILE, <n> records of model D-KIND "
         "[state-repaired]\n"},
    {"RepairWasInterrupted",
     [](SimulatedDisk& disk) { ASSERT_TRUE(disk.Rename("state", "state.repaired")); },
     "state-damaged",
     "state is missing and state.repaired is there: a repair was interrupted at its last step; "
     "rename state.repaired to state",
     ""},
    {"ListOfModelsIsGarbled",
     [](SimulatedDisk& disk) { ChangeRecords(disk, "nD-TOP", PutInto("?")); }, "state-damaged",
     "state: the list of models cannot be understood; put back a copy of the folder, or add "
     "--state-repair to go on without those models' memory",
     "state: warning: lost: 2 records of models whose names are lost [state-repaired]\n"
     "rules/doors.yaml:14:5: note: model D-TOP is new to the state: it starts to learn "
     "[model-new]\n"},
    {"RecordOfTheRunIsGarbled", [](SimulatedDisk& disk) { ChangeRecords(disk, "r", PutInto("?")); },
     "state-damaged",
     "state: the record of the run cannot be understood; put back a copy of the folder, or add "
     "--state-repair to go on without it",
     "state: warning: lost: the record of the run (without it, results begin anew) "
     "[state-repaired]\n"},
    {"RecordOfTheRunIsGone", [](SimulatedDisk& disk) { ChangeRecords(disk, "r", Erase); },
     "state-damaged",
     "state: missing or not to be understood: the record of the run (without it, results begin "
     "anew); put back a copy of the folder, or add --state-repair to go on without that",
     "state: warning: lost: the record of the run (without it, results begin anew) "
     "[state-repaired]\n"},
    {"RecordsOfModelsAreGone",
     [](SimulatedDisk& disk) {
       ChangeRecords(disk, ModelPrefix(0) + "e", Erase);
       ChangeRecords(disk, ModelPrefix(4) + "s", Erase);
     },
     "state-damaged",
     "state: missing or not to be understood: 284 records of model D-PROFILE, 200 records of model "
     "D-DAY; put back a copy of the folder, or add --state-repair to go on without that",
     "state: warning: lost: 284 records of model D-PROFILE, 200 records of model D-DAY "
     "[state-repaired]\n"},
    {"RecordsAreGarbled",
     [](SimulatedDisk& disk) {
       for (uint32_t model : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
         ChangeRecords(disk, ModelPrefix(model) + "s", PutInto("?"));
       for (const char* kind : {"j/c", "j/j", "j/q", "j/s", "j/u", "f", "q"})
         ChangeRecords(disk, kind, PutInto("?"));
     },
     "state-damaged",
     "state: missing or not to be understood: " + kGarbled +
         "; put back a copy of the folder, or add "
         "--state-repair to go on without that",
     "state: warning: lost: " + kGarbled + " [state-repaired]\n"},
    {"FolderIsAFile",
     [](SimulatedDisk& disk) {
       ASSERT_TRUE(disk.Rename("state", "elsewhere"));
       ASSERT_TRUE(ReplaceFile(disk, "state", "x"));
     },
     "state-not-one", "state is a file, not a state folder; name a folder", ""},
    {"FolderOfOtherThings",
     [](SimulatedDisk& disk) {
       ASSERT_TRUE(disk.Rename("state", "elsewhere"));
       ASSERT_TRUE(MakeFolders(disk, "state"));
       ASSERT_TRUE(ReplaceFile(disk, "state/holiday.jpg", "x"));
     },
     "state-not-one",
     "state holds files that belong to no state, such as holiday.jpg; name an empty or new folder",
     ""},
};

class SpoiltState : public BadStateTest, public ::testing::WithParamInterface<Spoilt> {};

TEST_P(SpoiltState, IsRefusedAndRepairedInSoManyWords) {
  GetParam().spoil(disk_);
  ExpectRefused(GetParam().code, GetParam().refusal);

  // One choice: a copy put back.
  SimulatedDisk restored(1);
  WriteFiles(restored, finished_);
  ExpectGoesOn(restored);

  if (GetParam().repair_report.empty()) return;
  // The other: it says what was dropped, once.
  const Result<RunReport> repaired = Run(disk_, 2, true);
  ASSERT_TRUE(repaired) << repaired.error().ToString();
  EXPECT_THAT(faults_.Render(), Says(GetParam().repair_report));
  const Result<RunReport> again = Run(disk_, 2);
  ASSERT_TRUE(again) << again.error().ToString();
  EXPECT_EQ(faults_.Render(), kNothingNew);
}

INSTANTIATE_TEST_SUITE_P(Each, SpoiltState, ::testing::ValuesIn(kSpoilt),
                         [](const auto& row) { return std::string(row.param.name); });

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
  EXPECT_EQ(report.error().ToString(),
            "state: the state was learned with other content: it shares no model with this one; "
            "name the content that it was learned with, or another --state");
  ExpectGoesOn(disk_);
}

TEST_F(BadStateTest, AReadOnlyDiskIsNamedAndLeavesAllAsItWas) {
  disk_.SetReadOnly(true);
  ExpectRefused("state-read-only",
                "state: cannot write to the state folder state (IO error: cannot create the folder "
                "state: Read-only file system); make it writable or name another");
  disk_.SetReadOnly(false);
  ExpectGoesOn(disk_);
}

TEST_F(BadStateTest, AFullDiskIsNamedAndTheRunGoesOnOnceThereIsRoom) {
  const std::string then = "; make room and run the same command again";
  const std::string checkpoint =
      "; the last checkpoint stands: make room and run the same command again";
  std::set<std::string> codes;
  for (uint64_t room = 0; room < 40'000; room += 3'000) {
    disk_.SetCapacity(disk_.used_bytes() + room);
    const Result<RunReport> report = Run(disk_, 2);
    if (report) break;
    codes.insert(report.error().code);
    EXPECT_THAT(
        report.error().ToString(),
        AnyOf(Says("state/<n>.log: no room on the disk while writing a checkpoint" + checkpoint),
              Says("state/MANIFEST-<n>: no room on the disk while opening the state" + checkpoint),
              Says("cannot write out/detections.ndjson: No space left on device" + then)));
  }
  EXPECT_THAT(codes, ::testing::ElementsAre("disk-full", "state-full"));
  disk_.SetCapacity(UINT64_MAX);
  ExpectGoesOn(disk_);
}

TEST_F(BadStateTest, ALockedFolderIsNamed) {
  {
    Result<StateDb> held = StateDb::Open("state", StateDb::Mode::kWrite, {&disk_, false});
    ASSERT_TRUE(held);
    ExpectRefused("state-locked",
                  "another vedette has the state folder state open; wait for it, or give this one "
                  "its own --state");
  }
  ExpectGoesOn(disk_);
}

// A model that gets the number of one whose name was lost finds nothing of it.
TEST_F(BadStateTest, MemoryThatLostItsNameIsNobodyElses) {
  const std::string orphan = ModelPrefix(9) + "s-left-over-from-it";
  ChangeRecords(disk_, "nD-TOP", [&](StateChanges& changes, const std::string& key) {
    changes.Erase(key);
    changes.Put(orphan, "x");
  });
  ASSERT_TRUE(Run(disk_, 2, true));
  EXPECT_THAT(faults_.Render(), HasSubstr("lost: 3 records of models whose names are lost"));
  const Result<StateDb> db = StateDb::Open("state", StateDb::Mode::kRead, {&disk_, false});
  ASSERT_TRUE(db);
  EXPECT_EQ((*ReadStoredModels(*db)).at("D-TOP").number, 9u);
  EXPECT_FALSE(*db->Get(orphan));
}

// Whichever byte of whichever file is broken: refused by name, or the results are right all the
// same. Never other results without a word.
TEST_F(BadStateTest, NoFlippedBitChangesResultsInSilence) {
  int refused = 0, unharmed = 0, repaired = 0;
  for (const auto& [path, bytes] : finished_) {
    if (!path.starts_with("state/")) continue;
    for (int place = 0; place < 12 && !bytes.empty(); ++place) {
      SimulatedDisk disk(1);
      WriteFiles(disk, finished_);
      const uint64_t byte = bytes.size() * static_cast<uint64_t>(place) / 12;
      ASSERT_TRUE(disk.FlipBit(path, byte));
      const Result<RunReport> report = Run(disk, 2);
      if (report) {
        ++unharmed;
        ASSERT_EQ(*ReadFile(disk, "out/detections.ndjson"), expected_) << path << " " << byte;
        continue;
      }
      ++refused;
      EXPECT_THAT(report.error().code, AnyOf("state-damaged", "state-not-one"))
          << path << " " << byte << ": " << report.error().ToString();
      EXPECT_THAT(report.error().ToString(), HasSubstr("state"));
      EXPECT_EQ(*ReadFile(disk, "out/detections.ndjson"), Finished("out/detections.ndjson"));
      // The other choice works, and says what it did and what is lost.
      const Result<RunReport> again = Run(disk, 2, true);
      if (!again) continue;
      ++repaired;
      EXPECT_THAT(faults_.Render(), AllOf(HasSubstr("state-repaired"),
                                          AnyOf(HasSubstr("lost: "), HasSubstr("were lost"))))
          << path << " " << byte;
    }
  }
  EXPECT_GT(refused, 5);
  EXPECT_GT(repaired, refused / 2);
  fmt::print("{} refused, {} of them repaired, {} unharmed\n", refused, repaired, unharmed);
}

}  // namespace
}  // namespace vedette::crash
