#include "transport/network.h"

namespace wend {

std::string_view to_text(NetError error) {
    switch (error) {
        case NetError::timeout:
            return "timeout";
        case NetError::unreachable:
            return "unreachable";
        case NetError::refused:
            return "connection refused";
        case NetError::reset:
            return "connection reset";
        case NetError::forgery_suspected:
            return "forgery suspected";
        case NetError::case_lost:
            return "letter case lost";
        case NetError::oversized:
            return "oversized datagram";
        case NetError::unreadable:
            return "unreadable reply";
        case NetError::no_resources:
            return "no resources";
    }
    return "unknown error";
}

std::string_view to_text(Channel channel) {
    switch (channel) {
        case Channel::udp:
            return "UDP";
        case Channel::tcp:
            return "TCP";
        case Channel::tls:
            return "TLS";
    }
    return "unknown channel";
}

}  // namespace wend
