#include "simulate/story_player.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/check.h"
#include "simulate/addresses.h"
#include "simulate/story_texts.h"

namespace vedette::simulate {
namespace {

constexpr uint64_t kStoryStream = 0x73746f72;
// Only people of whom much is seen play: what is unusual for others nobody could say.
constexpr int kBusy = 90;
constexpr uint64_t kTextStream = 0x74657874;

uint32_t ParseIp(std::string_view text) {
  uint32_t ip = 0, part = 0;
  for (char c : text) {
    if (c == '.') {
      ip = ip << 8 | part;
      part = 0;
    } else {
      part = part * 10 + static_cast<uint32_t>(c - '0');
    }
  }
  return ip << 8 | part;
}

int64_t ParseMinute(std::string_view at) {
  CHECK(at.size() == 5 && at[2] == ':');
  return (at[0] - '0') * 600 + (at[1] - '0') * 60 + (at[3] - '0') * 10 + (at[4] - '0');
}

Product ProductOf(char letter) {
  constexpr std::string_view kLetters = "AMDSO";
  const size_t at = kLetters.find(letter);
  CHECK(at != std::string_view::npos);
  return static_cast<Product>(at);
}

bool IsMailRow(What what) { return what >= What::kMailIn && what <= What::kMailInside; }
bool IsAttachmentRow(What what) {
  return what >= What::kAttachmentIn && what <= What::kAttachmentInside;
}
bool Allows(Must must, bool has) { return must == Must::kEither || (must == Must::kHave) == has; }

// The name of a site or address that a step's `target` speaks of.
std::string_view HostOf(std::string_view target) {
  const size_t scheme = target.find("://");
  if (scheme != std::string_view::npos) target.remove_prefix(scheme + 3);
  return target.substr(0, target.find_first_of("/:?"));
}

class Player {
 public:
  Player(const Organisation& organisation, const World& world, const std::vector<Habits>& habits,
         int64_t first_day, int days, Playing& playing)
      : organisation_(organisation),
        world_(world),
        habits_(habits),
        first_day_(first_day),
        days_(days),
        playing_(playing),
        taken_(organisation.people.size(), false) {}

  void Play(const Story& story) {
    played_ = PlayedStory{&story, kNobody, 0, {}, {}};
    number_ = static_cast<uint16_t>(playing_.stories.size() + 1);
    random_ = Random::Of(organisation_.seed, kStoryStream, number_);
    second_ = kNobody;
    mail_time_ = {};
    texts_.clear();
    played_.skipped = Prepare(story);
    if (played_.skipped.empty()) PlaySteps(story);
    playing_.stories.push_back(std::move(played_));
  }

 private:
  // Chooses people and days; says why it cannot.
  std::string Prepare(const Story& story) {
    played_.person = Choose(story.cast, kNobody);
    if (played_.person == kNobody) return "nobody fits its cast";
    const bool needs_second = std::any_of(story.steps.begin(), story.steps.end(),
                                          [](const Step& step) { return step.by == "second"; });
    if (needs_second) second_ = Choose(story.cast, played_.person);
    if (needs_second && second_ == kNobody) return "no second person fits its cast";
    location_ = organisation_.people[played_.person].location;
    played_.machine = HomeOf(played_.person);
    FindWorkingDays();
    const int needed = story.working_days() + story.ends_before;
    first_ = static_cast<int>(working_days_.size()) - needed;
    if (first_ < 0) return fmt::format("needs {} working days", needed);
    return {};
  }

  // Somebody who fits and plays no other story; beside `first`, at the same place.
  uint32_t Choose(const Cast& cast, uint32_t first) {
    std::vector<uint32_t> fitting;
    for (uint32_t i = 0; i < organisation_.people.size(); ++i) {
      if (taken_[i] || !Fits(cast, i)) continue;
      const Person& person = organisation_.people[i];
      if (first != kNobody && person.location != organisation_.people[first].location) continue;
      fitting.push_back(i);
    }
    if (fitting.empty()) return kNobody;
    const uint32_t chosen = random_.Pick(fitting);
    taken_[chosen] = true;
    return chosen;
  }

  bool Fits(const Cast& cast, uint32_t number) const {
    const Person& person = organisation_.people[number];
    if (person.executive || person.active == cast.has_left) return false;
    if (!cast.departments.empty() &&
        cast.departments.find(LetterOf(person.department)) == std::string_view::npos) {
      return false;
    }
    const Location& location = organisation_.LocationOf(person);
    if (!cast.location.empty() && location.code != cast.location) return false;
    if (!Allows(cast.office_scan, !location.symantec)) return false;
    if (cast.has_left) return true;
    if (number >= habits_.size()) return false;
    const Habits& habits = habits_[number];
    return habits.pace >= kBusy && Allows(cast.stick, !habits.sticks.empty()) &&
           Allows(cast.shares_files, habits.shares_files) &&
           Allows(cast.meets_dlp, habits.meets_dlp) &&
           Allows(cast.autostart, habits.sets_autostart) &&
           habits.administers == (cast.departments == "I");
  }

  uint32_t HomeOf(uint32_t number) const {
    if (number < habits_.size()) return organisation_.people[number].machine;
    return organisation_.shared_machines[location_][0];
  }

  void FindWorkingDays() {
    working_days_.clear();
    const Region region = Organisation::Locations()[location_].region;
    for (int64_t day = first_day_; day < first_day_ + days_; ++day) {
      if (!IsWeekend(day) && !IsHoliday(region, day)) working_days_.push_back(day);
    }
  }

  void PlaySteps(const Story& story) {
    uint16_t row = 0;
    for (const Step& step : story.steps) {
      for (int day = step.day; day < step.day + step.for_days; ++day) {
        PlayStep(step, row, working_days_[static_cast<size_t>(first_ + day)]);
      }
      ++row;
    }
    std::sort(played_.days.begin(), played_.days.end());
    played_.days.erase(std::unique(played_.days.begin(), played_.days.end()), played_.days.end());
  }

  void PlayStep(const Step& step, uint16_t row, int64_t day) {
    played_.days.push_back(day);
    const Zone& zone = *Organisation::Locations()[location_].zone;
    const Timestamp noon{day * kNanosPerDay + 12 * kNanosPerHour};
    Timestamp time = Timestamp{day * kNanosPerDay} - zone.OffsetAt(noon) +
                     Nanoseconds(ParseMinute(step.at) * kNanosPerMinute);
    for (int round = 1; round <= step.times; ++round) {
      if (IsMailRow(step.what) || step.what == What::kAlert) joined_ = random_.Next();
      AddRecords(step, row, time, round);
      time.ns += random_.Between(step.every * 2 / 3, step.every * 4 / 3) * kNanosPerSecond;
    }
  }

  void AddRecords(const Step& step, uint16_t row, Timestamp time, int round) {
    const uint32_t actor = ActorOf(step.by);
    const StoryTexts& texts = TextsOf(actor == kNobody ? played_.person : actor);
    const auto text = [&](std::string_view pattern) { return Text(pattern, texts, round); };
    Record record;
    record.time = time + Nanoseconds(static_cast<int64_t>(random_.Below(20'000'000)) * 100);
    // The rows of a mail's attachments follow the mail's own.
    if (IsMailRow(step.what)) mail_time_ = record.time;
    if (IsAttachmentRow(step.what)) {
      const bool of_this_mail = time + std::chrono::minutes(1) > mail_time_ &&
                                time < mail_time_ + std::chrono::minutes(1);
      if (of_this_mail) {
        record.time = mail_time_ + std::chrono::seconds(round);
      } else {
        joined_ = random_.Next();
      }
    }
    record.person = actor;
    record.machine = MachineFor(step.on, actor);
    record.local_ip = step.local_ip.empty() ? 0 : ParseIp(step.local_ip);
    record.story = number_;
    record.step = row;
    record.what = step.what;
    record.program = step.program.empty() ? nullptr : &ProgramNamed(step.program);
    record.parent = step.parent.empty() ? nullptr : &ProgramNamed(step.parent);
    record.command = text(step.command);
    record.parent_command = text(step.parent_command);
    record.name = text(step.name);
    record.folder = text(step.folder);
    record.old_name = text(step.old_name);
    record.old_folder = text(step.old_folder);
    record.target = text(step.target);
    record.peer = text(step.peer);
    record.text = text(step.text);
    record.device = text(step.device);
    record.port = step.port;
    record.bytes = step.bytes == 0 ? 0 : step.bytes + random_.Between(0, step.bytes / 8);
    record.count = step.count;
    record.mail = joined_;
    record.other = (played_.person + 1) % static_cast<uint32_t>(organisation_.users);
    if (!step.ip.empty()) {
      record.ip = ParseIp(step.ip);
    } else if (!record.target.empty()) {
      record.ip = AddressOf(HostOf(record.target));
    }
    for (char letter : step.seen_by) {
      record.product = ProductOf(letter);
      record.noise = random_.Next();
      record.serial = serial_++;
      playing_.records.push_back(record);
      record.time.ns += random_.Between(1, 3'000'000) * 100;
    }
  }

  uint32_t ActorOf(std::string_view by) const {
    if (by.empty()) return played_.person;
    if (by == "system") return kNobody;
    if (by == "second") return second_;
    if (by == "service") return organisation_.service_account;
    CHECK(by == "boss");
    for (uint32_t i = 0; i < organisation_.people.size(); ++i) {
      if (organisation_.people[i].executive) return i;
    }
    return played_.person;
  }

  uint32_t MachineFor(std::string_view on, uint32_t actor) const {
    if (on.empty()) return actor == kNobody ? played_.machine : HomeOf(actor);
    if (on == "shared") return organisation_.shared_machines[location_][0];
    if (on == "loaner") return organisation_.loaners[location_];
    if (on == "stick_owner") return LaptopOf(true, 0);
    if (on == "quiet") return LaptopOf(false, 0);
    if (on == "quiet2") return LaptopOf(false, 1);
    const Machine& server = organisation_.Server(location_, on);
    return static_cast<uint32_t>(&server - organisation_.machines.data());
  }

  // The laptop of somebody at this place who uses a stick, or who uses none and no shared machine.
  uint32_t LaptopOf(bool stick, int skip) const {
    for (uint32_t i = 0; i < habits_.size(); ++i) {
      const Person& person = organisation_.people[i];
      if (person.location != location_ || taken_[i] || habits_[i].sticks.empty() == stick) continue;
      if (stick && habits_[i].pace < 90) continue;
      if (skip-- == 0) return person.machine;
    }
    return played_.machine;
  }

  const StoryTexts& TextsOf(uint32_t person) {
    const auto [at, added] = texts_.try_emplace(person);
    if (added) {
      at->second = MakeStoryTexts(organisation_, world_, habits_, person,
                                  Random::Of(organisation_.seed, kTextStream, number_, person));
    }
    return at->second;
  }

  std::string_view Text(std::string_view pattern, const StoryTexts& texts, int round) {
    if (pattern.find('{') == std::string_view::npos) return pattern;
    std::string text = FillIn(pattern, texts);
    if (const size_t at = text.find("{n}"); at != std::string::npos) {
      text.replace(at, 3, fmt::format("{:02}", round));
    }
    return playing_.arena.Copy(text);
  }

  const Organisation& organisation_;
  const World& world_;
  const std::vector<Habits>& habits_;
  int64_t first_day_;
  int days_;
  Playing& playing_;
  std::vector<bool> taken_;  // by person

  // Of the story that is being played.
  PlayedStory played_;
  uint16_t number_ = 0;
  uint16_t location_ = 0;
  uint32_t second_ = kNobody;
  Random random_{0};
  std::vector<int64_t> working_days_;
  int first_ = 0;  // working day of the story's first
  std::map<uint32_t, StoryTexts> texts_;
  uint64_t joined_ = 0;  // the mail or alert whose rows come
  Timestamp mail_time_;
  uint32_t serial_ = 0;
};

}  // namespace

Playing PlayStories(const Organisation& organisation, const World& world,
                    const std::vector<Habits>& habits, int64_t first_day, int days) {
  Playing playing;
  Player player(organisation, world, habits, first_day, days, playing);
  for (const Story& story : Stories()) player.Play(story);
  std::sort(playing.records.begin(), playing.records.end());
  return playing;
}

}  // namespace vedette::simulate
