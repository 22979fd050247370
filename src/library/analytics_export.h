// Writes our behaviour rules as rule documents of the six-type JSON form, as far as it can express
// them.
//
//   AnalyticsExport exported = ExportAnalyticsRules(content.library, attack);
//   WriteAnalyticsRules(exported, out);    // analytics_rules/rules-1.json …, notes.md
//
// A document holds at most fifty rules, as the form demands. What the form lacks is said per rule:
// left out (the rule would not mean the same) or simplified (it means the same to the analyst, and
// something beside the condition is lost). What was exported reads back into the same models and
// conditions (rule/analytics_rules.h). Source: docs/analytics_rules.md.
#pragma once

#include <string>
#include <vector>

#include "content/attack_table.h"
#include "content/library.h"
#include "library/output_folder.h"

namespace vedette {

struct AnalyticsExport {
  struct Note {
    std::string rule;
    std::string text;
  };
  std::vector<std::string> documents;  // JSON
  size_t rules = 0;
  std::vector<Note> left_out, simplified;
};

AnalyticsExport ExportAnalyticsRules(const ContentLibrary& library, const AttackTable& attack);

void WriteAnalyticsRules(const AnalyticsExport& exported, OutputFolder& out);

}  // namespace vedette
