// Labels say which lines belong to which story, and which rules are to fire on them: labels.json.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"
#include "simulate/formats/format.h"
#include "simulate/story_player.h"

namespace vedette::simulate {

struct SimulationOptions;

// One line that belongs to a story.
struct Label {
  Record record;
  LineMark mark;
};

// `files` names the file of each label's line, relative to the folder; where it is empty the line
// was not written.
Result<void> WriteLabels(const SimulationOptions& options, const Organisation& organisation,
                         const Playing& playing, const std::vector<Label>& labels,
                         const std::vector<std::string>& files);

}  // namespace vedette::simulate
