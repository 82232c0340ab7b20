// A request that the serving process answers, until its client has all of the answer.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "control/config_verbs.h"
#include "control/door.h"
#include "control/list_joiner.h"

namespace wend {

struct Door::Exchange {
    enum class Mode : std::uint8_t {
        whole,   // one message; or, of a long work, the last of several
        part,    // one part of a list, and where the next begins
        gather,  // all parts of `config show`, for a plan
        stream,  // all parts of a list, each asked for when the one before has left
    };

    LinkRequest request{};  // with the cursor of the next part
    Duration patience{};
    Mode mode = Mode::whole;
    ListJoiner joiner{};
    InForce in_force{};          // of a plan
    bool is_begun = false;       // the head of a stream has been sent
    bool is_room_due = false;    // a part has been pushed, and more is to be asked for
    std::uint64_t question = 0;  // outstanding
};

// {"error": "sentence"}
std::string error_json(std::string_view sentence);

}  // namespace wend
