// How fast lines become events, against a bare simdjson walk over the same lines and a search for
// line ends. Rates are lines a second.
#include <map>

#include "parse/bench_lines.h"

namespace vedette {
namespace {

std::vector<std::string> Mixed() {
  return {
      DefenderRecord(
          "DeviceProcessEvents",
          R"("ActionType":"ProcessCreated","FileName":"7z.exe","FolderPath":"C:\\Tools\\7z.exe","ProcessId":6120,)"
          R"("ProcessCommandLine":"7z.exe a plan.zip C:\\work","AccountName":"ada","AccountDomain":"corp")"),
      DefenderRecord(
          "DeviceFileEvents",
          R"("ActionType":"FileCreated","FileName":"plan.zip","FolderPath":"E:\\out\\plan.zip","FileSize":73400320,)"
          R"("RequestProtocol":"Local","PreviousFileName":"","AdditionalFields":"{\"FileType\":\"Zip\"}")"),
      DefenderRecord(
          "DeviceNetworkEvents",
          R"("ActionType":"ConnectionSuccess","RemoteIP":"198.51.100.7","RemotePort":443,"RemoteUrl":"files.example",)"
          R"("LocalIP":"192.0.2.17","LocalPort":50211,"Protocol":"Tcp","RemoteIPType":"Public","LocalIPType":"Private")"),
      DefenderRecord(
          "DeviceLogonEvents",
          R"("ActionType":"LogonSuccess","AccountName":"ada","AccountDomain":"corp","LogonType":"Network","LogonId":123456,)"
          R"("RemoteDeviceName":"ws-4","RemoteIP":"192.0.2.4","RemotePort":50000,"IsLocalAdmin":false)"),
  };
}

std::vector<std::string> FileOnly() { return {Mixed()[1]}; }

std::vector<std::string> CefLines() {
  return {
      R"(<134>Mar  7 14:05:12 apexc CEF:0|Trend Micro|Apex Central|2019|700107|Device Access Control|3|deviceExternalId=77 )"
      R"(rt=Mar 07 2026 14:05:09 GMT+00:00 cnt=1 deviceFacility=Apex One dvchost=apexc shost=WS-17 suser=CORP\ada src=192.0.2.17 )"
      R"(sproc=C:\Windows\explorer.exe fname=E:\out\plan.docx act=Block cn1Label=Product cn1=15 cn2Label=Device_Type cn2=0 )"
      R"(cn3Label=Permission cn3=2 cs1Label=Product_Entity/Endpoint cs1=WS-17 cs2Label=Policy cs2=No USB deviceProcessName=explorer.exe )"};
}

TestContent& Shipped() {
  static TestContent content(VEDETTE_SOURCE_DIR "/content");
  return content;
}

// `count` products that nobody has, each found by a key of its own value; a Defender parser among
// them.
TestContent& Generated(size_t count) {
  static std::map<size_t, std::unique_ptr<TestContent>> made;
  std::unique_ptr<TestContent>& content = made[count];
  if (content != nullptr) return *content;
  std::vector<std::string> parsers;
  for (size_t i = 0; i < count; ++i) {
    const bool cef = i % 3 == 2;
    const std::string match =
        cef ? fmt::format("{{cef.vendor: Acme, cef.product: Guard, cef.signature: '{}'}}", i)
            : fmt::format("{{category: Acme-{}, operationName: Publish}}", i);
    parsers.push_back(
        fmt::format(R"(id: acme-{0}
vendor: Acme
product: Guard {1}
title: Made up
forms:
  - {{format: {2}, match: {3}{4}}}
time: {{from: [{5}], formats: [iso8601, epoch]}}
fields:
  host: {6}
  user: {7}
  file_name: {8}
events:
  - {{type: file-write}}
)",
                    i, i % 50, cef ? "cef" : "json", match, cef ? "" : ", root: properties",
                    cef ? "rt" : "Timestamp", cef ? "shost" : "DeviceName",
                    cef ? "suser" : "InitiatingProcessAccountName", cef ? "fname" : "FileName"));
  }
  content = std::make_unique<TestContent>(VEDETTE_SOURCE_DIR "/content", parsers);
  return *content;
}

void Dispatch(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  TestContent& content = Generated(count);
  if (content.faults.has_errors()) state.SkipWithError("the parsers have faults");
  std::vector<std::string> kinds;
  for (size_t k = 0; k < 64; ++k) {
    const size_t i = k * 7919 % count;
    if (i % 3 == 2) {
      kinds.push_back(
          fmt::format("CEF:0|Acme|Guard|1|{}|Copied|3|rt=1772892309123 shost=ws-17 suser=ada "
                      "fname=plan.docx act=blocked",
                      i));
    } else {
      kinds.push_back(DefenderRecord("X", R"("FileName":"plan.zip")"));
      kinds.back().replace(kinds.back().find("AdvancedHunting-X"), 17, fmt::format("Acme-{}", i));
    }
  }
  ParseLines(state, content, kinds);
}

BENCHMARK_CAPTURE(SplitLines, json, FileOnly());
BENCHMARK_CAPTURE(BareSimdjsonWalk, json, FileOnly());
void ParseJson(benchmark::State& state) {
  ParseLines(state, Shipped(), FileOnly(), "BareSimdjsonWalk/json");
}
BENCHMARK(ParseJson);
BENCHMARK_CAPTURE(BareSimdjsonWalk, json_mixed, Mixed());
void ParseJsonMixed(benchmark::State& state) {
  ParseLines(state, Shipped(), Mixed(), "BareSimdjsonWalk/json_mixed");
}
BENCHMARK(ParseJsonMixed);
BENCHMARK_CAPTURE(SplitLines, cef, CefLines());
void ParseCef(benchmark::State& state) {
  ParseLines(state, Shipped(), CefLines(), "SplitLines/cef");
}
BENCHMARK(ParseCef);

// A line as long, by a parser without steps and patterns: what most of CEF asks for.
constexpr const char* kPlainCefParser = R"(id: acme-cef
vendor: Acme
product: Guard
title: Made up
forms: [{format: cef, match: {cef.vendor: Acme, cef.product: Guard}}]
time: {from: [rt], formats: [epoch_ms]}
fields:
  host: shost
  user: suser
  domain: sntdom
  src_ip: src
  process_name: sproc
  file_name: fname
  file_path: filePath
  bytes: fsize
  action: act
  alert_name: cef.name
events: [{type: file-write}]
)";
constexpr std::string_view kPlainCefLine =
    R"(<134>Mar  7 14:05:12 relay CEF:0|Acme|Guard|2.1|700107|File copied to a removable device|3|rt=1772892309123 )"
    R"(shost=ws-17.corp.example suser=ada sntdom=CORP src=192.0.2.17 spt=50211 sproc=explorer.exe fname=plan.docx )"
    R"(filePath=E:\\out\\plan.docx fsize=91912409 fileType=docx act=allowed deviceExternalId=4711 )"
    R"(cs1Label=Policy cs1=Removable storage cs2Label=Device cs2=SanDisk Ultra USB 3.0 cn1Label=Risk cn1=15 )"
    R"(msg=The file was copied outside of working hours)";

void ParseCefPlain(benchmark::State& state) {
  static TestContent content(VEDETTE_SOURCE_DIR "/content", {kPlainCefParser});
  if (content.faults.has_errors()) state.SkipWithError("the parser has faults");
  ParseLines(state, content, {std::string(kPlainCefLine)}, "SplitLines/cef");
}
BENCHMARK(ParseCefPlain);
BENCHMARK(Dispatch)->Arg(10)->Arg(100)->Arg(1000)->Arg(10000);

}  // namespace
}  // namespace vedette
