#include "simulate/story_texts.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace vedette::simulate {
namespace {

std::string_view TldOf(std::string_view domain) { return domain.substr(domain.rfind('.') + 1); }

// How much is written to something: the first correspondents of a person count most.
using Weights = std::map<std::string_view, int>;

class Choices {
 public:
  Choices(const Organisation& organisation, const World& world, const std::vector<Habits>& habits,
          uint32_t person)
      : world_(world),
        team_first_(static_cast<size_t>(organisation.people[person].department) *
                    world.partners.size() / kDepartments) {
    for (uint32_t i = 0; i < habits.size(); ++i) {
      const bool team = organisation.people[i].department == organisation.people[person].department;
      for (size_t at = 0; at < habits[i].correspondents.size(); ++at) {
        const Partner* partner = habits[i].correspondents[at].partner;
        if (partner == nullptr) continue;
        const int weight = at == 0 ? 8 : at < 3 ? 3 : 1;
        const std::string_view tld = TldOf(partner->domain);
        countries_[tld] += weight;
        partners_[partner->domain] += weight;
        if (team) {
          team_countries_[tld] += weight;
          team_partners_[partner->domain] += weight;
        }
        if (i == person) {
          if (at == 0) own_first_ = static_cast<size_t>(partner - world.partners.data());
          own_countries_[tld] += weight;
          own_partners_[partner->domain] += weight;
        }
      }
    }
  }

  std::string InCountryRareForTeam() const { return InCountry(countries_, team_countries_); }
  std::string InCountryRareForUser() const { return InCountry(team_countries_, own_countries_); }
  // Partners of a department lie together (habits.cc), so those of others are half the list away.
  std::string AtCompanyOfOthers() const {
    const size_t size = world_.partners.size();
    const size_t first = team_first_ + size / 2;
    size_t best = first % size;
    for (size_t i = 0; i < 6; ++i) {
      const size_t at = (first + i) % size;
      if (WeightOf(partners_, at) > WeightOf(partners_, best)) best = at;
    }
    return world_.partners[best].contacts[0];
  }

  // Not near the person's first partner, around whom new contacts are made.
  std::string AtCompanyOfTeam() const {
    size_t best = team_first_;
    int best_weight = -1;
    for (size_t at = 0; at < world_.partners.size(); ++at) {
      const bool near = at >= own_first_ && at < own_first_ + 6;
      const int weight = WeightOf(team_partners_, at);
      if (!near && WeightOf(own_partners_, at) == 0 && weight > best_weight) {
        best = at;
        best_weight = weight;
      }
    }
    return world_.partners[best].contacts[0];
  }

 private:
  // What weighs most in `many` among what is not in `few`; else what is rarest in `few` for its
  // weight.
  static std::string_view MostBut(const Weights& many, const Weights& few) {
    std::string_view best;
    int best_weight = -1;
    for (const auto& [name, weight] : many) {
      const auto in_few = few.find(name);
      const int rest = in_few == few.end() ? weight * 100 : weight / (in_few->second + 1);
      if (rest > best_weight) {
        best = name;
        best_weight = rest;
      }
    }
    return best;
  }

  std::string InCountry(const Weights& many, const Weights& few) const {
    Weights countries;
    for (const auto& [tld, weight] : many) {
      if (tld != "com") countries.emplace(tld, weight);
    }
    const std::string_view tld = MostBut(countries, few);
    for (const Partner& partner : world_.partners) {
      if (TldOf(partner.domain) == tld) return partner.contacts[0];
    }
    return world_.partners[0].contacts[0];
  }

  int WeightOf(const Weights& weights, size_t partner) const {
    const auto found = weights.find(world_.partners[partner].domain);
    return found == weights.end() ? 0 : found->second;
  }

  const World& world_;
  Weights countries_, team_countries_, own_countries_;
  Weights partners_, team_partners_, own_partners_;
  size_t team_first_ = 0;  // index of the department's first partner
  size_t own_first_ = 0;   // of the one that the person writes to most
};

std::string Crowd(std::string_view address, int size) {
  const std::string_view domain = address.substr(address.find('@') + 1);
  std::string crowd;
  for (int i = 1; i <= size; ++i) {
    crowd += fmt::format("{}person{}@{}", i == 1 ? "" : ";", i, domain);
  }
  return crowd;
}

// The stick of somebody else that is used most: the first of a person with one stick.
std::string BorrowedStick(const std::vector<Habits>& habits, uint32_t person) {
  for (uint32_t i = 0; i < habits.size(); ++i) {
    if (i != person && habits[i].sticks.size() == 1 && habits[i].pace >= 90) {
      return habits[i].sticks[0].serial;
    }
  }
  return {};
}

}  // namespace

StoryTexts MakeStoryTexts(const Organisation& organisation, const World& world,
                          const std::vector<Habits>& habits, uint32_t number, Random random) {
  const Person& person = organisation.people[number];
  const Habits* own = number < habits.size() ? &habits[number] : nullptr;
  const std::string mailbox = person.email.substr(0, person.email.find('@'));
  const std::string partner =
      own == nullptr ? world.partners[0].contacts[0] : std::string(own->correspondents[0].address);
  const std::string company = partner.substr(partner.find('@') + 1);
  const std::string word = company.substr(0, company.find('.'));
  const uint32_t colleague = (number + 1) % static_cast<uint32_t>(organisation.users);
  const Choices choices(organisation, world, habits, number);
  return {
      {"{user}", person.user},
      {"{email}", person.email},
      {"{name}", person.name},
      {"{personal}",
       person.personal_email.empty() ? mailbox + "@gmail.com" : person.personal_email},
      {"{work}",
       fmt::format("C:\\Users\\{}\\Documents\\{}", person.user, NameOf(person.department))},
      {"{stick}", MakeStick(random).serial},
      {"{stick2}", MakeStick(random).serial},
      {"{own_stick}", own == nullptr || own->sticks.empty() ? "" : own->sticks[0].serial},
      {"{borrowed_stick}", BorrowedStick(habits, number)},
      {"{partner}", partner},
      {"{colleague}", organisation.people[colleague].email},
      {"{friend}", fmt::format("lakeside{}@gmail.com", random.Between(100, 999))},
      {"{new_country}", fmt::format("contato@porto{}.com.br", random.Between(10, 99))},
      {"{rare_for_group}", choices.InCountryRareForTeam()},
      {"{rare_for_user}", choices.InCountryRareForUser()},
      {"{new_domain}", fmt::format("hello@brightwater{}.com", random.Between(10, 99))},
      {"{other_group}", choices.AtCompanyOfOthers()},
      {"{same_group}", choices.AtCompanyOfTeam()},
      {"{twin}", fmt::format("sales@{}.ru", word)},
      {"{crowd}", Crowd(partner, 18)},
      {"{big_crowd}", Crowd(partner, 60)},
  };
}

std::string FillIn(std::string_view pattern, const StoryTexts& texts) {
  std::string text(pattern);
  for (const auto& [mark, value] : texts) {
    for (size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += value.size()) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

}  // namespace vedette::simulate
