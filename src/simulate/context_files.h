// The organisation's own tables, as `vedette run --context` reads them: users.csv, assets.csv,
// zones.csv, company_domains.txt; and countries.mmdb, which knows where the invented addresses are.
#pragma once

#include <filesystem>

#include "core/file_system.h"
#include "simulate/organisation.h"

namespace vedette::simulate {

Result<void> WriteContextFiles(const Organisation& organisation,
                               const std::filesystem::path& folder, FileSystem& disk);

}  // namespace vedette::simulate
