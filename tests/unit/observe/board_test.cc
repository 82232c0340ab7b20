#include "observe/board.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace wend {
namespace {

constexpr std::string_view test_version = "1.2.3";

// A descriptor with a copy of the board's octets, which open_board() takes.
int copy_of(int board, std::size_t size, std::size_t changed_at) {
    std::vector<std::uint8_t> octets(size);
    REQUIRE(pread(board, octets.data(), size, 0) == static_cast<ssize_t>(size));
    octets[changed_at] ^= 1;
    const int fd = memfd_create("copy", MFD_CLOEXEC);
    REQUIRE(write(fd, octets.data(), size) == static_cast<ssize_t>(size));
    return fd;
}

}  // namespace

TEST_CASE("what workers count is seen at once by who maps the board, and added up") {
    auto board = make_board(2, test_version, true);
    REQUIRE(board);
    auto opened = open_board(dup(board->fd()), test_version);
    REQUIRE(opened);
    const BoardView seen = opened->view();
    board->worker(0).stats.add(Counter::cache_hits, 3);
    board->worker(1).stats.add(Counter::cache_hits, 4);
    board->worker(1).response[place_of(dns::Source::cache)].add(Duration(5));
    board->worker(0).set(WorkerGauge::waiting_clients, 7);
    board->worker(1).stamp(Instant(Duration(12)));
    board->process().set(Gauge::generation, 9);
    board->process().add(ProcessCounter::control_restarts);
    CHECK(seen.sum(Counter::cache_hits) == 7);
    CHECK(seen.response(dns::Source::cache).total() == 1);
    CHECK(seen.response_of_all().sum_us == 5);
    CHECK(seen.sum(WorkerGauge::waiting_clients) == 7);
    CHECK(seen.workers()[1].alive_at_us == 12);
    CHECK(seen.process().get(Gauge::generation) == 9);
    CHECK(seen.process().get(ProcessCounter::control_restarts) == 1);
    CHECK(seen.header().pid == static_cast<std::uint64_t>(getpid()));
    CHECK(seen.version() == test_version);
    CHECK(seen.workers().size() == 2);
}

TEST_CASE("the control process can neither write on the board nor cut it") {
    auto board = make_board(1, test_version, true);
    REQUIRE(board);
    const std::size_t size = board->view().header().size;
    CHECK(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, board->fd(), 0) == MAP_FAILED);
    CHECK(ftruncate(board->fd(), 0) != 0);
    CHECK(write(board->fd(), "x", 1) != 1);
}

TEST_CASE("a board in plain memory has no descriptor, and counts as well") {
    auto board = make_board(3, test_version, false);
    REQUIRE(board);
    CHECK(board->fd() == -1);
    board->worker(2).stats.add(Counter::dropped);
    CHECK(board->view().sum(Counter::dropped) == 1);
}

TEST_CASE("a board that is not ours in every part of its header is not read") {
    auto board = make_board(2, test_version, true);
    REQUIRE(board);
    const std::size_t size = board->view().header().size;
    const auto reason = [&](std::size_t changed_at) {
        auto opened = open_board(copy_of(board->fd(), size, changed_at), test_version);
        return opened ? std::string("it is read") : opened.error();
    };
    CHECK(reason(offsetof(BoardHeader, pid)) == "it is read");
    CHECK(reason(offsetof(BoardHeader, magic)).find("not the board") != std::string::npos);
    CHECK(reason(offsetof(BoardHeader, layout)).find("another build") != std::string::npos);
    CHECK(reason(offsetof(BoardHeader, version)).find("another build") != std::string::npos);
    CHECK(reason(offsetof(BoardHeader, size)).find("size") != std::string::npos);
    CHECK(reason(offsetof(BoardHeader, workers)).find("size") != std::string::npos);

    CHECK_FALSE(open_board(dup(board->fd()), "1.2.4"));
    CHECK_FALSE(open_board(open("/dev/null", O_RDONLY | O_CLOEXEC), test_version));
    const int empty = memfd_create("empty", MFD_CLOEXEC);
    CHECK_FALSE(open_board(empty, test_version));
}

}  // namespace wend
