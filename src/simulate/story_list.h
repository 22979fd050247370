// The tables of all stories, one file each; story_list.cc puts them in order.
#pragma once

#include <span>

#include "simulate/story.h"

namespace vedette::simulate {

std::span<const Step> InsiderAtNightSteps();
std::span<const Step> SlowExfiltrationSteps();
std::span<const Step> StickOfTheFairSteps();
std::span<const Step> AdministratorSteps();

}  // namespace vedette::simulate
