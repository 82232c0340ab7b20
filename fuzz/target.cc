// A libFuzzer target: drives the property that WEND_COMPLAINT names (meson.build builds one for
// each).
#include <cstdio>
#include <cstdlib>

#include "fuzz/properties.h"
#include "fuzz/server_properties.h"
#include "fuzz/transport_properties.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer fixes the name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string complaint = wend::fuzz::WEND_COMPLAINT({data, size});
    if (!complaint.empty()) {
        std::fprintf(stderr, "property does not hold: %s\n", complaint.c_str());
        std::abort();
    }
    return 0;
}
