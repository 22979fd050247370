// Any text as a behaviour, a parser, a list and a test: loading reports faults and never fails
// otherwise.
#include <cstdint>
#include <string>

#include "content/library.h"
#include "content/node.h"
#include "enrich/context_tables.h"
#include "expr/program.h"
#include "parse/parsers.h"
#include "rule/rule_set.h"

using namespace vedette;

namespace {

Schema SmallSchema() {
  Schema schema;
  Diagnostics faults;
  for (const char* name :
       {"user", "host", "file_name", "file_ext", "user_entity", "asset_entity", "dest_country"})
    schema.AddField({.name = name}, faults);
  schema.AddField({.name = "bytes", .type = FieldType::kInteger}, faults);
  for (const char* name : {"file-write", "usb-write", "dlp-email-alert-out"})
    schema.AddEventType({.name = name}, faults);
  schema.Finish(faults);
  return schema;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Result<Node> root = ParseYaml({reinterpret_cast<const char*>(data), size}, "fuzz.yaml");
  if (!root) return 0;
  ContentLibrary library;
  library.schema = SmallSchema();
  library.parsers = library.context = library.rules = {{"fuzz.yaml", *root}};
  Diagnostics faults;
  RawNames raw_names;
  ContextTables tables(library.schema);
  tables.LoadShipped(library, faults);
  Compiler compiler(library.schema, raw_names, tables);
  ParserSet parsers = ParserSet::Load(library, raw_names, compiler, faults);
  const RuleSet rules = RuleSet::Load(library, compiler, faults);
  parsers.Finish(raw_names);
  faults.Sort();
  faults.Render();
  return 0;
}
