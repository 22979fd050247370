#include "simulate/organisation.h"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "simulate/habits.h"
#include "simulate/world.h"

namespace vedette::simulate {
namespace {

TEST(OrganisationTest, GivesEverybodyAndEveryMachineANameOfTheirOwn) {
  const Organisation organisation = Organisation::Make({.users = 3000, .seed = 5});
  std::set<std::string> users, emails, sids;
  for (const Person& person : organisation.people) {
    EXPECT_TRUE(users.insert(person.user).second) << person.user;
    EXPECT_TRUE(emails.insert(person.email).second) << person.email;
    EXPECT_TRUE(sids.insert(person.sid).second) << person.sid;
  }
  std::set<std::string> names, devices;
  std::set<uint32_t> addresses;
  for (const Machine& machine : organisation.machines) {
    EXPECT_TRUE(names.insert(machine.name).second) << machine.name;
    EXPECT_TRUE(devices.insert(machine.device_id).second) << machine.name;
    EXPECT_TRUE(addresses.insert(machine.ip).second) << machine.name << ' ' << IpText(machine.ip);
  }
}

TEST(OrganisationTest, KeepsPeopleWhenItGrows) {
  const Organisation small = Organisation::Make({.users = 50, .seed = 5});
  const Organisation large = Organisation::Make({.users = 500, .seed = 5});
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(small.people[static_cast<size_t>(i)].user, large.people[static_cast<size_t>(i)].user);
  }
}

TEST(OrganisationTest, HasServersOfEveryRoleAtEveryPlace) {
  const Organisation organisation = Organisation::Make({.users = 10, .seed = 5});
  for (uint16_t at = 0; at < Organisation::Locations().size(); ++at) {
    for (std::string_view role :
         {"files", "build", "mail", "database", "backup", "web", "portal"}) {
      EXPECT_EQ(organisation.Server(at, role).role, role);
    }
  }
}

TEST(OrganisationTest, KnowsLeaversThatDoNotWork) {
  const Organisation organisation = Organisation::Make({.users = 200, .seed = 5});
  EXPECT_TRUE(std::any_of(organisation.people.begin(), organisation.people.end(),
                          [](const Person& person) { return !person.active; }));
  for (const auto& members : organisation.members) {
    for (uint32_t member : members) EXPECT_TRUE(organisation.people[member].active);
  }
}

TEST(HabitTest, BeginsOnItsDay) {
  Habit<int> habit;
  habit.Add(1);
  habit.Add(2, 10);
  Random random(3);
  bool later = false;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(habit.Pick(random, 9), 1);
    later = later || habit.Pick(random, 10) == 2;
  }
  EXPECT_TRUE(later);
}

TEST(HabitTest, GivesEveryoneWhatADayNeeds) {
  const Organisation organisation = Organisation::Make({.users = 300, .seed = 8});
  const World world = World::Make(organisation);
  for (const Habits& habits : MakeHabits(organisation, world)) {
    EXPECT_LT(habits.arrives, habits.leaves);
    EXPECT_GT(habits.pace, 0);
    EXPECT_FALSE(habits.launches.empty());
    EXPECT_FALSE(habits.sites.empty());
    EXPECT_FALSE(habits.correspondents.empty());
    EXPECT_NE(habits.correspondents[0].partner, nullptr);
    EXPECT_FALSE(habits.colleagues.empty());
    EXPECT_GE(habits.folders.size(), 3u);
    EXPECT_FALSE(habits.updaters.empty());
    EXPECT_NE(habits.browser, nullptr);
  }
}

}  // namespace
}  // namespace vedette::simulate
