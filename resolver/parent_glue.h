// The address of a name server that lies in the zone that it serves and came without glue.
#pragma once
#include "base/task.h"
#include "resolver/errand.h"
#include "resolver/iterator.h"
#include "resolver/resolver.h"
#include "resolver/zone_asker.h"

namespace wend {

// Asks whoever delegates the zone, for the quest's question by its full name, and keeps what comes
// as the glue that was missing. Once: what the parent does not know it is not asked again for as
// long as a failure is remembered. All are named by the awaiting coroutine or outlive it.
Task<ServerLookup> ask_parent(const Quest& quest, Iterator& iterator, const World& world,
                              const ServerFilter& filter);

}  // namespace wend
