#include "enrich/enricher.h"

#include <algorithm>

#include "core/text.h"
#include "core/url.h"

namespace vedette {
namespace {

constexpr std::string_view kNobody[] = {"system",
                                        "local service",
                                        "network service",
                                        "local system",
                                        "localsystem",
                                        "-",
                                        "null",
                                        "none",
                                        "n/a",
                                        "unknown",
                                        "anonymous logon",
                                        "nt authority",
                                        "anonymous"};

std::string_view MailDomain(std::string_view address) {
  const size_t at = address.rfind('@');
  if (at == std::string_view::npos) return {};
  std::string_view domain = address.substr(at + 1);
  while (!domain.empty() && (domain.back() == '>' || domain.back() == ' ')) domain.remove_suffix(1);
  return domain;
}

std::string_view Folder(std::string_view path) {
  const size_t slash = LastSlash(path);
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view Extension(std::string_view name) {
  name = FileName(name);
  const size_t dot = name.rfind('.');
  const bool has_one =
      dot != std::string_view::npos && dot > 0 && dot + 1 < name.size() && name.size() - dot <= 12;
  return has_one ? name.substr(dot + 1) : std::string_view();
}

std::string_view LowerInto(Arena& arena, std::string_view text) {
  if (std::none_of(text.begin(), text.end(),
                   [](char c) { return (c >= 'A' && c <= 'Z') || (c & 0x80); }))
    return text;
  if (!IsAscii(text)) return arena.Copy(ToLower(text));
  char* lower = static_cast<char*>(arena.Allocate(text.size(), 1));
  std::transform(text.begin(), text.end(), lower, ToLowerAscii);
  return {lower, text.size()};
}

// The part of the text that names an account; empty when it names nobody.
std::string_view AccountPart(std::string_view raw) {
  raw = Trim(raw);
  if (const size_t slash = raw.rfind('\\'); slash != std::string_view::npos)
    raw.remove_prefix(slash + 1);
  if (raw.empty() || raw.back() == '$') return {};
  for (std::string_view word : kNobody) {
    if (EqualsIgnoreCase(raw, word)) return {};
  }
  return raw;
}

// The part of the text that names a machine.
std::string_view HostPart(std::string_view raw) {
  raw = Trim(raw);
  if (const size_t slash = raw.rfind('\\'); slash != std::string_view::npos)
    raw.remove_prefix(slash + 1);
  if (raw.empty() || raw == "-" || EqualsIgnoreCase(raw, "localhost")) return {};
  if (!ParseIp(raw)) raw = raw.substr(0, raw.find('.'));
  if (!raw.empty() && raw.back() == '$') raw.remove_suffix(1);
  return raw;
}

template <typename Part>
Part PartOf(std::string_view text, std::string_view part) {
  if (part.empty()) return {};
  return {static_cast<uint32_t>(part.data() - text.data()), static_cast<uint32_t>(part.size())};
}

int ColumnOf(const std::vector<std::string>& columns, std::string_view name) {
  const auto found = std::find(columns.begin(), columns.end(), name);
  return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
}

std::string_view CellAt(const std::vector<std::string>& cells, int column) {
  return column < 0 ? std::string_view() : std::string_view(cells[static_cast<size_t>(column)]);
}

}  // namespace

std::string_view AccountName(std::string_view raw, std::string& scratch) {
  scratch = ToLower(AccountPart(raw));
  return scratch;
}

std::string_view ShortHost(std::string_view raw, std::string& scratch) {
  scratch = ToLower(HostPart(raw));
  return scratch;
}

Enricher::Enricher(const Schema& schema, const ContextTables& tables, const Countries* countries)
    : known_(schema.known()),
      tables_(tables),
      countries_(countries),
      direction_(schema.FindField("direction") == nullptr ? kNoField
                                                          : schema.FindField("direction")->id),
      company_domains_(tables.FindTable("company_domains")),
      country_tlds_(tables.FindTable("country_tlds")) {
  const std::vector<std::string>& columns = tables.users().columns;
  const std::pair<FieldId, std::string_view> filled[] = {{known_.department, "department"},
                                                         {known_.title, "title"},
                                                         {known_.manager, "manager"},
                                                         {known_.location, "location"},
                                                         {known_.personal_email, "personal_email"}};
  for (const auto& [field, name] : filled) user_fields_.push_back({field, ColumnOf(columns, name)});
  department_column_ = ColumnOf(columns, "department");
  peer_group_column_ = ColumnOf(columns, "peer_group");
  executive_column_ = ColumnOf(columns, "executive");
  zone_column_ = ColumnOf(tables.assets().columns, "zone");
}

std::string_view Enricher::Text(const Event& event, FieldId field) const {
  const Value value = event.Get(field);
  return value.is_text() ? value.text() : std::string_view();
}

void Enricher::SetIfAbsent(Event& event, Arena& arena, FieldId field, std::string_view text) const {
  if (!text.empty() && field != kNoField && !event.Has(field))
    event.Set(arena, field, Value::String(text));
}

bool Enricher::IsOurs(std::string_view domain) {
  if (domain.empty()) return false;
  return ours_.Get(domain, [&] { return tables_.ListContains(company_domains_, domain); });
}

// An account of the directory, or the name itself; an address of ours that the directory does not
// have is its local part.
Enricher::Account Enricher::FindAccount(std::string_view raw) {
  const std::string_view name = AccountPart(raw);
  if (name.empty()) return {};
  if (const User* user = tables_.users().Find(name)) return {user, PartOf<Part>(raw, name)};
  const size_t at = name.find('@');
  if (at == std::string_view::npos || !IsOurs(name.substr(at + 1)))
    return {nullptr, PartOf<Part>(raw, name)};
  const std::string_view local = name.substr(0, at);
  return {tables_.users().Find(local), PartOf<Part>(raw, local)};
}

const Enricher::Account& Enricher::AccountOf(std::string_view raw) {
  return accounts_.Get(raw, [&] { return FindAccount(raw); });
}

const Enricher::Host& Enricher::HostOf(std::string_view raw) {
  return hosts_.Get(raw, [&]() -> Host {
    const std::string_view name = HostPart(raw);
    if (name.empty()) return {};
    return {tables_.assets().Find(name), PartOf<Part>(raw, name)};
  });
}

const Enricher::Address& Enricher::AddressOf(std::string_view text) {
  return addresses_.Get(text, [&]() -> Address {
    const auto ip = ParseIp(text);
    if (!ip) return {};
    Address address{true, ip->IsPublic(), tables_.ZoneOfAddress(*ip), {}};
    if (address.is_public && countries_ != nullptr) address.country = countries_->Find(*ip);
    return address;
  });
}

std::string_view Enricher::ZoneOfDevice(std::string_view device) {
  if (device.empty()) return {};
  return device_zones_.Get(device, [&] {
    const Asset* asset = tables_.assets().Find(device);
    return asset == nullptr ? std::string_view() : CellAt(asset->cells, zone_column_);
  });
}

void Enricher::Enrich(Event& event, Arena& arena) {
  SplitNames(event, arena);
  ResolveMail(event, arena);
  ResolveUser(event, arena);
  ResolveDevices(event, arena);
  ResolveNetwork(event, arena);
}

void Enricher::SplitNames(Event& event, Arena& arena) {
  if (const std::string_view path = Text(event, known_.file_path); !path.empty()) {
    SetIfAbsent(event, arena, known_.file_name, FileName(path));
    SetIfAbsent(event, arena, known_.file_dir, Folder(path));
  }
  if (const std::string_view path = Text(event, known_.process_path); !path.empty()) {
    SetIfAbsent(event, arena, known_.process_name, FileName(path));
    SetIfAbsent(event, arena, known_.process_dir, Folder(path));
  }
  if (!event.Has(known_.attachment)) {
    const Value all = event.Get(known_.attachments);
    if (all.is_list() && all.size() > 0) event.Set(arena, known_.attachment, all.items()[0]);
  }
  if (!event.Has(known_.file_ext)) {
    std::string_view name = Text(event, known_.file_name);
    if (name.empty()) name = Text(event, known_.attachment);
    SetIfAbsent(event, arena, known_.file_ext, LowerInto(arena, Extension(name)));
  }
  if (const std::string_view url = Text(event, known_.url); !url.empty()) {
    const UrlParts parts = SplitUrl(url);
    SetIfAbsent(event, arena, known_.web_domain, LowerInto(arena, parts.host));
    SetIfAbsent(event, arena, known_.uri_path, parts.path);
    SetIfAbsent(event, arena, known_.uri_query, parts.query);
  }
  if (const std::string_view host = Text(event, known_.web_domain);
      !host.empty() && !event.Has(known_.top_domain)) {
    const Part top =
        top_domains_.Get(host, [&] { return PartOf<Part>(host, tables_.TopDomain(host)); });
    SetIfAbsent(event, arena, known_.top_domain, LowerInto(arena, top.Of(host)));
  }
}

void Enricher::ResolveMail(Event& event, Arena& arena) {
  const std::string_view sender = Text(event, known_.sender);
  const Value list = event.Get(known_.recipients);
  if (list.is_list() && list.size() > 0) {
    if (!event.Has(known_.num_recipients))
      event.Set(arena, known_.num_recipients, Value::Int(list.size()));
    if (!event.Has(known_.recipient)) {
      Value chosen = list.items()[0];
      for (uint32_t i = 0; i < list.size(); ++i) {
        if (list.items()[i].is_text() && !IsOurs(MailDomain(list.items()[i].text()))) {
          chosen = list.items()[i];
          break;
        }
      }
      event.Set(arena, known_.recipient, chosen);
    }
  }
  const std::string_view recipient = Text(event, known_.recipient);
  if (sender.empty() && recipient.empty()) return;
  if (!recipient.empty() && !event.Has(known_.num_recipients))
    event.Set(arena, known_.num_recipients, Value::Int(1));
  const Value attached = event.Get(known_.attachments);
  if (attached.is_list() && !event.Has(known_.attachment_count)) {
    event.Set(arena, known_.attachment_count, Value::Int(attached.size()));
  }
  SetIfAbsent(event, arena, known_.sender_domain, LowerInto(arena, MailDomain(sender)));
  SetIfAbsent(event, arena, known_.recipient_domain, LowerInto(arena, MailDomain(recipient)));

  const std::string_view from = Text(event, known_.sender_domain);
  const std::string_view to = Text(event, known_.recipient_domain);
  const bool from_us = IsOurs(from);
  const bool to_us = IsOurs(to);
  const bool out = from_us || !to_us;  // without a list of our domains, mail counts as going out
  const std::string_view outside = out ? to : from;
  if (!(from_us && to_us)) {
    SetIfAbsent(event, arena, known_.external_address, out ? recipient : sender);
    SetIfAbsent(event, arena, known_.external_domain, outside);
  }
  const std::string_view external = Text(event, known_.external_domain);
  const size_t dot = external.rfind('.');
  if (dot != std::string_view::npos) {
    const Value country = tables_.TableValue(country_tlds_, "country", external.substr(dot + 1));
    if (country.is_text())
      SetIfAbsent(event, arena, out ? known_.dest_country : known_.src_country, country.text());
  }
  if (!event.Has(known_.user) && !event.Has(known_.user_email)) {
    const std::string_view own = from_us ? sender : to_us ? recipient : std::string_view();
    SetIfAbsent(event, arena, known_.user_email, own);
  }
}

void Enricher::ResolveUser(Event& event, Arena& arena) {
  const auto id_of = [&](const Account& account, std::string_view raw) -> std::string_view {
    return account.user != nullptr ? account.user->id : LowerInto(arena, account.name.Of(raw));
  };
  const User* user = nullptr;
  if (const std::string_view entity = Text(event, known_.user_entity);
      event.Has(known_.user_entity)) {
    user = tables_.users().Find(entity);
  } else {
    for (FieldId field :
         {known_.user, known_.user_upn, known_.user_email, known_.user_sid, known_.account}) {
      const std::string_view raw = Text(event, field);
      if (raw.empty()) continue;
      const Account& account = AccountOf(raw);
      if (account.name.size == 0) continue;
      user = account.user;
      event.Set(arena, known_.user_entity, Value::String(id_of(account, raw)));
      break;
    }
  }
  if (user != nullptr) AddDirectory(event, arena, *user);
  if (event.Has(known_.dest_user_entity)) return;
  if (const std::string_view raw = Text(event, known_.dest_user); !raw.empty())
    SetIfAbsent(event, arena, known_.dest_user_entity, id_of(AccountOf(raw), raw));
}

void Enricher::AddDirectory(Event& event, Arena& arena, const User& user) const {
  for (const UserField& from : user_fields_)
    SetIfAbsent(event, arena, from.field, CellAt(user.cells, from.column));
  const std::string_view group = CellAt(user.cells, peer_group_column_);
  SetIfAbsent(event, arena, known_.peer_group,
              group.empty() ? CellAt(user.cells, department_column_) : group);
  if (!event.Has(known_.executive)) {
    const std::string_view executive = CellAt(user.cells, executive_column_);
    const bool yes = EqualsIgnoreCase(executive, "true") || executive == "1" ||
                     EqualsIgnoreCase(executive, "yes");
    event.Set(arena, known_.executive, Value::Bool(yes));
  }
  if (!event.Has(known_.user_active))
    event.Set(arena, known_.user_active, Value::Bool(user.active));
}

void Enricher::ResolveDevices(Event& event, Arena& arena) {
  const auto resolve = [&](std::initializer_list<FieldId> fields, FieldId target) {
    if (event.Has(target)) return;
    for (FieldId field : fields) {
      const std::string_view raw = Text(event, field);
      if (raw.empty()) continue;
      const Host& host = HostOf(raw);
      if (host.name.size == 0) continue;
      // An address is a machine only when the assets say whose it is.
      const bool is_address = field == known_.src_ip || field == known_.dest_ip;
      if (host.asset == nullptr && is_address) continue;
      event.Set(arena, target,
                Value::String(host.asset != nullptr ? std::string_view(host.asset->id)
                                                    : LowerInto(arena, host.name.Of(raw))));
      return;
    }
  };
  resolve({known_.host, known_.dest_host, known_.src_host, known_.src_ip, known_.dest_ip},
          known_.asset_entity);
  resolve({known_.src_host, known_.src_ip}, known_.src_device_entity);
  resolve({known_.dest_host, known_.dest_ip}, known_.dest_device_entity);
}

void Enricher::ResolveNetwork(Event& event, Arena& arena) {
  struct Side {
    FieldId ip, device, zone, country;
    bool is_public = false;
    bool has_ip = false;
  };
  Side sides[2] = {
      {known_.src_ip, known_.src_device_entity, known_.src_zone, known_.src_country},
      {known_.dest_ip, known_.dest_device_entity, known_.dest_zone, known_.dest_country}};
  static const Address kNoAddress{};
  for (Side& side : sides) {
    const std::string_view text = Text(event, side.ip);
    const Address& ip = text.empty() ? kNoAddress : AddressOf(text);
    if (!event.Has(side.zone)) {
      std::string_view device = Text(event, side.device);
      // What happened on one machine alone lies in that machine's zone.
      const bool alone =
          !event.Has(known_.src_device_entity) && !event.Has(known_.dest_device_entity);
      if (alone && side.zone == known_.src_zone) device = Text(event, known_.asset_entity);
      const std::string_view zone = ZoneOfDevice(device);
      SetIfAbsent(event, arena, side.zone, zone.empty() ? ip.zone : zone);
    }
    if (!ip.valid) continue;
    side.has_ip = true;
    side.is_public = ip.is_public && !event.Has(side.zone);
    if (side.is_public) SetIfAbsent(event, arena, side.country, ip.country);
  }
  if (direction_ == kNoField || event.Has(direction_)) return;
  const Side& src = sides[0];
  const Side& dest = sides[1];
  if (dest.is_public && !src.is_public) {
    SetIfAbsent(event, arena, direction_, "outbound");
  } else if (src.is_public && dest.has_ip && !dest.is_public) {
    SetIfAbsent(event, arena, direction_, "inbound");
  } else if (src.has_ip && dest.has_ip && !src.is_public && !dest.is_public) {
    SetIfAbsent(event, arena, direction_, "internal");
  }
}

}  // namespace vedette
