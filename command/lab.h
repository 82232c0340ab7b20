// The lab (etc/lab/) as the internet that `wend serve --lab` and `wend resolve --lab` ask.
#pragma once
#include "server/sandbox.h"

namespace wend {

Sandbox lab_sandbox();

}  // namespace wend
