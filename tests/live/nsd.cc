#include "tests/live/nsd.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sstream>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <unistd.h>

namespace wend::live {
namespace {

// test.sh unpacks nsd without installing it and says where.
std::string program(const char* name) {
    const char* folder = std::getenv("WEND_NSD_DIR");
    return std::string(folder == nullptr ? "/usr/sbin" : folder) + "/" + name;
}

const std::string nsd_program = program("nsd");
const std::string control_program = program("nsd-control");
constexpr int start_attempts = 200;

bool can_bind(const Endpoint& where, int type) {
    const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    sockaddr_storage address;
    const unsigned size = where.to_sockaddr(address);
    const bool bound = bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0;
    close(fd);
    return bound;
}

// One that the kernel finds free for UDP on this address.
std::uint16_t port_by_kernel(const IpAddress& address) {
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_storage storage;
    socklen_t size = Endpoint{address, 0}.to_sockaddr(storage);
    REQUIRE(bind(fd, reinterpret_cast<const sockaddr*>(&storage), size) == 0);
    REQUIRE(getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) == 0);
    close(fd);
    return Endpoint::from_sockaddr(reinterpret_cast<const sockaddr&>(storage)).port;
}

}  // namespace

bool has_nsd() {
    return access(nsd_program.c_str(), X_OK) == 0 && access(control_program.c_str(), X_OK) == 0;
}

std::uint16_t free_port(const std::vector<IpAddress>& addresses) {
    for (int attempt = 0; attempt < 100; ++attempt) {
        const std::uint16_t port = port_by_kernel(addresses.front());
        const bool free = std::ranges::all_of(addresses, [port](const IpAddress& address) {
            return can_bind({address, port}, SOCK_DGRAM) && can_bind({address, port}, SOCK_STREAM);
        });
        if (free) {
            return port;
        }
    }
    FAIL("no port is free on all addresses");
    return 0;
}

Nsd::Nsd(const Endpoint& where, const std::vector<ZoneText>& zones) : where_(where) {
    const std::string& path = directory_.path();
    std::ostringstream config;
    config << "server:\n"
           << "  ip-address: " << where.ip.to_text() << "@" << where.port << "\n"
           << "  username: \"\"\n  chroot: \"\"\n  database: \"\"\n  server-count: 1\n"
           << "  zonesdir: \"" << path << "\"\n  xfrdir: \"" << path << "\"\n"
           << "  pidfile: \"" << path << "/nsd.pid\"\n"
           << "  zonelistfile: \"" << path << "/zone.list\"\n"
           << "  xfrdfile: \"" << path << "/xfrd.state\"\n"
           << "  logfile: \"" << path << "/nsd.log\"\n"
           << "remote-control:\n  control-enable: yes\n"
           << "  control-interface: \"" << path << "/control\"\n";
    std::size_t number = 0;
    for (const ZoneText& zone : zones) {
        const std::string file = directory_.write(std::to_string(++number) + ".zone", zone.text);
        config << "zone:\n  name: \"" << zone.apex << "\"\n  zonefile: \"" << file << "\"\n";
    }
    config_ = directory_.write("nsd.conf", config.str());
    process_.emplace(std::vector<std::string>{nsd_program, "-d", "-c", config_});
    for (int attempt = 0; attempt < start_attempts; ++attempt) {
        if (!process_->runs()) {
            FAIL("nsd ended: " << process_->read_errors());
        }
        if (counters().contains("queries")) {
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    FAIL("nsd does not come up on " << where.to_text());
}

std::map<std::string, unsigned> Nsd::counters() const {
    Child control({control_program, "-c", config_, "stats_noreset"});
    std::istringstream lines(control.read_lines(SIZE_MAX));
    control.wait();
    std::map<std::string, unsigned> result;
    std::string line;
    while (std::getline(lines, line)) {
        const std::size_t equals = line.find('=');
        if (line.starts_with("num.") && equals != std::string::npos) {
            result[line.substr(4, equals - 4)] =
                static_cast<unsigned>(std::stoul(line.substr(equals + 1)));
        }
    }
    return result;
}

unsigned Nsd::queries() const {
    return counters()["queries"];
}

}  // namespace wend::live
