// The program's own operator new, in a program of its own.
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <malloc.h>

namespace {

// What malloc has given out and not got back, in all threads; of what it keeps for a thread itself
// some part counts too.
std::size_t in_use() {
    return mallinfo2().uordblks;
}

constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr std::size_t kept_max = 4 * mebibyte;

std::vector<void*> allocate(std::size_t count, std::size_t size) {
    std::vector<void*> blocks(count);
    for (void*& block : blocks) {
        block = ::operator new(size);
        std::memset(block, 0xa5, size);
    }
    return blocks;
}

void free_sized(const std::vector<void*>& blocks, std::size_t size) {
    for (void* block : blocks) {
        ::operator delete(block, size);
    }
}

}  // namespace

TEST_CASE("a block is aligned for anything, whatever its size", "[allocator]") {
    for (std::size_t size = 0; size < 10'000; size += 7) {
        void* const block = ::operator new(size);
        REQUIRE(block != nullptr);
        REQUIRE(reinterpret_cast<std::uintptr_t>(block) % __STDCPP_DEFAULT_NEW_ALIGNMENT__ == 0);
        std::memset(block, 0x5a, size);
        ::operator delete(block, size);
    }
}

TEST_CASE("what was freed last is given out first, to any size of its class", "[allocator]") {
    for (const std::size_t size : {std::size_t{1}, std::size_t{100}, std::size_t{8'192}}) {
        void* const first = ::operator new(size);
        void* const second = ::operator new(size);
        CHECK(first != second);
        ::operator delete(first, size);
        ::operator delete(second, size);
        void* const again = ::operator new(size);
        void* const once_more = ::operator new((size + 31) / 32 * 32);
        CHECK(again == second);
        CHECK(once_more == first);
        ::operator delete(again, size);
        ::operator delete(once_more, (size + 31) / 32 * 32);
    }
}

TEST_CASE("blocks that are out at the same time do not overlap", "[allocator]") {
    for (const std::size_t size : {std::size_t{24}, std::size_t{1'000}}) {
        free_sized(allocate(500, size), size);
        const std::vector<void*> blocks = allocate(500, size);
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            std::memset(blocks[i], static_cast<int>(i), size);
        }
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            const auto* octets = static_cast<const std::uint8_t*>(blocks[i]);
            REQUIRE(octets[0] == static_cast<std::uint8_t>(i));
            REQUIRE(octets[size - 1] == static_cast<std::uint8_t>(i));
        }
        free_sized(blocks, size);
    }
}

TEST_CASE("a thread keeps four mebibytes at most", "[allocator][limits]") {
    const std::size_t before = in_use();
    const std::vector<void*> blocks = allocate(16 * 1'024, 1'024);
    CHECK(in_use() >= before + 15 * mebibyte);  // some of them were kept before
    free_sized(blocks, 1'024);
    CHECK(in_use() <= before + kept_max + mebibyte);
}

TEST_CASE("a thread that ends gives back what it kept", "[allocator]") {
    const auto work = [] { free_sized(allocate(2'000, 1'000), 1'000); };
    std::thread(work).join();  // what the C library itself keeps for threads is there from now on
    const std::size_t before = in_use();
    for (int i = 0; i < 10; ++i) {
        std::thread(work).join();
    }
    CHECK(in_use() <= before + mebibyte);
}

TEST_CASE("a block may end in another thread, and without its size", "[allocator]") {
    const std::size_t before = in_use();
    std::vector<void*> blocks = allocate(1'000, 2'000);
    std::thread([&blocks] { free_sized(blocks, 2'000); }).join();
    blocks = allocate(1'000, 2'000);
    for (void* block : blocks) {
        ::operator delete(block);
    }
    CHECK(in_use() <= before + mebibyte);
    ::operator delete(nullptr, 8);
    ::operator delete(nullptr);
}

TEST_CASE("what cannot be had is std::bad_alloc, once the handler has given up", "[allocator]") {
    static int calls = 0;
    calls = 0;
    const std::new_handler before = std::set_new_handler([] {
        if (++calls == 3) {
            std::set_new_handler(nullptr);
        }
    });
    const volatile std::size_t too_much = SIZE_MAX / 4;
    CHECK_THROWS_AS(::operator new(too_much), std::bad_alloc);
    CHECK(calls == 3);
    CHECK(::operator new(too_much, std::nothrow) == nullptr);
    std::set_new_handler(before);
}
