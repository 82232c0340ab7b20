// The hit path without sockets: one query in, one composed answer out.
//
//   micro                        google-benchmark's table
//   micro --passes NAME COUNT    COUNT passes of one, for callgrind to count instructions
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "dns/message_builder.h"
#include "server/serve.h"

namespace wend::bench {
namespace {

constexpr Instant now{std::chrono::hours(1)};

class StillClock final : public Clock {
  public:
    Instant now() const override { return bench::now; }

    WallTime wall_now() const override { return {}; }

  protected:
    void arm(Sleep&) override {}

    void disarm(Sleep&) noexcept override {}
};

class NoSource final : public AnswerSource {
  public:
    Task<Answer> resolve(dns::Question, ResolveOptions) override { co_return Answer{}; }

    std::optional<Answer> from_cache(const dns::Question&, ResolveOptions) const override {
        return std::nullopt;
    }
};

class NoSink final : public ReplySink {
  public:
    void send(std::uint64_t, const Client&, Octets) override {}
};

// Of an A record, by the zone above its owner, in ECDSA P-256. Nobody verifies it.
std::vector<std::uint8_t> signature_of(std::string_view owner) {
    const dns::Name name = dns::name_of(owner);
    const dns::NameView zone = name.view().parent();
    std::vector<std::uint8_t> rdata(18, 0);
    rdata[1] = 1;   // A
    rdata[2] = 13;  // ECDSAP256SHA256
    rdata[3] = static_cast<std::uint8_t>(name.view().label_count());
    rdata.insert(rdata.end(), zone.wire().begin(), zone.wire().end());
    rdata.resize(rdata.size() + 64, 7);
    return rdata;
}

dns::RRset address_of(std::string_view owner, bool is_signed) {
    dns::RRsetBuilder builder(dns::name_of(owner), dns::Type::a);
    builder.add(std::array<std::uint8_t, 4>{192, 0, 2, 1});
    if (is_signed) {
        builder.add_signature(signature_of(owner));
    }
    return builder.finish(3'600, dns::Security::secure);
}

// A server whose cache holds three names, and a client who asks for them.
class Scene {
  public:
    Scene() : serve_({source_, cache_, clock_, random_, access_, local_zones_, stats_}, {}) {
        cache_.store(address_of("www.example.com.", false), cache::Rank::answer, now);
        cache_.store(address_of("signed.example.com.", true), cache::Rank::answer, now);
        dns::RRsetBuilder alias(dns::name_of("alias.example.com."), dns::Type::cname);
        alias.add(dns::name_of("www.example.com.").wire());
        cache_.store(alias.finish(3'600), cache::Rank::answer, now);
    }

    static std::vector<std::uint8_t> query(std::string_view name, bool dnssec_ok) {
        const dns::Question question{dns::name_of(name), dns::Type::a, dns::Class::in};
        dns::EdnsToSend edns;
        edns.dnssec_ok = dnssec_ok;
        dns::Header header;
        header.rd = true;
        std::vector<std::uint8_t> octets(512);
        dns::MessageBuilder builder(octets, octets.size());
        builder.start(header, dns::Rcode::noerror, &question, &edns);
        octets.resize(builder.finish().size());
        return octets;
    }

    // Octets of the answer.
    std::size_t ask(Octets query) { return serve_.on_query(query, client_, sink_, 0, out_).size; }

  private:
    NoSource source_;
    cache::Cache cache_{cache::Options{.bytes_max = std::size_t{64} << 20}};
    StillClock clock_;
    SeededRandom random_{1};
    policy::AccessList access_{policy::default_allowed()};
    policy::LocalZones local_zones_{{}};
    Stats stats_;
    NoSink sink_;
    Client client_{*Endpoint::from_text("192.168.1.2:5353"), Channel::udp};
    std::vector<std::uint8_t> out_ = std::vector<std::uint8_t>(65'535);
    Serve serve_;
};

struct Case {
    const char* name;
    const char* asked;
    bool dnssec_ok;
};

constexpr std::array cases = {Case{"hit", "www.example.com.", false},
                              Case{"hit_dnssec", "signed.example.com.", true},
                              Case{"alias_hit", "alias.example.com.", false}};

void run(benchmark::State& state, const Case& which) {
    Scene scene;
    const auto query = Scene::query(which.asked, which.dnssec_ok);
    for (auto _ : state) {
        benchmark::DoNotOptimize(scene.ask(query));
    }
}

int run_passes(std::string_view name, std::uint64_t count) {
    for (const Case& each : cases) {
        if (name != each.name) {
            continue;
        }
        Scene scene;
        const auto query = Scene::query(each.asked, each.dnssec_ok);
        for (std::uint64_t i = 0; i < count; ++i) {
            if (scene.ask(query) == 0) {
                return 1;
            }
        }
        return 0;
    }
    std::fputs("micro: no such case\n", stderr);
    return 1;
}

}  // namespace
}  // namespace wend::bench

int main(int count, char** arguments) {
    using namespace wend::bench;
    if (count == 4 && std::strcmp(arguments[1], "--passes") == 0) {
        return run_passes(arguments[2], std::strtoull(arguments[3], nullptr, 10));
    }
    for (const Case& each : cases) {
        benchmark::RegisterBenchmark(each.name, run, each);
    }
    benchmark::Initialize(&count, arguments);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
