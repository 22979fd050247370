// Microsoft 365 Defender, AlertInfo and AlertEvidence.
#include "simulate/formats/format.h"

#include <fmt/format.h>
#include "simulate/random.h"

namespace vedette::simulate {
namespace {

void WriteInfo(JsonWriter& json, const Record& record) {
  json.Key("Title").String(record.text).Key("Category").String(record.target);
  json.Key("Severity").String(record.story == 0 ? "Low" : "Medium");
  json.Key("ServiceSource")
      .String("Microsoft Defender for Endpoint")
      .Key("DetectionSource")
      .String("EDR");
  json.Key("AttackTechniques").String("");
}

void WriteEvidence(FormatContext& context, JsonWriter& json, const Record& record) {
  const Machine& machine = context.MachineOf(record);
  json.Key("Title")
      .String(record.text)
      .Key("Categories")
      .String(fmt::format("[\"{}\"]", record.target));
  json.Key("AttackTechniques")
      .String("")
      .Key("Severity")
      .String(record.story == 0 ? "Low" : "Medium");
  json.Key("ServiceSource")
      .String("Microsoft Defender for Endpoint")
      .Key("DetectionSource")
      .String("EDR");
  json.Key("EntityType").String(record.program != nullptr ? "Process" : "User");
  json.Key("EvidenceRole").String("Impacted").Key("EvidenceDirection").Null();
  json.Key("DeviceId").String(machine.device_id).Key("DeviceName").String(machine.host);
  json.Key("LocalIP").String(IpText(machine.ip));
  if (const Person* person = context.PersonOf(record)) {
    json.Key("AccountName")
        .String(person->user)
        .Key("AccountDomain")
        .String("halden")
        .Key("AccountSid")
        .String(person->sid);
    json.Key("AccountUpn").String(person->email).Key("AccountObjectId").String(person->object_id);
  }
  if (record.program != nullptr) {
    json.Key("FileName").String(record.program->name).Key("SHA1").String(record.program->sha1);
    json.Key("ProcessCommandLine")
        .String(CommandLine(*record.program, context.PersonOf(record), record.command));
  }
  for (std::string_view column :
       {"RemoteIP", "RemoteUrl", "NetworkMessageId", "EmailSubject", "RegistryKey",
        "RegistryValueName", "RegistryValueData", "Application", "ThreatFamily"}) {
    json.Key(column).Null();
  }
}

}  // namespace

void AppendDefenderAlert(FormatContext& context, const Record& record, std::string& line,
                         LineMark* mark) {
  const bool info = record.what == What::kAlert;
  const std::string_view table = info ? "AlertInfo" : "AlertEvidence";
  const std::string alert =
      fmt::format("da{}_{}", HexText(record.mail, 18), record.mail % 1'000'000'000);
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
  AppendIsoTime(time, record.time, 7);
  json.Key("Timestamp").String(time).Key("AlertId").String(alert);
  if (info) {
    WriteInfo(json, record);
  } else {
    WriteEvidence(context, json, record);
  }
  json.EndObject().Key("Tenant").String("DefaultTenant").EndObject();
  if (mark != nullptr) {
    mark->kind = table;
    mark->id = alert;
    mark->contains = {fmt::format("AdvancedHunting-{}\"", table), alert};
  }
}

}  // namespace vedette::simulate
