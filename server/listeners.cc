#include "server/listeners.h"

#include <algorithm>
#include <utility>

namespace wend {

std::expected<void, std::string> Listeners::add(BoundSockets sockets,
                                                const TcpListenerOptions& options) {
    all_.reserve(all_.size() + 1);
    auto udp = UdpListener::adopt(loop_, std::move(sockets.udp), handler_);
    auto tcp = TcpListener::adopt(loop_, clock_, std::move(sockets.tcp), handler_, options);
    if (!tcp) {
        return std::unexpected(to_text(tcp.error()));
    }
    all_.push_back({.wanted = sockets.wanted, .udp = std::move(udp), .tcp = std::move(*tcp)});
    return {};
}

void Listeners::set_tcp_options(const TcpListenerOptions& options) {
    for (const Listener& listener : all_) {
        listener.tcp->set_options(options);
    }
}

void Listeners::keep_only(const std::vector<Endpoint>& wanted, Instant now) {
    for (Listener& listener : all_) {
        const bool stays = std::ranges::find(wanted, listener.wanted) != wanted.end();
        if (!stays && !listener.ends_at) {
            listener.ends_at = now + leaving_time;
            listener.tcp->close_to_new();
        }
    }
}

void Listeners::end_leaving(Instant now, const std::function<void(const ReplySink&)>& forget) {
    const auto is_over = [&](const Listener& listener) {
        const bool over = listener.ends_at && *listener.ends_at <= now;
        if (over) {
            forget(*listener.udp);
            forget(*listener.tcp);
        }
        return over;
    };
    std::erase_if(all_, is_over);
}

void Listeners::take_back(std::size_t count, const std::function<void(const ReplySink&)>& forget) {
    for (std::size_t i = 0; i < count && !all_.empty(); ++i) {
        forget(*all_.back().udp);
        forget(*all_.back().tcp);
        all_.pop_back();
    }
}

std::vector<Endpoint> Listeners::listening() const {
    std::vector<Endpoint> endpoints;
    for (const Listener& listener : all_) {
        if (!listener.ends_at) {
            endpoints.push_back(listener.udp->local());
        }
    }
    return endpoints;
}

std::size_t Listeners::connections() const {
    std::size_t open = 0;
    for (const Listener& listener : all_) {
        open += listener.tcp->connections();
    }
    return open;
}

void Listeners::note_connections(Stats& stats, LimitNotes& notes) {
    for (Listener& listener : all_) {
        const TcpListenerCounts& counts = listener.tcp->counts();
        const std::uint64_t share = counts.refused_share - listener.noted.refused_share;
        const std::uint64_t full = counts.refused - listener.noted.refused - share;
        for (const auto& [reason, times] : {std::pair{dns::Reason::connection_share, share},
                                            std::pair{dns::Reason::too_many_connections, full}}) {
            if (times > 0) {
                stats.add_reason(reason, times);
                notes.note(reason, counts.refused_last, times);
            }
        }
        listener.noted = counts;
    }
}

}  // namespace wend
