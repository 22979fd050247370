// SampleWorld is a small vocabulary, an event and its lookups: what tests, benchmarks and the fuzz
// target of expressions stand on.
//
//   SampleWorld world;
//   world.Set("user", Value::String("ada"));
//   Value v = world.Evaluate("toUpper(user)");
//
// The event starts empty. Values that a test sets live as long as the test keeps them; literals do.
#pragma once

#include <optional>
#include <string_view>

#include "core/arena.h"
#include "expr/evaluator.h"
#include "expr/fake_lookups.h"
#include "expr/program.h"

namespace vedette {

struct SampleWorld {
  Schema schema;
  RawNames raw_names;
  FakeLookups lookups;
  Arena arena;
  Event event;
  Diagnostics faults;
  Compiler compiler{schema, raw_names, lookups};

  SampleWorld() {
    Diagnostics ignored;
    const auto add = [&](FieldType type, std::initializer_list<const char*> names) {
      for (const char* name : names) schema.AddField({.name = name, .type = type}, ignored);
    };
    add(FieldType::kString, {"user",
                             "user_entity",
                             "dest_user_entity",
                             "src_device_entity",
                             "dest_device_entity",
                             "peer_group",
                             "src_zone",
                             "dest_zone",
                             "sender_domain",
                             "recipient_domain",
                             "usb_device",
                             "app",
                             "os",
                             "host",
                             "external_domain",
                             "url",
                             "file_dir",
                             "process_name",
                             "process_command_line",
                             "action",
                             "subject"});
    add(FieldType::kInteger, {"login_type", "bytes", "dest_port"});
    add(FieldType::kDecimal, {"ratio"});
    add(FieldType::kBoolean, {"executive"});
    add(FieldType::kIp, {"src_ip", "dest_ip"});
    add(FieldType::kTime, {"file_time"});
    add(FieldType::kList, {"recipients", "attachments"});
  }

  void Set(std::string_view field, Value value) {
    event.Set(arena, schema.FindField(field)->id, value);
  }

  std::optional<ExprId> Compile(std::string_view text) {
    return compiler.Compile(text, {"rule.yaml", 3, 9}, faults);
  }

  // Null when it does not compile; the text of the answer lives as long as the evaluator.
  Value Evaluate(std::string_view text) {
    const auto id = Compile(text);
    if (!id) return {};
    evaluator.emplace(compiler.program(), lookups);
    evaluator->Reset(event);
    return evaluator->Evaluate(*id);
  }
  bool Test(std::string_view text) { return Evaluator::Truth(Evaluate(text)); }

  std::optional<Evaluator> evaluator;
};

}  // namespace vedette
