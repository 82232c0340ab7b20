#include <algorithm>
#include <optional>
#include <vector>

#include "cache/cache.h"
#include "fuzz/server_properties.h"
#include "policy/access.h"
#include "policy/cookies.h"
#include "policy/local_zones.h"
#include "server/answer/answer_source.h"
#include "server/serve.h"

namespace wend::fuzz {
namespace {

// Answers every question at once, with more than fits into a datagram.
class GenerousSource final : public AnswerSource {
  public:
    Task<Answer> resolve(dns::Question question, ResolveOptions) override {
        co_return answer_to(question);
    }

    std::optional<Answer> from_cache(const dns::Question&, ResolveOptions) const override {
        return std::nullopt;
    }

  private:
    static Answer answer_to(const dns::Question& question) {
        Answer answer;
        answer.rcode = dns::Rcode::noerror;
        answer.reason = dns::Reason::resolved;
        dns::RRsetBuilder builder(question.qname, dns::Type::a);
        for (std::uint8_t i = 0; i < 100; ++i) {
            builder.add(std::vector<std::uint8_t>{192, 0, 2, i});
        }
        answer.answer.push_back(builder.finish(300));
        return answer;
    }
};

// A moment later at each query, so that error replies do not end at the limit for a second.
class SteppingClock final : public Clock {
  public:
    void step() { now_ += std::chrono::milliseconds(20); }

    Instant now() const override { return now_; }

    WallTime wall_now() const override { return WallTime(std::chrono::seconds(1'800'000'000)); }

  protected:
    void arm(Sleep&) override {}

    void disarm(Sleep&) noexcept override {}

  private:
    Instant now_{std::chrono::hours(1)};
};

struct NoSink final : ReplySink {
    std::size_t sent = 0;

    void send(std::uint64_t, const Client&, Octets) override { ++sent; }
};

// A server that lives as long as the process: what one datagram leaves behind, the next one meets.
struct Server {
    GenerousSource source;
    cache::Cache cache{cache::Options{.bytes_max = std::size_t{1} << 20, .shards = 1}};
    SteppingClock clock;
    SeededRandom random{1};
    policy::AccessList access{policy::default_allowed()};
    policy::LocalZones local_zones{{}};
    Stats stats;
    policy::Cookies cookies{HashKey{1, 2}};
    NoSink sink;
    std::vector<std::uint8_t> out = std::vector<std::uint8_t>(65'535);
    Serve serve{ServeWorld{.source = source,
                           .cache = cache,
                           .clock = clock,
                           .random = random,
                           .access = access,
                           .local_zones = local_zones,
                           .stats = stats,
                           .cookies = &cookies},
                ServeOptions{.identity = "id", .version = "v"}};
};

std::size_t size_allowed(Octets query, Channel channel) {
    if (channel != Channel::udp) {
        return 65'535;
    }
    const auto message = dns::Message::parse(query);
    const bool edns = message && message->edns() != nullptr;
    return edns ? std::clamp<std::size_t>(message->edns()->udp_payload_size, 512, 1'232) : 512;
}

std::string complaint_about_reply_to(Octets query, Channel channel, Octets reply) {
    if (query.size() < dns::header_size || (query[2] & 0x80) != 0) {
        return "what is no query gets a reply";
    }
    if (reply.size() > size_allowed(query, channel)) {
        return "a reply is longer than allowed";
    }
    const auto message = dns::Message::parse(reply);
    if (!message) {
        return "a reply is malformed";
    }
    const bool is_ours = message->header().qr && message->header().id == load_u16(query, 0);
    return is_ours ? "" : "a reply is no response to its query";
}

}  // namespace

std::string complaint_about_request(Octets input) {
    if (input.empty()) {
        return "";
    }
    static Server server;
    const std::uint8_t how = input[0];
    const Octets query = input.subspan(1);
    const Channel channel = (how & 1) != 0 ? Channel::tcp : Channel::udp;
    const auto* const address = (how & 2) != 0 ? "203.0.113.9" : "192.168.1.9";
    const auto port = static_cast<std::uint16_t>((how & 4) != 0 ? 7 : 5'353);
    const Client client{{*IpAddress::from_text(address), port}, channel};
    server.clock.step();
    server.sink.sent = 0;
    const QueryResult result = server.serve.on_query(query, client, server.sink, 1, server.out);
    if (server.sink.sent > 0 || result.outcome == Outcome::pending) {
        return "an answer that was there at once did not come at once";
    }
    if (result.outcome == Outcome::dropped) {
        return "";
    }
    return complaint_about_reply_to(query, channel, Octets(server.out).first(result.size));
}

std::string complaint_about_cookie(Octets input) {
    constexpr std::size_t head = 8 + 4 + 4;
    if (input.size() < head) {
        return "";
    }
    const policy::Cookies cookies(HashKey{load_u32(input, 0), load_u32(input, 4)});
    const std::uint32_t now = load_u32(input, 8);
    const IpAddress client = IpAddress::v4(input.subspan(12, 4));
    const Octets option = input.subspan(head);
    const auto judged = cookies.judge(option, client, now);
    if (!judged.reply) {
        return judged.verdict == policy::CookieVerdict::malformed ? ""
                                                                  : "a cookie gets none in return";
    }
    if (!std::ranges::equal(option.first(8), Octets(*judged.reply).first(8))) {
        return "a client gets another client cookie back";
    }
    const auto again = cookies.judge(Octets(*judged.reply), client, now);
    return again.verdict == policy::CookieVerdict::valid ? "" : "our own cookie is not taken";
}

}  // namespace wend::fuzz
