#include "enrich/enricher.h"

#include <algorithm>

#include "core/text.h"

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

size_t LastSlash(std::string_view path) { return path.find_last_of("\\/"); }

std::string_view FileName(std::string_view path) {
  const size_t slash = LastSlash(path);
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
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
  return arena.Copy(ToLower(text));
}

struct UrlParts {
  std::string_view host, path, query;
};

UrlParts SplitUrl(std::string_view url) {
  UrlParts parts;
  const size_t scheme = url.find("://");
  if (scheme != std::string_view::npos && scheme < 16) url.remove_prefix(scheme + 3);
  const size_t end = url.find_first_of("/?#");
  std::string_view host = url.substr(0, end);
  if (const size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  if (!host.empty() && host[0] == '[') {
    host = host.substr(1, host.find(']') - 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  parts.host = host;
  if (end == std::string_view::npos) return parts;
  std::string_view rest = url.substr(end);
  rest = rest.substr(0, rest.find('#'));
  const size_t question = rest.find('?');
  parts.path = rest.substr(0, question);
  if (question != std::string_view::npos) parts.query = rest.substr(question + 1);
  return parts;
}

}  // namespace

std::string_view AccountName(std::string_view raw, std::string& scratch) {
  raw = Trim(raw);
  if (const size_t slash = raw.rfind('\\'); slash != std::string_view::npos)
    raw.remove_prefix(slash + 1);
  if (raw.empty() || raw.back() == '$') return {};
  for (std::string_view word : kNobody) {
    if (EqualsIgnoreCase(raw, word)) return {};
  }
  scratch = ToLower(raw);
  return scratch;
}

std::string_view ShortHost(std::string_view raw, std::string& scratch) {
  raw = Trim(raw);
  if (const size_t slash = raw.rfind('\\'); slash != std::string_view::npos)
    raw.remove_prefix(slash + 1);
  if (raw.empty() || raw == "-" || EqualsIgnoreCase(raw, "localhost")) return {};
  if (!ParseIp(raw)) raw = raw.substr(0, raw.find('.'));
  if (!raw.empty() && raw.back() == '$') raw.remove_suffix(1);
  scratch = ToLower(raw);
  return scratch;
}

Enricher::Enricher(const Schema& schema, const ContextTables& tables, const Countries* countries)
    : known_(schema.known()),
      tables_(tables),
      countries_(countries),
      direction_(schema.FindField("direction") == nullptr ? kNoField
                                                          : schema.FindField("direction")->id),
      company_domains_(tables.FindTable("company_domains")),
      country_tlds_(tables.FindTable("country_tlds")) {}

std::string_view Enricher::Text(const Event& event, FieldId field) const {
  const Value value = event.Get(field);
  return value.is_text() ? value.text() : std::string_view();
}

void Enricher::SetIfAbsent(Event& event, Arena& arena, FieldId field, std::string_view text) const {
  if (!text.empty() && field != kNoField && !event.Has(field))
    event.Set(arena, field, Value::String(text));
}

bool Enricher::IsOurs(std::string_view domain) const {
  return tables_.ListContains(company_domains_, domain);
}

void Enricher::Enrich(Event& event, Arena& arena) const {
  SplitNames(event, arena);
  ResolveMail(event, arena);
  ResolveUser(event, arena);
  ResolveDevices(event, arena);
  ResolveNetwork(event, arena);
}

void Enricher::SplitNames(Event& event, Arena& arena) const {
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
    SetIfAbsent(event, arena, known_.top_domain, LowerInto(arena, tables_.TopDomain(host)));
  }
}

void Enricher::ResolveMail(Event& event, Arena& arena) const {
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

void Enricher::ResolveUser(Event& event, Arena& arena) const {
  std::string scratch;
  const auto resolve = [&](FieldId field, const User** user) -> std::string_view {
    const std::string_view raw = Text(event, field);
    if (raw.empty()) return {};
    const std::string_view name = AccountName(raw, scratch);
    if (name.empty()) return {};
    *user = tables_.users().Find(name);
    if (*user != nullptr) return (*user)->id;
    // An address of ours that the directory does not have is its local part.
    const size_t at = name.find('@');
    if (at != std::string_view::npos) {
      const std::string_view local = name.substr(0, at);
      *user = tables_.users().Find(local);
      if (*user != nullptr && IsOurs(name.substr(at + 1))) return (*user)->id;
      *user = nullptr;
      if (IsOurs(name.substr(at + 1))) return arena.Copy(local);
    }
    return arena.Copy(name);
  };
  const User* user = nullptr;
  if (!event.Has(known_.user_entity)) {
    for (FieldId field :
         {known_.user, known_.user_upn, known_.user_email, known_.user_sid, known_.account}) {
      const std::string_view id = resolve(field, &user);
      if (id.empty()) continue;
      event.Set(arena, known_.user_entity, Value::String(id));
      break;
    }
  } else {
    user = tables_.users().Find(Text(event, known_.user_entity));
  }
  if (user != nullptr) AddDirectory(event, arena, *user);
  if (!event.Has(known_.dest_user_entity)) {
    const User* other = nullptr;
    const std::string_view id = resolve(known_.dest_user, &other);
    SetIfAbsent(event, arena, known_.dest_user_entity, id);
  }
}

void Enricher::AddDirectory(Event& event, Arena& arena, const User& user) const {
  const Directory<User>& users = tables_.users();
  SetIfAbsent(event, arena, known_.department, users.Cell(user, "department"));
  SetIfAbsent(event, arena, known_.title, users.Cell(user, "title"));
  SetIfAbsent(event, arena, known_.manager, users.Cell(user, "manager"));
  SetIfAbsent(event, arena, known_.location, users.Cell(user, "location"));
  SetIfAbsent(event, arena, known_.personal_email, users.Cell(user, "personal_email"));
  SetIfAbsent(event, arena, known_.peer_group, PeerGroupOf(users, user));
  const std::string_view executive = users.Cell(user, "executive");
  if (!event.Has(known_.executive)) {
    const bool yes = EqualsIgnoreCase(executive, "true") || executive == "1" ||
                     EqualsIgnoreCase(executive, "yes");
    event.Set(arena, known_.executive, Value::Bool(yes));
  }
  if (!event.Has(known_.user_active))
    event.Set(arena, known_.user_active, Value::Bool(user.active));
}

void Enricher::ResolveDevices(Event& event, Arena& arena) const {
  std::string scratch;
  const auto resolve = [&](std::initializer_list<FieldId> fields, FieldId target) {
    if (event.Has(target)) return;
    for (FieldId field : fields) {
      const std::string_view name = ShortHost(Text(event, field), scratch);
      if (name.empty()) continue;
      const Asset* asset = tables_.assets().Find(name);
      // An address is a machine only when the assets say whose it is.
      const bool is_address = field == known_.src_ip || field == known_.dest_ip;
      if (asset == nullptr && is_address) continue;
      event.Set(arena, target,
                Value::String(asset != nullptr ? std::string_view(asset->id) : arena.Copy(name)));
      return;
    }
  };
  resolve({known_.host, known_.dest_host, known_.src_host, known_.src_ip, known_.dest_ip},
          known_.asset_entity);
  resolve({known_.src_host, known_.src_ip}, known_.src_device_entity);
  resolve({known_.dest_host, known_.dest_ip}, known_.dest_device_entity);
}

void Enricher::ResolveNetwork(Event& event, Arena& arena) const {
  struct Side {
    FieldId ip, device, zone, country;
    bool is_public = false;
    bool has_ip = false;
  };
  Side sides[2] = {
      {known_.src_ip, known_.src_device_entity, known_.src_zone, known_.src_country},
      {known_.dest_ip, known_.dest_device_entity, known_.dest_zone, known_.dest_country}};
  for (Side& side : sides) {
    const std::string_view text = Text(event, side.ip);
    const auto ip = text.empty() ? std::nullopt : ParseIp(text);
    if (!event.Has(side.zone)) {
      std::string_view device = Text(event, side.device);
      // What happened on one machine alone lies in that machine's zone.
      const bool alone =
          !event.Has(known_.src_device_entity) && !event.Has(known_.dest_device_entity);
      if (alone && side.zone == known_.src_zone) device = Text(event, known_.asset_entity);
      const Asset* asset = device.empty() ? nullptr : tables_.assets().Find(device);
      std::string_view zone =
          asset == nullptr ? std::string_view() : tables_.assets().Cell(*asset, "zone");
      if (zone.empty() && ip) zone = tables_.ZoneOfAddress(*ip);
      SetIfAbsent(event, arena, side.zone, zone);
    }
    if (!ip) continue;
    side.has_ip = true;
    side.is_public = ip->IsPublic() && !event.Has(side.zone);
    if (side.is_public && countries_ != nullptr && !event.Has(side.country)) {
      SetIfAbsent(event, arena, side.country, countries_->Find(*ip));
    }
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
