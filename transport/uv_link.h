// The link between the serving and the control process, on a SOCK_SEQPACKET socket: a packet is a
// message, and the kernel keeps them apart and in order.
#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <uv.h>

#include "transport/link.h"
#include "transport/uv_handle.h"
#include "transport/uv_loop.h"
#include "transport/uv_poller.h"

namespace wend {

// Two sockets joined to each other, nonblocking and closed by exec. The error is half a sentence.
std::expected<std::pair<Descriptor, Descriptor>, std::string> make_link_sockets();

// One end. One thread, that of the loop. It does not keep the loop running if `keeps_running` is
// false: a worker's loop waits for other things.
class UvLink final : public ControlLink {
  public:
    // `socket` is one of make_link_sockets().
    UvLink(UvLoop& loop, Descriptor socket, bool keeps_running, LinkQueue::Limits limits = {});
    ~UvLink() override;

    void set_handlers(LinkHandlers handlers) override;
    std::expected<void, std::string> send(const LinkMessage& message) override;

    bool is_open() const { return socket_.is_open(); }

  private:
    // What one turn of the loop takes from one link: a worker has clients too.
    static constexpr int messages_in_turn_max = 16;

    void on_ready(int events);
    // False: there is nothing more to read now, or *this is gone.
    bool receive();
    void transmit();
    void watch();
    void close(std::string_view why);

    Descriptor socket_;
    LinkQueue sent_;
    std::shared_ptr<const LinkHandlers> handlers_;
    std::vector<std::uint8_t> buffer_;
    bool broken_ = false;  // while sending: told by the loop
    UvHandle<uv_poll_t> poll_;
};

}  // namespace wend
