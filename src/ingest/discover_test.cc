#include "ingest/discover.h"

#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/scratch_dir.h"
#include "ingest/temp_file.h"

namespace vedette {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> Paths(const std::vector<SourceFile>& sources, const ScratchDir& dir) {
  std::vector<std::string> paths;
  for (const SourceFile& source : sources) {
    paths.push_back(source.path.starts_with(dir.path()) ? source.path.substr(dir.path().size() + 1)
                                                        : source.path);
  }
  return paths;
}

TEST(DiscoverTest, DirectoriesAreWalkedInOrderOfPath) {
  ScratchDir dir;
  for (const char* name : {"b.log", "a/z.log", "a/b/c.log", "a.log", "a-b/x.log", ".hidden",
                           "a/.git/x", "empty.log"}) {
    dir.Write(name, std::string_view(name) == "empty.log" ? "" : "x\n");
  }
  Diagnostics faults;
  const std::vector<SourceFile> sources = DiscoverSources({dir.path()}, faults);
  EXPECT_THAT(Paths(sources, dir),
              ElementsAre("a/b/c.log", "a/z.log", "a-b/x.log", "a.log", "b.log", "empty.log"));
  EXPECT_EQ(sources[0].bytes, 2u);
  EXPECT_TRUE(faults.all().empty());
}

TEST(DiscoverTest, ArgumentsKeepTheirOrderAndNothingComesTwice) {
  ScratchDir dir;
  const std::string b = dir.Write("b.log", "x"), a = dir.Write("sub/a.log", "x");
  ASSERT_EQ(::symlink(a.c_str(), (dir.path() + "/link.log").c_str()), 0);
  Diagnostics faults;
  const std::vector<SourceFile> sources = DiscoverSources({"-", b, dir.path(), "-", a}, faults);
  EXPECT_THAT(Paths(sources, dir), ElementsAre("-", "b.log", "link.log"));
  EXPECT_TRUE(sources[0].is_pipe);
  EXPECT_FALSE(faults.has_errors());
  EXPECT_EQ(faults.all().size(), 4u);  // b again, sub/a.log again, "-" again, a again
}

TEST(DiscoverTest, WhatIsMissingIsAFaultAndTheRestIsFound) {
  ScratchDir dir;
  const std::string a = dir.Write("a.log", "x");
  ASSERT_EQ(::mkdir((dir.path() + "/none").c_str(), 0700), 0);
  Diagnostics faults;
  const std::vector<SourceFile> sources =
      DiscoverSources({dir.path() + "/gone", dir.path() + "/none", a}, faults);
  EXPECT_THAT(Paths(sources, dir), ElementsAre("a.log"));
  EXPECT_EQ(faults.errors(), 2u);
  EXPECT_THAT(faults.Render(), HasSubstr("[input-missing]"));
  EXPECT_THAT(faults.Render(), HasSubstr("[input-no-files]"));
}

TEST(DiscoverTest, APipeIsTakenWhenNamedAndSkippedInADirectory) {
  ScratchDir dir;
  dir.Write("a.log", "x");
  const std::string pipe = dir.path() + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  Diagnostics faults;
  EXPECT_THAT(Paths(DiscoverSources({dir.path()}, faults), dir), ElementsAre("a.log"));
  EXPECT_THAT(faults.Render(), HasSubstr("[input-skipped]"));
  const std::vector<SourceFile> named = DiscoverSources({pipe}, faults);
  ASSERT_EQ(named.size(), 1u);
  EXPECT_TRUE(named[0].is_pipe);
}

TEST(TempFileTest, HoldsWhatWasWrittenAndLeavesNothingBehind) {
  ScratchDir dir;
  Result<TempFile> file = TempFile::Create(dir.path());
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->Append("hello "));
  ASSERT_TRUE(file->Append("world"));
  EXPECT_EQ(file->bytes(), 11u);
  std::FILE* in = std::fopen(file->path().c_str(), "rb");
  char text[20] = {};
  EXPECT_EQ(std::fread(text, 1, sizeof(text), in), 11u);
  std::fclose(in);
  EXPECT_STREQ(text, "hello world");
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
  EXPECT_EQ(TempFile::Create("/nowhere/at/all").error().code, "temp-file");
}

}  // namespace
}  // namespace vedette
