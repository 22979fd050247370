// The tables of all stories; story_list.cc says what each is about and puts them in order.
#pragma once

#include <span>

#include "simulate/story.h"

namespace vedette::simulate {

std::span<const Step> InsiderAtNightSteps();
std::span<const Step> SlowExfiltrationSteps();

std::span<const Step> PhishedSteps();
std::span<const Step> DomainThiefSteps();
std::span<const Step> WebServerSteps();
std::span<const Step> PasswordGuessingSteps();

std::span<const Step> OwnerOfSticksSteps();
std::span<const Step> NewToSticksSteps();
std::span<const Step> OldStickNewHandSteps();

std::span<const Step> FirstOfTheDepartmentSteps();
std::span<const Step> PaymentDataAbroadSteps();
std::span<const Step> RefusedDeviceSteps();
std::span<const Step> UsedToThePolicySteps();

std::span<const Step> MailToStrangersSteps();
std::span<const Step> CarelessMailerSteps();
std::span<const Step> TablesFromMarketingSteps();
std::span<const Step> DirectorsLetterSteps();
std::span<const Step> MailsHomeSteps();
std::span<const Step> LeaverReturnsSteps();

std::span<const Step> HeavySharerSteps();

std::span<const Step> StickOfTheFairSteps();
std::span<const Step> AdministratorSteps();

}  // namespace vedette::simulate
