#include "control/door_exchange.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "transport/http1_response.h"

namespace wend {
namespace {

constexpr std::string_view gone =
    "the server has ended, or ends, before it answered; look into its log";

}  // namespace

void Door::begin_exchange(HttpServer& server, std::uint64_t token, Judgement judgement,
                          bool is_head) {
    const auto& [identity, route] = judgement;
    if (route.verb->name == "plan") {
        ask_plan(server, token, identity);
    } else {
        ask_server(server, token, std::move(judgement.route), identity, is_head);
    }
}

void Door::begin(HttpServer& server, std::uint64_t token, std::unique_ptr<Exchange> exchange) {
    const Key key{&server, token};
    exchanges_.insert_or_assign(key, std::move(exchange));
    ask(key);
}

void Door::ask_server(HttpServer& server, std::uint64_t token, Route route,
                      const Identity& identity, bool is_head) {
    auto exchange = std::make_unique<Exchange>();
    exchange->request = {.verb = std::string(route.verb->name),
                         .arguments = std::move(route.arguments),
                         .who = identity.who,
                         .cursor = route.cursor.value_or("")};
    exchange->patience = std::chrono::seconds(patience_of(*route.verb));
    if (route.verb->paging == VerbPaging::list) {
        exchange->mode = route.cursor || is_head ? Exchange::Mode::part : Exchange::Mode::stream;
    }
    begin(server, token, std::move(exchange));
}

void Door::ask_plan(HttpServer& server, std::uint64_t token, const Identity& identity) {
    auto exchange = std::make_unique<Exchange>();
    const VerbSpec* const show = find_verb_spec("config show");
    exchange->request = {.verb = std::string(show->name), .who = identity.who, .cursor = {}};
    exchange->patience = std::chrono::seconds(patience_of(*show));
    exchange->mode = Exchange::Mode::gather;
    begin(server, token, std::move(exchange));
}

// The exchange may be over when it returns.
void Door::ask(const Key& key) {
    const auto& exchange = exchanges_.at(key);
    const std::uint64_t question =
        world_.asker.ask(exchange->request, exchange->patience,
                         [this, key](LinkAnswer answer) { on_answer(key, std::move(answer)); });
    if (const auto found = exchanges_.find(key); found != exchanges_.end()) {
        found->second->question = question;
    }
}

void Door::on_answer(const Key& key, LinkAnswer answer) {
    const auto found = exchanges_.find(key);
    if (found == exchanges_.end()) {
        return;
    }
    Exchange& exchange = *found->second;
    switch (answer.what) {
        case LinkAnswer::What::reply:
            go_on(key, exchange, std::move(answer.reply));
            return;
        case LinkAnswer::What::late:
            fail(key, 504,
                 fmt::format(
                     "the server has not answered for {} seconds; what was asked for may "
                     "still be done",
                     std::chrono::duration_cast<std::chrono::seconds>(exchange.patience).count()));
            return;
        case LinkAnswer::What::gone:
            fail(key, 503, gone);
            return;
        case LinkAnswer::What::no_room:
            fail(key, 503, fmt::format("the server cannot be asked: {}", answer.reason));
            return;
    }
}

void Door::go_on(const Key& key, Exchange& exchange, LinkReply reply) {
    if (reply.status != LinkReply::Status::done) {
        fail(key, reply.status == LinkReply::Status::refused ? 400 : 500, reply.json);
    } else if (exchange.mode == Exchange::Mode::gather) {
        gather(key, exchange, std::move(reply));
    } else if (exchange.mode == Exchange::Mode::stream) {
        stream(key, exchange, std::move(reply));
    } else if (exchange.mode == Exchange::Mode::part) {
        finish(key, {.body = std::move(reply.json)}, reply.more ? reply.cursor : "");
    } else if (reply.more) {
        exchange.request.cursor = std::move(reply.cursor);
        ask(key);
    } else {
        finish(key, {.body = std::move(reply.json)});
    }
}

void Door::gather(const Key& key, Exchange& exchange, LinkReply reply) {
    if (!exchange.in_force.add(reply.json)) {
        fail(key, 502, "the server has answered with what is no configuration");
        return;
    }
    if (reply.more) {
        exchange.request.cursor = std::move(reply.cursor);
        ask(key);
        return;
    }
    const auto in_force = exchange.in_force.finish();
    auto plan = in_force ? plan_of_reload(*in_force, doors_, world_.files)
                         : Configured<std::string>(std::unexpected(in_force.error()));
    if (plan) {
        finish(key, {.body = std::move(*plan)});
    } else {
        fail(key, 400, plan.error());
    }
}

void Door::stream(const Key& key, Exchange& exchange, LinkReply reply) {
    const auto text = exchange.joiner.add(reply.json);
    if (!text) {
        fail(key, 502, "the server has answered with what is no list");
        return;
    }
    if (!exchange.is_begun && !reply.more) {
        finish(key, {.body = std::move(reply.json)});
        return;
    }
    HttpServer& server = *key.first;
    if (!exchange.is_begun) {
        exchange.is_begun = true;
        ++statuses_[200];
        Http1Response head(200);
        const bool is_set = head.set("Content-Type", "application/json") &&
                            head.set("X-Wend-Version", world_.board.version());
        static_cast<void>(is_set);  // words of ours
        server.begin(key.second, head);
    }
    server.push(key.second, *text);
    if (!reply.more) {
        server.push(key.second, ListJoiner::finish());
        server.end(key.second, true);
        exchanges_.erase(key);
        return;
    }
    exchange.request.cursor = std::move(reply.cursor);
    exchange.is_room_due = !text->empty();
    if (!exchange.is_room_due) {
        ask(key);
    }
}

void Door::finish(const Key& key, const DoorAnswer& answer, std::string_view cursor) {
    exchanges_.erase(key);
    respond(*key.first, key.second, answer, cursor);
}

// In the middle of an answer there is no way to say why: it breaks off, and whoever reads it sees
// that it is not whole.
void Door::fail(const Key& key, unsigned status, std::string_view sentence) {
    const bool is_begun = exchanges_.at(key)->is_begun;
    exchanges_.erase(key);
    if (is_begun) {
        key.first->end(key.second, false);
        return;
    }
    respond(*key.first, key.second, {.status = status, .body = error_json(sentence)});
}

void Door::on_room(HttpServer& server, std::uint64_t token) {
    const auto found = exchanges_.find({&server, token});
    if (found != exchanges_.end() && std::exchange(found->second->is_room_due, false)) {
        ask(found->first);
    }
}

void Door::on_gone(HttpServer& server, std::uint64_t token) {
    const auto found = exchanges_.find({&server, token});
    if (found != exchanges_.end()) {
        world_.asker.withdraw(found->second->question);
        exchanges_.erase(found);
    }
}

void Door::forget(const HttpServer& server) {
    for (auto at = exchanges_.begin(); at != exchanges_.end();) {
        if (at->first.first == &server) {
            world_.asker.withdraw(at->second->question);
            at = exchanges_.erase(at);
        } else {
            ++at;
        }
    }
}

}  // namespace wend
