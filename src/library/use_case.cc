#include "library/use_case.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace vedette {

std::vector<UseCase> ReadUseCases(const ContentLibrary& library, Diagnostics& faults) {
  std::vector<UseCase> use_cases;
  std::map<std::string, Place> places;
  for (const ContentFile& file : library.use_cases) {
    MapReader map(file.root, "use case", faults);
    UseCase use_case;
    use_case.file = file.path;
    use_case.name = map.RequiredText("name");
    use_case.place = map.PlaceOf("name");
    use_case.about = map.RequiredText("about");
    use_case.question = map.RequiredText("question");
    use_case.threats = map.Texts("threats");
    for (const std::string& threat : use_case.threats) {
      if (std::find(kThreats.begin(), kThreats.end(), threat) == kThreats.end()) {
        faults.Error(map.PlaceOf("threats"), "unknown-threat",
                     fmt::format("there is no group of use cases '{}'", threat),
                     DidYouMean(threat, {kThreats.begin(), kThreats.end()}));
      }
    }
    use_case.techniques = map.Texts("techniques");
    use_case.techniques_place = map.PlaceOf("techniques");
    use_case.limits = map.Text("limits");
    use_case.first_steps = map.Texts("first_steps");
    use_case.former_names = map.Texts("x-former_names");
    map.Finish();
    if (use_case.name.empty()) continue;
    const auto [at, added] = places.emplace(use_case.name, use_case.place);
    if (!added) {
      faults.Error(use_case.place, "duplicate-use-case",
                   fmt::format("the use case '{}' is already defined at {}", use_case.name,
                               at->second.ToString()));
      continue;
    }
    use_cases.push_back(std::move(use_case));
  }
  std::sort(use_cases.begin(), use_cases.end(),
            [](const UseCase& a, const UseCase& b) { return a.name < b.name; });
  return use_cases;
}

}  // namespace vedette
