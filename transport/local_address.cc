#include "transport/local_address.h"

#include <array>
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

LocalAddress local_address_in(const msghdr& header) {
    const cmsghdr* const part = CMSG_FIRSTHDR(&header);
    if (part == nullptr) {
        return {};
    }
    if (part->cmsg_level == IPPROTO_IP) {
        in_pktinfo info{};
        std::memcpy(&info, CMSG_DATA(part), sizeof info);
        std::array<std::uint8_t, 4> octets{};
        std::memcpy(octets.data(), &info.ipi_spec_dst, octets.size());
        return {.ip = IpAddress::v4(octets), .interface = 0};
    }
    in6_pktinfo info{};
    std::memcpy(&info, CMSG_DATA(part), sizeof info);
    std::array<std::uint8_t, 16> octets{};
    std::memcpy(octets.data(), &info.ipi6_addr, octets.size());
    return {.ip = IpAddress::v6(octets), .interface = info.ipi6_ifindex};
}

void set_local_address(const LocalAddress& address,
                       std::span<std::uint8_t, packet_info_size> control, msghdr& header) {
    if (address.ip == IpAddress()) {
        return;
    }
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* const part = CMSG_FIRSTHDR(&header);
    const auto write = [&](int level, int type, const auto& info) {
        part->cmsg_level = level;
        part->cmsg_type = type;
        part->cmsg_len = CMSG_LEN(sizeof info);
        std::memcpy(CMSG_DATA(part), &info, sizeof info);
        header.msg_controllen = CMSG_SPACE(sizeof info);
    };
    if (address.ip.is_v4()) {
        in_pktinfo info{};
        std::memcpy(&info.ipi_spec_dst, address.ip.octets().data(), sizeof info.ipi_spec_dst);
        write(IPPROTO_IP, IP_PKTINFO, info);
        return;
    }
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, address.ip.octets().data(), sizeof info.ipi6_addr);
    info.ipi6_ifindex = address.interface;
    write(IPPROTO_IPV6, IPV6_PKTINFO, info);
}

}  // namespace wend
