// What a crash may do to a disk, and what it may not.
#include "core/simulated_disk.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vedette {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSubsetOf;

constexpr uint64_t kSeeds = 300;

std::string Text(FileSystem& files, const std::string& path) {
  const Result<std::string> text = ReadFile(files, path);
  return text ? *text : "(" + text.error().code + ")";
}

TEST(SimulatedDisk, WhatWasSyncedSurvives) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    SimulatedDisk disk(seed);
    ASSERT_TRUE(MakeFolders(disk, "out/deep"));
    const auto file = disk.OpenWritable("out/deep/log", OpenMode::kAppend);
    std::string synced(1 + 37 * seed, 's');
    ASSERT_TRUE((*file)->Append(synced));
    ASSERT_TRUE((*file)->Sync());
    ASSERT_TRUE(disk.SyncFolder("out/deep"));
    ASSERT_TRUE((*file)->Append(std::string(9'000, 'u')));
    disk.Restart();
    const std::string after = Text(disk, "out/deep/log");
    ASSERT_TRUE(after.starts_with(synced)) << "seed " << seed;
    ASSERT_LE(after.size(), synced.size() + 9'000);
    EXPECT_FALSE((*file)->Append("dead"));
  }
}

TEST(SimulatedDisk, WhatWasNotSyncedIsLostTornOrThere) {
  std::set<std::string> kinds;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    SimulatedDisk disk(seed);
    const auto file = disk.OpenWritable("log", OpenMode::kAppend);
    ASSERT_TRUE(disk.SyncFolder("."));
    ASSERT_TRUE((*file)->Append(std::string(3 * 4096, 'u')));
    disk.Restart();
    const std::string after = Text(disk, "log");
    const size_t written = static_cast<size_t>(std::count(after.begin(), after.end(), 'u'));
    if (after.empty()) {
      kinds.insert("old length");
    } else if (written == after.size()) {
      kinds.insert("all");
    } else if (after.find('\0') < after.rfind('u')) {
      kinds.insert("hole before what came later");
    }
    if (written % 4096 != 0) kinds.insert("torn");
  }
  EXPECT_EQ(kinds,
            (std::set<std::string>{"old length", "all", "hole before what came later", "torn"}));
}

TEST(SimulatedDisk, NamesThatWereNotSyncedComeInAnyCombination) {
  std::set<std::vector<std::string>> seen;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    SimulatedDisk disk(seed);
    for (const char* name : {"a", "b"}) ASSERT_TRUE(disk.OpenWritable(name, OpenMode::kAppend));
    ASSERT_TRUE(disk.SyncFolder("."));
    ASSERT_TRUE(disk.Remove("a"));
    ASSERT_TRUE(disk.OpenWritable("c", OpenMode::kAppend));
    disk.Restart();
    seen.insert(*disk.List("."));
    ASSERT_THAT(*disk.List("."), IsSubsetOf({"a", "b", "c"}));
  }
  EXPECT_EQ(seen,
            (std::set<std::vector<std::string>>{{"a", "b"}, {"a", "b", "c"}, {"b"}, {"b", "c"}}));
}

// The promise of ReplaceFile, whenever the power goes.
TEST(SimulatedDisk, AReplacedFileIsOldOrNew) {
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    SimulatedDisk disk(seed);
    const std::string old_text(5'000, 'o');
    const std::string new_text(6'000, 'n');
    ASSERT_TRUE(ReplaceFile(disk, "file", old_text));
    disk.CrashAfter(seed % 8);
    const bool answered = ReplaceFile(disk, "file", new_text).has_value();
    disk.Restart();
    const std::string after = Text(disk, "file");
    ASSERT_TRUE(after == old_text || after == new_text) << "seed " << seed;
    if (answered) {
      ASSERT_EQ(after, new_text) << "seed " << seed;
    }
    seen.insert(answered ? "answered" : after == new_text ? "new" : "old");
  }
  EXPECT_EQ(seen, (std::set<std::string>{"answered", "new", "old"}));
}

TEST(SimulatedDisk, AFailedReplacementLeavesWhatWasThere) {
  int failed = 0;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    SimulatedDisk disk(seed);
    ASSERT_TRUE(ReplaceFile(disk, "file", "old"));
    disk.FailOneIn(6);
    const Result<void> replaced = ReplaceFile(disk, "file", "new");
    disk.FailOneIn(0);
    if (replaced) {
      ASSERT_EQ(Text(disk, "file"), "new");
      continue;
    }
    ++failed;
    EXPECT_THAT(replaced.error().message, HasSubstr("Input/output error"));
    const std::string after = Text(disk, "file");
    ASSERT_TRUE(after == "old" || after == "new");
    ASSERT_TRUE(ReplaceFile(disk, "file", "newer"));
    disk.Restart();
    ASSERT_EQ(Text(disk, "file"), "newer");
  }
  EXPECT_GT(failed, 50);
}

// As kernels do: after a failed sync a second one succeeds, and the bytes are gone all the same.
TEST(SimulatedDisk, AFailedSyncCannotBeRepeated) {
  int lost = 0;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    SimulatedDisk disk(seed);
    const auto file = disk.OpenWritable("log", OpenMode::kAppend);
    ASSERT_TRUE(disk.SyncFolder("."));
    ASSERT_TRUE((*file)->Append(std::string(4 * 4096, 'x')));
    disk.FailOneIn(1);
    ASSERT_FALSE((*file)->Sync());
    disk.FailOneIn(0);
    ASSERT_TRUE((*file)->Sync());
    disk.Restart();
    lost += Text(disk, "log") != std::string(4 * 4096, 'x');
  }
  EXPECT_GT(lost, 200);
}

TEST(SimulatedDisk, FillsUpAndTakesAgainWhatIsFreed) {
  SimulatedDisk disk(1);
  disk.SetCapacity(1'000);
  ASSERT_TRUE(ReplaceFile(disk, "one", std::string(700, 'x')));
  const Result<void> second = ReplaceFile(disk, "two", std::string(400, 'x'));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "disk-full");
  EXPECT_EQ(second.error().message,
            "cannot write two.part: No space left on device; make room and "
            "run the same command again");
  EXPECT_EQ(disk.used_bytes(), 700u);
  ASSERT_TRUE(disk.Remove("one"));
  EXPECT_TRUE(ReplaceFile(disk, "two", std::string(400, 'x')));
}

TEST(SimulatedDisk, ReadOnlyReadsOnly) {
  SimulatedDisk disk(1);
  ASSERT_TRUE(ReplaceFile(disk, "file", "text"));
  disk.SetReadOnly(true);
  EXPECT_EQ(Text(disk, "file"), "text");
  EXPECT_EQ(ReplaceFile(disk, "file", "other").error().code, "read-only");
  EXPECT_EQ(disk.Lock("LOCK").error().code, "read-only");
}

TEST(SimulatedDisk, SameSeedSameOutcome) {
  const auto play = [](uint64_t seed) {
    SimulatedDisk disk(seed);
    for (int i = 0; i < 20; ++i) {
      const auto file = disk.OpenWritable("f" + std::to_string(i % 3), OpenMode::kAppend);
      (void)(*file)->Append(std::string(1'000, static_cast<char>('a' + i)));
      if (i % 4 == 0) (void)(*file)->Sync();
    }
    disk.Restart();
    std::string all;
    const std::vector<std::string> names = *disk.List(".");
    for (const std::string& name : names) all += name + "\n" + Text(disk, name) + "\n";
    return all;
  };
  EXPECT_EQ(play(5), play(5));
  EXPECT_NE(play(5), play(6));
}

TEST(SimulatedDisk, AKilledProcessLosesNothingThatItWrote) {
  SimulatedDisk disk(1);
  const auto file = disk.OpenWritable("log", OpenMode::kAppend);
  ASSERT_TRUE((*file)->Append("not synced"));
  const auto lock = disk.Lock("LOCK");
  disk.KillProcess();
  EXPECT_EQ(Text(disk, "log"), "not synced");
  EXPECT_FALSE((*file)->Append("dead"));
  EXPECT_TRUE(disk.Lock("LOCK"));
}

TEST(SimulatedDisk, FlipsABitForGood) {
  SimulatedDisk disk(1);
  ASSERT_TRUE(ReplaceFile(disk, "file", "abc"));
  EXPECT_TRUE(disk.FlipBit("file", 1));
  EXPECT_FALSE(disk.FlipBit("file", 3));
  EXPECT_NE(Text(disk, "file"), "abc");
  disk.Restart();
  EXPECT_NE(Text(disk, "file"), "abc");
}

}  // namespace
}  // namespace vedette
