#include "tree.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace vedette::tree {

namespace fs = std::filesystem;

fs::path Root() { return VEDETTE_SOURCE_DIR; }

std::vector<std::string> Files(const std::vector<std::string>& folders) {
  std::vector<std::string> files;
  for (const std::string& folder : folders) {
    if (!fs::is_directory(Root() / folder)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(Root() / folder)) {
      if (entry.is_regular_file())
        files.push_back(fs::relative(entry.path(), Root()).generic_string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string Read(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(Root() / file, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<std::string> ReadLines(const std::string& file) {
  std::vector<std::string> lines;
  std::istringstream in(Read(file));
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool Exists(const std::string& path) { return fs::exists(Root() / path); }

std::vector<std::vector<std::string>> Table(const std::string& file, std::string_view heading) {
  std::vector<std::vector<std::string>> rows;
  bool below = false;
  for (const std::string& line : ReadLines(file)) {
    if (line.starts_with("#")) {
      if (below && !rows.empty()) break;
      below = line.find(heading) != std::string::npos;
    }
    if (!below) continue;
    if (!line.starts_with("|")) {
      if (!rows.empty()) break;
      continue;
    }
    std::vector<std::string> cells;
    std::istringstream in(line.substr(1));
    for (std::string cell; std::getline(in, cell, '|');) {
      const size_t first = cell.find_first_not_of(' ');
      const size_t last = cell.find_last_not_of(' ');
      cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
    }
    rows.push_back(std::move(cells));
  }
  if (rows.size() >= 2) rows.erase(rows.begin(), rows.begin() + 2);
  return rows;
}

std::vector<std::string> Quoted(std::string_view text) {
  std::vector<std::string> quoted;
  for (size_t open = text.find('`'); open != std::string_view::npos;) {
    const size_t close = text.find('`', open + 1);
    if (close == std::string_view::npos) break;
    quoted.emplace_back(text.substr(open + 1, close - open - 1));
    open = text.find('`', close + 1);
  }
  return quoted;
}

}  // namespace vedette::tree
