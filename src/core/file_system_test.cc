#include "core/file_system.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/scratch_dir.h"
#include "core/simulated_disk.h"

namespace vedette {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What holds for the real files holds for simulated ones.
class FileSystemTest : public ::testing::TestWithParam<bool> {
 protected:
  FileSystem& files() { return GetParam() ? static_cast<FileSystem&>(disk_) : FileSystem::Real(); }
  std::string root() { return GetParam() ? "sim" : scratch_.path(); }
  void SetUp() override { ASSERT_TRUE(MakeFolders(files(), root())); }

  std::string Read(const std::string& path) {
    const Result<std::string> text = ReadFile(files(), path);
    return text ? *text : text.error().ToString();
  }

 private:
  ScratchDir scratch_;
  SimulatedDisk disk_{1};
};

INSTANTIATE_TEST_SUITE_P(, FileSystemTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Simulated" : "Real"; });

TEST_P(FileSystemTest, AppendsAndReadsBack) {
  const std::string path = root() + "/a.txt";
  const std::string long_text(200'000, 'x');
  auto file = files().OpenWritable(path, OpenMode::kReplace);
  ASSERT_TRUE(file);
  EXPECT_TRUE((*file)->Append("one "));
  EXPECT_TRUE((*file)->Append(long_text));
  EXPECT_TRUE((*file)->Sync());
  EXPECT_EQ((*file)->Size(), 200'004u);
  EXPECT_TRUE((*file)->Close());
  EXPECT_EQ(Read(path), "one " + long_text);
  EXPECT_EQ(files().Stat(path)->bytes, 200'004u);

  file = files().OpenWritable(path, OpenMode::kAppend);
  ASSERT_TRUE(file);
  EXPECT_TRUE((*file)->Truncate(3));
  EXPECT_TRUE((*file)->Append("!"));
  EXPECT_EQ(Read(path), "one!");
  EXPECT_TRUE((*file)->Truncate(6));
  EXPECT_EQ(Read(path), std::string("one!\0\0", 6));

  file = files().OpenWritable(path, OpenMode::kReplace);
  EXPECT_EQ(Read(path), "");
}

TEST_P(FileSystemTest, ReadsAnyPart) {
  const std::string path = root() + "/a.txt";
  ASSERT_TRUE(ReplaceFile(files(), path, "0123456789"));
  const auto file = files().OpenReadable(path);
  ASSERT_TRUE(file);
  char bytes[8];
  EXPECT_EQ((*file)->ReadAt(4, bytes, 3), 3u);
  EXPECT_EQ(std::string(bytes, 3), "456");
  EXPECT_EQ((*file)->ReadAt(8, bytes, 8), 2u);
  EXPECT_EQ((*file)->ReadAt(99, bytes, 8), 0u);
}

TEST_P(FileSystemTest, ReplacesAndListsAndRemoves) {
  const std::string folder = root() + "/one/two";
  ASSERT_TRUE(MakeFolders(files(), folder + "/"));
  ASSERT_TRUE(MakeFolders(files(), folder));
  ASSERT_TRUE(ReplaceFile(files(), folder + "/b", "first"));
  ASSERT_TRUE(ReplaceFile(files(), folder + "/b", "second"));
  ASSERT_TRUE(ReplaceFile(files(), folder + "/a", ""));
  EXPECT_EQ(Read(folder + "/b"), "second");
  EXPECT_THAT(*files().List(folder), ElementsAre("a", "b"));
  EXPECT_FALSE(files().Remove(folder));
  EXPECT_TRUE(files().Remove(folder + "/a"));
  EXPECT_TRUE(files().Remove(folder + "/b"));
  EXPECT_TRUE(files().Remove(folder));
  EXPECT_EQ(files().Stat(folder)->kind, FileInfo::Kind::kNothing);
  EXPECT_EQ(files().Stat(root() + "/one")->kind, FileInfo::Kind::kFolder);
}

TEST_P(FileSystemTest, NamesWhatIsMissingOrInTheWay) {
  const auto missing = files().OpenReadable(root() + "/none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "not-found");
  EXPECT_EQ(missing.error().message, "cannot read " + root() + "/none: No such file or directory");
  EXPECT_EQ(files().OpenWritable(root() + "/none/x", OpenMode::kAppend).error().code, "not-found");
  EXPECT_EQ(files().Remove(root() + "/none").error().code, "not-found");
  EXPECT_EQ(files().Rename(root() + "/none", root() + "/x").error().code, "not-found");
  EXPECT_EQ(files().List(root() + "/none").error().code, "not-found");
  ASSERT_TRUE(ReplaceFile(files(), root() + "/file", "x"));
  EXPECT_THAT(files().MakeFolder(root() + "/file").error().message, HasSubstr("File exists"));
  EXPECT_FALSE(files().OpenWritable(root(), OpenMode::kAppend));
}

TEST_P(FileSystemTest, LocksForOne) {
  const std::string path = root() + "/LOCK";
  auto lock = files().Lock(path);
  ASSERT_TRUE(lock);
  const auto second = files().Lock(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "locked");
  EXPECT_THAT(second.error().message, HasSubstr(path));
  lock->reset();
  EXPECT_TRUE(files().Lock(path));
}

TEST(RealFileSystem, NamesAFullDiskAndAClosedPipe) {
  auto full = FileSystem::Real().OpenWritable("/dev/full", OpenMode::kAppend);
  ASSERT_TRUE(full);
  const Result<void> written = (*full)->Append("x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "disk-full");
  EXPECT_EQ(written.error().message,
            "cannot write /dev/full: No space left on device; make room and "
            "run the same command again");

  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGPIPE, SIG_IGN);
    ::dup2(ends[1], STDOUT_FILENO);
    const Result<void> printed = StandardOutput()->Append("x");
    ::_exit(!printed && printed.error().code == "pipe-closed" ? 0 : 1);
  }
  ::close(ends[1]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace vedette
