// A board on which every number is another one.
#pragma once
#include <cstdint>
#include <string_view>

#include "observe/board.h"

namespace wend {

inline Board board_with_numbers(unsigned workers) {
    auto made = make_board(workers, "1.2.3", false);
    Board board = std::move(*made);
    for (unsigned i = 0; i < workers; ++i) {
        WorkerBoard& worker = board.worker(i);
        std::uint64_t number = 1'000 * (i + 1);
        for (std::size_t j = 0; j < place_of(Counter::count); ++j) {
            worker.stats.add(static_cast<Counter>(j), ++number);
        }
        for (std::size_t j = 0; j < dns::reason_count; ++j) {
            worker.stats.add_reason(static_cast<dns::Reason>(j), ++number);
        }
        for (std::size_t j = 0; j < place_of(Path::count); ++j) {
            worker.stats.add_query(static_cast<Path>(j));
            worker.stats.add_upstream(static_cast<Path>(j));
        }
        worker.stats.add(UpstreamOutcome::timeout);
        worker.stats.add(dns::Type::aaaa);
        worker.stats.add(dns::Security::secure);
        worker.stats.add_drop(dns::Reason::malformed_query);
        worker.stats.add_reply(dns::Rcode::nxdomain, dns::Reason::resolved);
        worker.response[place_of(dns::Source::network)].add(std::chrono::milliseconds(30), 3);
        worker.response[place_of(dns::Source::cache)].add(std::chrono::microseconds(90), 5);
        worker.round_trip[0].add(std::chrono::milliseconds(12));
        worker.set(WorkerGauge::waiting_clients, 7);
        worker.stamp(Instant(std::chrono::seconds(100)));
    }
    for (std::size_t j = 0; j < place_of(Gauge::count); ++j) {
        board.process().set(static_cast<Gauge>(j), 500 + j);
    }
    return board;
}

}  // namespace wend
