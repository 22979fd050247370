// Writes layers for the ATT&CK Navigator (layer format 4.5): what all content covers, each product,
// and each use case.
//
// A technique's score is the number of rules that carry it; its comment names them.
#pragma once

#include "library/facts.h"
#include "library/output_folder.h"

namespace vedette {

// navigator/all.json, navigator/product_<product>.json, navigator/use_case_<use case>.json, each
// below `folder` ("" or "html/").
void WriteNavigatorLayers(const LibraryFacts& facts, const std::string& folder, OutputFolder& out);

// Where the layer of a product or of a use case stands, below that folder.
std::string LayerFile(const ProductFacts& product);
std::string LayerFile(const UseCase& use_case);

}  // namespace vedette
