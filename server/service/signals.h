// Signals that mean nothing to a daemon do not end it.
#pragma once

namespace wend {

// Ignores, for the whole process, each signal that would end it and is no fault of a thread's own,
// no limit, and none of SIGTERM, SIGINT and SIGQUIT. What somebody handles or ignores already stays
// as it is; SIGPIPE is ignored too: a write that fails says so.
void ignore_idle_signals();

}  // namespace wend
