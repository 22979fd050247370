// Sequences as content declares them, followed over events (semantics 4.12).
#include "rule/sequencer.h"

#include <map>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "content/library.h"
#include "core/state_records.h"
#include "event/batch.h"
#include "expr/fake_lookups.h"

namespace vedette {
namespace {

constexpr const char* kRun = R"(
id: run
title: t
yields: failed-logon-sequence
scope: user
steps: {events: [failed-logon]}
ends:
  - {by: lockout, events: [failed-logon], when: "failure_reason = 'locked'"}
  - {by: success, events: [local-logon]}
distinct: {sequence_sources: src_host, sequence_targets: dest_host}
)";

class SequencerTest : public ::testing::Test {
 protected:
  SequencerTest() { Load(kRun); }

  void Load(const std::string& yaml) {
    sequencer_.reset();
    specs_.clear();
    const Result<Node> root = ParseYaml(yaml, "s.yaml");
    ASSERT_TRUE(root.has_value()) << root.error().message;
    if (auto spec = ReadSequenceSpec(*root, library_.schema, compiler_, faults_))
      specs_.push_back(*spec);
    evaluator_.emplace(compiler_.program(), lookups_);
    sequencer_.emplace(specs_, library_.schema.event_type_count(), *evaluator_, 1);
  }

  using Fields = std::map<std::string, std::string>;

  Event* Make(const std::string& type, const std::string& time, const Fields& fields) {
    Event* event = batch_.Add();
    event->time = *ParseIso8601("2026-02-10T" + time + "Z");
    event->type = library_.schema.FindEventType(type)->id;
    event->id = Hasher(1).Add(++made_).Finish();
    event->position.offset = made_;
    event->product = 0;
    for (const auto& [name, text] : fields) {
      event->Set(batch_.arena, library_.schema.FindField(name)->id,
                 Value::String(batch_.arena.Copy(text)));
    }
    return event;
  }

  std::string Say(const Event& event) {
    const auto get = [&](std::string_view name) {
      return event.Get(library_.schema.FindField(name)->id).ToText();
    };
    return fmt::format("{} {} of {} by {}", FormatIso8601(event.time).substr(11, 8),
                       get("sequence_count"), get("user_entity"), get("ended_by"));
  }

  // What is told of when these come, in order.
  std::vector<std::string> Told(const std::vector<Event*>& woven) {
    std::vector<std::string> told;
    Timestamp last{INT64_MIN};
    for (const Event* event : woven) {
      EXPECT_LE(last, event->time) << "out of order";
      if (!event->late) last = event->time;
      if (event->type == specs_[0].yields) told.push_back(Say(*event));
    }
    return told;
  }
  std::vector<std::string> Send(const std::string& type, const std::string& time,
                                const Fields& fields = {{"user_entity", "ada"}}) {
    return Told(sequencer_->Weave({Make(type, time, fields)}));
  }

  static ContentLibrary& Shipped() {
    static Diagnostics faults;
    static ContentLibrary library =
        ContentLibrary::Load(std::string(VEDETTE_SOURCE_DIR) + "/content", faults);
    return library;
  }

  Diagnostics faults_;
  ContentLibrary& library_ = Shipped();
  RawNames raw_names_;
  FakeLookups lookups_;
  Compiler compiler_{library_.schema, raw_names_, lookups_};
  std::vector<SequenceSpec> specs_;
  std::optional<Evaluator> evaluator_;
  std::optional<Sequencer> sequencer_;
  Batch batch_;
  uint64_t made_ = 0;
};

using Texts = std::vector<std::string>;

// Semantics 4.12: three failures end with a gap of 35 minutes, one with a success.
TEST_F(SequencerTest, WorkedExample) {
  EXPECT_EQ(Send("failed-logon", "10:00:00"), Texts{});
  EXPECT_EQ(Send("failed-logon", "10:05:00"), Texts{});
  EXPECT_EQ(Send("failed-logon", "10:20:00"), Texts{});
  EXPECT_EQ(Send("failed-logon", "10:55:00"), (Texts{"10:50:00 3 of ada by idle"}));
  EXPECT_EQ(Send("local-logon", "10:58:00"), (Texts{"10:58:00 1 of ada by success"}));
  EXPECT_EQ(sequencer_->open(), 0u);
  EXPECT_EQ(sequencer_->counts().opened, 2u);
  EXPECT_EQ(sequencer_->counts().told, 2u);
}

TEST_F(SequencerTest, AGapOfExactlyHalfAnHourBelongs) {
  Send("failed-logon", "10:00:00");
  EXPECT_EQ(Send("failed-logon", "10:30:00"), Texts{});
  EXPECT_EQ(Send("local-logon", "11:00:00"), (Texts{"11:00:00 2 of ada by success"}));
}

TEST_F(SequencerTest, AnEventOfAnybodyShowsThatItIsOver) {
  Send("failed-logon", "10:00:00");
  EXPECT_EQ(Send("file-write", "10:30:00", {{"user_entity", "bob"}}), Texts{});
  EXPECT_EQ(Send("file-write", "10:30:01", {{"user_entity", "bob"}}),
            (Texts{"10:30:00 1 of ada by idle"}));
}

TEST_F(SequencerTest, ALockoutIsTheLastStep) {
  Send("failed-logon", "10:00:00");
  EXPECT_EQ(
      Send("failed-logon", "10:01:00", {{"user_entity", "ada"}, {"failure_reason", "locked"}}),
      (Texts{"10:01:00 2 of ada by lockout"}));
}

TEST_F(SequencerTest, EndsAfterADayHoweverSteady) {
  Load(std::string(kRun) + "longest: 1h\n");
  for (const char* time : {"10:00:00", "10:20:00", "10:40:00", "11:00:00"})
    EXPECT_EQ(Send("failed-logon", time), Texts{});
  EXPECT_EQ(Send("failed-logon", "11:10:00"), (Texts{"11:00:00 4 of ada by length"}));
  EXPECT_EQ(sequencer_->open(), 1u);
}

TEST_F(SequencerTest, CountsDifferentMachinesAndKeepsTheFieldsOfTheFirstStep) {
  const auto step = [&](const char* time, const char* from, const char* to) {
    return Make("failed-logon", time,
                {{"user_entity", "ada"}, {"src_host", from}, {"dest_host", to}});
  };
  const std::vector<Event*>& woven = sequencer_->Weave(
      {step("10:00:00", "a", "x"), step("10:01:00", "A", "y"), step("10:02:00", "b", "z"),
       Make("local-logon", "10:03:00", {{"user_entity", "ada"}})});
  ASSERT_EQ(woven.size(), 5u);
  const Event& told = *woven[4];
  const auto number = [&](std::string_view name) {
    return told.Get(library_.schema.FindField(name)->id).integer();
  };
  EXPECT_EQ(number("sequence_sources"), 2);
  EXPECT_EQ(number("sequence_targets"), 3);
  EXPECT_EQ(number("sequence_seconds"), 120);
  EXPECT_EQ(told.Get(library_.schema.FindField("dest_host")->id).text(), "x");
  EXPECT_EQ(told.position.offset, 4u);  // of what ended it
}

TEST_F(SequencerTest, SequencesOfDifferentPeopleEndInOrderOfTime) {
  Send("failed-logon", "10:00:00", {{"user_entity", "bob"}});
  Send("failed-logon", "10:01:00", {{"user_entity", "ada"}});
  Send("failed-logon", "10:02:00", {{"user_entity", "bob"}});
  EXPECT_EQ(Send("file-write", "12:00:00", {{"user_entity", "eve"}}),
            (Texts{"10:31:00 1 of ada by idle", "10:32:00 2 of bob by idle"}));
}

TEST_F(SequencerTest, WhatIsOpenEndsWithTheInput) {
  Send("failed-logon", "10:00:00");
  EXPECT_EQ(Told(sequencer_->Finish()), (Texts{"10:30:00 1 of ada by end_of_input"}));
  EXPECT_EQ(Told(sequencer_->Finish()), Texts{});
}

TEST_F(SequencerTest, LateEventsAndEventsOfNobodyAreNoSteps) {
  EXPECT_EQ(Send("failed-logon", "10:00:00", {{"src_host", "a"}}), Texts{});
  EXPECT_EQ(sequencer_->open(), 0u);
  Send("failed-logon", "10:00:00");
  Event* late = Make("local-logon", "09:00:00", {{"user_entity", "ada"}});
  late->late = true;
  EXPECT_EQ(Told(sequencer_->Weave({late})), Texts{});
  EXPECT_EQ(sequencer_->counts().late, 1u);
  EXPECT_EQ(sequencer_->open(), 1u);
}

TEST_F(SequencerTest, WithoutRoomTheOneThatEndsFirstEndsEarlyAndIsCounted) {
  sequencer_->set_most_open(2);
  Send("failed-logon", "10:00:00", {{"user_entity", "ada"}});
  Send("failed-logon", "10:01:00", {{"user_entity", "bob"}});
  EXPECT_EQ(Send("failed-logon", "10:02:00", {{"user_entity", "eve"}}),
            (Texts{"10:02:00 1 of ada by capacity"}));
  EXPECT_EQ(sequencer_->counts().early, 1u);
}

TEST_F(SequencerTest, HowEventsAreCutIntoBatchesDoesNotMatter) {
  std::vector<Event*> events;
  for (int minute = 0; minute < 600; minute += 7) {
    const std::string time = fmt::format("{:02}:{:02}:00", 8 + minute / 60, minute % 60);
    const std::string user = minute % 3 == 0 ? "ada" : "bob";
    const bool success = minute % 35 == 0;
    events.push_back(Make(success ? "local-logon" : "failed-logon", time, {{"user_entity", user}}));
  }
  const Texts whole = Told(sequencer_->Weave(events));
  EXPECT_GT(whole.size(), 10u);
  for (size_t size : {1u, 3u, 10u}) {
    Load(kRun);
    Texts told;
    for (size_t begin = 0; begin < events.size(); begin += size) {
      const std::vector<Event*> part(
          events.begin() + static_cast<long>(begin),
          events.begin() + static_cast<long>(std::min(begin + size, events.size())));
      for (std::string& text : Told(sequencer_->Weave(part))) told.push_back(std::move(text));
    }
    EXPECT_EQ(told, whole) << size;
  }
}

TEST_F(SequencerTest, GoesOnFromItsRecords) {
  library_.schema.InternProduct("Test", "Test");
  sequencer_->TrackChanges();
  StateTable table;
  const auto checkpoint = [&] {
    StateChanges changes;
    sequencer_->SaveChanges(StatePart(changes, "q"), library_.schema);
    table.Apply(changes);
  };
  const auto send = [&](const char* time, const char* from) {
    return Send("failed-logon", time, {{"user_entity", "ada"}, {"src_host", from}});
  };
  send("10:00:00", "a");
  Send("failed-logon", "10:01:00", {{"user_entity", "bob"}});
  checkpoint();
  send("10:05:00", "b");
  Send("local-logon", "10:06:00", {{"user_entity", "bob"}});
  checkpoint();

  // One that was saved twice and never stopped, and one that comes from the records.
  for (bool resumed : {false, true}) {
    if (resumed) {
      Load(kRun);
      StateDamage damage;
      ASSERT_TRUE(sequencer_->Load(table, "q", library_.schema, damage).has_value());
      EXPECT_EQ(damage.records, 0u);
    }
    EXPECT_EQ(sequencer_->open(), 1u);
    EXPECT_EQ(sequencer_->counts().opened, 2u);
    EXPECT_EQ(sequencer_->counts().told, 1u);
    if (!resumed) continue;
    send("10:10:00", "a");
    const std::vector<Event*>& woven =
        sequencer_->Weave({Make("local-logon", "10:12:00", {{"user_entity", "ada"}})});
    ASSERT_EQ(woven.size(), 2u);
    EXPECT_EQ(Say(*woven[1]), "10:12:00 3 of ada by success");
    EXPECT_EQ(woven[1]->Get(library_.schema.FindField("sequence_sources")->id).integer(), 2);
    EXPECT_EQ(woven[1]->Get(library_.schema.FindField("src_host")->id).text(), "a");
  }
}

TEST_F(SequencerTest, DamagedRecordsAreCountedAndLeftOut) {
  library_.schema.InternProduct("Test", "Test");
  sequencer_->TrackChanges();
  Send("failed-logon", "10:00:00");
  StateChanges changes;
  sequencer_->SaveChanges(StatePart(changes, "q"), library_.schema);
  StateTable whole;
  whole.Apply(changes);
  for (const auto& [key, value] : whole.records()) {
    if (key[1] != 'o') continue;
    std::set<std::string> texts;
    EXPECT_TRUE(ForEachTextOfSequence(value, [&](std::string_view t) { texts.emplace(t); }));
    EXPECT_TRUE(texts.contains("ada"));
    for (size_t cut = 0; cut < value.size(); ++cut) {
      StateChanges broken;
      broken.Put(key, std::string_view(value).substr(0, cut));
      StateTable table;
      table.Apply(broken);
      Load(kRun);
      StateDamage damage;
      ASSERT_TRUE(sequencer_->Load(table, "q", library_.schema, damage).has_value());
      EXPECT_EQ(sequencer_->open(), 0u) << cut;
      if (cut > 5) {
        EXPECT_EQ(damage.records, 1u) << cut;
      }
    }
  }
}

TEST_F(SequencerTest, FaultsNameTheirPlace) {
  Load(
      "id: x\ntitle: t\nyields: failed-logon-sequenc\nscope: usr\n"
      "steps: {events: [failed-logn]}\nends: [{by: x}]\ndistinct: {user: user, sequence_cont: "
      "user}\n"
      "idle: 2h\nlongest: 1h\n");
  faults_.Sort();
  const std::string all = faults_.Render();
  for (const char* part :
       {"s.yaml:3:9: error: there is no event type 'failed-logon-sequenc'",
        "s.yaml:4:8: error: there is no field 'usr'",
        "s.yaml:5:18: error: there is no event type 'failed-logn'",
        "s.yaml:6:8: error: this end of a sequence has no 'events'",
        "s.yaml:7:12: error: a sequence fills 'user' with integer values, but the field is "
        "declared as string",
        "s.yaml:7:24: error: there is no field 'sequence_cont' [unknown-field]; did you mean "
        "'sequence_count'?",
        "s.yaml:9:10: error: 'idle' must be longer than nothing"}) {
    EXPECT_NE(all.find(part), std::string::npos) << part << "\n" << all;
  }
  EXPECT_TRUE(specs_.empty());
}

}  // namespace
}  // namespace vedette
