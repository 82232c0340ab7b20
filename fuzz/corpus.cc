#include "fuzz/corpus.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "dns/message_builder.h"
#include "fuzz/http1_corpus.h"
#include "fuzz/properties.h"
#include "fuzz/server_properties.h"
#include "fuzz/transport_properties.h"
#include "transport/link.h"

namespace wend::fuzz {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Corpus = std::vector<Bytes>;

Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

// In order of name, so that every corpus is the same everywhere.
Corpus files_in(const std::string& folder, std::string_view ending) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().string().ends_with(ending)) {
            paths.push_back(entry.path());
        }
    }
    std::ranges::sort(paths);
    Corpus corpus;
    for (const auto& path : paths) {
        std::ifstream file(path, std::ios::binary);
        std::ostringstream read;
        read << file.rdbuf();
        corpus.push_back(bytes_of(read.str()));
    }
    return corpus;
}

struct Sample {
    std::string_view owner;
    dns::Type type;
    Bytes rdata;
};

std::vector<Sample> samples() {
    using dns::Type;
    return {
        {"www.example.org.", Type::a, {192, 0, 2, 1}},
        {"www.example.org.", Type::cname, {1, 'a', 0}},
        {"example.org.", Type::mx, {0, 10, 2, 'm', 'x', 0}},
        {"example.org.", Type::txt, {2, 'h', 'i', 0}},
        {"x.example.org.", Type::https, {0, 1, 0, 0, 1, 0, 3, 2, 'h', '2'}},
        {"example.org.", Type::nsec, {1, 'b', 0, 0, 1, 0x40}},
        {"example.org.", Type::ds, {0, 1, 13, 2, 1, 2, 3, 4}},
        {".", dns::Type{65'400}, {1, 2, 3}},
    };
}

Bytes built(bool response, const dns::Question& question, bool edns,
            const std::vector<Sample>& all) {
    Bytes buffer(4'096);
    dns::MessageBuilder builder(buffer, buffer.size());
    const Bytes cookie = {1, 2, 3, 4, 5, 6, 7, 8};
    const std::vector<dns::EdnsOption> options = {{dns::OptionCode::cookie, cookie},
                                                  {dns::OptionCode::padding, Bytes{}}};
    const dns::EdnsToSend opt{.dnssec_ok = true, .options = options};
    builder.start({.id = 7, .qr = response, .rd = true}, dns::Rcode::noerror, &question,
                  edns ? &opt : nullptr);
    for (const Sample& sample : all) {
        const dns::Name owner = dns::name_of(sample.owner);
        const dns::RecordView record{.owner = owner,
                                     .type = sample.type,
                                     .rclass = dns::Class::in,
                                     .ttl = 300,
                                     .rdata = sample.rdata};
        (void)builder.add_record(dns::Section::answer, record);
    }
    const Octets octets = builder.finish();
    return {octets.begin(), octets.end()};
}

Corpus messages(bool response) {
    Corpus corpus;
    for (const Sample& sample : samples()) {
        const dns::Question question{dns::name_of(sample.owner), sample.type, dns::Class::in};
        for (const bool edns : {true, false}) {
            corpus.push_back(built(response, question, edns,
                                   response ? std::vector{sample} : std::vector<Sample>{}));
        }
    }
    const dns::Question all{dns::name_of("example.org."), dns::Type::any, dns::Class::in};
    corpus.push_back(built(response, all, true, response ? samples() : std::vector<Sample>{}));
    return corpus;
}

// The same inputs, each after an octet that says how it came.
Corpus with_first_octet(const Corpus& inputs, const Bytes& firsts) {
    Corpus corpus;
    for (const Bytes& input : inputs) {
        for (const std::uint8_t first : firsts) {
            Bytes& made = corpus.emplace_back(1, first);
            made.insert(made.end(), input.begin(), input.end());
        }
    }
    return corpus;
}

Corpus rdatas() {
    Corpus corpus;
    for (const Sample& sample : samples()) {
        Bytes& made = corpus.emplace_back(2);
        store_u16(made, 0, std::to_underlying(sample.type));
        made.insert(made.end(), sample.rdata.begin(), sample.rdata.end());
    }
    return corpus;
}

Corpus link_messages() {
    Corpus corpus;
    for (const LinkMessage& message :
         {LinkMessage(LinkRequest{.id = 1,
                                  .verb = "flush",
                                  .arguments = {"example.com", "AAAA"},
                                  .who = "uid 0",
                                  .cursor = "3:17"}),
          LinkMessage(LinkReply{.id = 1, .more = true, .cursor = "4:0", .json = "{}"}),
          LinkMessage(LinkNotice{.kind = LinkNotice::Kind::log_line, .text = "a door is shut"})}) {
        corpus.push_back(*encode(message));
    }
    return corpus;
}

Corpus streams() {
    Corpus corpus;
    for (const Bytes& message : messages(true)) {
        Bytes& made = corpus.emplace_back(2);
        store_u16(made, 0, static_cast<std::uint16_t>(message.size()));
        made.insert(made.end(), message.begin(), message.end());
    }
    return corpus;
}

Corpus cookies() {
    Bytes head(16, 0);
    store_u32(head, 8, 1'559'731'985);
    Corpus corpus;
    for (const std::size_t size : std::to_array<std::size_t>({0, 7, 8, 15, 16, 24, 40, 41})) {
        Bytes& made = corpus.emplace_back(head);
        made.resize(head.size() + size, 1);
    }
    return corpus;
}

}  // namespace

std::vector<Target> targets(const std::string& source) {
    const Corpus names = {bytes_of("www.example.org."),
                          bytes_of("a\\.b.\\000."),
                          bytes_of("."),
                          {3, 'w', 'w', 'w', 0},
                          {1, 'a', 0xc0, 0}};
    Corpus configurations = files_in(source + "/etc", ".json");
    configurations.push_back(bytes_of("{\"listen\": [\"[::1]:5353\"], \"workers\": 2}"));
    Corpus scenarios = files_in(source + "/tests/scenarios", ".rpl");
    scenarios.emplace_back();
    return {
        {"message", complaint_about_message, messages(true)},
        {"name", complaint_about_name, names},
        {"rdata", complaint_about_rdata, rdatas()},
        {"reply", complaint_about_reply, with_first_octet(messages(true), {0, 1, 2, 3})},
        {"stream", complaint_about_stream, with_first_octet(streams(), {0, 1, 7})},
        {"link", complaint_about_link, link_messages()},
        {"http1", complaint_about_http1, http1_corpus()},
        {"zone", complaint_about_zone, files_in(source + "/etc/lab", ".zone")},
        {"configuration", complaint_about_configuration, configurations},
        {"scenario", complaint_about_scenario, scenarios},
        {"request", complaint_about_request, with_first_octet(messages(false), {0, 1, 2, 4})},
        {"cookie", complaint_about_cookie, cookies()},
    };
}

}  // namespace wend::fuzz
