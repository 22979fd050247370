// What ordinary doings leave behind: each function appends the records that all products make of
// one thing that a person, or a machine by itself, did.
#pragma once

#include <string_view>
#include <vector>

#include "core/arena.h"
#include "simulate/habits.h"
#include "simulate/organisation.h"
#include "simulate/record.h"
#include "simulate/world.h"

namespace vedette::simulate {

// Who does something, where and on which day; filled in for each person or machine and day.
struct Scene {
  const Organisation& organisation;
  const World& world;
  Arena& arena;                  // keeps the texts that are made up
  std::vector<Record>& records;  // where they go
  Random random{0};
  const Habits* habits = nullptr;  // of the person
  uint32_t person = kNobody;
  uint32_t machine = 0;
  int day = 0;  // since the first day
  uint32_t next_serial = 0;

  const Person& who() const { return organisation.people[person]; }
  const Machine& where() const { return organisation.machines[machine]; }
  bool has_symantec() const { return organisation.LocationOf(where()).symantec; }
  bool has_dtex() const {
    return where().kind == MachineKind::kLaptop || where().kind == MachineKind::kShared;
  }

  // A record of this scene, appended; fill in the rest at once.
  Record& Add(Timestamp time, Product product, What what);
  // Appends a copy of the last record as another product saw it, some 100 ms later.
  Record& Echo(Product product, What what);
  std::string_view Keep(std::string_view text) { return arena.Copy(text); }
};

void LogOn(Scene& scene, Timestamp time);
void Unlock(Scene& scene, Timestamp time);
void Lock(Scene& scene, Timestamp time);
void FailLogOn(Scene& scene, Timestamp time);
void LogOnToServer(Scene& scene, Timestamp time);
void StartProgram(Scene& scene, Timestamp time);
void RunSystemTask(Scene& scene, Timestamp time);
void VisitSite(Scene& scene, Timestamp time);
void MeetBlockedSite(Scene& scene, Timestamp time);
void WorkOnFile(Scene& scene, Timestamp time);
void RunUpdater(Scene& scene, Timestamp time);
void ExchangeMail(Scene& scene, Timestamp time);
void SendHeldBackMail(Scene& scene, Timestamp time);
void WriteLetter(Scene& scene, Timestamp time);
void ForwardLetter(Scene& scene, Timestamp time);
void TouchRegistry(Scene& scene, Timestamp time);
void SetAutostart(Scene& scene, Timestamp time);
void UpdateService(Scene& scene, Timestamp time);
void TalkInBackground(Scene& scene, Timestamp time);
void UseStick(Scene& scene, Timestamp time);
void Print(Scene& scene, Timestamp time);
void TripDlp(Scene& scene, Timestamp time);
void MeetAlert(Scene& scene, Timestamp time);
void MeetMalware(Scene& scene, Timestamp time);
void UpdatePattern(Scene& scene, Timestamp time);
// Of servers.
void AcceptConnection(Scene& scene, Timestamp time);
void ReachOut(Scene& scene, Timestamp time);

}  // namespace vedette::simulate
