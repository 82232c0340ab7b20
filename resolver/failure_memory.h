// Resolutions that failed are not tried again at once (RFC 9520): whose failure is whose.
#pragma once
#include <optional>

#include "dns/message.h"
#include "dns/reason.h"
#include "resolver/errand.h"
#include "resolver/resolver.h"

namespace wend {

// True of failures that lie with the name asked for, and not with what one client query could
// afford or stood in the midst of: only these may keep others from asking.
bool lies_with_the_name(dns::Reason reason);

// Why a client's question is not to be tried now.
std::optional<dns::Reason> clients_failure(const dns::Question& question, bool checking_disabled,
                                           const World& world);

// The same for what the quest asks: a client's question, an alias' target, or an errand of ours.
// Where a client has failed for good an errand would too; but nobody validates what an errand
// brings, and one client's limits are not another's.
std::optional<dns::Reason> known_failure(const dns::Question& question, const Quest& quest,
                                         const World& world);

// The client's own question is noted by who resolves it, whatever the reason. An alias' target is
// tried as hard as if a client had asked for it; what we seek for ourselves is not, so that its
// failure must not become a client's answer (RFC 9520 3.2).
void note_failure(const dns::Question& question, dns::Reason reason, const Quest& quest,
                  const World& world);

}  // namespace wend
