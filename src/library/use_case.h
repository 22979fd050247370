// A UseCase is an analyst's question, as content/use_cases/ declares it.
//
//   std::vector<UseCase> use_cases = ReadUseCases(library, faults);   // by name
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "content/library.h"

namespace vedette {

// Who is behind what a use case looks for, as indices group them.
inline constexpr std::array<std::string_view, 3> kThreats = {
    "Compromised Insiders", "Malicious Insiders", "External Threats"};

struct UseCase {
  std::string name;
  std::string about;
  std::string question;
  std::string limits;
  std::vector<std::string> threats;  // of kThreats
  std::vector<std::string> techniques;
  std::vector<std::string> first_steps;
  std::vector<std::string> former_names;  // what older pages call the same question
  std::string file;
  Place place;
  Place techniques_place;
};

// Sorted by name. Broken keys, nameless files and a second file of one name are faults.
std::vector<UseCase> ReadUseCases(const ContentLibrary& library, Diagnostics& faults);

}  // namespace vedette
