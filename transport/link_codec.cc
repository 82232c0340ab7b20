#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include "transport/link.h"

// A message: one octet of what it is, and its fields one after another. Numbers are big-endian, a
// text is its length in 32 bits and its octets, a list is its length in 16 bits and its texts.
namespace wend {
namespace {

enum class Tag : std::uint8_t { request = 1, reply = 2, notice = 3 };

class Writer {
  public:
    explicit Writer(Tag tag) { put(std::to_underlying(tag)); }

    template <class Number>
    void put(Number number) {
        const std::size_t at = octets_.size();
        octets_.resize(at + sizeof number);
        store_big_endian(octets_, at, number);
    }

    void put(const std::string& text) {
        fits_ =
            fits_ && text.size() <= link_message_max - std::min(link_message_max, octets_.size());
        if (!fits_) {
            return;
        }
        put(static_cast<std::uint32_t>(text.size()));
        octets_.insert(octets_.end(), text.begin(), text.end());
    }

    std::optional<std::vector<std::uint8_t>> finish() {
        if (!fits_ || octets_.size() > link_message_max) {
            return std::nullopt;
        }
        return std::move(octets_);
    }

  private:
    std::vector<std::uint8_t> octets_;
    bool fits_ = true;
};

// Once something was not there, all that follows is empty and done() is false.
class Reader {
  public:
    explicit Reader(Octets packet) : rest_(packet) {}

    template <class Number>
    Number number() {
        const Octets octets = take(sizeof(Number));
        Number value = 0;
        for (const std::uint8_t octet : octets) {
            value = static_cast<Number>((std::uint64_t{value} << 8) | octet);
        }
        return value;
    }

    std::string text() {
        const Octets octets = take(number<std::uint32_t>());
        return {octets.begin(), octets.end()};
    }

    // A value of an enumeration that has `count`, or a truth: there are two.
    std::uint8_t below(std::uint8_t count) {
        const auto value = number<std::uint8_t>();
        is_good_ = is_good_ && value < count;
        return is_good_ ? value : std::uint8_t{0};
    }

    void fail() { is_good_ = false; }

    bool is_good() const { return is_good_; }

    bool done() const { return is_good_ && rest_.empty(); }

  private:
    Octets take(std::size_t size) {
        is_good_ = is_good_ && size <= rest_.size();
        if (!is_good_) {
            return {};
        }
        const Octets taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }

    Octets rest_;
    bool is_good_ = true;
};

template <class Message>
std::optional<LinkMessage> finished(const Reader& reader, Message message) {
    if (!reader.done()) {
        return std::nullopt;
    }
    return message;
}

std::optional<LinkMessage> read_request(Reader& reader) {
    LinkRequest request;
    request.id = reader.number<std::uint64_t>();
    request.verb = reader.text();
    const auto count = reader.number<std::uint16_t>();
    if (count > link_arguments_max) {
        reader.fail();
    }
    for (std::size_t i = 0; i < count && reader.is_good(); ++i) {
        request.arguments.push_back(reader.text());
    }
    request.who = reader.text();
    request.cursor = reader.text();
    return finished(reader, std::move(request));
}

std::optional<LinkMessage> read_reply(Reader& reader) {
    LinkReply reply;
    reply.id = reader.number<std::uint64_t>();
    reply.status = static_cast<LinkReply::Status>(reader.below(3));
    reply.more = reader.below(2) == 1;
    reply.cursor = reader.text();
    reply.json = reader.text();
    return finished(reader, std::move(reply));
}

std::optional<LinkMessage> read_notice(Reader& reader) {
    LinkNotice notice;
    notice.kind =
        static_cast<LinkNotice::Kind>(reader.below(std::to_underlying(LinkNotice::Kind::count)));
    notice.level =
        static_cast<LinkNotice::Level>(reader.below(std::to_underlying(LinkNotice::Level::count)));
    notice.text = reader.text();
    return finished(reader, std::move(notice));
}

std::optional<std::vector<std::uint8_t>> write(const LinkRequest& request) {
    if (request.arguments.size() > link_arguments_max) {
        return std::nullopt;
    }
    Writer writer(Tag::request);
    writer.put(request.id);
    writer.put(request.verb);
    writer.put(static_cast<std::uint16_t>(request.arguments.size()));
    for (const std::string& argument : request.arguments) {
        writer.put(argument);
    }
    writer.put(request.who);
    writer.put(request.cursor);
    return writer.finish();
}

std::optional<std::vector<std::uint8_t>> write(const LinkReply& reply) {
    Writer writer(Tag::reply);
    writer.put(reply.id);
    writer.put(std::to_underlying(reply.status));
    writer.put(std::uint8_t{reply.more});
    writer.put(reply.cursor);
    writer.put(reply.json);
    return writer.finish();
}

std::optional<std::vector<std::uint8_t>> write(const LinkNotice& notice) {
    Writer writer(Tag::notice);
    writer.put(std::to_underlying(notice.kind));
    writer.put(std::to_underlying(notice.level));
    writer.put(notice.text);
    return writer.finish();
}

}  // namespace

std::optional<std::vector<std::uint8_t>> encode(const LinkMessage& message) {
    return std::visit([](const auto& each) { return write(each); }, message);
}

std::optional<LinkMessage> decode_link(Octets packet) {
    if (packet.size() > link_message_max) {
        return std::nullopt;
    }
    Reader reader(packet);
    switch (static_cast<Tag>(reader.number<std::uint8_t>())) {
        case Tag::request:
            return read_request(reader);
        case Tag::reply:
            return read_reply(reader);
        case Tag::notice:
            return read_notice(reader);
    }
    return std::nullopt;
}

}  // namespace wend
