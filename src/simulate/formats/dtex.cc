// DTEX InTERCEPT: CEF over syslog, the activity's group as class id and the activity as name.
#include "core/check.h"

#include <fmt/format.h>
#include "simulate/formats/format.h"
#include "simulate/random.h"

namespace vedette::simulate {
namespace {

struct Activity {
  What what;
  std::string_view group, name;
};
constexpr Activity kActivities[] = {
    {What::kProcess, "ProcessActivity", "ProcessCreated"},
    {What::kFileCreated, "FileSystemActivity", "FileCreated"},
    {What::kFileModified, "FileSystemActivity", "FileModified"},
    {What::kFileRenamed, "FileSystemActivity", "FileRenamed"},
    {What::kFileCopied, "FileSystemActivity", "FileCopied"},
    {What::kFileDeleted, "FileSystemActivity", "FileDeleted"},
    {What::kFileRead, "FileSystemActivity", "FileRead"},
    {What::kUsbWrite, "FileSystemActivity", "FileCopied"},
    {What::kWebPage, "NetworkActivity", "WebPageAccessed"},
    {What::kLogon, "SessionActivity", "SessionLogon"},
    {What::kLogonRemote, "SessionActivity", "SessionRemoteConnected"},
    {What::kLock, "SessionActivity", "SessionLocked"},
    {What::kUnlock, "SessionActivity", "SessionUnlocked"},
    {What::kPrint, "PrintJobActivity", "PrintJobIssued"},
};

const Activity& ActivityOf(What what) {
  for (const Activity& activity : kActivities) {
    if (activity.what == what) return activity;
  }
  CHECK(false);
  return kActivities[0];
}

class Extension {
 public:
  explicit Extension(std::string& line) : line_(line) {}
  void Text(std::string_view key, std::string_view value) {
    Key(key);
    AppendCefValue(line_, value);
  }
  void Number(std::string_view key, int64_t value) {
    Key(key);
    line_ += fmt::format_int(value).c_str();
  }

 private:
  void Key(std::string_view key) {
    if (!first_) line_ += ' ';
    first_ = false;
    line_ += key;
    line_ += '=';
  }
  std::string& line_;
  bool first_ = true;
};

std::string_view ExtensionOf(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? "" : name.substr(dot);
}

void WriteFile(Extension& out, const Record& record) {
  const bool moved = record.what == What::kFileRenamed || record.what == What::kFileCopied ||
                     record.what == What::kUsbWrite;
  const std::string_view old_name = record.old_name.empty() ? record.name : record.old_name;
  out.Text("Source_File_Name", moved ? old_name : record.name);
  out.Text("Source_File_Directory", moved ? record.old_folder : record.folder);
  out.Text("Source_File_Extension", ExtensionOf(moved ? old_name : record.name));
  out.Number("Source_File_Size", record.bytes);
  out.Text("Source_File_Details", R"({"Type":"Fixed"})");
  if (!moved) return;
  out.Text("Destination_File_Name", record.name);
  out.Text("Destination_File_Directory", record.folder);
  out.Text("Destination_File_Extension", ExtensionOf(record.name));
  out.Number("Destination_File_Size", record.bytes);
  out.Text("Destination_File_Details",
           record.what == What::kUsbWrite ? R"({"Type":"Removable"})" : R"({"Type":"Fixed"})");
}

}  // namespace

void AppendDtex(FormatContext& context, const Record& record, std::string& line, LineMark* mark) {
  const Activity& activity = ActivityOf(record.what);
  const Machine& machine = context.MachineOf(record);
  const Person* person = context.PersonOf(record);
  Random random(record.noise);
  line += "<134>";
  AppendSyslogTime(line, record.time + Nanoseconds(random.Between(2, 40) * kNanosPerSecond));
  line += " dtex1 CEF:0|Dtex|InTERCEPT|6.5.4|";
  line += activity.group;
  line += '|';
  line += activity.name;
  line += "|3|";
  const size_t start = line.size();
  Extension out(line);
  out.Number("start", record.time.ns / 1'000'000);
  out.Text("Device_Name", fmt::format("{}\\{}", kWindowsDomain, machine.name));
  out.Text("User_Name", person == nullptr ? std::string("NT AUTHORITY\\SYSTEM")
                                          : fmt::format("{}\\{}", kWindowsDomain, person->user));
  if (mark != nullptr) {
    mark->kind = activity.name;
    mark->contains = {fmt::format("|{}|", activity.name), line.substr(start)};
  }
  if (record.program != nullptr) {
    std::string folder;
    AppendFolder(folder, *record.program,
                 person == nullptr ? "Default" : std::string_view(person->user));
    out.Text("Process_Name", record.program->name);
    out.Text("Process_Directory", folder);
  }
  switch (record.what) {
    case What::kProcess:
      out.Text("Process_Parameters", fmt::format("\"{}\"", record.command));
      out.Text("reason", CommandLine(*record.program, person, record.command));
      break;
    case What::kWebPage:
      out.Text("Website_Protocol", record.target.substr(0, record.target.find(':')));
      out.Text("Website_Query", record.target);
      out.Number("Network_Remote_Port", record.port);
      break;
    case What::kPrint:
      out.Text("Source_File_Name", record.name);
      out.Text("Source_File_Directory", record.folder);
      out.Text("Printer_Details", fmt::format("{{\"Name\":\"{}\"}}", record.target));
      out.Number("Printer_Pages", record.count);
      out.Text("reason", fmt::format("[{} page(s)][{} bytes]", record.count, record.bytes));
      break;
    case What::kLogon:
    case What::kLogonRemote:
    case What::kLock:
    case What::kUnlock:
      break;
    default:
      WriteFile(out, record);
      break;
  }
  out.Text("Session_Details", fmt::format("{{\"ProcessId\":{},\"OsPlatform\":\"Windows\"}}",
                                          random.Between(800, 24000)));
}

}  // namespace vedette::simulate
