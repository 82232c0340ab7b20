#include "transport/http1_grammar.h"

#include <utility>

#include <llhttp.h>

#include "base/check.h"

namespace wend {
namespace {

const char* sentence_of(llhttp_errno_t error) {
    switch (error) {
        case HPE_INVALID_CONTENT_LENGTH:
            return "Content-Length is no number that fits";
        case HPE_UNEXPECTED_CONTENT_LENGTH:
            return "Content-Length is there twice or beside Transfer-Encoding: where the body ends "
                   "is anybody's guess";
        case HPE_INVALID_TRANSFER_ENCODING:
            return "Transfer-Encoding is not taken: send the body with Content-Length";
        case HPE_INVALID_URL:
            return "the request target holds what no URL does: percent-encode it";
        case HPE_INVALID_HEADER_TOKEN:
            return "a field line is malformed; it is a name, a colon and a value, without a blank "
                   "before the colon";
        default:
            return "the head of the message is not as HTTP/1.1 has it";
    }
}

}  // namespace

struct Http1Grammar::Machine {
    explicit Machine(Http1Side of_side) : side(of_side) {
        llhttp_settings_init(&settings);
        settings.on_url = [](llhttp_t* at_work, const char* at, size_t size) {
            of(at_work).head.target.append(at, size);
            return 0;
        };
        settings.on_header_field = [](llhttp_t* at_work, const char* at, size_t size) {
            of(at_work).field.name.append(at, size);
            return 0;
        };
        settings.on_header_value = [](llhttp_t* at_work, const char* at, size_t size) {
            of(at_work).field.value.append(at, size);
            return 0;
        };
        settings.on_header_value_complete = [](llhttp_t* at_work) {
            of(at_work).end_field();
            return 0;
        };
        // Here it ends for llhttp: what the framing is, and which octets are the body, we decide.
        settings.on_headers_complete = [](llhttp_t* at_work) -> int {
            of(at_work).is_whole = true;
            return HPE_PAUSED;
        };
        start();
    }

    static Machine& of(llhttp_t* at_work) { return *static_cast<Machine*>(at_work->data); }

    void start() {
        llhttp_init(&parser, side == Http1Side::request ? HTTP_REQUEST : HTTP_RESPONSE, &settings);
        parser.data = this;
        head = {};
        field = {};
        is_whole = false;
    }

    void end_field() {
        field.value = without_blanks(field.value);
        head.fields.add(std::exchange(field, {}));
    }

    Http1Side side;
    llhttp_settings_t settings{};
    llhttp_t parser{};
    Http1Head head;
    Http1Field field;  // that is being read
    bool is_whole = false;
};

Http1Grammar::Http1Grammar(Http1Side side) : machine_(std::make_unique<Machine>(side)) {}

Http1Grammar::~Http1Grammar() = default;
Http1Grammar::Http1Grammar(Http1Grammar&&) noexcept = default;
Http1Grammar& Http1Grammar::operator=(Http1Grammar&&) noexcept = default;

std::string_view Http1Grammar::complaint_about(std::string_view line) {
    check(!machine_->is_whole, "no line of a head that is whole");
    const llhttp_errno_t error = llhttp_execute(&machine_->parser, line.data(), line.size());
    const bool is_end = line == "\r\n";
    if (error == (is_end ? HPE_PAUSED : HPE_OK) && machine_->is_whole == is_end) {
        return {};
    }
    return sentence_of(error);
}

Http1Head Http1Grammar::take() {
    check(machine_->is_whole, "the head is whole");
    const llhttp_t& parser = machine_->parser;
    Http1Head head = std::move(machine_->head);
    if (machine_->side == Http1Side::request) {
        head.method = llhttp_method_name(static_cast<llhttp_method_t>(parser.method));
    } else {
        head.status = parser.status_code;
    }
    check(parser.http_major == 1, "the line reader lets no other major version pass");
    head.minor = parser.http_minor;
    machine_->start();
    return head;
}

const Http1Head& Http1Grammar::head() const {
    return machine_->head;
}

}  // namespace wend
