#include "simulate/story_player.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/check.h"
#include "core/text.h"

namespace vedette::simulate {
namespace {

constexpr uint64_t kStoryStream = 0x73746f72;

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
  switch (letter) {
    case 'A':
      return Product::kDefenderAtp;
    case 'M':
      return Product::kDefender365;
    case 'D':
      return Product::kDtex;
    case 'S':
      return Product::kSymantecEdr;
    case 'O':
      return Product::kOfficeScan;
  }
  CHECK(false);
  return Product::kDefenderAtp;
}

bool IsMailRow(What what) { return what >= What::kMailIn && what <= What::kMailInside; }

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
    PlayedStory played{&story, kNobody, 0, {}, {}};
    number_ = static_cast<uint16_t>(playing_.stories.size() + 1);
    random_ = Random::Of(organisation_.seed, kStoryStream, number_);
    played.person = Choose(story.cast);
    if (played.person == kNobody) {
      played.skipped = "nobody fits its cast";
    } else {
      person_ = &organisation_.people[played.person];
      FindWorkingDays();
      const int needed = story.working_days();
      const int first = static_cast<int>(working_days_.size()) - needed - story.ends_before;
      if (first < 0) {
        played.skipped = fmt::format("needs {} working days", needed + story.ends_before);
      } else {
        played.machine = HomeMachine();
        PlaySteps(story, first, played);
      }
    }
    playing_.stories.push_back(std::move(played));
  }

 private:
  uint32_t Choose(const Cast& cast) {
    std::vector<uint32_t> fitting;
    for (uint32_t i = 0; i < organisation_.people.size(); ++i) {
      if (!taken_[i] && Fits(cast, i)) fitting.push_back(i);
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
        cast.departments.find(LetterOf(person.department)) == std::string_view::npos)
      return false;
    if (cast.has_left) return true;
    const Habits& habits = habits_[number];
    return habits.sticks.empty() != cast.owns_stick && habits.shares_files == cast.shares_files &&
           organisation_.LocationOf(person).symantec != cast.with_office_scan &&
           !habits.meets_dlp && habits.administers == (cast.departments == "I") &&
           habits.sets_autostart == cast.sets_autostart;
  }

  void FindWorkingDays() {
    working_days_.clear();
    for (int64_t day = first_day_; day < first_day_ + days_; ++day) {
      if (!IsWeekend(day) && !IsHoliday(organisation_.LocationOf(*person_).region, day))
        working_days_.push_back(day);
    }
  }

  uint32_t HomeMachine() const {
    return person_->active ? person_->machine : organisation_.shared_machines[person_->location][0];
  }

  void PlaySteps(const Story& story, int first, PlayedStory& played) {
    PrepareTexts(played.person);
    uint64_t mail = 0;
    uint16_t row = 0;
    for (const Step& step : story.steps) {
      const int64_t day = working_days_[static_cast<size_t>(first + step.day)];
      if (played.days.empty() || played.days.back() != day) played.days.push_back(day);
      const Zone& zone = *organisation_.LocationOf(*person_).zone;
      const Timestamp noon{day * kNanosPerDay + 12 * kNanosPerHour};
      Timestamp time = Timestamp{day * kNanosPerDay} - zone.OffsetAt(noon) +
                       Nanoseconds(ParseMinute(step.at) * kNanosPerMinute);
      for (int i = 0; i < step.times; ++i) {
        if (IsMailRow(step.what)) mail = random_.Next();
        AddStep(step, row, time, played, mail, i);
        time.ns += random_.Between(step.every * 2 / 3, step.every * 4 / 3) * kNanosPerSecond;
      }
      ++row;
    }
    std::sort(played.days.begin(), played.days.end());
    played.days.erase(std::unique(played.days.begin(), played.days.end()), played.days.end());
  }

  void AddStep(const Step& step, uint16_t row, Timestamp time, const PlayedStory& played,
               uint64_t mail, int round) {
    Record record;
    record.time = time + Nanoseconds(static_cast<int64_t>(random_.Below(20'000'000)) * 100);
    record.person = step.system ? kNobody : played.person;
    record.machine = MachineFor(step.on, played.machine);
    record.story = number_;
    record.step = row;
    record.what = step.what;
    record.program = step.program.empty() ? nullptr : &ProgramNamed(step.program);
    record.parent = step.parent.empty() ? nullptr : &ProgramNamed(step.parent);
    record.command = Text(step.command);
    record.parent_command = Text(step.parent_command);
    record.name = Numbered(Text(step.name), round);
    record.folder = Text(step.folder);
    record.old_name = Numbered(Text(step.old_name), round);
    record.old_folder = Text(step.old_folder);
    record.target = Text(step.target);
    record.peer = Text(step.peer);
    record.text = Text(step.text);
    record.device = Text(step.device);
    record.port = step.port;
    record.bytes = step.bytes == 0 ? 0
                                   : step.bytes + static_cast<int64_t>(random_.Below(
                                                      static_cast<uint64_t>(step.bytes / 8 + 1)));
    record.count = step.count;
    record.mail = step.what == What::kAlert || step.what == What::kAlertEvidence ? alert_ : mail;
    record.other = colleague_;
    record.ip = step.ip.empty() ? (record.target.empty() ? 0 : AddressOf(HostOf(record.target)))
                                : ParseIp(step.ip);
    for (char letter : step.seen_by) {
      record.product = ProductOf(letter);
      record.noise = random_.Next();
      record.serial = serial_++;
      playing_.records.push_back(record);
      record.time.ns += random_.Between(1, 3'000'000) * 100;
    }
  }

  uint32_t MachineFor(std::string_view on, uint32_t own) const {
    if (on.empty()) return own;
    if (on == "shared") return organisation_.shared_machines[person_->location][0];
    const Machine& server = organisation_.Server(person_->location, on);
    return static_cast<uint32_t>(&server - organisation_.machines.data());
  }

  void PrepareTexts(uint32_t number) {
    const Person& person = *person_;
    const Habits* habits = person.active ? &habits_[number] : nullptr;
    colleague_ = (number + 1) % static_cast<uint32_t>(organisation_.users);
    alert_ = random_.Next();
    const size_t at = person.email.find('@');
    Random own(random_.Next());
    const std::string work =
        habits == nullptr ? "C:\\Users\\Public"
                          : habits->folders[0] + "\\" + std::string(NameOf(person.department));
    std::string_view boss = organisation_.people[0].email;
    for (const Person& other : organisation_.people) {
      if (other.executive) boss = other.email;
    }
    texts_ = {
        {"{user}", person.user},
        {"{email}", person.email},
        {"{name}", person.name},
        {"{personal}", person.personal_email.empty() ? person.email.substr(0, at) + "@gmail.com"
                                                     : person.personal_email},
        {"{work}", work},
        {"{stick}", MakeStick(own).serial},
        {"{own_stick}",
         habits == nullptr || habits->sticks.empty() ? "" : habits->sticks[0].serial},
        {"{partner}", habits == nullptr ? "info@partner.example"
                                        : std::string(habits->correspondents[0].address)},
        {"{colleague}", organisation_.people[colleague_].email},
        {"{colleague_name}", organisation_.people[colleague_].name},
        {"{boss}", std::string(boss)},
    };
  }

  std::string_view Text(std::string_view pattern) {
    if (pattern.find('{') == std::string_view::npos) return pattern;
    std::string text(pattern);
    for (const auto& [mark, value] : texts_) {
      for (size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += value.size())
        text.replace(at, mark.size(), value);
    }
    return playing_.arena.Copy(text);
  }

  // {n} becomes the round of a step that happens several times, from 1.
  std::string_view Numbered(std::string_view text, int round) {
    const size_t at = text.find("{n}");
    if (at == std::string_view::npos) return text;
    return playing_.arena.Copy(
        fmt::format("{}{:02}{}", text.substr(0, at), round + 1, text.substr(at + 3)));
  }

  const Organisation& organisation_;
  const World& world_;
  const std::vector<Habits>& habits_;
  int64_t first_day_;
  int days_;
  Playing& playing_;
  std::vector<bool> taken_;
  std::vector<int64_t> working_days_;
  std::vector<std::pair<std::string_view, std::string>> texts_;
  Random random_{0};
  const Person* person_ = nullptr;
  uint32_t colleague_ = 0;
  uint64_t alert_ = 0;
  uint32_t serial_ = 0;
  uint16_t number_ = 0;
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
