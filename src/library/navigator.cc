#include "library/navigator.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/json_writer.h"

namespace vedette {
namespace {

std::string RenderLayer(const LibraryFacts& facts, const std::string& name,
                        const std::string& about, const std::vector<uint32_t>& rules) {
  std::map<std::string, std::vector<std::string>> rules_of;
  for (const uint32_t r : rules) {
    for (const std::string& id : facts.TechniquesOf({r})) rules_of[id].push_back(facts.rule(r).id);
  }
  size_t most = 1;
  for (const auto& [id, ids] : rules_of) most = std::max(most, ids.size());

  std::string out;
  JsonWriter json(out);
  json.BeginObject().Key("name").String(name).Key("versions").BeginObject();
  json.Key("attack")
      .String(AttackTable::kVersion)
      .Key("navigator")
      .String("5.1.0")
      .Key("layer")
      .String("4.5")
      .EndObject();
  json.Key("domain")
      .String("enterprise-attack")
      .Key("description")
      .String(about)
      .Key("sorting")
      .Int(3);
  json.Key("layout")
      .BeginObject()
      .Key("layout")
      .String("side")
      .Key("showID")
      .Bool(true)
      .Key("showName")
      .Bool(true)
      .EndObject();
  json.Key("hideDisabled").Bool(false).Key("techniques").BeginArray();
  for (const auto& [id, ids] : rules_of) {
    const bool has_covered_sub = [&] {
      const auto next = rules_of.upper_bound(id);
      return next != rules_of.end() && next->first.starts_with(id + ".");
    }();
    json.BeginObject()
        .Key("techniqueID")
        .String(id)
        .Key("score")
        .UInt(ids.size())
        .Key("enabled")
        .Bool(true);
    json.Key("comment")
        .String(fmt::format("{}", fmt::join(ids, ", ")))
        .Key("showSubtechniques")
        .Bool(has_covered_sub)
        .EndObject();
  }
  // Parents of covered sub-techniques are opened, so that what is covered shows.
  std::set<std::string> parents;
  for (const auto& [id, ids] : rules_of) {
    const size_t dot = id.find('.');
    if (dot != std::string::npos && !rules_of.contains(id.substr(0, dot)))
      parents.insert(id.substr(0, dot));
  }
  for (const std::string& parent : parents) {
    json.BeginObject()
        .Key("techniqueID")
        .String(parent)
        .Key("enabled")
        .Bool(true)
        .Key("showSubtechniques")
        .Bool(true)
        .EndObject();
  }
  json.EndArray()
      .Key("gradient")
      .BeginObject()
      .Key("colors")
      .BeginArray()
      .String("#dbeafe")
      .String("#1d4ed8")
      .EndArray();
  json.Key("minValue").Int(1).Key("maxValue").UInt(std::max<size_t>(most, 2)).EndObject();
  json.Key("selectTechniquesAcrossTactics")
      .Bool(true)
      .Key("selectSubtechniquesWithParent")
      .Bool(false)
      .EndObject();
  out += '\n';
  return out;
}

}  // namespace

std::string LayerFile(const ProductFacts& product) {
  return fmt::format("navigator/product_{}_{}.json", LowerFileName(product.vendor),
                     LowerFileName(product.product));
}
std::string LayerFile(const UseCase& use_case) {
  return fmt::format("navigator/use_case_{}.json", LowerFileName(use_case.name));
}

void WriteNavigatorLayers(const LibraryFacts& facts, const std::string& folder, OutputFolder& out) {
  out.Add(folder + "navigator/all.json",
          RenderLayer(facts, "Vedette: all content",
                      "Techniques of all rules; the score is the number of rules.", facts.rules()));
  for (const ProductFacts& product : facts.products()) {
    const std::string name = product.vendor + " " + product.product;
    out.Add(
        folder + LayerFile(product),
        RenderLayer(
            facts, "Vedette: " + name,
            fmt::format(
                "Techniques of the rules that logs of {} feed; the score is the number of rules.",
                name),
            product.content.rules),
        {}, fmt::format("the layer of '{}'", name));
  }
  for (const UseCase& use_case : facts.use_cases()) {
    out.Add(folder + LayerFile(use_case),
            RenderLayer(facts, "Vedette: " + use_case.name,
                        use_case.question + " The score is the number of rules.",
                        facts.RulesOfUseCase(use_case.name)),
            use_case.place, fmt::format("the layer of '{}'", use_case.name));
  }
}

}  // namespace vedette
