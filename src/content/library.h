// A ContentLibrary is a content folder as read: every YAML file of every kind, with faults
// collected, plus the schema. It does not know what a rule or a parser is; each stage reads its own
// definition type from the nodes.
//
//   Diagnostics faults;
//   ContentLibrary library = ContentLibrary::Load("content", faults);
//   for (const ContentFile& file : library.rules) …
//
// Files are ordered by path, so that everything derived from them is too. Read-only after loading.
#pragma once

#include <string>
#include <vector>

#include "content/node.h"
#include "event/schema.h"

namespace vedette {

struct ContentFile {
  std::string path;  // relative to the content folder, '/'-separated: "rules/usb/usb_device.yaml"
  Node root;
  bool imported = false;  // made from somebody else's rule document, not read from the folder
};

struct ContentLibrary {
  std::string folder;
  Schema schema;
  std::vector<ContentFile> parsers, parser_tests;
  std::vector<ContentFile> context;
  std::vector<ContentFile> rules, rule_tests;
  std::vector<ContentFile> scoring;
  std::vector<ContentFile> use_cases;
  std::vector<ContentFile> sigma;

  // Reads everything under `folder`. A missing folder, an unreadable or broken file is a fault; the
  // rest is still read.
  static ContentLibrary Load(const std::string& folder, Diagnostics& faults);
};

}  // namespace vedette
