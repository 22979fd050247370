// Microsoft Defender, device tables of advanced hunting as the streaming API sends them, one object
// a line. The columns are those of a tenant that streams without the version resource of the acting
// process.
#include <utility>

#include <fmt/format.h>

#include "core/check.h"
#include "core/text.h"
#include "simulate/formats/format.h"
#include "simulate/random.h"

namespace vedette::simulate {
namespace {

// Appends the columns of one row in the order of the table's schema.
class Row {
 public:
  Row(FormatContext& context, const Record& record, std::string& line)
      : context_(context),
        record_(record),
        json_(line),
        machine_(context.MachineOf(record)),
        person_(context.PersonOf(record)),
        random_(record.noise) {}

  void Open(std::string_view table) {
    table_ = table;
    json_.BeginObject();
    Column("time", Time(record_.time + Nanoseconds(random_.Between(60, 1500) * kNanosPerSecond)));
    Column("tenantId", kTenantId);
    Column("operationName", "Publish");
    Column("category", std::string("AdvancedHunting-").append(table));
    json_.Key("properties").BeginObject();
    Column("Timestamp", Time(record_.time));
    Column("DeviceId", machine_.device_id);
    Column("DeviceName", machine_.host);
    json_.Key("ReportId").UInt(report_ = ++context_.next_report[record_.machine]);
    Column("MachineGroup", context_.organisation.LocationOf(machine_).city);
  }

  void Close() {
    Null("AppGuardContainerId");
    json_.EndObject();
    Column("Tenant", "DefaultTenant");
    json_.EndObject();
  }

  void Action(std::string_view action) {
    action_ = action;
    Column("ActionType", action);
  }

  JsonWriter& json() { return json_; }
  Random& random() { return random_; }
  const Machine& machine() const { return machine_; }
  const Person* person() const { return person_; }

  void Column(std::string_view name, std::string_view value) { json_.Key(name).String(value); }
  void Number(std::string_view name, int64_t value) { json_.Key(name).Int(value); }
  void Null(std::string_view name) { json_.Key(name).Null(); }
  void TextOrNull(std::string_view name, std::string_view value) {
    if (value.empty()) {
      Null(name);
    } else {
      Column(name, value);
    }
  }

  // A short string that holds JSON, as AdditionalFields does.
  void Additional(std::string_view json) { TextOrNull("AdditionalFields", json); }

  std::string_view Time(Timestamp time) {
    time_.clear();
    AppendIsoTime(time_, time, 7);
    return time_;
  }

  // Account columns under a prefix; the system's own account when there is no person.
  void Account(std::string_view prefix) {
    const auto name = [&](std::string_view column) { return std::string(prefix).append(column); };
    if (person_ == nullptr) {
      Column(name("AccountDomain"), "nt authority");
      Column(name("AccountName"), "system");
      Column(name("AccountSid"), "S-1-5-18");
      Null(name("AccountUpn"));
      Null(name("AccountObjectId"));
      return;
    }
    Column(name("AccountDomain"), "halden");
    Column(name("AccountName"), person_->user);
    Column(name("AccountSid"), person_->sid);
    Column(name("AccountUpn"), person_->email);
    Column(name("AccountObjectId"), person_->object_id);
  }

  void Actor(const Program& program, const Program& parent, std::string_view arguments) {
    Account("InitiatingProcess");
    Column("InitiatingProcessFileName", program.name);
    Column("InitiatingProcessFolderPath", ToLower(PathOf(program, person_)));
    Column("InitiatingProcessCommandLine", CommandLine(program, person_, arguments));
    Number("InitiatingProcessId", random_.Between(800, 24000) & ~int64_t{3});
    Column("InitiatingProcessCreationTime",
           Time(record_.time - Nanoseconds(random_.Between(2, 9000) * kNanosPerSecond)));
    Column("InitiatingProcessMD5", program.md5);
    Column("InitiatingProcessSHA1", program.sha1);
    Null("InitiatingProcessSHA256");
    Number("InitiatingProcessFileSize", program.bytes);
    Column("InitiatingProcessIntegrityLevel", person_ == nullptr ? "System" : "Medium");
    Column("InitiatingProcessTokenElevation",
           person_ == nullptr ? "TokenElevationTypeDefault" : "TokenElevationTypeLimited");
    Column("InitiatingProcessParentFileName", parent.name);
    Number("InitiatingProcessParentId", random_.Between(400, 9000) & ~int64_t{3});
    Column("InitiatingProcessParentCreationTime",
           Time(record_.time - Nanoseconds(random_.Between(9000, 40000) * kNanosPerSecond)));
    Number("InitiatingProcessLogonId",
           person_ == nullptr ? 999 : random_.Between(200'000, 8'000'000'000));
  }

  void Mark(LineMark* mark) const {
    if (mark == nullptr) return;
    mark->kind = fmt::format("{}/{}", table_, action_);
    mark->id = fmt::format("{}:{}", machine_.device_id, report_);
    mark->contains = {fmt::format("\"DeviceId\":\"{}\"", machine_.device_id),
                      fmt::format("\"ReportId\":{},", report_)};
  }

 private:
  FormatContext& context_;
  const Record& record_;
  JsonWriter json_;
  const Machine& machine_;
  const Person* person_;
  Random random_;
  std::string time_;
  std::string_view table_;
  std::string_view action_;
  uint32_t report_ = 0;
};

const Program& ParentOf(const Record& record) {
  if (record.parent != nullptr) return *record.parent;
  return record.person == kNobody ? ProgramNamed("services.exe") : ProgramNamed("explorer.exe");
}

const Program& ActorOf(const Record& record) {
  return record.program != nullptr ? *record.program : ProgramNamed("svchost.exe");
}

void FileColumns(Row& row, const Record& record) {
  row.TextOrNull("FileName", record.name);
  row.Column("FolderPath", JoinPath(record.folder, record.name));
  row.Number("FileSize", record.bytes);
  row.Column("MD5", HexText(record.noise + 1, 32));
  row.Column("SHA1", HexText(record.noise + 2, 40));
  row.Null("SHA256");
}

void WriteProcess(Row& row, const Record& record) {
  const Program& program = *record.program;
  row.Open("DeviceProcessEvents");
  row.Action("ProcessCreated");
  row.Column("FileName", program.name);
  row.Column("FolderPath", PathOf(program, row.person()));
  row.Number("FileSize", program.bytes);
  row.Column("MD5", program.md5);
  row.Column("SHA1", program.sha1);
  row.Column("SHA256", program.sha256);
  row.TextOrNull("ProcessVersionInfoCompanyName", program.company);
  row.TextOrNull("ProcessVersionInfoProductName", program.product);
  row.TextOrNull("ProcessVersionInfoProductVersion",
                 program.original_name.empty() ? "" : std::string_view(program.version));
  row.TextOrNull("ProcessVersionInfoOriginalFileName", program.original_name);
  row.TextOrNull("ProcessVersionInfoFileDescription", program.description);
  row.Number("ProcessId", row.random().Between(800, 24000) & ~int64_t{3});
  row.Column("ProcessCommandLine", CommandLine(program, row.person(), record.command));
  row.Column("ProcessIntegrityLevel", row.person() == nullptr ? "System" : "Medium");
  row.Column("ProcessTokenElevation",
             row.person() == nullptr ? "TokenElevationTypeDefault" : "TokenElevationTypeLimited");
  row.Column("ProcessCreationTime", row.Time(record.time));
  row.Account("");
  row.Number("LogonId",
             row.person() == nullptr ? 999 : row.random().Between(200'000, 8'000'000'000));
  row.Actor(ParentOf(record), ProgramNamed("explorer.exe"), record.parent_command);
  row.Null("AdditionalFields");
}

void WriteFile(Row& row, const Record& record) {
  row.Open("DeviceFileEvents");
  row.Action(record.what == What::kFileModified  ? "FileModified"
             : record.what == What::kFileRenamed ? "FileRenamed"
             : record.what == What::kFileDeleted ? "FileDeleted"
                                                 : "FileCreated");
  FileColumns(row, record);
  row.TextOrNull("PreviousFileName", record.what == What::kFileRenamed ? record.old_name : "");
  row.TextOrNull("PreviousFolderPath", record.what == What::kFileRenamed ? record.old_folder : "");
  row.TextOrNull("FileOriginUrl", record.target);
  row.Null("FileOriginReferrerUrl");
  row.Null("FileOriginIP");
  row.Column("RequestProtocol", "Local");
  row.Null("RequestSourceIP");
  row.Null("RequestSourcePort");
  row.Null("RequestAccountName");
  row.Null("ShareName");
  row.TextOrNull("SensitivityLabel", record.text);
  row.json().Key("IsAzureInfoProtectionApplied").Bool(false);
  row.Actor(ActorOf(record), ParentOf(record), record.command);
  row.Null("AdditionalFields");
}

std::string_view IpKind(uint32_t ip) {
  return ip >> 24 == 10 || ip >> 20 == 0xac1 ? "Private" : "Public";
}

void Endpoints(Row& row, const Record& record) {
  const bool inbound = record.what == What::kConnectionInbound;
  row.Column("LocalIP", IpText(record.local_ip != 0 ? record.local_ip : row.machine().ip));
  row.Number("LocalPort", inbound ? record.port : row.random().Between(49152, 65535));
  row.Column("LocalIPType", "Private");
  row.Column("RemoteIP", IpText(record.ip));
  row.Number("RemotePort", inbound ? row.random().Between(49152, 65535) : record.port);
  row.Column("RemoteIPType", IpKind(record.ip));
}

void WriteConnection(Row& row, const Record& record) {
  row.Open("DeviceNetworkEvents");
  row.Action(record.what == What::kConnectionFailed    ? "ConnectionFailed"
             : record.what == What::kConnectionInbound ? "InboundConnectionAccepted"
                                                       : "ConnectionSuccess");
  Endpoints(row, record);
  row.TextOrNull("RemoteUrl", record.target);
  row.Column("Protocol", "Tcp");
  row.Actor(ActorOf(record), ParentOf(record), record.command);
  row.Null("AdditionalFields");
}

// What the sensor saw on the wire; no process is known. Numbers inside AdditionalFields are texts.
void WriteInspected(Row& row, const Record& record) {
  row.Open("DeviceNetworkEvents");
  const bool http = record.what == What::kWebRequest;
  const bool dns = record.what == What::kNameLookup;
  row.Action(http  ? "HttpConnectionInspected"
             : dns ? "DnsConnectionInspected"
                   : "SslConnectionInspected");
  Endpoints(row, record);
  row.TextOrNull("RemoteUrl", record.target);
  row.Column("Protocol", dns ? "Udp" : "Tcp");
  for (std::string_view column :
       {"InitiatingProcessFileName", "InitiatingProcessCommandLine", "InitiatingProcessFolderPath",
        "InitiatingProcessId", "InitiatingProcessSHA1", "InitiatingProcessMD5"}) {
    row.Null(column);
  }
  if (row.person() == nullptr) {
    row.Null("InitiatingProcessAccountName");
  } else {
    row.Account("InitiatingProcess");
  }
  std::string more;
  JsonWriter json(more);
  json.BeginObject().Key("direction").String("Out");
  if (http) {
    json.Key("host")
        .String(record.target)
        .Key("method")
        .String(record.bytes > 1'000'000 ? "POST" : "GET");
    json.Key("uri").String(record.name.empty() ? "/" : record.name);
    json.Key("request_body_len").String(std::to_string(record.bytes));
    json.Key("response_body_len").String(std::to_string(row.random().Size(9, 19)));
    json.Key("status_code")
        .String(std::to_string(record.count == 0 ? 200 : record.count))
        .Key("version")
        .String("1.1");
    json.Key("user_agent").String("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36");
  } else if (dns) {
    json.Key("query")
        .String(record.target)
        .Key("qtype_name")
        .String("A")
        .Key("qclass_name")
        .String("C_INTERNET");
    json.Key("rejected")
        .String("false")
        .Key("rcode_name")
        .String("NOERROR")
        .Key("trans_id")
        .String(std::to_string(row.random().Below(65536)));
  } else {
    json.Key("server_name")
        .String(record.target)
        .Key("established")
        .String("true")
        .Key("version")
        .String("TLSv13");
    json.Key("cipher")
        .String("TLS_AES_256_GCM_SHA384")
        .Key("curve")
        .String("x25519")
        .Key("resumed")
        .String("false");
  }
  json.EndObject();
  row.Additional(more);
}

void WriteLogon(Row& row, const Record& record) {
  row.Open("DeviceLogonEvents");
  row.Action(record.what == What::kLogonFailed ? "LogonFailed" : "LogonSuccess");
  row.Column("LogonType", record.what == What::kLogonRemote    ? "RemoteInteractive"
                          : record.what == What::kLogonNetwork ? "Network"
                          : record.what == What::kLogonService ? "Service"
                          : record.what == What::kUnlock       ? "Unlock"
                                                               : "Interactive");
  row.Account("");
  row.TextOrNull("FailureReason", record.text);
  row.json().Key("IsLocalAdmin").Bool(false);
  row.Number("LogonId", row.random().Between(200'000, 8'000'000'000));
  row.Column("Protocol", "Kerberos");
  row.TextOrNull("RemoteDeviceName", record.target);
  row.TextOrNull("RemoteIP", record.ip == 0 ? "" : IpText(record.ip));
  row.Null("RemoteIPType");
  row.Null("RemotePort");
  // lsass acts for the system whoever logs on.
  row.Column("InitiatingProcessAccountDomain", "nt authority");
  row.Column("InitiatingProcessAccountName", "system");
  row.Column("InitiatingProcessAccountSid", "S-1-5-18");
  row.Column("InitiatingProcessFileName", "lsass.exe");
  row.Column("InitiatingProcessFolderPath", "c:\\windows\\system32\\lsass.exe");
  row.Column("InitiatingProcessCommandLine", "lsass.exe");
  row.Number("InitiatingProcessId", 912);
  row.Column("InitiatingProcessParentFileName", "wininit.exe");
  row.Null("AdditionalFields");
}

void WriteRegistry(Row& row, const Record& record) {
  row.Open("DeviceRegistryEvents");
  row.Action("RegistryValueSet");
  row.Column("RegistryKey", record.folder);
  row.Column("RegistryValueName", record.name);
  row.Column("RegistryValueType", "String");
  row.Column("RegistryValueData", record.text);
  row.Null("PreviousRegistryKey");
  row.Null("PreviousRegistryValueName");
  row.Null("PreviousRegistryValueData");
  row.Actor(ActorOf(record), ParentOf(record), record.command);
}

// A row of DeviceEvents: action, the columns it fills, and AdditionalFields.
void WriteEvent(Row& row, const Record& record) {
  row.Open("DeviceEvents");
  std::string more;
  JsonWriter json(more);
  switch (record.what) {
    case What::kUsbMounted:
      row.Action("UsbDriveMounted");
      json.BeginObject().Key("DriveLetter").String(record.folder).Key("BusType").String("USB");
      json.Key("ProductName")
          .String(record.text)
          .Key("SerialNumber")
          .String(record.device)
          .EndObject();
      break;
    case What::kUsbWrite:
      row.Action("RemovableStorageFileEvent");
      json.BeginObject()
          .Key("Policy")
          .String("Watch removable storage")
          .Key("PolicyRuleId")
          .String(GuidText(41));
      json.Key("ClassName").String("DiskDrive").Key("DuplicatedOperation").String("Write");
      json.Key("MediaName")
          .String(record.text)
          .Key("SerialNumber")
          .String(record.device)
          .EndObject();
      break;
    case What::kUsbRefused:
      row.Action("RemovableStoragePolicyTriggered");
      json.BeginObject()
          .Key("RemovableStorageAccess")
          .String("Write")
          .Key("RemovableStoragePolicyVerdict")
          .String("Deny");
      json.Key("RemovableStoragePolicy")
          .String(record.text)
          .Key("SerialNumber")
          .String(record.device)
          .EndObject();
      break;
    case What::kDeviceRefused:
      row.Action("PnpDeviceBlocked");
      json.BeginObject().Key("ClassName").String("DiskDrive");
      json.Key("DeviceId").String("USBSTOR\\DISK&VEN_GENERIC\\" + std::string(record.device));
      json.Key("DeviceDescription").String(record.text).EndObject();
      break;
    case What::kWebBlocked:
      row.Action("ExploitGuardNetworkProtectionBlocked");
      json.BeginObject().Key("IsAudit").Bool(false).Key("ResponseCategory").String(record.text);
      json.Key("DisplayName").String("Network protection").EndObject();
      break;
    case What::kPrint:
      row.Action("FilePrinted");
      json.BeginObject()
          .Key("DocumentName")
          .String(record.name)
          .Key("PrinterName")
          .String(record.target);
      json.Key("NumberOfPages").Int(record.count).Key("JobSize").Int(record.bytes).EndObject();
      break;
    case What::kServiceInstalled:
      row.Action("ServiceInstalled");
      json.BeginObject()
          .Key("ServiceName")
          .String(record.name)
          .Key("ServiceAccount")
          .String("LocalSystem");
      json.Key("ServiceStartType").Int(2).EndObject();
      break;
    case What::kTaskCreated:
      row.Action("ScheduledTaskCreated");
      json.BeginObject()
          .Key("TaskName")
          .String(record.name)
          .Key("TaskContent")
          .String(record.text)
          .EndObject();
      break;
    case What::kMalware:
      row.Action("AntivirusDetection");
      json.BeginObject()
          .Key("ThreatName")
          .String(record.text)
          .Key("WasExecutingWhileDetected")
          .Bool(false);
      json.Key("Action").String("Quarantine").EndObject();
      break;
    default:
      CHECK(false);
  }
  const bool file = !record.name.empty() && record.what != What::kServiceInstalled &&
                    record.what != What::kTaskCreated;
  if (file) {
    FileColumns(row, record);
  } else if (record.what == What::kServiceInstalled) {
    row.Column("FileName", record.old_name);
    row.Column("FolderPath", record.text);
  } else {
    row.Null("FileName");
    row.Null("FolderPath");
  }
  row.TextOrNull("RemoteUrl", record.what == What::kWebBlocked ? record.target : "");
  row.TextOrNull("RemoteIP", record.what == What::kWebBlocked ? IpText(record.ip) : "");
  for (std::string_view column :
       {"RemotePort", "RemoteDeviceName", "LocalIP", "LocalPort", "ProcessCommandLine", "ProcessId",
        "RegistryKey", "RegistryValueName", "RegistryValueData", "LogonId", "FileOriginUrl"}) {
    row.Null(column);
  }
  row.Null("AccountName");
  row.Null("AccountDomain");
  row.Null("AccountSid");
  row.Actor(ActorOf(record), ParentOf(record), record.command);
  row.Additional(more);
}

}  // namespace

void AppendDefender(FormatContext& context, const Record& record, std::string& line,
                    LineMark* mark) {
  Row row(context, record, line);
  switch (record.what) {
    case What::kProcess:
      WriteProcess(row, record);
      break;
    case What::kFileCreated:
    case What::kFileModified:
    case What::kFileRenamed:
    case What::kFileDeleted:
      WriteFile(row, record);
      break;
    case What::kConnection:
    case What::kConnectionFailed:
    case What::kConnectionInbound:
      WriteConnection(row, record);
      break;
    case What::kWebRequest:
    case What::kTlsSession:
    case What::kNameLookup:
      WriteInspected(row, record);
      break;
    case What::kLogon:
    case What::kLogonFailed:
    case What::kLogonRemote:
    case What::kLogonNetwork:
    case What::kLogonService:
    case What::kUnlock:
      WriteLogon(row, record);
      break;
    case What::kRegistrySet:
      WriteRegistry(row, record);
      break;
    default:
      WriteEvent(row, record);
      break;
  }
  row.Close();
  row.Mark(mark);
}

}  // namespace vedette::simulate
