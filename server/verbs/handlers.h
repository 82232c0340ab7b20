// The handlers of the table in server/verbs/verbs.cc.
#pragma once
#include "server/verbs/verbs.h"

namespace wend {

LinkReply show_cache(const LinkRequest& request, VerbWorld& world);
LinkReply dump_cache(const LinkRequest& request, VerbWorld& world);
LinkReply load_cache(const LinkRequest& request, VerbWorld& world);
LinkReply flush(const LinkRequest& request, VerbWorld& world);
LinkReply list_queries(const LinkRequest& request, VerbWorld& world);
LinkReply list_servers(const LinkRequest& request, VerbWorld& world);
LinkReply show_delegation(const LinkRequest& request, VerbWorld& world);
LinkReply list_forwards(const LinkRequest& request, VerbWorld& world);
LinkReply list_stubs(const LinkRequest& request, VerbWorld& world);
LinkReply list_insecure(const LinkRequest& request, VerbWorld& world);
LinkReply show_config(const LinkRequest& request, VerbWorld& world);
LinkReply show_stats(const LinkRequest& request, VerbWorld& world);

}  // namespace wend
