#include "engine/behaviour_tests.h"
#include "enrich/enricher.h"

namespace vedette {
namespace {

// The shipped context with a test's own tables in place of those of the same name.
class ShippedWorld : public TestWorld {
 public:
  ShippedWorld(const ContentSet& content, const std::map<std::string, std::string>& tables,
               const Place& place, Diagnostics& faults)
      : tables_(content.tables) {
    for (const auto& [name, text] : tables) tables_.LoadText(name, text, place.file, faults);
    enricher_.emplace(content.library.schema, tables_, nullptr);
  }
  const Lookups& lookups() const override { return tables_; }
  void Enrich(Event& event, Arena& arena) override { enricher_->Enrich(event, arena); }

 private:
  ContextTables tables_;
  std::optional<Enricher> enricher_;
};

}  // namespace

MakeTestWorld ShippedWorlds(const ContentSet& content) {
  return [&content](const auto& tables, const Place& place,
                    Diagnostics& faults) -> std::unique_ptr<TestWorld> {
    return std::make_unique<ShippedWorld>(content, tables, place, faults);
  };
}

}  // namespace vedette
