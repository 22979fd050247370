// A place in the order of all events: what is at or before it was judged.
#pragma once

#include <tuple>

#include "event/event.h"

namespace vedette {

struct EventMark {
  Timestamp time{INT64_MIN};  // INT64_MIN: before everything
  Hash128 id;

  static EventMark Of(const Event& event) { return {event.time, event.id}; }
  bool Covers(const Event& event) const {
    return event.time < time || (event.time == time && event.id <= id);
  }
  friend auto operator<=>(const EventMark&, const EventMark&) = default;
};

}  // namespace vedette
