// Symantec EDR: JSON objects of the Integrated Cyber Defense schema, one a line behind a BSD syslog
// header.
#include "core/check.h"
#include "core/text.h"
#include "simulate/formats/format.h"
#include "simulate/random.h"

namespace vedette::simulate {
namespace {

struct Type {
  What what;
  int type_id, id;
};
constexpr Type kTypes[] = {
    {What::kLogon, 8000, 1},       {What::kProcess, 8001, 1},      {What::kFileCreated, 8003, 1},
    {What::kFileDeleted, 8003, 2}, {What::kFileModified, 8003, 5}, {What::kRegistrySet, 8006, 4},
    {What::kConnection, 8007, 3},  {What::kLogonRemote, 8007, 1},  {What::kMalware, 8031, 4},
    {What::kWebBlocked, 4098, 1},
};

const Type& TypeOf(What what) {
  for (const Type& type : kTypes) {
    if (type.what == what) return type;
  }
  CHECK(false);
  return kTypes[0];
}

class Object {
 public:
  Object(FormatContext& context, const Record& record, JsonWriter& json)
      : context_(context),
        record_(record),
        json_(json),
        machine_(context.MachineOf(record)),
        person_(context.PersonOf(record)),
        random_(record.noise) {}

  void Head(const Type& type, std::string_view uuid) {
    json_.Key("product_name")
        .String("Symantec Endpoint Detection and Response")
        .Key("product_ver")
        .String("4.10.0-15");
    json_.Key("collector_device_ip")
        .String("10.30.1.200")
        .Key("collector_device_name")
        .String("lds-edr-01");
    json_.Key("type_id")
        .Int(type.type_id)
        .Key("id")
        .Int(type.id)
        .Key("event_id")
        .Int(type.type_id * 1000 + type.id);
    json_.Key("severity_id")
        .Int(type.type_id == 8031 || type.type_id == 4098 ? 4 : 1)
        .Key("status_id")
        .Int(1);
    const int64_t millis = record_.time.ns / 1'000'000;
    json_.Key("device_time")
        .Int(millis)
        .Key("time")
        .Int(millis)
        .Key("log_time")
        .Int(millis + random_.Between(800, 30'000));
    json_.Key("uuid")
        .String(uuid)
        .Key("log_name")
        .String("epmp_events-fdr-" + FormatDay(record_.time.days()));
    json_.Key("device_name").String(machine_.name).Key("device_ip").String(IpText(machine_.ip));
    json_.Key("device_uid").String(machine_.device_uid).Key("device_domain").String(kCompanyDomain);
    json_.Key("device_os_name").String("Windows 11 Enterprise");
    json_.Key("user_name").String(person_ == nullptr ? "SYSTEM" : std::string_view(person_->user));
    json_.Key("user_domain").String(person_ == nullptr ? "NT AUTHORITY" : kWindowsDomain);
    json_.Key("user_sid").String(person_ == nullptr ? "S-1-5-18" : std::string_view(person_->sid));
  }

  // The acting process.
  void Actor(const Program& program, std::string_view arguments) {
    Process("event_actor", program, arguments);
  }

  void Process(std::string_view key, const Program& program, std::string_view arguments) {
    json_.Key(key)
        .BeginObject()
        .Key("pid")
        .Int(random_.Between(800, 24000))
        .Key("uid")
        .String(ToUpper(GuidText(random_.Next())));
    json_.Key("cmd_line").String(CommandLine(program, person_, arguments));
    json_.Key("integrity_id")
        .Int(person_ == nullptr ? 6 : 3)
        .Key("signature_level_id")
        .Int(program.company.empty() ? 0 : 60);
    const std::string path = ToLower(PathOf(program, person_));
    json_.Key("file")
        .BeginObject()
        .Key("name")
        .String(ToLower(program.name))
        .Key("path")
        .String(path);
    json_.Key("md5")
        .String(program.md5)
        .Key("sha2")
        .String(program.sha256)
        .Key("size")
        .Int(program.bytes);
    json_.Key("original_name")
        .String(program.original_name)
        .Key("signature_company_name")
        .String(program.company);
    json_.EndObject().EndObject();
  }

  void File() {
    const std::string path = ToLower(JoinPath(record_.folder, record_.name));
    json_.Key("file")
        .BeginObject()
        .Key("name")
        .String(ToLower(record_.name))
        .Key("path")
        .String(path);
    json_.Key("folder").String(ToLower(record_.folder)).Key("size").Int(record_.bytes);
    json_.Key("md5")
        .String(HexText(record_.noise + 1, 32))
        .Key("sha2")
        .String(HexText(record_.noise + 3, 64));
    json_.EndObject();
  }

  void Body() {
    const Program& program =
        record_.program != nullptr ? *record_.program : ProgramNamed("svchost.exe");
    switch (record_.what) {
      case What::kProcess:
        Actor(record_.parent != nullptr ? *record_.parent : ProgramNamed("explorer.exe"),
              record_.parent_command);
        Process("process", program, record_.command);
        Enriched("eProcessLaunch", "Process Launch");
        return;
      case What::kLogon:
        json_.Key("session")
            .BeginObject()
            .Key("id")
            .Int(random_.Between(1, 9))
            .Key("logon_type_id")
            .Int(2);
        json_.Key("user").BeginObject().Key("name").String(
            person_ == nullptr ? "SYSTEM" : std::string_view(person_->user));
        json_.Key("domain").String(kWindowsDomain).EndObject().EndObject();
        return;
      case What::kFileCreated:
      case What::kFileModified:
      case What::kFileDeleted:
        Actor(program, record_.command);
        File();
        Enriched("eFileChange", "File Activity");
        return;
      case What::kRegistrySet:
        Actor(program, record_.command);
        json_.Key("reg_value")
            .BeginObject()
            .Key("name")
            .String(record_.name)
            .Key("path")
            .String(record_.folder);
        json_.Key("type").String("REG_SZ").EndObject();
        json_.Key("reg_value_result").BeginObject().Key("data").String(record_.text).EndObject();
        Enriched("eRegistryChange", "Registry Activity");
        return;
      case What::kConnection:
        Actor(program, record_.command);
        Network(2);
        Enriched("eNetworkConnect", "Network Activity");
        return;
      case What::kLogonRemote:
        Actor(program, record_.command);
        Network(1);
        return;
      case What::kMalware:
        Actor(program, record_.command);
        File();
        json_.Key("threat")
            .BeginObject()
            .Key("name")
            .String(record_.text)
            .Key("type_id")
            .Int(1)
            .EndObject();
        json_.Key("message").String(record_.text);
        return;
      case What::kWebBlocked:
        Actor(program, record_.command);
        Network(2);
        json_.Key("data_source_url").String(record_.target);
        json_.Key("intrusion")
            .BeginObject()
            .Key("signature_name")
            .String("Web Attack: Reputation")
            .EndObject();
        json_.Key("categories").BeginArray().String(record_.text).EndArray();
        return;
      default:
        CHECK(false);
    }
  }

 private:
  void Network(int direction) {
    const bool inbound = direction == 1;
    const std::string own = IpText(machine_.ip), other = IpText(record_.ip);
    json_.Key("source_ip")
        .String(inbound ? other : own)
        .Key("target_ip")
        .String(inbound ? own : other);
    json_.Key("source_port").BeginArray().Int(random_.Between(49152, 65535)).EndArray();
    json_.Key("target_port").BeginArray().Int(record_.port).EndArray();
    json_.Key("data_direction").Int(direction);
    json_.Key("connection")
        .BeginObject()
        .Key("uid")
        .String(GuidText(random_.Next()))
        .Key("direction_id")
        .Int(direction);
    json_.Key("bytes_upload")
        .Int(record_.bytes)
        .Key("bytes_download")
        .Int(random_.Size(9, 19))
        .EndObject();
    if (!record_.target.empty() && record_.what == What::kConnection) {
      json_.Key("data_source_url_domain").String(record_.target);
    }
  }

  void Enriched(std::string_view rule, std::string_view category) {
    json_.Key("enriched_data")
        .BeginObject()
        .Key("rule_name")
        .String(rule)
        .Key("category_name")
        .String(category);
    json_.Key("suspicion_score").Int(record_.story == 0 ? 0 : 20).EndObject();
  }

  FormatContext& context_;
  const Record& record_;
  JsonWriter& json_;
  const Machine& machine_;
  const Person* person_;
  Random random_;
};

}  // namespace

void AppendSymantec(FormatContext& context, const Record& record, std::string& line,
                    LineMark* mark) {
  const Type& type = TypeOf(record.what);
  const std::string uuid = GuidText(record.noise + 7);
  line += "<14>";
  AppendSyslogTime(line, record.time + Nanoseconds(5 * kNanosPerSecond));
  line += " lds-edr-01 ";
  JsonWriter json(line);
  json.BeginObject();
  Object object(context, record, json);
  object.Head(type, uuid);
  object.Body();
  json.EndObject();
  if (mark != nullptr) {
    mark->kind = std::to_string(type.type_id * 1000 + type.id);
    mark->id = uuid;
    mark->contains = {uuid};
  }
}

}  // namespace vedette::simulate
