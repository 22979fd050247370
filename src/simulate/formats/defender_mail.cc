// Microsoft 365 Defender, mail tables of advanced hunting: EmailEvents and EmailAttachmentInfo.
#include "core/check.h"

#include <fmt/format.h>
#include "simulate/addresses.h"
#include "simulate/formats/format.h"
#include "simulate/random.h"

namespace vedette::simulate {
namespace {

// Who sent to whom, as addresses with the ids of our own mailboxes.
struct Ends {
  std::string_view sender, sender_name, sender_id, recipient, recipient_id;
  std::string_view direction;
};

Ends EndsOf(const FormatContext& context, const Record& record) {
  const Person& person = *context.PersonOf(record);
  switch (record.what) {
    case What::kMailIn:
    case What::kAttachmentIn:
      return {record.peer,
              record.peer.substr(0, record.peer.find('@')),
              {},
              person.email,
              person.object_id,
              "Inbound"};
    case What::kMailInside:
    case What::kAttachmentInside: {
      const Person& other = context.organisation.people[record.other];
      return {person.email, person.name,     person.object_id,
              other.email,  other.object_id, "Intra-org"};
    }
    default:
      return {person.email, person.name, person.object_id, record.peer, {}, "Outbound"};
  }
}

std::string_view DomainOf(std::string_view address) {
  return address.substr(address.find('@') + 1);
}

void TextOrNull(JsonWriter& json, std::string_view key, std::string_view value) {
  json.Key(key);
  if (value.empty()) {
    json.Null();
  } else {
    json.String(value);
  }
}

void WriteMail(JsonWriter& json, const Record& record, const Ends& ends, std::string_view message) {
  Random random(record.noise);
  const bool held = record.what == What::kMailOutHeldBack;
  const std::string_view domain = DomainOf(ends.sender);
  json.Key("AttachmentCount").Int(record.count).Key("UrlCount").UInt(random.Habitual(6));
  json.Key("AuthenticationDetails")
      .String(R"({"SPF":"pass","DKIM":"pass","DMARC":"pass","CompAuth":"pass"})");
  json.Key("ConfidenceLevel").Null().Key("Connectors").String("");
  json.Key("DeliveryAction").String(held ? "Blocked" : "Delivered");
  json.Key("DeliveryLocation")
      .String(held                           ? "Quarantine"
              : ends.direction == "Outbound" ? "On-prem/external"
                                             : "Inbox/folder");
  json.Key("DetectionMethods").Null().Key("EmailAction").Null();
  json.Key("EmailActionPolicy")
      .String(held ? "Outbound data policy" : "")
      .Key("EmailActionPolicyGuid")
      .Null();
  json.Key("EmailClusterId")
      .UInt(random.Below(4'294'967'296))
      .Key("EmailDirection")
      .String(ends.direction);
  json.Key("EmailLanguage").String("en").Key("EmailSize").Int(record.bytes);
  json.Key("InternetMessageId").String(fmt::format("<{}@{}>", HexText(record.mail, 24), domain));
  json.Key("NetworkMessageId").String(message);
  json.Key("OrgLevelAction").Null().Key("OrgLevelPolicy").Null();
  json.Key("RecipientEmailAddress").String(ends.recipient);
  TextOrNull(json, "RecipientObjectId", ends.recipient_id);
  json.Key("SenderDisplayName")
      .String(ends.sender_name)
      .Key("SenderFromAddress")
      .String(ends.sender);
  json.Key("SenderFromDomain").String(domain);
  json.Key("SenderIPv4").String(IpText(AddressOf(domain))).Key("SenderIPv6").Null();
  json.Key("SenderMailFromAddress").String(ends.sender).Key("SenderMailFromDomain").String(domain);
  TextOrNull(json, "SenderObjectId", ends.sender_id);
  json.Key("Subject").String(record.text).Key("ThreatNames").Null().Key("ThreatTypes").String("");
  json.Key("UserLevelAction").Null().Key("UserLevelPolicy").Null().Key("BulkComplaintLevel").Null();
}

void WriteAttachment(JsonWriter& json, const Record& record, const Ends& ends,
                     std::string_view message) {
  const size_t dot = record.name.rfind('.');
  const std::string_view extension =
      dot == std::string_view::npos ? "" : record.name.substr(dot + 1);
  const bool held = record.what == What::kAttachmentOutHeldBack;
  json.Key("DetectionMethods")
      .Null()
      .Key("FileName")
      .String(record.name)
      .Key("FileSize")
      .Int(record.bytes);
  json.Key("FileExtension").String(extension).Key("FileType").String(extension);
  json.Key("NetworkMessageId").String(message).Key("RecipientEmailAddress").String(ends.recipient);
  TextOrNull(json, "RecipientObjectId", ends.recipient_id);
  json.Key("SHA256").String(HexText(record.noise, 64));
  json.Key("SenderDisplayName")
      .String(ends.sender_name)
      .Key("SenderFromAddress")
      .String(ends.sender);
  TextOrNull(json, "SenderObjectId", ends.sender_id);
  TextOrNull(json, "ThreatNames", held ? "Trojan:HTML/Archive.A" : "");
  TextOrNull(json, "ThreatTypes", held ? "Malware" : "");
}

}  // namespace

void AppendDefenderMail(FormatContext& context, const Record& record, std::string& line,
                        LineMark* mark) {
  const bool attachment = record.what >= What::kAttachmentIn;
  const std::string_view table = attachment ? "EmailAttachmentInfo" : "EmailEvents";
  const Ends ends = EndsOf(context, record);
  const std::string message = GuidText(record.mail);
  Random random(record.noise);
  std::string time;
  AppendIsoTime(time, record.time + Nanoseconds(random.Between(90, 1800) * kNanosPerSecond), 7);
  JsonWriter json(line);
  json.BeginObject()
      .Key("time")
      .String(time)
      .Key("tenantId")
      .String(kTenantId)
      .Key("operationName")
      .String("Publish");
  json.Key("category")
      .String(fmt::format("AdvancedHunting-{}", table))
      .Key("properties")
      .BeginObject();
  time.clear();
  AppendIsoTime(time, record.time, 0);
  json.Key("Timestamp").String(time);
  json.Key("ReportId").String(fmt::format("{}-{}", message, random.Below(1'000'000'000'000)));
  if (attachment) {
    WriteAttachment(json, record, ends, message);
  } else {
    WriteMail(json, record, ends, message);
  }
  json.EndObject().Key("Tenant").String("DefaultTenant").EndObject();
  if (mark != nullptr) {
    mark->kind = table;
    mark->id = message;
    mark->contains = {fmt::format("AdvancedHunting-{}", table),
                      fmt::format("\"NetworkMessageId\":\"{}\"", message)};
    if (attachment)
      mark->contains.push_back(fmt::format("\"SHA256\":\"{}\"", HexText(record.noise, 64)));
  }
}

}  // namespace vedette::simulate
