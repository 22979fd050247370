// What the six types of rule documents have and lack: shared by import and export.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace vedette {

enum class AnalyticsType { kFact, kContext, kProfiled, kCount, kDistinctCount, kSum };

inline constexpr std::array<std::string_view, 6> kAnalyticsTypeNames = {
    "factFeature",
    "contextFeature",
    "profiledFeature",
    "numericCountProfiledFeature",
    "numericDistinctCountProfiledFeature",
    "numericSumProfiledFeature"};

inline bool IsWindowType(AnalyticsType type) { return type >= AnalyticsType::kCount; }
inline bool LearnsAnything(AnalyticsType type) { return type >= AnalyticsType::kProfiled; }

// Lengths in characters.
inline constexpr size_t kMaxTemplateId = 128;
inline constexpr size_t kMaxName = 256;
inline constexpr size_t kMaxDescription = 1024;
inline constexpr size_t kMaxReason = 256;
inline constexpr size_t kMaxRulesPerDocument = 50;

// The use cases that documents know.
inline constexpr std::array<std::string_view, 21> kAnalyticsUseCases = {
    "Abnormal Authentication & Access",
    "Account Manipulation",
    "Audit Tampering",
    "Brute Force Attack",
    "Cloud Data Protection",
    "Compromised Credentials",
    "Cryptomining",
    "Data Access",
    "Data Exfiltration",
    "Data Leak",
    "Destruction of Data",
    "Evasion",
    "Lateral Movement",
    "Malware",
    "Phishing",
    "Physical Security",
    "Privilege Abuse",
    "Privilege Escalation",
    "Privileged Activity",
    "Ransomware",
    "Workforce Protection"};

}  // namespace vedette
