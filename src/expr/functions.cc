#include "expr/functions.h"

#include "core/text.h"

namespace vedette {
namespace {

constexpr FunctionSpec kFunctions[] = {
    {"and", Op::kAnd, 1, kAnyCount},
    {"or", Op::kOr, 1, kAnyCount},
    {"not", Op::kNot, 1, 1},
    {"in", Op::kIn, 2, kAnyCount},
    {"inList", Op::kIn, 2, kAnyCount},
    {"exists", Op::kExists, 1, kAnyCount},
    {"isNull", Op::kIsNull, 1, 1},
    {"if", Op::kIf, 3, 3},
    {"returnIf", Op::kIf, 2, 3},
    {"first", Op::kFirst, 1, kAnyCount},
    {"fieldOr", Op::kFieldOr, 3, 3},
    {"toNumber", Op::kToNumber, 1, 1},
    {"add", Op::kAdd, 1, kAnyCount},
    {"subtract", Op::kSubtract, 2, 2},
    {"multiply", Op::kMultiply, 1, kAnyCount},
    {"mul", Op::kMultiply, 1, kAnyCount},
    {"divide", Op::kDivide, 2, 2},
    {"div", Op::kDivide, 2, 2},
    {"mod", Op::kModulo, 2, 2},
    {"power", Op::kPower, 2, 2},
    {"pow", Op::kPower, 2, 2},
    {"abs", Op::kAbs, 1, 1},
    {"ceil", Op::kCeil, 1, 1},
    {"floor", Op::kFloor, 1, 1},
    {"round", Op::kRound, 1, 1},
    {"max", Op::kMax, 1, kAnyCount},
    {"min", Op::kMin, 1, kAnyCount},
    {"hexToInt", Op::kHexToInt, 1, 1},
    {"magnitude", Op::kMagnitude, 2, 2},
    {"toString", Op::kToString, 1, 1},
    {"toLower", Op::kToLower, 1, 1},
    {"toUpper", Op::kToUpper, 1, 1},
    {"trim", Op::kTrim, 1, 1},
    {"length", Op::kLength, 1, 1},
    {"startsWith", Op::kStartsWith, 2, 2},
    {"beginsWith", Op::kStartsWith, 2, 2},
    {"startsWithAny", Op::kStartsWith, 2, kAnyCount},
    {"beginsWithAny", Op::kStartsWith, 2, kAnyCount},
    {"endsWith", Op::kEndsWith, 2, 2},
    {"endsWithAny", Op::kEndsWith, 2, kAnyCount},
    {"contains", Op::kContains, 2, 2},
    {"containsAny", Op::kContains, 2, kAnyCount},
    {"containsAll", Op::kContainsAll, 2, kAnyCount},
    {"indexOf", Op::kIndexOf, 2, 2},
    {"concat", Op::kConcat, 1, kAnyCount},
    {"drop", Op::kDrop, 2, 2},
    {"dropRight", Op::kDropRight, 2, 2},
    {"substring", Op::kSubstring, 3, 3},
    {"chopAfter", Op::kChopAfter, 3, 3},
    {"chopBefore", Op::kChopBefore, 3, 3},
    {"lcp", Op::kCommonPrefix, 1, kAnyCount},
    {"LeastCommonPrefix", Op::kCommonPrefix, 1, kAnyCount},
    {"lcs", Op::kCommonSuffix, 1, kAnyCount},
    {"LeastCommonSuffix", Op::kCommonSuffix, 1, kAnyCount},
    {"replace", Op::kReplace, 3, 3},
    {"split", Op::kSplit, 3, 3},
    {"matches", Op::kMatches, 2, 2},
    {"format", Op::kFormat, 1, kAnyCount},
    {"shannon", Op::kShannon, 1, 1},
    {"extension", Op::kExtension, 1, 1},
    {"isIP", Op::kIsIp, 1, 1},
    {"isIPv4", Op::kIsIpV4, 1, 1},
    {"isIPv6", Op::kIsIpV6, 1, 1},
    {"isAnyLocal", Op::kIsAnyLocal, 1, 1},
    {"isAnyLocalAddress", Op::kIsAnyLocal, 1, 1},
    {"isLinkLocal", Op::kIsLinkLocal, 1, 1},
    {"isLinkLocalAddress", Op::kIsLinkLocal, 1, 1},
    {"isLoopback", Op::kIsLoopback, 1, 1},
    {"isLoopbackAddress", Op::kIsLoopback, 1, 1},
    {"isMulticast", Op::kIsMulticast, 1, 1},
    {"isMulticastAddress", Op::kIsMulticast, 1, 1},
    {"isSiteLocal", Op::kIsPrivate, 1, 1},
    {"isPrivate", Op::kIsPrivate, 1, 1},
    {"inCidr", Op::kInCidr, 2, kAnyCount},
    {"getDomainFromURL", Op::kDomainFromUrl, 1, 1},
    {"topDomain", Op::kTopDomain, 1, 1},
    {"TimeOfWeek", Op::kTimeOfWeek, 0, 0},
    {"timeOfDay", Op::kTimeOfDay, 0, 1},
    {"dayOfWeek", Op::kDayOfWeek, 0, 1},
    {"dayOfMonth", Op::kDayOfMonth, 0, 1},
    {"hour", Op::kHour, 0, 1},
    {"isWeekend", Op::kIsWeekend, 0, 1},
    {"ContextListContains", Op::kListContains, 2, 2},
    {"contextGetValue", Op::kTableGet, 3, 3},
    {"GetContextAttribute", Op::kTableGet, 3, 3},
    {"GetValue", Op::kTableGet, 2, 2},
    {"HasContextKey", Op::kTableHasKey, 2, 2},
    {"EntityId", Op::kField, 1, 1},
    {"EntityAttribute", Op::kEntityAttribute, 2, 2},
    {"EntityHasAttribute", Op::kEntityHasAttribute, 2, 2},
    {"EntityHasAttributeValue", Op::kEntityHasAttributeValue, 3, 4},
    {"EntityIsLoggedToVpn", Op::kLoggedToVpn, 1, 1},
    {"JoinIfExists", Op::kJoinIfExists, 1, kAnyCount},
    {"joinWith", Op::kJoinWith, 2, kAnyCount},
    {"joinPath", Op::kJoinPath, 2, 2},
    // Over a session or a sequence, with the event types that count: f(field, types…), f(field,
    // key, types…), f(field, key, condition, types…).
    {"count", Op::kSession, 2, kAnyCount, 0},
    {"sum", Op::kSession, 2, kAnyCount, 1},
    {"distinctCount", Op::kSession, 2, kAnyCount, 2},
    {"sequenceCount", Op::kSession, 2, kAnyCount, 3},
    {"sequenceSum", Op::kSession, 2, kAnyCount, 4},
    {"sequenceDistinctCount", Op::kSession, 2, kAnyCount, 5},
    {"countBy", Op::kSession, 3, kAnyCount, 6},
    {"sumBy", Op::kSession, 3, kAnyCount, 7},
    {"distinctCountBy", Op::kSession, 3, kAnyCount, 8},
    {"countByIf", Op::kSession, 4, kAnyCount, 9},
    {"sumByIf", Op::kSession, 4, kAnyCount, 10},
    {"distinctCountByIf", Op::kSession, 4, kAnyCount, 11},
    {"ruleFired", Op::kSession, 1, 1, 12},
};

}  // namespace

const FunctionSpec* FindFunction(std::string_view name) {
  for (const FunctionSpec& spec : kFunctions) {
    if (EqualsIgnoreCase(spec.name, name)) return &spec;
  }
  return nullptr;
}

std::vector<std::string_view> FunctionNames() {
  std::vector<std::string_view> names;
  for (const FunctionSpec& spec : kFunctions) names.push_back(spec.name);
  return names;
}

std::string_view SessionFunctionName(int number) {
  for (const FunctionSpec& spec : kFunctions) {
    if (spec.op == Op::kSession && spec.session == number) return spec.name;
  }
  return {};
}

}  // namespace vedette
