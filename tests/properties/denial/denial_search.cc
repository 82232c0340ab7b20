// Denial proofs searched exhaustively: for every small zone, every question and every subset of the
// zone's NSEC or NSEC3 records, what dnssec/denial says is held against the zone's contents.
//
//   denial_search            the slice that every test run takes
//   denial_search N          N times as many zones; from 20011 on all of them
//   denial_search N ORDER    the same with one order of hashes of 256 for all zones
//
// Of each case: what is proved is true; what is called insecure is; and a proof that contains all
// that a server must send is not refused.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <fmt/core.h>

#include "tests/properties/denial/chains.h"
#include "tests/properties/denial/search.h"
#include "tests/properties/denial/signature_search.h"
#include "tests/properties/denial/signer_search.h"
#include "tests/properties/denial/zones.h"

namespace wend::search {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t thinner = 4;  // sanitizers take several times longer
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::uint64_t thinner = 4;
#else
constexpr std::uint64_t thinner = 1;
#endif
#else
constexpr std::uint64_t thinner = 1;
#endif

// What is left out of the slice is every n-th zone's neighbours, never a question or a subset.
constexpr std::array<Space, 8> spaces = {{
    {"NSEC, 2 names of any kind, all subsets", Hashing::nsec, 2, true, 32, 3, 23},
    {"NSEC, 3 names of any kind, all subsets", Hashing::nsec, 3, true, 32, 3, 2003},
    {"NSEC, 4 names, all subsets", Hashing::nsec, 4, false, 32, 4, 3001},
    {"NSEC3, 2 names of any kind, all subsets", Hashing::nsec3, 2, true, 32, 3, 211},
    {"NSEC3, 3 names of any kind, up to 4 records", Hashing::nsec3, 3, true, 4, 3, 20011},
    {"NSEC3, 4 names, up to 3 records", Hashing::nsec3, 4, false, 3, 4, 9001},
    {"opt-out, 2 names of any kind, all subsets", Hashing::opt_out, 2, true, 32, 3, 53},
    {"opt-out, 3 names of any kind, up to 4 records", Hashing::opt_out, 3, true, 4, 3, 9001},
}};

constexpr int each_its_own = -1;  // order of hashes

// If the order is the same in all zones, so are most subsets: where all are looked at, it must be.
int order_for(const Space& space, int order) {
    return order == each_its_own && space.stride == 1 ? 0 : order;
}

// More than the slice of a test run would not fit the memory all at once.
Split split_for(std::uint64_t times) {
    if (times == 1) {
        return {};
    }
    const unsigned threads = std::max(std::thread::hardware_concurrency(), 1U);
    return {.slices = 8, .threads = static_cast<int>(threads)};
}

int run(std::uint64_t times, int order) {
    Findings total;
    for (Space space : spaces) {
        space.stride = std::max<std::uint64_t>(space.stride * thinner / times, 1);
        const Findings found = search(space, order_for(space, order), split_for(times));
        for (const Fault& fault : found.faults) {
            fmt::print("{}\n", fault.text);
        }
        fmt::print("{}: {} zones, {} cases of {} different subsets, {} wrong\n", space.what,
                   found.zones, found.cases, found.subsets, found.fault_count);
        std::fflush(stdout);
        total.zones += found.zones;
        total.cases += found.cases;
        total.fault_count += found.fault_count;
    }
    const SignatureTally signatures = search_signatures();
    fmt::print("signer, labels, owner and source to six labels: {} cases, {} wrong\n",
               signatures.cases, signatures.faults);
    total.cases += signatures.cases;
    total.fault_count += signatures.faults;
    const SignerTally signers = search_signers();
    fmt::print(
        "NSEC with up to three signatures of zones above, beside and below: {} cases, {} "
        "wrong\n",
        signers.cases, signers.faults);
    total.cases += signers.cases;
    total.fault_count += signers.faults;
    const bool right = total.fault_count == 0;
    fmt::print("{} zones, {} cases, {} wrong\n", total.zones, total.cases, total.fault_count);
    fmt::print("{} passed, {} failed\n", right ? 1 : 0, right ? 0 : 1);
    return right ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace wend::search

int main(int argc, char** argv) {
    const std::uint64_t times = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
    const int order = argc > 2 ? static_cast<std::uint8_t>(std::strtoul(argv[2], nullptr, 10))
                               : wend::search::each_its_own;
    return wend::search::run(std::max<std::uint64_t>(times, 1), order);
}
