// Trend Micro Apex Central: CEF over syslog for what Apex One (OfficeScan) agents report.
// Backslashes of paths stay single and lines end in a blank, as real ones do.
#include "core/check.h"

#include <fmt/format.h>
#include "core/text.h"
#include "simulate/formats/format.h"
#include "simulate/random.h"

namespace vedette::simulate {
namespace {

class Cef {
 public:
  Cef(FormatContext& context, const Record& record, std::string& line)
      : context_(context),
        record_(record),
        line_(line),
        machine_(context.MachineOf(record)),
        person_(context.PersonOf(record)) {}

  void Header(std::string_view class_id, std::string_view name, LineMark* mark) {
    const uint64_t payload = ++context_.next_payload;
    const std::string id = ToUpper(HexText(payload, 32));
    line_ += "<134>";
    AppendSyslogTime(line_, record_.time + Nanoseconds(3 * kNanosPerSecond));
    line_ += " apexc CEF:0|Trend Micro|Apex Central|2019|";
    AppendCefHeader(line_, class_id);
    line_ += '|';
    AppendCefHeader(line_, name);
    line_ += "|3|";
    Number("deviceExternalId", static_cast<int64_t>(payload));
    Key("rt");
    AppendCefTime(line_, record_.time);
    line_ += " GMT+00:00 ";
    Text("devicePayloadId", id);
    Text("deviceFacility", "Apex One");
    if (mark != nullptr) {
      mark->kind = fmt::format("{} {}", class_id, name);
      mark->id = id;
      mark->contains = {id};
    }
  }

  // Only line breaks and equals signs are escaped: that is how the product writes paths.
  void Text(std::string_view key, std::string_view value) {
    Key(key);
    for (char c : value) {
      if (c == '=') line_ += '\\';
      line_ += c == '\n' || c == '\r' ? ' ' : c;
    }
    line_ += ' ';
  }
  void Number(std::string_view key, int64_t value) {
    Key(key);
    line_ += fmt::format_int(value).c_str();
    line_ += ' ';
  }
  void Labelled(std::string_view key, std::string_view label, std::string_view value) {
    Text(std::string(key) + "Label", label);
    Text(key, value);
  }
  void Labelled(std::string_view key, std::string_view label, int64_t value) {
    Text(std::string(key) + "Label", label);
    Number(key, value);
  }

  std::string Account() const {
    return person_ == nullptr ? "NT AUTHORITY\\SYSTEM"
                              : fmt::format("{}\\{}", kWindowsDomain, person_->user);
  }
  std::string ProgramPath() const {
    return PathOf(record_.program != nullptr ? *record_.program : ProgramNamed("explorer.exe"),
                  person_);
  }
  const Machine& machine() const { return machine_; }
  const Person* person() const { return person_; }

 private:
  void Key(std::string_view key) {
    line_ += key;
    line_ += '=';
  }

  FormatContext& context_;
  const Record& record_;
  std::string& line_;
  const Machine& machine_;
  const Person* person_;
};

void WriteDlp(Cef& cef, const Record& record, LineMark* mark) {
  const bool refused = record.what == What::kDlpRefused || record.what == What::kDlpMailHeldBack;
  const bool mail = record.what == What::kDlpMail || record.what == What::kDlpMailHeldBack;
  cef.Header("700106", "Data Loss Prevention", mark);
  cef.Text("act", refused ? "Block" : "Pass");
  cef.Text("src", IpText(cef.machine().ip));
  cef.Text("smac", fmt::format("02-00-5E-{:02X}-{:02X}-{:02X}", cef.machine().ip >> 16 & 255,
                               cef.machine().ip >> 8 & 255, cef.machine().ip & 255));
  cef.Text("shost", cef.machine().name);
  cef.Text("dvchost", "apexc");
  cef.Labelled("cs4", "Incident_Source_(AD_Account)", cef.Account());
  cef.Text("sproc", cef.ProgramPath());
  if (mail) {
    cef.Text("suser", cef.person()->email);
    cef.Text("duser", record.peer);
    cef.Text("msg", record.old_name);
  }
  cef.Text("filePath", record.folder);
  cef.Text("fname", record.name);
  cef.Number("fsize", record.bytes);
  cef.Labelled("cs5", "Rule", record.text);
  cef.Labelled("cs6", "Template", record.target);
  cef.Labelled("cs2", "Policy", "Data protection");
  cef.Labelled("cs3", "Product_Entity/Endpoint", cef.machine().name);
  cef.Labelled("cn1", "Product", int64_t{15});
  cef.Labelled("cn3", "Channel", int64_t{0});
}

void WriteUsb(Cef& cef, const Record& record, LineMark* mark) {
  cef.Header("700106", "Data Loss Prevention", mark);
  cef.Text("src", IpText(cef.machine().ip));
  cef.Text("shost", cef.machine().name);
  cef.Text("dvchost", "apexc");
  cef.Labelled("cs4", "Incident_Source_(AD_Account)", cef.Account());
  cef.Text("sproc", cef.ProgramPath());
  cef.Text("filePath", record.folder);
  cef.Text("fname", record.name);
  cef.Number("fsize", record.bytes);
  cef.Labelled("cs5", "Rule", "Copies to removable storage");
  cef.Labelled("cs2", "Policy", "Removable storage");
  cef.Text("flexString1", record.what == What::kUsbRefused ? "Blocked" : "Passed");
  cef.Text("flexString2", "Removable storage");
}

void WriteWeb(Cef& cef, const Record& record, LineMark* mark) {
  const bool blocked = record.what == What::kWebBlocked;
  cef.Header(blocked ? "WB:36" : "WB:7", blocked ? "36" : "7", mark);
  cef.Number("app", 5);
  cef.Number("cnt", 1);
  cef.Number("dpt", record.port);
  cef.Number("act", blocked ? 2 : 1);
  cef.Text("src", IpText(cef.machine().ip));
  cef.Labelled("cs1", "SLF_PolicyName", "Office web policy");
  cef.Number("deviceDirection", 2);
  cef.Text("cat", record.text);
  cef.Text("dvchost", "apexc");
  cef.Text("request", record.target);
  cef.Text("duser", cef.Account());
  cef.Text("shost", cef.machine().name);
  cef.Text("deviceProcessName", cef.ProgramPath());
  cef.Labelled("cn3", "Web_Reputation_Rating", int64_t{blocked ? 49 : 81});
  cef.Labelled("cn2", "SLF_SeverityLevel", int64_t{blocked ? 100 : 0});
}

void WriteMalware(Cef& cef, const Record& record, LineMark* mark) {
  cef.Header("AV:File quarantined", record.text, mark);
  cef.Text("dhost", cef.machine().name);
  cef.Text("dst", IpText(cef.machine().ip));
  cef.Text("duser", cef.Account());
  cef.Text("fname", record.name);
  cef.Text("filePath", JoinPath(record.folder, record.name));
  cef.Text("fileHash", HexText(record.noise + 2, 40));
  cef.Labelled("cs1", "VLF_FunctionCode", "Real-time Scan");
  cef.Labelled("cs2", "VLF_EngineVersion", "22.610.1018");
  cef.Labelled("cs5", "VLF_FirstActionResult", "File quarantined");
  cef.Labelled("cn1", "VLF_PatternNumber", int64_t{1980300});
}

void WriteDeviceControl(Cef& cef, const Record& record, LineMark* mark) {
  cef.Header("700107", "Device Access Control", mark);
  cef.Text("shost", cef.machine().name);
  cef.Text("duser", cef.Account());
  cef.Text("sproc", cef.ProgramPath());
  cef.Text("fname", JoinPath(record.folder, record.name));
  cef.Labelled("cs1", "Product_Entity/Endpoint", cef.machine().name);
  cef.Labelled("cn1", "Product", int64_t{15});
  cef.Labelled("cn2", "Device_Type", int64_t{0});
  cef.Labelled("cn3", "Permission", int64_t{4});
}

void WriteCallback(Cef& cef, const Record& record, LineMark* mark) {
  cef.Header("CnC:Block", "CnC Callback", mark);
  cef.Text("act", "Block");
  cef.Text("src", IpText(cef.machine().ip));
  cef.Text("shost", cef.machine().name);
  cef.Text("duser", cef.Account());
  cef.Text("dst", IpText(record.ip));
  cef.Text("deviceProcessName", cef.ProgramPath());
  cef.Labelled("cs3", "SLF_DomainName", kWindowsDomain);
  cef.Labelled("cn1", "SLF_CCCA_RiskLevel", int64_t{3});
}

void WriteBehaviour(Cef& cef, const Record& record, LineMark* mark) {
  cef.Header("BM:1000", "Behavior Monitoring", mark);
  cef.Number("act", 2);
  cef.Text("src", IpText(cef.machine().ip));
  cef.Text("shost", cef.machine().name);
  cef.Text("duser", cef.Account());
  cef.Text("sproc", cef.ProgramPath());
  cef.Labelled("cs1", "Target", record.target);
  cef.Labelled("cs2", "Policy", record.text);
  cef.Labelled("cn1", "Risk_Level", int64_t{2});
}

}  // namespace

void AppendApexCentral(FormatContext& context, const Record& record, std::string& line,
                       LineMark* mark) {
  Cef cef(context, record, line);
  switch (record.what) {
    case What::kDlp:
    case What::kDlpRefused:
    case What::kDlpMail:
    case What::kDlpMailHeldBack:
      return WriteDlp(cef, record, mark);
    case What::kUsbWrite:
    case What::kUsbRefused:
      return WriteUsb(cef, record, mark);
    case What::kWebPage:
    case What::kWebBlocked:
      return WriteWeb(cef, record, mark);
    case What::kMalware:
      return WriteMalware(cef, record, mark);
    case What::kDeviceControl:
      return WriteDeviceControl(cef, record, mark);
    case What::kCallback:
      return WriteCallback(cef, record, mark);
    case What::kBehaviour:
      return WriteBehaviour(cef, record, mark);
    case What::kPatternUpdate:
      cef.Header("800101", "Pattern Update Status", mark);
      cef.Text("shost", cef.machine().name);
      cef.Labelled("cs1", "Pattern", "19.803.00");
      return;
    case What::kConsoleLogon:
      cef.Header("700211", "Managed Product Logon/Logoff Events", mark);
      cef.Text("shost", "apexc");
      cef.Text("msg", fmt::format("UserName:{},IP address:{},EventType:Log on", cef.person()->user,
                                  IpText(record.ip)));
      return;
    default:
      CHECK(false);
  }
}

}  // namespace vedette::simulate
