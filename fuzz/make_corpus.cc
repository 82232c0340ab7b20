// Writes the seeds of every fuzz target, a folder for each:
//   make_corpus SOURCE_FOLDER CORPUS_FOLDER
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "fuzz/corpus.h"

int main(int count, char** words) {
    if (count != 3) {
        std::fprintf(stderr, "usage: make_corpus SOURCE_FOLDER CORPUS_FOLDER\n");
        return 2;
    }
    for (const wend::fuzz::Target& target : wend::fuzz::targets(words[1])) {
        const auto folder = std::filesystem::path(words[2]) / target.name;
        std::filesystem::create_directories(folder);
        for (std::size_t i = 0; i < target.corpus.size(); ++i) {
            std::ofstream file(folder / fmt::format("seed-{:04}", i), std::ios::binary);
            for (const std::uint8_t octet : target.corpus[i]) {
                file.put(static_cast<char>(octet));
            }
        }
    }
    return 0;
}
