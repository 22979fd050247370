// Any bytes as an expression: it compiles or its fault says where, and its value is the same when
// asked again.
#include <cstdlib>

#include "expr/sample_world.h"

namespace vedette {
namespace {

void FillEvent(SampleWorld& world) {
  static const Value recipients[] = {Value::String("bob@Example.com"),
                                     Value::String("eve@mail.example"), Value::Int(7)};
  static const Value attachments[] = {Value::String("plan.ZIP"), Value::String("no_extension")};
  world.event.time = {1'772'443'800'000'000'000};
  world.Set("user", Value::String("Ada \xF0\x9F\x98\x80"));
  world.Set("user_entity", Value::String("ada"));
  world.Set("os", Value::String("Windows 11"));
  world.Set("process_command_line",
            Value::String("\"C:\\Temp\\RClone.exe\" copy \xFF\xFE x: --no-^check"));
  world.Set("url", Value::String("https://ada:pw@[2001:db8::1]:8080/a/b?c=d#e"));
  world.Set("src_ip", Value::Ip("10.1.2.3"));
  world.Set("dest_ip", Value::Ip("fe80::1%eth0"));
  world.Set("bytes", Value::Int(9'007'199'254'740'993));
  world.Set("login_type", Value::Int(10));
  world.Set("ratio", Value::Double(2.5));
  world.Set("executive", Value::Bool(true));
  world.Set("file_time", Value::Time({1}));
  world.Set("recipients", Value::List(recipients, 3));
  world.Set("attachments", Value::List(attachments, 2));
}

void CheckThat(bool holds) {
  if (!holds) std::abort();
}

}  // namespace
}  // namespace vedette

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (size > 4096) return 0;
  SampleWorld world;
  FillEvent(world);
  Diagnostics faults;
  const auto id = world.compiler.Compile(text, {"x.yaml", 1, 1}, faults);
  CheckThat(id.has_value() != faults.has_errors());
  for (const Diagnostic& fault : faults.all()) {
    CheckThat(fault.place.column >= 1 && fault.place.column <= static_cast<int>(size) + 1);
  }
  if (!id) return 0;
  CheckThat(world.compiler.Compile(text, {"x.yaml", 1, 1}, faults) == id);

  Evaluator evaluator(world.compiler.program(), world.lookups);
  evaluator.Reset(world.event);
  const std::string first = evaluator.Evaluate(*id).ToText();
  const bool holds = evaluator.Test(*id);
  evaluator.Reset(world.event);
  CheckThat(evaluator.Evaluate(*id).ToText() == first && evaluator.Test(*id) == holds);

  std::vector<FieldId> fields;
  std::vector<RawId> raw;
  world.compiler.program().ReadBy(*id, &fields, &raw);
  for (RawId r : raw) CheckThat(r < world.raw_names.size());
  return 0;
}
