// Any text as an organisation's own tables.
#include <cstdint>
#include <string>

#include "content/library.h"
#include "enrich/context_tables.h"

using namespace vedette;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  static const Schema* schema = [] {
    Diagnostics ignored;
    auto* made = new Schema;
    made->AddField({.name = "user_entity"}, ignored);
    made->Finish(ignored);
    return made;
  }();
  static constexpr const char* kNames[] = {"users", "assets", "zones", "company_domains", "words"};
  ContextTables tables(*schema);
  Diagnostics faults;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  tables.LoadText(kNames[data[0] % 5], text, "fuzz.csv", faults);
  tables.ListContains(tables.FindTable("company_domains"), text.substr(0, 300));
  tables.EntityAttribute(true, text.substr(0, 20), "department");
  tables.TopDomain(text.substr(0, 300));
  if (const auto ip = ParseIp(text.substr(0, 40))) tables.ZoneOfAddress(*ip);
  return 0;
}
