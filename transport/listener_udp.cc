#include "transport/listener_udp.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <utility>

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/check.h"
#include "dns/edns.h"
#include "transport/local_address.h"

namespace wend {
namespace {

constexpr std::size_t batch_max = 64;
// Batches in one turn of the loop; then the other sockets and timers have theirs.
constexpr int batches_in_turn_max = 4;
// We advertise as much (RFC 6891 6.2.3): no query is longer.
constexpr std::size_t query_size_max = dns::edns_payload_size;
// An odd number of cache lines: the queries' first octets fall in different sets of the cache.
constexpr std::size_t query_stride = 21 * std::size_t{64};
static_assert(query_stride >= query_size_max);
// What a handler is given to answer into.
constexpr std::size_t answer_size_max = 65'535;
constexpr std::size_t answer_alignment = 64;
// Answers are written one after another: a batch of usual ones touches few pages.
constexpr std::size_t answers_size = 128 * 1024 + answer_size_max;

struct alignas(8) Control {
    std::array<std::uint8_t, packet_info_size> octets;
};

// Beyond net.core.rmem_max where we are allowed to (CAP_NET_ADMIN).
void widen_buffer(int fd, int octets) {
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof octets) != 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
    }
}

struct Incoming {
    alignas(64) std::array<std::uint8_t, query_stride> octets;
    Control control;
    sockaddr_storage from;
    iovec part;
};

}  // namespace

struct UdpListener::Batch {
    std::array<Incoming, batch_max> incoming;
    std::array<mmsghdr, batch_max> received;
    std::array<mmsghdr, batch_max> to_send;
    std::array<iovec, batch_max> answers;
    std::array<std::uint8_t, answers_size> octets;
    std::size_t octets_used = 0;
    std::size_t ready = 0;  // of to_send
};

// Answers that come later than their query's batch.
struct UdpListener::Outbox {
    static constexpr std::size_t messages_max = 16;
    static constexpr std::size_t octets_max = answer_size_max;

    std::array<mmsghdr, messages_max> messages;
    std::array<sockaddr_storage, messages_max> to;
    std::array<iovec, messages_max> parts;
    std::array<Control, messages_max> controls;
    std::array<std::uint8_t, octets_max> octets;
    std::size_t octets_used = 0;
    std::size_t count = 0;

    bool has_room(std::size_t size) const {
        return count < messages_max && size <= octets_max - octets_used;
    }

    // The token is the interface's number.
    void add(std::uint64_t token, const Client& client, Octets message) {
        std::ranges::copy(message, octets.begin() + static_cast<std::ptrdiff_t>(octets_used));
        parts[count] = {octets.data() + octets_used, message.size()};
        msghdr& header = messages[count].msg_hdr;
        header = {};
        header.msg_namelen = client.address.to_sockaddr(to[count]);
        header.msg_name = &to[count];
        header.msg_iov = &parts[count];
        header.msg_iovlen = 1;
        const LocalAddress local{.ip = client.local,
                                 .interface = static_cast<std::uint32_t>(token)};
        set_local_address(local, controls[count].octets, header);
        octets_used += message.size();
        ++count;
    }
};

std::expected<std::unique_ptr<UdpListener>, ListenError> UdpListener::open(
    UvLoop& loop, const Endpoint& where, QueryHandler& handler, const UdpListenerOptions& options) {
    auto socket = open_listening_socket(where, Channel::udp, options.sharing);
    if (!socket) {
        return std::unexpected(socket.error());
    }
    return adopt(loop, std::move(*socket), handler, options);
}

std::unique_ptr<UdpListener> UdpListener::adopt(UvLoop& loop, Descriptor socket,
                                                QueryHandler& handler,
                                                const UdpListenerOptions& options) {
    widen_buffer(socket.get(), options.receive_buffer_bytes);
    std::unique_ptr<UdpListener> listener(new UdpListener(std::move(socket), handler));
    listener->watch(loop);
    return listener;
}

UdpListener::UdpListener(Descriptor socket, QueryHandler& handler)
    : socket_(std::move(socket)),
      handler_(handler),
      local_(bound_endpoint(socket_.get())),
      is_wildcard_(local_.ip == IpAddress() ||
                   local_.ip == IpAddress::v4(std::array<std::uint8_t, 4>{})),
      batch_(std::make_unique_for_overwrite<Batch>()),
      outbox_(std::make_unique_for_overwrite<Outbox>()),
      poll_(new uv_poll_t) {
    if (is_wildcard_) {
        want_packet_info(socket_.get(), local_.ip.is_v4());
    }
    for (std::size_t i = 0; i < batch_max; ++i) {
        Incoming& incoming = batch_->incoming[i];
        incoming.part = {incoming.octets.data(), query_size_max};
    }
    prepare(batch_max);
}

UdpListener::~UdpListener() {
    send_outbox();
}

void UdpListener::watch(UvLoop& loop) {
    check(uv_poll_init(loop.get(), poll_.get(), socket_.get()) == 0, "a socket can be polled");
    poll_->data = this;
    const auto ready = [](uv_poll_t* handle, int, int) {
        if (handle->data != nullptr) {
            static_cast<UdpListener*>(handle->data)->serve();
        }
    };
    check(uv_poll_start(poll_.get(), UV_READABLE, ready) == 0, "a socket can be polled");
    turn_end_.emplace(loop, [this] { send_outbox(); });
}

void UdpListener::serve() {
    for (int i = 0; i < batches_in_turn_max; ++i) {
        const std::size_t count = receive_batch();
        for (std::size_t at = 0; at < count; ++at) {
            try {
                answer(at);
            } catch (const std::bad_alloc&) {  // it is lost, as any datagram may be
                ++counts_.unreadable;
            }
        }
        send_batch();
        if (count > 0) {
            handler_.batch_ended();
        }
        prepare(count);
        if (count < batch_max) {
            return;
        }
    }
}

// recvmmsg writes into the headers that it used: only those are made ready again.
void UdpListener::prepare(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        Incoming& incoming = batch_->incoming[i];
        msghdr& header = batch_->received[i].msg_hdr;
        header = {};
        header.msg_name = &incoming.from;
        header.msg_namelen = sizeof incoming.from;
        header.msg_iov = &incoming.part;
        header.msg_iovlen = 1;
        if (is_wildcard_) {
            header.msg_control = incoming.control.octets.data();
            header.msg_controllen = incoming.control.octets.size();
        }
    }
}

std::size_t UdpListener::receive_batch() {
    const int got =
        recvmmsg(socket_.get(), batch_->received.data(), batch_max, MSG_DONTWAIT, nullptr);
    const auto count = static_cast<std::size_t>(std::max(0, got));
    counts_.received += count;
    return count;
}

void UdpListener::answer(std::size_t index) {
    msghdr& header = batch_->received[index].msg_hdr;
    Client client{
        .address = Endpoint::from_sockaddr(*static_cast<const sockaddr*>(header.msg_name)),
        .channel = Channel::udp};
    if ((header.msg_flags & MSG_TRUNC) != 0 || client.address.port == 0) {
        ++counts_.unreadable;
        return;
    }
    std::uint64_t token = 0;
    if (is_wildcard_) {
        turn_packet_info(header);
        const LocalAddress local = local_address_in(header);
        client.local = local.ip;
        token = local.interface;
    }
    if (batch_->octets.size() - batch_->octets_used < answer_size_max) {
        send_batch();
    }
    const MutableOctets out =
        MutableOctets(batch_->octets).subspan(batch_->octets_used, answer_size_max);
    const Octets query =
        Octets(batch_->incoming[index].octets).first(batch_->received[index].msg_len);
    const QueryResult result = handler_.on_query(query, client, *this, token, out);
    if (result.outcome != Outcome::answered) {
        return;
    }
    iovec& part = batch_->answers[batch_->ready];
    part = {out.data(), result.size};
    header.msg_iov = &part;
    header.msg_flags = 0;
    batch_->to_send[batch_->ready++].msg_hdr = header;
    const std::size_t end = batch_->octets_used + result.size + answer_alignment - 1;
    batch_->octets_used = end - end % answer_alignment;
}

void UdpListener::send_batch() {
    send_all(std::span(batch_->to_send).first(batch_->ready));
    batch_->ready = 0;
    batch_->octets_used = 0;
}

void UdpListener::send_all(std::span<mmsghdr> messages) {
    while (!messages.empty()) {  // each round sends or skips one at least
        const int count = sendmmsg(socket_.get(), messages.data(),
                                   static_cast<unsigned>(messages.size()), MSG_DONTWAIT);
        if (count > 0) {
            counts_.sent += static_cast<std::uint64_t>(count);
            messages = messages.subspan(static_cast<std::size_t>(count));
            continue;
        }
        const bool is_full = errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM;
        const std::size_t lost = is_full ? messages.size() : 1;
        counts_.unsent += lost;
        messages = messages.subspan(lost);
    }
}

void UdpListener::send(std::uint64_t token, const Client& client, Octets message) {
    if (!outbox_->has_room(message.size())) {
        send_outbox();
    }
    outbox_->add(token, client, message);
}

void UdpListener::send_outbox() {
    Outbox& outbox = *outbox_;
    send_all(std::span(outbox.messages).first(outbox.count));
    outbox.count = 0;
    outbox.octets_used = 0;
}

}  // namespace wend
