// That the path from line to answers allocates nothing once it is warm: parsing, enrichment, what
// becomes of a line, conditions, keys, models. Every operator new of this thread is counted.
#include <cstdlib>
#include <new>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/content_sink.h"
#include "engine/judge.h"

namespace {

thread_local bool counting = false;
thread_local size_t allocations = 0;

void* Allocate(size_t bytes) noexcept {
  if (counting) ++allocations;
  return std::malloc(bytes == 0 ? 1 : bytes);
}

void* AllocateOrThrow(size_t bytes) {
  if (void* memory = Allocate(bytes)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(size_t bytes) { return AllocateOrThrow(bytes); }
void* operator new[](size_t bytes) { return AllocateOrThrow(bytes); }
void* operator new(size_t bytes, const std::nothrow_t&) noexcept { return Allocate(bytes); }
void* operator new[](size_t bytes, const std::nothrow_t&) noexcept { return Allocate(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace vedette {
namespace {

std::string Defender(int i, std::string_view kind, std::string_view fields) {
  return fmt::format(
      R"({{"time":"2026-03-02T08:{0:02}:07.1234567Z","tenantId":"5f1b2c3d","operationName":"Publish",)"
      R"("category":"AdvancedHunting-{1}","properties":{{"Timestamp":"2026-03-02T08:{0:02}:05.9871234Z",)"
      R"("DeviceId":"a0f1","DeviceName":"WS-{2}.corp.example","ReportId":{0},{3},)"
      R"("InitiatingProcessAccountName":"User{2}","InitiatingProcessFileName":"explorer.exe",)"
      R"("InitiatingProcessCommandLine":"C:\\Windows\\explorer.exe /factory"}}}})",
      i % 60, kind, i % 7, fields);
}

// Ordinary work of seven people.
std::vector<std::string> OrdinaryLines() {
  std::vector<std::string> lines;
  for (int i = 0; i < 280; ++i) {
    switch (i % 5) {
      case 0:
        lines.push_back(Defender(
            i, "DeviceProcessEvents",
            R"("ActionType":"ProcessCreated","FileName":"winword.exe","FolderPath":"C:\\Office\\winword.exe","ProcessCommandLine":"winword.exe /n report.docx")"));
        break;
      case 1:
        lines.push_back(Defender(
            i, "DeviceFileEvents",
            R"("ActionType":"FileCreated","FileName":"report.docx","FolderPath":"C:\\Users\\docs\\report.docx","FileSize":7340)"));
        break;
      case 2:
        lines.push_back(Defender(
            i, "DeviceNetworkEvents",
            R"("ActionType":"ConnectionSuccess","RemoteIP":"198.51.100.7","RemotePort":443,"RemoteUrl":"www.files.example","LocalIP":"10.2.0.17","LocalPort":50211,"Protocol":"Tcp")"));
        break;
      case 3:
        lines.push_back(fmt::format(
            R"(<134>Mar  2 08:{0:02}:12 apexc CEF:0|Trend Micro|Apex Central|2019|700107|Device Access Control|3|deviceExternalId={1} )"
            R"(rt=Mar 02 2026 08:{0:02}:09 GMT+00:00 dvchost=apexc shost=WS-{2} suser=CORP\user{2} src=10.2.0.17 )"
            R"(sproc=C:\Windows\explorer.exe fname=E:\out\plan.docx act=Block cn2Label=Device_Type cn2=0 )"
            R"(cs2Label=Policy cs2=No USB deviceProcessName=explorer.exe )",
            i % 60, i, i % 7));
        break;
      default:
        lines.push_back("a line that no parser of any product knows");
    }
  }
  return lines;
}

TEST(Allocation, ThereIsNoneFromALineToItsAnswersOnceAllIsWarm) {
  Diagnostics faults;
  const auto content = ContentSet::Load({.content_folder = VEDETTE_SOURCE_DIR "/content"}, faults);
  ASSERT_FALSE(faults.has_errors()) << faults.Render();
  const std::vector<std::string> lines = OrdinaryLines();
  ContentSink sink(*content, *ParseIso8601("2026-04-01T00:00:00Z"));
  Judge judge(content->library.schema, content->rules, content->compiler.program(), content->tables,
              {});
  Batch batch;
  Tally tally;
  std::vector<Detection> detections;
  size_t events = 0;
  const auto pass = [&] {
    batch.Clear();
    for (size_t i = 0; i < lines.size(); ++i) {
      const RawLine line{lines[i], i, false};
      tally.BeginLine(0, line);
      sink.Parse(line, batch, tally);
      tally.EndLine();
    }
    events = batch.events.size();
  };
  // The first passes learn every value, and fire.
  for (int i = 0; i < 3; ++i) {
    pass();
    judge.Process(batch.events, detections);
  }
  // Rules of facts fire each time, and a detection is text: those events are left out of the count.
  std::vector<Event*> quiet;
  pass();
  for (Event* event : batch.events) {
    detections.clear();
    judge.Process({event}, detections);
    if (detections.empty()) quiet.push_back(event);
  }
  EXPECT_GT(events, 200u);
  EXPECT_GT(quiet.size(), events / 2);
  judge.Process(quiet, detections);

  allocations = 0;
  counting = true;
  judge.Process(quiet, detections);
  counting = false;
  EXPECT_EQ(allocations, 0u) << "while judging " << quiet.size() << " events";

  allocations = 0;
  counting = true;
  pass();
  counting = false;
  EXPECT_EQ(allocations, 0u) << "while parsing " << lines.size() << " lines";
}

}  // namespace
}  // namespace vedette
