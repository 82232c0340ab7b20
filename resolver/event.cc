#include "resolver/event.h"

namespace wend {

std::string_view to_text(ZoneSource source) {
    switch (source) {
        case ZoneSource::hints:
            return "hints";
        case ZoneSource::priming:
            return "priming";
        case ZoneSource::cache:
            return "cache";
        case ZoneSource::referral:
            return "referral";
        case ZoneSource::stub:
            return "stub";
        case ZoneSource::forward:
            return "forward";
    }
    return "unknown";
}

namespace event {

std::string_view describe(Step step) {
    switch (step) {
        case Step::tcp_truncated:
            return "the reply was cut short: the same over TCP";
        case Step::tcp_forgery_suspected:
            return "a reply had the wrong id: the same over TCP";
        case Step::tcp_case_lost:
            return "the reply lost our letter case: the same over TCP";
        case Step::tcp_oversized:
            return "the datagram was over 1,232 octets: the same over TCP";
        case Step::tcp_unreadable:
            return "the reply was malformed: the same over TCP";
        case Step::with_new_cookie:
            return "the cookie is too old: the same with the new one";
        case Step::tcp_bad_cookie:
            return "no cookie will do: the same over TCP";
        case Step::tcp_lame:
            return "lame again, says a datagram: the same over TCP";
        case Step::without_edns:
            return "the server does not understand EDNS: the same without";
        case Step::next_server:
            return "on to another server";
        case Step::same_server_again:
            return "all have been tried: once more, with more patience";
        case Step::show_full_name:
            return "not clear with a part of the name: show the servers all of it";
        case Step::no_zone_cut:
            return "no zone cut here: show one label more";
        case Step::forget_delegation:
            return "the servers we knew are of no use: ask the parent again";
        case Step::second_hand:
            return "only a recursive server answered: its word must do";
        case Step::past_configured:
            return "the configured servers failed: walk from the root";
        case Step::zone_silent:
            return "no server of the zone has answered for a while";
    }
    return "on";
}

}  // namespace event

}  // namespace wend
