// The evaluator's questions to the world: addresses, domains, the clock, lists and tables,
// entities.
#include <algorithm>

#include "core/ip.h"
#include "core/text.h"
#include "core/url.h"
#include "expr/evaluator.h"
#include "expr/text_functions.h"

namespace vedette {

Value Evaluator::Domain(const Node& node) {
  std::string_view text;
  if (!ArgText(node, 0, &text)) return {};
  const std::string_view domain =
      node.op == Op::kTopDomain ? lookups_.TopDomain(text) : SplitUrl(text).host;
  return domain.empty() ? Value() : Value::String(domain);
}

Value Evaluator::Address(const Node& node) {
  std::string_view text;
  const auto ip = ArgText(node, 0, &text) ? ParseIp(text) : std::nullopt;
  if (!ip) return Value::Bool(false);
  switch (node.op) {
    case Op::kIsIp:
      return Value::Bool(true);
    case Op::kIsIpV4:
      return Value::Bool(text.find(':') == std::string_view::npos);
    case Op::kIsIpV6:
      return Value::Bool(text.find(':') != std::string_view::npos);
    case Op::kIsAnyLocal:
      return Value::Bool(ip->IsUnspecified());
    case Op::kIsLinkLocal:
      return Value::Bool(ip->IsLinkLocal());
    case Op::kIsLoopback:
      return Value::Bool(ip->IsLoopback());
    case Op::kIsMulticast:
      return Value::Bool(ip->IsMulticast());
    case Op::kIsPrivate:
      return Value::Bool(ip->IsPrivate());
    default:
      break;
  }
  if (node.data >= 0) {
    const std::vector<Cidr>& networks = program_.networks_[static_cast<size_t>(node.data)];
    return Value::Bool(std::any_of(networks.begin(), networks.end(),
                                   [&](const Cidr& cidr) { return cidr.Contains(*ip); }));
  }
  for (size_t i = 1; i < node.arg_count; ++i) {
    std::string_view network;
    const auto cidr = ArgText(node, i, &network) ? ParseCidr(network) : std::nullopt;
    if (cidr && cidr->Contains(*ip)) return Value::Bool(true);
  }
  return Value::Bool(false);
}

Value Evaluator::Clock(const Node& node) {
  const Zone* zone = nullptr;
  std::string_view name;
  if (node.data >= 0) {
    zone = program_.zones_[static_cast<size_t>(node.data)];
  } else if (node.arg_count == 0) {
    zone = lookups_.ZoneOf(*event_);
  } else if (ArgText(node, 0, &name)) {
    zone = Zone::Find(name);
  }
  if (zone == nullptr) return {};
  const Timestamp local = zone->ToLocal(event_->time);
  const int64_t days = local.days();
  const int64_t day_of_week = ((days + 3) % 7 + 7) % 7;  // 0 is Monday
  const int64_t second = local.seconds() - days * 86'400;
  switch (node.op) {
    case Op::kTimeOfWeek:
      return Value::Int(day_of_week * 24 + second / 3600);
    case Op::kTimeOfDay:
      return Value::Int(second);
    case Op::kDayOfWeek:
      return Value::Int(day_of_week + 1);
    case Op::kDayOfMonth:
      return Value::Int(CivilFromDays(days).day);
    case Op::kHour:
      return Value::Int(second / 3600);
    default:
      return Value::Bool(day_of_week >= 5);
  }
}

void Evaluator::CountUse(int table, bool found) {
  if (table < 0) return;
  const auto index = static_cast<size_t>(table);
  if (index >= table_use_.size()) table_use_.resize(index + 1);
  ++table_use_[index].asked;
  table_use_[index].found += found;
}

Value Evaluator::Table(const Node& node) {
  const int table = node.data;
  std::string_view key;
  switch (node.op) {
    case Op::kListContains: {
      const Value value = Arg(node, 0);
      if (value.is_null()) return Value::Bool(false);
      bool found = false;
      if (value.is_list()) {
        for (uint32_t i = 0; i < value.size() && !found; ++i)
          found = lookups_.ListContains(table, AsText(value.items()[i]));
      } else {
        found = lookups_.ListContains(table, AsText(value));
      }
      CountUse(table, found);
      return Value::Bool(found);
    }
    case Op::kTableHasKey: {
      if (!ArgText(node, 0, &key)) return Value::Bool(false);
      const bool found = lookups_.TableHasKey(table, key);
      CountUse(table, found);
      return Value::Bool(found);
    }
    default: {
      std::string_view column;
      if (!ArgText(node, 1, &key)) return {};
      ArgText(node, 0, &column);
      const Value cell = lookups_.TableValue(table, column, key);
      CountUse(table, !cell.is_null());
      return cell;
    }
  }
}

Value Evaluator::Entity(const Node& node) {
  std::string_view entity;
  std::string_view attribute;
  Value cell;
  if (ArgText(node, 0, &entity) && ArgText(node, 1, &attribute)) {
    cell = lookups_.EntityAttribute(node.data == 1, entity, attribute);
  }
  if (node.op == Op::kEntityAttribute) return cell;
  if (node.op == Op::kEntityHasAttribute) return Value::Bool(cell.is_text() && cell.size() > 0);
  std::string_view wanted;
  if (!cell.is_text() || !ArgText(node, 2, &wanted)) return Value::Bool(false);
  std::string_view option;
  const bool any_case =
      node.arg_count > 3 && ArgText(node, 3, &option) &&
      (EqualsIgnoreCase(option, "insensitive") || EqualsIgnoreCase(option, "caseInsensitive"));
  return Value::Bool(any_case ? EqualsIgnoreCase(cell.text(), wanted) : cell.text() == wanted);
}

}  // namespace vedette
