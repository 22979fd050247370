// The programs of the organisation: images with the version resource and hashes that products
// report, and what starts them with which arguments.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "simulate/organisation.h"

namespace vedette::simulate {

struct Program {
  std::string_view name;    // image name, as on disk
  std::string_view folder;  // "{user}" stands for the account name
  std::string_view company;
  std::string_view product;
  std::string_view description;
  std::string_view original_name;  // as the version resource has it; empty: the name
  std::string version;
  std::string md5, sha1, sha256;
  int64_t bytes = 0;
};

// All programs, and one by its name. Requires a program of that name.
std::span<const Program> Programs();
const Program& ProgramNamed(std::string_view name);

// "C:\Users\ada\AppData\Local\Temp": the folder with the account name filled in.
void AppendFolder(std::string& out, const Program& program, std::string_view user);

// How people, or the system, start a program.
struct Launch {
  std::string_view program;
  std::string_view parent;
  std::string_view
      arguments;  // {file} a document, {folder} one of the person's folders, {n} a number
  std::string_view departments;  // letters of those that do so (see below); empty: all
};
// Ordered by how common they are. Letters: S sales, E engineering, F finance, R research, O
// operations, M marketing, H help (support), I IT, P personnel, L legal.
std::span<const Launch> OfficeLaunches();
std::span<const Launch> SystemLaunches();
char LetterOf(Department department);

// Installers and updaters that run from temporary folders, commonest first.
std::span<const std::string_view> Updaters();

}  // namespace vedette::simulate
