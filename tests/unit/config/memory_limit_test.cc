#include "config/memory_limit.h"

#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/temporary_directory.h"

using namespace wend;

namespace {

constexpr std::size_t mebi = std::size_t{1} << 20;

// A /proc and a /sys of their own.
class Root {
  public:
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories(std::filesystem::path(path() + name).parent_path());
        directory_.write(name.substr(1), text);
    }

    const std::string& path() const { return directory_.path(); }

  private:
    TemporaryDirectory directory_;
};

}  // namespace

TEST_CASE("the memory that may be used is the least that anybody allows", "[config]") {
    const Root root;
    CHECK_FALSE(memory_allowed(root.path()));
    root.write("/proc/meminfo", "MemTotal:        1048576 kB\nMemFree:  5 kB\n");
    CHECK(memory_allowed(root.path()) == 1'024 * mebi);
    SECTION("cgroup v2: the group and those around it") {
        root.write("/proc/self/cgroup", "0::/system.slice/wend.service\n");
        root.write("/sys/fs/cgroup/system.slice/wend.service/memory.max", "max\n");
        CHECK(memory_allowed(root.path()) == 1'024 * mebi);
        root.write("/sys/fs/cgroup/system.slice/memory.max", "536870912\n");
        CHECK(memory_allowed(root.path()) == 512 * mebi);
        root.write("/sys/fs/cgroup/system.slice/wend.service/memory.max", "268435456\n");
        CHECK(memory_allowed(root.path()) == 256 * mebi);
    }
    SECTION("cgroup v2 in a container") {
        root.write("/proc/self/cgroup", "0::/\n");
        root.write("/sys/fs/cgroup/memory.max", "134217728\n");
        CHECK(memory_allowed(root.path()) == 128 * mebi);
    }
    SECTION("cgroup v1") {
        root.write("/proc/self/cgroup", "5:cpu:/a\n4:memory:/docker/b\n0::/\n");
        root.write("/sys/fs/cgroup/memory/docker/b/memory.limit_in_bytes", "67108864\n");
        CHECK(memory_allowed(root.path()) == 64 * mebi);
    }
    SECTION("what cannot be read limits nothing") {
        root.write("/proc/self/cgroup", "nonsense\n::\n0::x\n");
        CHECK(memory_allowed(root.path()) == 1'024 * mebi);
    }
}
