// An OutputFolder collects the files of the library, then writes them in one go.
//
//   OutputFolder out(faults);
//   out.Add("DataSources/Acme/…/ds_acme_edr.md", text, parser.place, "the product 'Acme EDR'");
//   Result<size_t> written = out.Write(FileSystem::Real(), "library");
//
// Two things that would share one file name, also when only the case of letters differs, are a
// fault `page-name-collision` that names both; the first is kept. Names come from content, so
// FileName() keeps them inside the folder.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/diagnostics.h"
#include "core/file_system.h"
#include "core/result.h"

namespace vedette {

class OutputFolder {
 public:
  explicit OutputFolder(Diagnostics& faults) : faults_(faults) {}

  // `owner` is what the file is about, `place` where content declares it.
  void Add(const std::string& path, std::string text, const Place& place = {},
           const std::string& owner = {});

  // How many files were written. Creates folders; replaces files of the same name, each at once;
  // leaves others alone. Ends at the first failure, which names the file.
  Result<size_t> Write(FileSystem& files, const std::string& folder) const;

  // The text of a file, or nullptr. For tests.
  const std::string* Find(const std::string& path) const;
  // All of them, by their path in lower case.
  struct File {
    std::string path, text, owner;
    Place place;
  };
  const std::map<std::string, File>& files() const { return files_; }

 private:
  Diagnostics& faults_;
  std::map<std::string, File> files_;
};

// A name as part of a path: blanks become '_', and so does what a file system or a link may trip
// over.
std::string FileName(std::string_view name);
// The same in lower case.
std::string LowerFileName(std::string_view name);

}  // namespace vedette
