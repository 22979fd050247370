// The World is what lies outside the organisation: web sites, partner companies and their people.
//
// Made from the seed alone; never changes afterwards.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulate/organisation.h"

namespace vedette::simulate {

struct Site {
  std::string host;
  uint32_t ip = 0;
};

struct Partner {
  std::string domain;                 // velmora-parts.de
  std::vector<std::string> contacts;  // addresses, most used first
};

class World {
 public:
  static World Make(const Organisation& organisation);

  std::vector<Site> common;   // what everybody visits, most visited first
  std::vector<Site> sharing;  // public file sharing
  std::vector<std::vector<Site>> by_department;
  std::vector<Site> rest;                // the long tail, each known to few
  std::vector<Site> customers;           // from where the portal is used: Germany and Britain
  std::vector<std::vector<Site>> local;  // by location: what people visit at home
  std::vector<Partner> partners;
  std::vector<std::string> newsletters;  // senders of bulk mail
  std::vector<std::string> freelancers;  // who work from private mailboxes
};

}  // namespace vedette::simulate
