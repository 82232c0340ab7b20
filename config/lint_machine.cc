#include "config/lint_machine.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include "config/lint.h"
#include "config/lint_access.h"
#include "config/read.h"

namespace wend {
namespace {

using Findings = std::vector<Finding>;

// The addresses of "listen" and "http.listen", each with its key.
std::vector<std::pair<const char*, Endpoint>> listening(const Config& config) {
    std::vector<std::pair<const char*, Endpoint>> all;
    for (const Endpoint& address : config.listen) {
        all.emplace_back("listen", address);
    }
    for (const Endpoint& address : config.http.listen) {
        all.emplace_back("http.listen", address);
    }
    return all;
}

// Whether two sockets bound so are in each other's way. :: takes IPv4 too, as a rule.
bool collide(const Endpoint& ours, const Endpoint& theirs) {
    const auto is_all = [](const IpAddress& address) { return address.is_unspecified(); };
    const bool is_same_family = ours.ip.is_v4() == theirs.ip.is_v4();
    return ours.port == theirs.port &&
           (ours.ip == theirs.ip || (is_same_family && (is_all(ours.ip) || is_all(theirs.ip))) ||
            (!theirs.ip.is_v4() && is_all(theirs.ip)));
}

void lint_ports(const char* path, const Endpoint& address, const ConfigSources* sources,
                const Machine& machine, Findings& to) {
    const auto holder = std::ranges::find_if(machine.holders, [&](const PortHolder& other) {
        // A server that runs with this configuration is no stranger.
        return other.program != "wend" && collide(address, other.address);
    });
    if (holder != machine.holders.end()) {
        const std::string who =
            holder->program.empty()
                ? "another user's program (as root, `wend check` says which)"
                : fmt::format("{} (process {})", holder->program, holder->process);
        to.push_back({place_of_element(sources, path, address.to_text()),
                      fmt::format("{} is held by {}, which is bound to {}", address.to_text(), who,
                                  holder->address.to_text()),
                      "port-busy"});
    }
    if (address.port != 0 && address.port < machine.open_ports_from &&
        !machine.may_open_low_ports) {
        to.push_back({place_of_element(sources, path, address.to_text()),
                      fmt::format("{} is below port {}, which takes CAP_NET_BIND_SERVICE, and this "
                                  "process does not have it",
                                  address.to_text(), machine.open_ports_from),
                      "needs-capability"});
    }
}

void lint_address(const char* path, const Endpoint& address, const ConfigSources* sources,
                  const Machine& machine, Findings& to) {
    const bool is_ours =
        address.ip.is_unspecified() || address.ip.is_loopback() ||
        std::ranges::find(machine.addresses, address.ip) != machine.addresses.end();
    if (!is_ours && !machine.addresses.empty()) {
        to.push_back(
            {place_of_element(sources, path, address.to_text()),
             fmt::format("no interface of this machine has the address {}", address.ip.to_text()),
             "address-missing"});
    }
}

void lint_clients(const Config& config, const ConfigSources* sources, const Machine& machine,
                  Findings& to) {
    if (config.access.local_networks || !is_beyond_loopback(config.listen)) {
        return;
    }
    const policy::AccessList allowed(config.access.allow);
    bool has_networks = false;
    for (const Prefix& network : machine.networks) {
        if (network.first().is_loopback()) {
            continue;
        }
        has_networks = true;
        const bool may_ask =
            allowed.allows(network.first()) || allowed.allows(network.last()) ||
            std::ranges::any_of(config.access.allow, [&network](const Prefix& other) {
                return network.contains(other.first());
            });
        if (may_ask) {
            return;
        }
    }
    if (has_networks) {
        to.push_back({place_of_key(sources, "access.allow"),
                      "access.allow holds no address of the networks of this machine's interfaces: "
                      "nobody near may ask. \"localnets\" is all of them",
                      "nobody-may-ask"});
    }
}

void lint_memory(const Config& config, const ConfigSources* sources, const Machine& machine,
                 Findings& to) {
    constexpr std::size_t percent_max = 80;
    if (machine.memory && config.cache.size > *machine.memory / 100 * percent_max) {
        to.push_back(
            {place_of_key(sources, "cache.size"),
             fmt::format("cache.size is {}, over {} % of the {} MiB of memory that this "
                         "process may use: it will be ended when the cache has grown",
                         size_to_text(config.cache.size), percent_max, *machine.memory >> 20),
             "memory-too-large"});
    }
}

}  // namespace

void lint_machine(const Config& config, const ConfigSources* sources, const Machine& machine,
                  Findings& to) {
    for (const auto& [path, address] : listening(config)) {
        lint_ports(path, address, sources, machine, to);
        lint_address(path, address, sources, machine, to);
    }
    lint_clients(config, sources, machine, to);
    lint_memory(config, sources, machine, to);
    if (!machine.own_addresses_problem.empty()) {
        to.push_back({place_of_key(sources, "listen"),
                      fmt::format("the addresses of this host cannot be read ({}): where a zone is "
                                  "delegated to one of them, wend asks itself",
                                  machine.own_addresses_problem),
                      "own-addresses-unknown"});
    }
    constexpr unsigned others = 0077;
    for (const FileMode& file : machine.files) {
        if ((file.mode & others) != 0) {
            to.push_back({file.path,
                          fmt::format("others than its owner have access to it (mode {:04o}): "
                                      "chmod 600 {}",
                                      file.mode, file.path),
                          "key-readable"});
        }
    }
}

}  // namespace wend
