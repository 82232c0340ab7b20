#include "command/lab.h"

#include "sim/lab.h"

namespace wend {

Sandbox lab_sandbox() {
    const sim::RootHints hints = sim::lab_root_hints();
    return {.network = [](Clock& clock, Random& random) -> std::unique_ptr<Network> {
                return std::make_unique<sim::LabNetwork>(clock, random);
            },
            .root_hints = {.zone = dns::Name(), .addresses = hints.addresses, .names = hints.names},
            .anchors = sim::lab_anchors(),
            .port = sim::SimInternet::port};
}

}  // namespace wend
