// A content folder for one test: the shipped schema, and what the test writes.
//
//   TempContent temp;
//   temp.Write("rules/x.yaml", "behaviour: x …");
//   Diagnostics faults;
//   auto content = temp.Load(faults);
//
// The folder goes with the object.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <unistd.h>

#include "engine/content_set.h"

namespace vedette {

class TempContent {
 public:
  TempContent() {
    namespace fs = std::filesystem;
    std::string pattern = (fs::temp_directory_path() / "vedette-test-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    fs::create_directories(folder_ + "/content");
    fs::copy(std::string(VEDETTE_SOURCE_DIR) + "/content/schema", folder_ + "/content/schema",
             fs::copy_options::recursive);
  }
  ~TempContent() {
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
  }
  TempContent(const TempContent&) = delete;
  TempContent& operator=(const TempContent&) = delete;

  // Below the content folder.
  void Write(const std::string& path, const std::string& text) {
    WriteFile("content/" + path, text);
  }
  // Below the test's own folder.
  std::string WriteFile(const std::string& path, const std::string& text) {
    const std::filesystem::path file = std::filesystem::path(folder_) / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }

  std::unique_ptr<ContentSet> Load(Diagnostics& faults, const std::string& context = "") const {
    ContentSet::Options options = this->options();
    if (!context.empty()) options.context_folder = folder_ + "/" + context;
    return ContentSet::Load(options, faults);
  }
  ContentSet::Options options() const { return {.content_folder = folder_ + "/content"}; }

  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

}  // namespace vedette
