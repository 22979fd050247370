#include "simulate/background.h"

#include <algorithm>

namespace vedette::simulate {
namespace {

constexpr uint64_t kDayStream = 0x646179;
constexpr uint64_t kLeaveStream = 0x6c656176;
constexpr uint64_t kServerStream = 0x73657276;

// What a working person does all day, and how often, in permille.
struct Doing {
  int share;
  void (*act)(Scene&, Timestamp);
};
constexpr Doing kDoings[] = {
    {270, VisitSite},       {180, ExchangeMail}, {200, WorkOnFile},   {180, StartProgram},
    {90, TalkInBackground}, {50, RunSystemTask}, {30, TouchRegistry},
};

// What happens on some days only, in permille of days; the habits may say that it never does.
struct Chore {
  int permille;
  void (*act)(Scene&, Timestamp);
  bool (*applies)(const Habits&, const Person&);
};
bool Always(const Habits&, const Person&) { return true; }
constexpr Chore kChores[] = {
    {900, RunUpdater, Always},
    {600, RunUpdater, Always},
    {950, UpdatePattern, Always},
    {60, FailLogOn, Always},
    {110, MeetBlockedSite, Always},
    {20, UpdateService, Always},
    {4, SendHeldBackMail, Always},
    {500, WriteLetter, [](const Habits&, const Person& person) { return person.executive; }},
    {90, ForwardLetter,
     [](const Habits&, const Person& person) {
       return !person.executive && (person.department == Department::kSales ||
                                    person.department == Department::kMarketing);
     }},
    {3, MeetAlert, Always},
    {3, MeetMalware, Always},
    {300, SetAutostart, [](const Habits& habits, const Person&) { return habits.sets_autostart; }},
    {500, UseStick, [](const Habits& habits, const Person&) { return !habits.sticks.empty(); }},
    {400, Print, [](const Habits& habits, const Person&) { return !habits.printer.empty(); }},
    {250, TripDlp, [](const Habits& habits, const Person&) { return habits.meets_dlp; }},
    {900, LogOnToServer, [](const Habits& habits, const Person&) { return habits.administers; }},
    {700, LogOnToServer, [](const Habits& habits, const Person&) { return habits.administers; }},
};

// A day's wall clock: minutes after local midnight to instants.
class Clock {
 public:
  Clock(const Location& location, int64_t day, Random& random) : random_(random) {
    const Timestamp utc_noon{day * kNanosPerDay + 12 * kNanosPerHour};
    midnight_ = Timestamp{day * kNanosPerDay} - location.zone->OffsetAt(utc_noon);
  }
  Timestamp At(int64_t minute) const {
    return midnight_ + Nanoseconds(minute * kNanosPerMinute +
                                   static_cast<int64_t>(random_.Below(600'000'000)) * 100);
  }
  // Some time between two minutes; fewer during lunch.
  Timestamp Between(int64_t from, int64_t to) const {
    int64_t minute = random_.Between(from, std::max(from, to - 1));
    if (minute >= 12 * 60 && minute < 13 * 60 && random_.Chance(600))
      minute = random_.Between(from, std::max(from, to - 1));
    return At(minute);
  }

 private:
  Random& random_;
  Timestamp midnight_;
};

// On leave for whole weeks, ill for single days.
bool IsAway(uint64_t seed, uint32_t person, int64_t day) {
  const int64_t week = Timestamp::FloorDiv(day + 3, 7);
  return Random::Of(seed, kLeaveStream, person, static_cast<uint64_t>(week)).Chance(55) ||
         Random::Of(seed, kLeaveStream + 1, person, static_cast<uint64_t>(day)).Chance(20);
}

}  // namespace

void Background::MakeDay(int day, Arena& arena, std::vector<Record>& records) const {
  for (int i = 0; i < organisation_.users; ++i)
    MakePersonDay(static_cast<uint32_t>(i), day, arena, records);
  for (uint32_t server : organisation_.servers) MakeServerDay(server, day, arena, records);
}

void Background::MakePersonDay(uint32_t person, int day, Arena& arena,
                               std::vector<Record>& records) const {
  const Habits& habits = habits_[person];
  const Location& location = organisation_.LocationOf(organisation_.people[person]);
  const int64_t date = options_.first_day + day;
  Scene scene{organisation_, world_, arena, records,
              Random::Of(organisation_.seed, kDayStream, person, static_cast<uint64_t>(day))};
  Random& random = scene.random;
  scene.habits = &habits;
  scene.person = person;
  scene.day = day;
  scene.machine = organisation_.people[person].machine;
  const bool off = IsWeekend(date) || IsHoliday(location.region, date);
  if (off ? !random.Chance(static_cast<uint64_t>(habits.weekend))
          : IsAway(organisation_.seed, person, date))
    return;
  if (!habits.shared_machines.empty() && random.Chance(150))
    scene.machine = habits.shared_machines.Pick(random, day);

  const Clock clock(location, date, random);
  const int64_t arrives =
      off ? random.Between(10 * 60, 18 * 60) : habits.arrives + random.Around(0, 30);
  const int64_t leaves =
      off ? arrives + random.Between(30, 120) : habits.leaves + random.Around(0, 50);
  const size_t before = records.size();
  const int64_t pace = options_.events_per_day * habits.pace / 100 * random.Around(100, 40) / 100;
  const size_t budget = static_cast<size_t>(off ? pace / 6 : pace);

  LogOn(scene, clock.At(arrives));
  if (!off) {
    const int64_t lunch = 12 * 60 + random.Around(15, 25);
    Lock(scene, clock.At(lunch));
    Unlock(scene, clock.At(lunch + random.Between(25, 50)));
    for (const Chore& chore : kChores) {
      if (chore.applies(habits, scene.who()) &&
          random.Chance(static_cast<uint64_t>(chore.permille))) {
        chore.act(scene, clock.Between(arrives, leaves));
      }
    }
  }
  while (records.size() - before < budget) {
    int64_t left = static_cast<int64_t>(random.Below(1000));
    const Doing* doing = kDoings;
    while ((left -= doing->share) >= 0) ++doing;
    doing->act(scene, clock.Between(arrives, leaves));
  }
  Lock(scene, clock.At(leaves));
}

void Background::MakeServerDay(uint32_t machine, int day, Arena& arena,
                               std::vector<Record>& records) const {
  const Machine& server = organisation_.machines[machine];
  const int64_t date = options_.first_day + day;
  Scene scene{organisation_, world_, arena, records,
              Random::Of(organisation_.seed, kServerStream, machine, static_cast<uint64_t>(day))};
  scene.machine = machine;
  scene.day = day;
  const Clock clock(organisation_.LocationOf(server), date, scene.random);
  const int64_t load = 20 + organisation_.users / 8;
  const int64_t accepted = IsWeekend(date) ? load / 4 : load;
  for (int64_t i = 0; i < accepted; ++i) AcceptConnection(scene, clock.Between(6 * 60, 20 * 60));
  const int64_t calls = server.noisy ? load * 4 : 12;
  for (int64_t i = 0; i < calls; ++i) ReachOut(scene, clock.Between(0, 24 * 60));
  for (int i = 0; i < 6; ++i) RunSystemTask(scene, clock.Between(0, 24 * 60));
  if (scene.random.Chance(50)) UpdateService(scene, clock.Between(0, 24 * 60));
}

}  // namespace vedette::simulate
