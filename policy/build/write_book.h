// Runs become a book's file.
#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>

#include "policy/build/run.h"

namespace wend::policy {

struct BookOptions {
    std::size_t names_max = 10'000'000;
    std::uint64_t configuration = 0;  // what Book::configuration() tells
};

// In the order of precedence; at most sources_max. The same rules give the same octets, in whatever
// order they came. The error is one sentence.
std::expected<std::shared_ptr<build::File>, std::string> write_book(std::span<const Run> runs,
                                                                    const BookOptions& options);

}  // namespace wend::policy
