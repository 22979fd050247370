#include "engine/input_book.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/scratch_dir.h"

namespace vedette {
namespace {

using ::testing::HasSubstr;

const std::string kText = "one line, long enough to be told from others by its beginning alone\n";

class InputBookTest : public ::testing::Test {
 protected:
  std::vector<SourceFile> Discover() {
    Diagnostics faults;
    std::vector<SourceFile> found = DiscoverSources({path_}, faults);
    EXPECT_FALSE(faults.has_errors()) << faults.Render();
    return found;
  }
  // What a book says that has read all of that.
  std::vector<SourceFile> NotYetRead(const std::vector<SourceFile>& discovered) {
    return book_.NotYetRead(discovered, faults_);
  }

  ScratchDir dir_;
  std::string path_ = dir_.Write("logs/a.log", kText);
  InputBook book_;
  Diagnostics faults_;
  StateChanges changes_;
};

TEST_F(InputBookTest, WhatWasReadIsLeftOut) {
  const std::vector<SourceFile> todo = NotYetRead(Discover());
  ASSERT_EQ(todo.size(), 1u);
  book_.Begin(todo, changes_);
  book_.Finish(todo, {kText.size()}, changes_);
  EXPECT_TRUE(NotYetRead(Discover()).empty());
}

// Whoever looks at a file twice may see nothing the second time. A file that is remembered by
// nothing is a new one to the next run, which would judge all of it once more, late.
TEST_F(InputBookTest, AFileIsLookedAtOnce) {
  const std::vector<SourceFile> todo = NotYetRead(Discover());
  const std::string aside = path_ + ".aside";
  std::filesystem::rename(path_, aside);
  book_.Begin(todo, changes_);
  std::filesystem::rename(aside, path_);
  book_.Finish(todo, {kText.size()}, changes_);
  EXPECT_TRUE(NotYetRead(Discover()).empty()) << faults_.Render();
  EXPECT_EQ(faults_.Render(), "");

  // And so a later process remembers it.
  StateTable table;
  table.Apply(changes_);
  InputBook later;
  StateDamage damage;
  ASSERT_TRUE(later.Load(table, damage));
  EXPECT_TRUE(later.NotYetRead(Discover(), faults_).empty()) << faults_.Render();
}

TEST_F(InputBookTest, WhatCannotBeOpenedIsAnErrorAndLeftToTheNextRun) {
  const std::vector<SourceFile> discovered = Discover();
  const std::string aside = path_ + ".aside";
  std::filesystem::rename(path_, aside);
  EXPECT_TRUE(NotYetRead(discovered).empty());
  EXPECT_TRUE(faults_.has_errors());
  EXPECT_THAT(faults_.Render(), HasSubstr("a.log"));
  std::filesystem::rename(aside, path_);
  EXPECT_EQ(NotYetRead(discovered).size(), 1u);
}

}  // namespace
}  // namespace vedette
