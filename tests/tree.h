// The source tree as tests see it: its files, and the tables of its documents.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vedette::tree {

// Where the tree is.
std::filesystem::path Root();

// All files below folders of the tree ("src", "tests"), relative to it, sorted. Folders that are
// not there are skipped.
std::vector<std::string> Files(const std::vector<std::string>& folders);

std::string Read(const std::string& file);
std::vector<std::string> ReadLines(const std::string& file);
bool Exists(const std::string& path);

// The cells of the Markdown table that follows a heading, without its two head rows. Blanks around
// cells are cut.
std::vector<std::vector<std::string>> Table(const std::string& file, std::string_view heading);

// What stands between backticks in a text, in order.
std::vector<std::string> Quoted(std::string_view text);

}  // namespace vedette::tree
