// The board: what the serving process has done and how it stands, in numbers, in memory that the
// control process maps as well. A reader asks nobody and holds nobody up; a control process that
// ends loses nothing, since the numbers live with the server.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "dns/source.h"
#include "observe/histogram.h"
#include "observe/number.h"
#include "observe/stats.h"

namespace wend {

// Of one worker, as they stand now.
enum class WorkerGauge : std::uint8_t {
    in_flight_questions,
    waiting_clients,
    tcp_connections,  // of clients
    exchanges,        // with servers, under way
    count,
};

// Of the process, as they stand now. The main worker sets them.
enum class Gauge : std::uint8_t {
    cache_entries,
    cache_bytes,
    cache_bytes_max,
    span_bytes,  // verified spans of signed zones, beside the cache
    places_taken,
    places_all,
    generation,   // of the configuration in force
    reload_time,  // when the last reload ended, seconds since 1970
    reload_failed,
    clock_wrong,
    root_key_ready,
    root_unreachable,
    draining,
    lists_loading,
    count,
};

// Of the process, only growing. The main worker counts them.
enum class ProcessCounter : std::uint8_t {
    cache_evictions,
    reloads,
    control_restarts,
    count,
};

// Written by its worker's thread alone.
struct alignas(64) WorkerBoard {
    Stats stats;
    // From the query, or the turn of the loop that it came in, to the reply. What was dropped is in
    // none.
    std::array<Histogram, dns::source_count> response{};
    // Of replies that may be believed.
    std::array<Histogram, 2> round_trip{};  // udp; tcp and tls
    std::array<Number, place_of(WorkerGauge::count)> gauges{};
    // When its loop was last seen to turn, microseconds of the monotonic clock: every half second.
    Number alive_at_us{};

    void set(WorkerGauge gauge, std::uint64_t value) {
        gauges[place_of(gauge)].store(value, std::memory_order_relaxed);
    }

    std::uint64_t get(WorkerGauge gauge) const {
        return gauges[place_of(gauge)].load(std::memory_order_relaxed);
    }

    void stamp(Instant now) {
        alive_at_us.store(static_cast<std::uint64_t>(now.time_since_epoch().count()),
                          std::memory_order_relaxed);
    }
};

// Written by the main worker's thread alone.
struct alignas(64) ProcessBoard {
    std::array<Number, place_of(Gauge::count)> gauges{};
    std::array<Number, place_of(ProcessCounter::count)> counters{};

    void set(Gauge gauge, std::uint64_t value) {
        gauges[place_of(gauge)].store(value, std::memory_order_relaxed);
    }

    std::uint64_t get(Gauge gauge) const {
        return gauges[place_of(gauge)].load(std::memory_order_relaxed);
    }

    // A number that is counted elsewhere.
    void set(ProcessCounter counter, std::uint64_t value) {
        counters[place_of(counter)].store(value, std::memory_order_relaxed);
    }

    void add(ProcessCounter counter) { bump(counters[place_of(counter)]); }

    std::uint64_t get(ProcessCounter counter) const {
        return counters[place_of(counter)].load(std::memory_order_relaxed);
    }
};

// Written once, before anybody else sees it.
struct alignas(64) BoardHeader {
    static constexpr std::uint64_t magic_number = 0x77656e642d626f61;  // "wend-boa"

    std::uint64_t magic = magic_number;
    std::uint32_t layout = 0;  // board_layout() of who made it
    std::uint32_t workers = 0;
    std::uint64_t size = 0;          // octets of the whole
    std::uint64_t pid = 0;           // of the serving process
    std::uint64_t started_at = 0;    // seconds since 1970
    std::array<char, 32> version{};  // of the program, ends with a zero
};

// Differs where a change of the enumerations or the structures moved anything.
constexpr std::uint32_t board_layout() {
    std::uint32_t hash = 2'166'136'261;
    for (const std::size_t part :
         {std::size_t{1}, sizeof(BoardHeader), sizeof(ProcessBoard), sizeof(WorkerBoard),
          sizeof(Stats), place_of(Counter::count), dns::reason_count, Stats::type_count,
          dns::source_count, place_of(Gauge::count), place_of(ProcessCounter::count),
          place_of(WorkerGauge::count)}) {
        hash = (hash ^ static_cast<std::uint32_t>(part)) * 16'777'619;
    }
    return hash;
}

// What is mapped; unmapped, and its descriptor closed, when it goes.
class BoardMapping {
  public:
    BoardMapping() = default;

    BoardMapping(void* memory, std::size_t size, int fd) : memory_(memory), size_(size), fd_(fd) {}

    BoardMapping(const BoardMapping&) = delete;
    BoardMapping& operator=(const BoardMapping&) = delete;

    BoardMapping(BoardMapping&& other) noexcept { swap(other); }

    BoardMapping& operator=(BoardMapping&& other) noexcept {
        swap(other);
        return *this;
    }

    ~BoardMapping();

    void* memory() const { return memory_; }

    std::size_t size() const { return size_; }

    int fd() const { return fd_; }

  private:
    void swap(BoardMapping& other) noexcept {
        std::swap(memory_, other.memory_);
        std::swap(size_, other.size_);
        std::swap(fd_, other.fd_);
    }

    void* memory_ = nullptr;
    std::size_t size_ = 0;
    int fd_ = -1;
};

// What whoever reads sees of a board; any thread, of any process.
class BoardView {
  public:
    BoardView(const BoardHeader& header, const ProcessBoard& process,
              std::span<const WorkerBoard> workers)
        : header_(&header), process_(&process), workers_(workers) {}

    const BoardHeader& header() const { return *header_; }

    std::string_view version() const { return header_->version.data(); }

    const ProcessBoard& process() const { return *process_; }

    std::span<const WorkerBoard> workers() const { return workers_; }

    // Over all workers.
    template <class Key>
    std::uint64_t sum(Key key) const {
        std::uint64_t sum = 0;
        for (const WorkerBoard& worker : workers_) {
            sum += worker.stats.get(key);
        }
        return sum;
    }

    std::uint64_t sum(WorkerGauge gauge) const;
    HistogramSum response(dns::Source source) const;
    HistogramSum response_of_all() const;
    HistogramSum round_trip(std::size_t channel) const;

  private:
    const BoardHeader* header_;
    const ProcessBoard* process_;
    std::span<const WorkerBoard> workers_;
};

// The serving process's own.
class Board {
  public:
    ProcessBoard& process() { return *process_; }

    WorkerBoard& worker(std::size_t index) { return workers_[index]; }

    BoardView view() const { return {*header_, *process_, workers_}; }

    // For the control process, which can map it, but not for writing; closed by exec. -1 in plain
    // memory.
    int fd() const { return mapping_.fd(); }

  private:
    friend std::expected<Board, std::string> make_board(unsigned, std::string_view, bool);
    Board(BoardMapping mapping, const BoardHeader& header);

    BoardMapping mapping_;
    BoardHeader* header_;
    ProcessBoard* process_;
    std::span<WorkerBoard> workers_;
};

// A mapped board of another process. Moving it moves no memory: views stay good.
class OpenedBoard {
  public:
    BoardView view() const;

  private:
    friend std::expected<OpenedBoard, std::string> open_board(int fd, std::string_view version);

    explicit OpenedBoard(BoardMapping mapping) : mapping_(std::move(mapping)) {}

    BoardMapping mapping_;
};

// All zeros but for the header. `version` is the program's. Where nobody else reads it, it is plain
// memory. The error is a sentence.
std::expected<Board, std::string> make_board(unsigned workers, std::string_view version,
                                             bool is_shared);

// Of the same version of the program and with the same layout, or a sentence why not. `fd` is
// taken.
std::expected<OpenedBoard, std::string> open_board(int fd, std::string_view version);

}  // namespace wend
