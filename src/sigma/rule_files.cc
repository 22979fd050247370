#include "sigma/rule_files.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "core/text.h"
#include "ingest/byte_source.h"

namespace vedette::sigma {
namespace {

namespace fs = std::filesystem;

bool IsRuleName(std::string_view name) { return EndsWith(name, ".yml") || EndsWith(name, ".yaml"); }

// Everything, or a fault and nothing when it is larger than `most`.
std::optional<std::string> ReadAll(const std::string& path, size_t most, Diagnostics& faults) {
  const auto source = OpenBytes(path);
  if (!source) {
    faults.Error({path}, source.error().code, source.error().message);
    return {};
  }
  std::string text;
  std::string buffer(1 << 16, '\0');
  while (true) {
    const auto got = (*source)->Read(buffer.data(), buffer.size());
    if (!got) {
      faults.Error({path}, got.error().code, got.error().message);
      return {};
    }
    if (*got == 0) return text;
    text.append(buffer, 0, *got);
    if (text.size() > most) {
      faults.Error({path}, "sigma-too-large", fmt::format("larger than {} bytes", most));
      return {};
    }
  }
}

// The octal number of a tar header's field, which blanks and zero bytes may end.
size_t Octal(std::string_view field) {
  size_t value = 0;
  for (char c : field) {
    if (c >= '0' && c <= '7') value = value * 8 + static_cast<size_t>(c - '0');
    if (c == '\0' && value > 0) break;
  }
  return value;
}

std::string_view UpToZero(std::string_view field) { return field.substr(0, field.find('\0')); }

// The path that a pax header of the file behind it gives, or nothing.
std::string PaxPath(std::string_view records) {
  const size_t at = records.find(" path=");
  if (at == std::string_view::npos) return {};
  const size_t from = at + 6;
  return std::string(records.substr(from, records.find('\n', from) - from));
}

// Rule files of a tar archive. Source: POSIX.1-2001, pax interchange format (ustar), and GNU's long
// names.
void ReadTar(std::string_view bytes, const std::string& path, std::vector<RuleFile>& files,
             Diagnostics& faults) {
  constexpr size_t kBlock = 512;
  std::string long_name;
  for (size_t at = 0; at + kBlock <= bytes.size();) {
    const std::string_view header = bytes.substr(at, kBlock);
    if (header[0] == '\0') return;  // the end
    const size_t size = Octal(header.substr(124, 12));
    const char type = header[156];
    if (size > bytes.size() - at - kBlock) {
      faults.Error({path}, "sigma-archive", "the archive is cut off");
      return;
    }
    const std::string_view content = bytes.substr(at + kBlock, size);
    std::string name = std::move(long_name);
    long_name.clear();
    if (name.empty()) {
      const std::string_view prefix = UpToZero(header.substr(345, 155));
      if (header.substr(257, 5) == "ustar" && !prefix.empty()) name = std::string(prefix) + "/";
      name += UpToZero(header.substr(0, 100));
    }
    if (type == 'L') {
      long_name = UpToZero(content);
    } else if (type == 'x') {
      long_name = PaxPath(content);
    } else if ((type == '0' || type == '\0') && IsRuleName(name)) {
      files.push_back({std::move(name), std::string(content)});
    }
    at += kBlock + (size + kBlock - 1) / kBlock * kBlock;
  }
}

}  // namespace

std::vector<RuleFile> ReadRuleFiles(const std::string& path, Diagnostics& faults) {
  constexpr size_t kMostArchiveBytes = 1 << 30;
  std::vector<RuleFile> files;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    std::vector<std::string> names;
    const auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator it(path, options, error), end; it != end;
         it.increment(error)) {
      if (error) break;
      if (it->is_regular_file(error) && IsRuleName(it->path().string()))
        names.push_back(it->path().string());
    }
    if (error) faults.Error({path}, "sigma-folder", error.message());
    for (std::string& name : names) {
      if (auto text = ReadAll(name, kMostFileBytes, faults))
        files.push_back({std::move(name), std::move(*text)});
    }
  } else if (EndsWith(path, ".tar.gz") || EndsWith(path, ".tgz") || EndsWith(path, ".tar")) {
    if (const auto bytes = ReadAll(path, kMostArchiveBytes, faults))
      ReadTar(*bytes, path, files, faults);
  } else if (auto text = ReadAll(path, kMostFileBytes, faults)) {
    files.push_back({path, std::move(*text)});
  }
  std::sort(files.begin(), files.end(),
            [](const RuleFile& a, const RuleFile& b) { return a.name < b.name; });
  return files;
}

}  // namespace vedette::sigma
