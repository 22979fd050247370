// The marks that texts of a story's steps may hold, and what stands for them when a person plays:
//
//   {user} {email} {name} {personal} {work}   the person's own; {work} is a folder
//   {stick} {stick2}       serial numbers of USB sticks that nobody has used
//   {own_stick}            the stick that the person has used all along
//   {borrowed_stick}       one that somebody else uses all the time
//   {partner}              the address that the person writes to most
//   {colleague}            somebody's address in the organisation
//   {friend}               a private mailbox that is not the person's
//   {new_country}          an address in a country that nobody writes to
//   {rare_for_group}       in a country that many write to, but not the person's department
//   {rare_for_user}        in a country that the department writes to, but not the person
//   {new_domain}           at a company that nobody writes to, in a usual country
//   {other_group}          at a company that other departments write to
//   {same_group}           at a company that the department writes to, but not the person
//   {twin}                 at a company that is named like {partner}'s, in another country
//   {crowd} {big_crowd}    18 and 60 addresses at {partner}'s company, separated by ";"
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulate/habits.h"
#include "simulate/organisation.h"
#include "simulate/world.h"

namespace vedette::simulate {

using StoryTexts = std::vector<std::pair<std::string_view, std::string>>;

// Draws what has to be invented from `random`. Works for people who have left, too.
StoryTexts MakeStoryTexts(const Organisation& organisation, const World& world,
                          const std::vector<Habits>& habits, uint32_t person, Random random);

// The pattern with all marks filled in.
std::string FillIn(std::string_view pattern, const StoryTexts& texts);

}  // namespace vedette::simulate
