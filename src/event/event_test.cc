#include "event/event.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

#include "event/batch.h"
#include "event/event_json.h"

namespace vedette {
namespace {

TEST(Event, AgreesWithAMapUnderRandomSetsAndRemovals) {
  std::mt19937 random(7);
  Batch batch;
  Event* event = batch.Add();
  std::map<FieldId, int64_t> model;
  for (int i = 0; i < 20'000; ++i) {
    const auto field = static_cast<FieldId>(random() % kMaxFields);
    if (random() % 3 == 0) {
      event->Set(batch.arena, field, Value());
      model.erase(field);
    } else {
      event->Set(batch.arena, field, Value::Int(i));
      model[field] = i;
    }
    const auto probe = static_cast<FieldId>(random() % kMaxFields);
    const auto found = model.find(probe);
    EXPECT_EQ(event->Has(probe), found != model.end());
    EXPECT_EQ(event->Get(probe), found == model.end() ? Value() : Value::Int(found->second));
  }
  ASSERT_EQ(event->field_count(), model.size());
  auto expected = model.begin();
  event->ForEach([&](FieldId field, const Value& value) {
    EXPECT_EQ(field, expected->first);
    EXPECT_EQ(value.integer(), expected->second);
    ++expected;
  });
}

TEST(Event, FindsRawValuesById) {
  Batch batch;
  Event* event = batch.Add();
  const Event::RawEntry entries[] = {{2, Value::String("two")}, {9, Value::Int(9)}};
  event->SetRaw(entries, 2);
  EXPECT_EQ(event->Raw(2).text(), "two");
  EXPECT_EQ(event->Raw(9).integer(), 9);
  EXPECT_TRUE(event->Raw(0).is_null());
  EXPECT_TRUE(event->Raw(10).is_null());
}

TEST(Schema, FindsNamesInAnyCaseAndReportsDuplicatesAndMissingOnes) {
  Schema schema;
  Diagnostics faults;
  schema.AddField({.name = "user"}, faults);
  schema.AddField({.name = "bytes", .type = FieldType::kInteger}, faults);
  EXPECT_FALSE(faults.has_errors());
  schema.AddField({.name = "USER"}, faults);
  EXPECT_EQ(faults.errors(), 1u);
  EXPECT_EQ(schema.FindField("Bytes")->id, 1);
  EXPECT_EQ(schema.FindField("byte"), nullptr);
  schema.Finish(faults);
  EXPECT_GT(faults.errors(), 1u);  // the engine needs more than these two
  EXPECT_EQ(schema.InternProduct("A", "B"), schema.InternProduct("A", "B"));
}

TEST(EventJson, WritesEveryKindOfValueByFieldName) {
  Schema schema;
  Diagnostics faults;
  for (const char* name : {"text", "number", "list", "flag", "when"})
    schema.AddField({.name = name}, faults);
  Batch batch;
  Event* event = batch.Add();
  const Value items[] = {Value::String("a"), Value::String("b")};
  event->Set(batch.arena, 3, Value::Bool(false));
  event->Set(batch.arena, 0, Value::String("x\"y"));
  event->Set(batch.arena, 1, Value::Int(9007199254740993));
  event->Set(batch.arena, 2, Value::List(items, 2));
  event->Set(batch.arena, 4, Value::Time({1}));
  std::string out;
  AppendFieldsJson(out, *event, schema);
  EXPECT_EQ(
      out,
      R"({"text":"x\"y","number":9007199254740993,"list":["a","b"],"flag":false,"when":"1970-01-01T00:00:00.000000001Z"})");
}

}  // namespace
}  // namespace vedette
