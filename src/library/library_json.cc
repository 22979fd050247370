#include "library/library_json.h"

#include "core/json_writer.h"

namespace vedette {
namespace {

class LibraryJson {
 public:
  explicit LibraryJson(const LibraryFacts& facts) : facts_(facts) {}

  std::string Render() {
    json_.BeginObject().Key("products").BeginArray();
    for (const ProductFacts& product : facts_.products()) WriteProduct(product);
    json_.EndArray().Key("rules").BeginObject();
    for (const uint32_t r : facts_.rules()) WriteRule(r);
    json_.EndObject().Key("models").BeginObject();
    for (const uint32_t m : facts_.models()) WriteModel(m);
    json_.EndObject().EndObject();
    out_ += '\n';
    return std::move(out_);
  }

 private:
  void WriteTexts(std::string_view key, const std::vector<std::string>& texts) {
    json_.Key(key).BeginArray();
    for (const std::string& text : texts) json_.String(text);
    json_.EndArray();
  }

  template <typename Spec>
  void WriteIds(std::string_view key, const std::vector<uint32_t>& indices,
                const std::vector<Spec>& specs) {
    json_.Key(key).BeginArray();
    for (const uint32_t i : indices) json_.String(specs[i].id);
    json_.EndArray();
  }

  void WriteEventTypes(const std::vector<EventTypeId>& types) {
    std::set<std::string> names;
    for (const EventTypeId type : types) names.insert(facts_.event_type(type));
    WriteTexts("event_types", {names.begin(), names.end()});
  }

  void WriteCounts(const Counts& counts) {
    json_.Key("counts").BeginObject();
    json_.Key("rules")
        .UInt(counts.rules)
        .Key("models")
        .UInt(counts.models)
        .Key("techniques")
        .UInt(counts.techniques);
    json_.Key("event_types")
        .UInt(counts.event_types)
        .Key("parsers")
        .UInt(counts.parsers)
        .EndObject();
  }

  void WriteProduct(const ProductFacts& product) {
    json_.BeginObject().Key("vendor").String(product.vendor).Key("product").String(product.product);
    WriteCounts(product.content.counts);
    json_.Key("event_types").BeginArray();
    for (const EventTypeRow& row : product.content.rows) {
      json_.BeginObject().Key("name").String(facts_.event_type(row.type));
      WriteIds("parsers", row.parsers, facts_.content().parsers.parsers());
      json_.EndObject();
    }
    json_.EndArray().Key("use_cases").BeginArray();
    for (const ProductUseCase& use_case : product.use_cases) WriteUseCase(use_case);
    json_.EndArray().EndObject();
  }

  void WriteUseCase(const ProductUseCase& use_case) {
    json_.BeginObject().Key("name").String(facts_.use_cases()[use_case.use_case].name);
    WriteCounts(use_case.content.counts);
    json_.Key("event_types").BeginArray();
    for (const EventTypeRow& row : use_case.content.rows) {
      json_.BeginObject().Key("name").String(facts_.event_type(row.type)).Key("rules").BeginArray();
      for (const uint32_t r : row.rules) {
        json_.BeginObject().Key("id").String(facts_.rule(r).id);
        WriteTexts("techniques", facts_.TechniquesOf({r}));
        json_.EndObject();
      }
      json_.EndArray();
      WriteIds("models", row.models, facts_.content().rules.models());
      json_.EndObject();
    }
    json_.EndArray().EndObject();
  }

  void WriteRule(uint32_t index) {
    const RuleSpec& rule = facts_.rule(index);
    json_.Key(rule.id)
        .BeginObject()
        .Key("title")
        .String(rule.title)
        .Key("kind")
        .String(VerdictName(rule.verdict));
    if (!rule.author.empty()) json_.Key("author").String(rule.author);
    if (!rule.license.empty()) json_.Key("license").String(rule.license);
    WriteTexts("techniques", facts_.TechniquesOf({index}));
    WriteTexts("tactics", rule.tactics);
    WriteTexts("use_cases", rule.use_cases);
    WriteEventTypes(facts_.EventTypesOfRule(index));
    json_.Key("model");
    rule.model_id.empty() ? json_.Null() : json_.String(rule.model_id);
    WriteIds("models_read", facts_.ModelsOfRule(index), facts_.content().rules.models());
    json_.Key("file").String(rule.file).EndObject();
  }

  void WriteModel(uint32_t index) {
    const ModelSpec& model = facts_.model(index);
    json_.Key(model.id)
        .BeginObject()
        .Key("title")
        .String(model.title)
        .Key("kind")
        .String(ModelKindName(model.kind));
    std::set<std::string> use_cases;
    for (const uint32_t r : facts_.RulesOfModel(index)) {
      use_cases.insert(facts_.rule(r).use_cases.begin(), facts_.rule(r).use_cases.end());
    }
    WriteTexts("use_cases", {use_cases.begin(), use_cases.end()});
    WriteEventTypes(facts_.EventTypesOfModel(index));
    WriteIds("rules", facts_.RulesOfModel(index), facts_.content().rules.rules());
    json_.Key("file").String(model.file).EndObject();
  }

  const LibraryFacts& facts_;
  std::string out_;
  JsonWriter json_{out_};
};

}  // namespace

std::string RenderLibraryJson(const LibraryFacts& facts) { return LibraryJson(facts).Render(); }

}  // namespace vedette
