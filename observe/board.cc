#include "observe/board.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"

namespace wend {
namespace {

static_assert(std::is_standard_layout_v<WorkerBoard> && std::is_standard_layout_v<ProcessBoard> &&
                  std::is_standard_layout_v<BoardHeader>,
              "both processes see the same places");

constexpr std::size_t process_at = sizeof(BoardHeader);
constexpr std::size_t workers_at = process_at + sizeof(ProcessBoard);
constexpr unsigned workers_most = 1'024;

constexpr std::size_t size_for(std::size_t workers) {
    return workers_at + workers * sizeof(WorkerBoard);
}

std::byte* at(const BoardMapping& mapping, std::size_t offset) {
    return static_cast<std::byte*>(mapping.memory()) + offset;
}

std::string system_error(std::string_view what) {
    return fmt::format("{}: {}", what, strerror(errno));
}

// Another process can neither cut it nor map it for writing.
void seal(int fd) {
    constexpr int size_seals = F_SEAL_SHRINK | F_SEAL_GROW;
#ifdef F_SEAL_FUTURE_WRITE
    if (fcntl(fd, F_ADD_SEALS, size_seals | F_SEAL_FUTURE_WRITE) == 0) {  // Linux 5.1
        return;
    }
#endif
    fcntl(fd, F_ADD_SEALS, size_seals);
}

std::expected<BoardMapping, std::string> map_shared(std::size_t size) {
    const int fd = memfd_create("wend-board", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) {
        return std::unexpected(system_error("no memory can be shared with the control process"));
    }
    void* memory = MAP_FAILED;
    if (ftruncate(fd, static_cast<off_t>(size)) == 0) {
        memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    }
    if (memory == MAP_FAILED) {
        auto error = system_error("no memory can be shared with the control process");
        close(fd);
        return std::unexpected(std::move(error));
    }
    seal(fd);
    return BoardMapping(memory, size, fd);
}

std::expected<BoardMapping, std::string> map_plain(std::size_t size) {
    void* const memory =
        mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return std::unexpected(system_error("there is no memory for the counters"));
    }
    return BoardMapping(memory, size, -1);
}

BoardHeader header_for(unsigned workers, std::string_view version) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    BoardHeader header{.layout = board_layout(),
                       .workers = workers,
                       .size = size_for(workers),
                       .pid = static_cast<std::uint64_t>(getpid()),
                       .started_at = static_cast<std::uint64_t>(now.time_since_epoch().count())};
    std::ranges::copy(version.substr(0, header.version.size() - 1), header.version.begin());
    return header;
}

std::string fault_of(const BoardHeader& header, std::size_t size, std::string_view version) {
    if (header.magic != BoardHeader::magic_number) {
        return "what descriptor 4 holds is not the board of a serving process";
    }
    if (header.layout != board_layout() || version != header.version.data()) {
        return fmt::format("the board is of another build: {:.{}}", header.version.data(),
                           header.version.size());
    }
    if (header.workers == 0 || header.workers > workers_most || header.size != size ||
        size != size_for(header.workers)) {
        return "the board has not the size that it says";
    }
    return {};
}

}  // namespace

BoardMapping::~BoardMapping() {
    if (memory_ != nullptr) {
        munmap(memory_, size_);
    }
    if (fd_ >= 0) {
        close(fd_);
    }
}

std::uint64_t BoardView::sum(WorkerGauge gauge) const {
    std::uint64_t sum = 0;
    for (const WorkerBoard& worker : workers_) {
        sum += worker.get(gauge);
    }
    return sum;
}

HistogramSum BoardView::response(dns::Source source) const {
    HistogramSum sum;
    for (const WorkerBoard& worker : workers_) {
        sum.add(worker.response[place_of(source)]);
    }
    return sum;
}

HistogramSum BoardView::response_of_all() const {
    HistogramSum sum;
    for (const WorkerBoard& worker : workers_) {
        for (const Histogram& histogram : worker.response) {
            sum.add(histogram);
        }
    }
    return sum;
}

HistogramSum BoardView::round_trip(std::size_t channel) const {
    HistogramSum sum;
    for (const WorkerBoard& worker : workers_) {
        sum.add(worker.round_trip[channel]);
    }
    return sum;
}

Board::Board(BoardMapping mapping, const BoardHeader& header)
    : mapping_(std::move(mapping)),
      header_(new(mapping_.memory()) BoardHeader(header)),
      process_(new(at(mapping_, process_at)) ProcessBoard),
      workers_(reinterpret_cast<WorkerBoard*>(at(mapping_, workers_at)), header.workers) {
    std::uninitialized_value_construct(workers_.begin(), workers_.end());
}

BoardView OpenedBoard::view() const {
    const auto& header = *reinterpret_cast<const BoardHeader*>(mapping_.memory());
    const auto* const workers = reinterpret_cast<const WorkerBoard*>(at(mapping_, workers_at));
    return {header, *reinterpret_cast<const ProcessBoard*>(at(mapping_, process_at)),
            std::span(workers, header.workers)};
}

std::expected<Board, std::string> make_board(unsigned workers, std::string_view version,
                                             bool is_shared) {
    check(workers > 0 && workers <= workers_most, "a process has some workers");
    const std::size_t size = size_for(workers);
    auto mapping = is_shared ? map_shared(size) : map_plain(size);
    if (!mapping) {
        return std::unexpected(mapping.error());
    }
    return Board(std::move(*mapping), header_for(workers, version));
}

std::expected<OpenedBoard, std::string> open_board(int fd, std::string_view version) {
    struct stat status{};
    const bool is_there = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    const auto size = static_cast<std::size_t>(status.st_size);
    if (!is_there || size < workers_at) {
        close(fd);
        return std::unexpected("what descriptor 4 holds is not the board of a serving process");
    }
    void* const memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) {
        auto error = system_error("the board of the serving process cannot be read");
        close(fd);
        return std::unexpected(std::move(error));
    }
    BoardMapping mapping(memory, size, fd);
    std::string fault = fault_of(*static_cast<const BoardHeader*>(memory), size, version);
    if (!fault.empty()) {
        return std::unexpected(std::move(fault));
    }
    return OpenedBoard(std::move(mapping));
}

}  // namespace wend
