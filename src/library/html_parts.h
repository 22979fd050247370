// The parts of the site, for html_site.cc: who writes which pages, and where everything stands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "library/facts.h"
#include "library/html_text.h"
#include "library/output_folder.h"

namespace vedette::site {

// Paths below html/.
std::string ProductPath(const ProductFacts& product);
std::string ProductUseCasePath(const ProductFacts& product, const UseCase& use_case);
std::string UseCasePath(std::string_view name);
std::string BehaviourPath(std::string_view name);
std::string RulePath(const RuleSpec& rule);  // with the anchor of the rule
std::string ModelPath(const ModelSpec& model);
std::string ParserPath(const ParserSpec& parser);
std::string SourcePath(std::string_view file, int line = 0);
std::string TechniquePath(std::string_view id);

// Links from a page; `up` leads from it to the site's folder.
std::string RuleLink(const std::string& up, const RuleSpec& rule);
std::string ModelLink(const std::string& up, const ModelSpec& model);
std::string TechniqueLink(const LibraryFacts& facts, const std::string& up, const std::string& id);
std::string SourceLink(const std::string& up, const Place& place);

std::string Numbers(const Counts& counts);
// A table with a head row; `cells` are HTML.
std::string Table(const std::vector<std::string_view>& head,
                  const std::vector<std::vector<std::string>>& rows);
std::string Matrix(const LibraryFacts& facts, const std::string& up,
                   const std::vector<uint32_t>& rules);
// "<ul><li>…": items are HTML.
std::string List(const std::vector<std::string>& items);

void Add(OutputFolder& out, const std::string& path, std::string_view title, std::string_view body,
         const Place& place = {}, const std::string& owner = {});

void WriteOverview(const LibraryFacts& facts, OutputFolder& out);  // index, all rules, matrix
void WriteProducts(const LibraryFacts& facts,
                   OutputFolder& out);  // products, and each with its use cases
void WriteUseCases(const LibraryFacts& facts, OutputFolder& out);
void WriteBehaviours(const LibraryFacts& facts, OutputFolder& out);  // rules and models
void WriteParsers(const LibraryFacts& facts, OutputFolder& out);
void WriteSources(const LibraryFacts& facts, OutputFolder& out);  // content files
void WriteSearch(const LibraryFacts& facts, OutputFolder& out);

}  // namespace vedette::site
