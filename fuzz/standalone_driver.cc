// Runs a fuzz target over files without libFuzzer, so that every build tests its corpus.
//
//   expr_fuzz [--mutations N] FILE|DIR...
//
// Each input runs as it is, and then in N mutations (bytes changed, removed, doubled, cut off,
// spliced with another input) that depend on nothing but the inputs. A target fails by crashing.
// Exit status 2 when there is no input: a test must test something.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

namespace fs = std::filesystem;

void Run(const std::string& input) {
  // An exact copy on the heap, so that a sanitizer sees one byte too far.
  std::vector<uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::string Mutate(std::string text, const std::string& other, std::mt19937& random) {
  const auto below = [&](size_t n) { return n == 0 ? 0 : static_cast<size_t>(random() % n); };
  for (size_t edits = 1 + below(4); edits > 0; --edits) {
    const size_t at = below(text.size() + 1);
    const size_t length = 1 + below(8);
    switch (below(6)) {
      case 0:
        text.insert(at, 1, static_cast<char>(random()));
        break;
      case 1:
        if (at < text.size()) text[at] = static_cast<char>(random());
        break;
      case 2:
        text.erase(at, length);
        break;
      case 3:
        text.insert(at, text.substr(below(text.size() + 1), length * 4));
        break;
      case 4:
        text.insert(at, other.substr(below(other.size() + 1), length * 4));
        break;
      default:
        text.resize(at);
        break;
    }
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  int mutations = 0;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--mutations") == 0 && i + 1 < argc) {
      const char* number = argv[++i];
      std::from_chars(number, number + std::strlen(number), mutations);
    } else if (fs::is_directory(argv[i])) {
      for (const auto& entry : fs::recursive_directory_iterator(argv[i])) {
        if (entry.is_regular_file()) files.push_back(entry.path().string());
      }
    } else {
      files.push_back(argv[i]);
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> inputs;
  for (const std::string& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      std::fprintf(stderr, "cannot read %s\n", file.c_str());
      return 2;
    }
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  if (inputs.empty()) {
    std::fprintf(stderr, "usage: %s [--mutations N] FILE|DIR...; there is no input\n", argv[0]);
    return 2;
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    Run(inputs[i]);
    std::mt19937 random(static_cast<uint32_t>(i + 1));
    for (int m = 0; m < mutations; ++m)
      Run(Mutate(inputs[i], inputs[random() % inputs.size()], random));
  }
  std::printf("%zu inputs, %d mutations of each\n", inputs.size(), mutations);
  return 0;
}
