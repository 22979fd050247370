// What judging an event costs as rules and as people grow, over content and events made up for it.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "engine/judge.h"
#include "engine/temp_content.h"
#include "event/batch.h"

namespace vedette {
namespace {

constexpr size_t kEvents = 1024;
constexpr int64_t kDay = 20'000;

// Content of one test, and a judge that starts empty.
struct World {
  explicit World(const std::string& behaviours) {
    temp.Write("rules/made_up.yaml", behaviours);
    content = temp.Load(faults);
    judge = std::make_unique<Judge>(content->library.schema, content->rules,
                                    content->compiler.program(), content->tables, Judge::Options());
  }

  Event* Add(EventTypeId type) {
    Event* event = batch.Add();
    event->type = type;
    event->product = product;
    event->time = {kDay * kNanosPerDay + static_cast<int64_t>(batch.events.size()) * 1'000'000};
    event->id = Hasher(1).Add(uint64_t{batch.events.size()}).Finish();
    return event;
  }
  FieldId Field(std::string_view name) const { return content->library.schema.FindField(name)->id; }
  void Set(Event* event, FieldId field, const std::string& text) {
    event->Set(batch.arena, field, Value::String(batch.arena.Copy(text)));
  }

  TempContent temp;
  Diagnostics faults;
  std::unique_ptr<ContentSet> content;
  std::unique_ptr<Judge> judge;
  ProductId product = 0;
  Batch batch;
  std::vector<Detection> detections;
};

// A rule that knows a program by its name and a word of its command line.
std::string FactRule(size_t i, const std::string& type) {
  return fmt::format(
      "  - {{id: R{0}, title: r, description: d, verdict: fact, events: [{1}], score: 1, "
      "reason: r, when: \"toLower(process_name) = 'program{2}.exe' && "
      "contains(process_command_line, '-{0}')\"}}\n",
      i, type, i / 2);
}

// Every fourth of so many rules learns; the others are facts.
std::string Behaviours(size_t rules, const std::vector<std::string>& types) {
  std::string models, learning, facts;
  for (size_t i = 0; i < rules; ++i) {
    const std::string& type = types[i % types.size()];
    if (types.size() == 1 || i / types.size() % 4 != 0) {
      facts += FactRule(i, type);
      continue;
    }
    models += fmt::format(
        "  - {{id: M{0}, title: m, kind: categorical, events: [{1}], scope: user, value: "
        "\"{2}\"}}\n",
        i, type, i % 2 == 0 ? "process_name" : "toLower(process_name)");
    learning += fmt::format(
        "  - {{id: R{0}, title: r, description: d, verdict: first, model: M{0}, score: 1, reason: "
        "r}}\n",
        i);
  }
  return "behaviour: made up\nabout: Made up.\n" +
         (models.empty() ? std::string() : "models:\n" + models) + "rules:\n" + learning + facts;
}

void JudgeRules(benchmark::State& state, bool one_type) {
  std::vector<std::string> types = {"process-created"};
  if (!one_type) {
    types = {"process-created", "process-network",
             "file-write",      "usb-write",
             "registry-write",  "web-activity-allowed",
             "local-logon",     "remote-logon",
             "app-login",       "network-connection-successful"};
  }
  World world(Behaviours(static_cast<size_t>(state.range(0)), types));
  if (world.faults.has_errors()) {
    state.SkipWithError(world.faults.Render().c_str());
    return;
  }
  const FieldId user = world.content->library.schema.known().user_entity;
  const FieldId name = world.Field("process_name");
  const FieldId line = world.Field("process_command_line");
  for (size_t i = 0; i < kEvents; ++i) {
    Event* event =
        world.Add(world.content->library.schema.FindEventType(types[i % types.size()])->id);
    world.Set(event, user, fmt::format("user{}", i % 100));
    world.Set(event, name, fmt::format("tool{}.exe", i % 50));
    world.Set(event, line,
              fmt::format("C:\\Program Files\\Vendor\\tool{}.exe --type=renderer "
                          "--lang=en-US --field-trial-handle=1724,i,91",
                          i % 50));
  }
  world.judge->Process(world.batch.events, world.detections);
  for (auto _ : state) {
    world.detections.clear();
    world.judge->Process(world.batch.events, world.detections);
  }
  state.counters["types"] = static_cast<double>(types.size());
  state.counters["detections"] = static_cast<double>(world.detections.size());
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kEvents));
}
BENCHMARK_CAPTURE(JudgeRules, one_type, true)->Arg(100)->Arg(300)->Arg(1000)->Arg(3000);
BENCHMARK_CAPTURE(JudgeRules, all_types, false)->Arg(100)->Arg(300)->Arg(1000)->Arg(3000);

constexpr const char* kPeople = R"(
behaviour: made up
about: What each person runs, where, and when.
models:
  - {id: P, title: p, kind: profile, events: [process-created], scope: user, value: process_name}
  - {id: C, title: c, kind: categorical, events: [process-created], scope: user, value: asset_entity}
  - {id: W, title: w, kind: window_count, events: [process-created], scope: user, window: 1d}
rules:
  - {id: R1, title: r, description: d, verdict: first, model: P, score: 1, reason: r}
  - {id: R2, title: r, description: d, verdict: first, model: C, score: 1, reason: r}
  - {id: R3, title: r, description: d, verdict: magnitude, model: W, score: 1, reason: r}
)";

// Events of random people among so many, all of whom were seen before.
struct People {
  explicit People(uint64_t count) : world(kPeople), people(count) {
    if (world.faults.has_errors()) return;
    const Schema& schema = world.content->library.schema;
    const EventTypeId type = schema.FindEventType("process-created")->id;
    for (size_t i = 0; i < kEvents; ++i) {
      Event* event = world.Add(type);
      world.Set(event, schema.known().asset_entity, fmt::format("ws-{:03}", i % 1000));
      world.Set(event, world.Field("process_name"), fmt::format("tool{}.exe", i % 5));
      event->Set(world.batch.arena, schema.known().user_entity,
                 Value::String({&names[i * kNameBytes], kNameBytes}));
    }
    for (uint64_t n = 0; n < people; n += kEvents) {
      for (size_t i = 0; i < kEvents; ++i) SetName(i, (n + i) % people);
      world.detections.clear();
      world.judge->Process(world.batch.events, world.detections);
    }
  }

  void SetName(size_t event, uint64_t person) {
    char* name = &names[event * kNameBytes];
    for (size_t i = kNameBytes; i-- > 0; person /= 10)
      name[i] = static_cast<char>('0' + person % 10);
  }

  static constexpr size_t kNameBytes = 12;

  World world;
  uint64_t people;
  std::string names = std::string(kEvents * kNameBytes, '0');  // which events point into
};

void JudgePeople(benchmark::State& state) {
  static std::unique_ptr<People> kept;  // the last one, because a benchmark is repeated
  const auto count = static_cast<uint64_t>(state.range(0));
  if (kept == nullptr || kept->people != count) {
    kept.reset();
    kept = std::make_unique<People>(count);
  }
  if (kept->world.faults.has_errors()) {
    state.SkipWithError(kept->world.faults.Render().c_str());
    return;
  }
  uint64_t dice = 42;
  for (auto _ : state) {
    state.PauseTiming();
    for (size_t i = 0; i < kEvents; ++i) {
      dice = dice * 6364136223846793005ULL + 1442695040888963407ULL;
      kept->SetName(i, (dice >> 32) * count >> 32);
    }
    state.ResumeTiming();
    kept->world.detections.clear();
    kept->world.judge->Process(kept->world.batch.events, kept->world.detections);
  }
  uint64_t bytes = kept->world.judge->models().accounted_bytes();
  state.counters["bytes_each"] = static_cast<double>(bytes) / static_cast<double>(count);
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kEvents));
}
BENCHMARK(JudgePeople)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Arg(10'000'000);

}  // namespace
}  // namespace vedette
