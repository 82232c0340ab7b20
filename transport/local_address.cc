#include "transport/local_address.h"

#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>

namespace wend {
namespace {

bool is_packet_info(const cmsghdr& part) {
    return (part.cmsg_level == IPPROTO_IP && part.cmsg_type == IP_PKTINFO) ||
           (part.cmsg_level == IPPROTO_IPV6 && part.cmsg_type == IPV6_PKTINFO);
}

bool is_link_local(const msghdr& header) {
    sockaddr_in6 address{};
    if (header.msg_name == nullptr || header.msg_namelen < sizeof address) {
        return false;
    }
    std::memcpy(&address, header.msg_name, sizeof address);
    return address.sin6_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&address.sin6_addr);
}

void forget_interface(cmsghdr& part) {
    if (part.cmsg_level == IPPROTO_IP) {
        in_pktinfo info{};
        std::memcpy(&info, CMSG_DATA(&part), sizeof info);
        info.ipi_ifindex = 0;
        std::memcpy(CMSG_DATA(&part), &info, sizeof info);
        return;
    }
    in6_pktinfo info{};
    std::memcpy(&info, CMSG_DATA(&part), sizeof info);
    info.ipi6_ifindex = 0;
    std::memcpy(CMSG_DATA(&part), &info, sizeof info);
}

}  // namespace

void want_packet_info(int fd, bool is_v4) {
    const int on = 1;
    setsockopt(fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_PKTINFO : IPV6_RECVPKTINFO, &on,
               sizeof on);
}

void turn_packet_info(msghdr& header) {
    cmsghdr* part = CMSG_FIRSTHDR(&header);
    if (part == nullptr || !is_packet_info(*part)) {
        header.msg_controllen = 0;
        return;
    }
    header.msg_controllen = CMSG_SPACE(part->cmsg_len - CMSG_LEN(0));
    if (!is_link_local(header)) {
        forget_interface(*part);
    }
}

std::uint64_t LocalAddresses::remember(const msghdr& header) {
    const std::size_t size = header.msg_controllen;
    const auto is_it = [&](const Known& known) {
        return known.size == size &&
               std::memcmp(known.control.data(), header.msg_control, size) == 0;
    };
    if (size == 0 || size > packet_info_size) {
        return 0;
    }
    if (last_ < known_.size() && is_it(known_[last_])) {
        return last_ + 1;
    }
    for (last_ = 0; last_ < known_.size(); ++last_) {
        if (is_it(known_[last_])) {
            return last_ + 1;
        }
    }
    if (known_.size() == addresses_max) {
        return 0;
    }
    Known& added = known_.emplace_back();
    added.size = size;
    std::memcpy(added.control.data(), header.msg_control, size);
    return known_.size();
}

void LocalAddresses::apply(std::uint64_t token, msghdr& header) const {
    if (token == 0 || token > known_.size()) {
        return;
    }
    const Known& known = known_[token - 1];
    // sendmsg reads the control data; the field is not const because recvmsg writes it.
    header.msg_control = const_cast<std::uint8_t*>(known.control.data());
    header.msg_controllen = known.size;
}

}  // namespace wend
