// What a request at any door becomes: judged, routed, answered here or by the serving process.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/durable_file.h"
#include "base/random.h"
#include "config/doors.h"
#include "control/authorise.h"
#include "control/board_verbs.h"
#include "control/failure_limit.h"
#include "control/link_asker.h"
#include "control/routes.h"
#include "control/sessions.h"
#include "control/tokens.h"
#include "observe/board.h"
#include "observe/foreign_stats.h"
#include "transport/http_server.h"
#include "transport/uv_clock.h"

namespace wend {

// An answer that is made here.
struct DoorAnswer {
    unsigned status = 200;
    std::string body{};
    std::string_view media = "application/json";
    std::string cookie{};  // to be set
};

// How often which status was answered.
using HttpStatusCounts = std::map<unsigned, std::uint64_t>;

// One thread. Outlives the servers that it answers.
class Door final : public HttpHandler {
  public:
    struct World {
        UvClock& clock;
        LinkAsker& asker;
        BoardView board;
        FileStore& files;
        Random& random;
        std::string_view compiler;  // that built the program
        // A line for the server's log.
        std::function<void(std::string)> log;
    };

    explicit Door(World world);
    ~Door() override;

    // Says from now on who may what. `socket_gid`: of the unix socket's file.
    void set(Doors doors, std::uint32_t socket_gid);

    // The server goes: nobody waits for its answers any more.
    void forget(const HttpServer& server);

    void on_request(HttpServer& server, std::uint64_t token, const HttpPeer& peer,
                    Http1Request request) override;
    void on_room(HttpServer& server, std::uint64_t token) override;
    void on_gone(HttpServer& server, std::uint64_t token) override;

    const HttpStatusCounts& statuses() const { return statuses_; }

    std::size_t exchanges() const { return exchanges_.size(); }

  private:
    struct Exchange;
    using Key = std::pair<HttpServer*, std::uint64_t>;

    struct Judgement {
        Identity identity;
        Route route;
    };

    std::expected<Judgement, DoorRefusal> judge(const Http1Request& request, const HttpPeer& peer);
    DoorAnswer answer_here(const Route& route, const Identity& identity,
                           const Http1Request& request);
    DoorAnswer verb_here(const Route& route, const Identity& identity);
    DoorAnswer stats(const std::vector<std::string>& words);
    DoorAnswer metrics();
    DoorAnswer session(const Route& route, const Identity& identity, const Http1Request& request);
    DoorAnswer new_token(const std::vector<std::string>& words, const Identity& identity);
    DoorAnswer revoke_token(const std::vector<std::string>& words, const Identity& identity);
    DoorAnswer list_tokens() const;

    void begin_exchange(HttpServer& server, std::uint64_t token, Judgement judgement, bool is_head);
    void ask_plan(HttpServer& server, std::uint64_t token, const Identity& identity);
    void begin(HttpServer& server, std::uint64_t token, std::unique_ptr<Exchange> exchange);
    void gather(const Key& key, Exchange& exchange, LinkReply reply);
    void ask_server(HttpServer& server, std::uint64_t token, Route route, const Identity& identity,
                    bool is_head);
    void ask(const Key& key);
    void on_answer(const Key& key, LinkAnswer answer);
    void go_on(const Key& key, Exchange& exchange, LinkReply reply);
    void stream(const Key& key, Exchange& exchange, LinkReply reply);
    void finish(const Key& key, const DoorAnswer& answer, std::string_view cursor = {});
    void fail(const Key& key, unsigned status, std::string_view sentence);
    void respond(HttpServer& server, std::uint64_t token, const DoorAnswer& answer,
                 std::string_view cursor = {});
    void refuse(HttpServer& server, std::uint64_t token, const DoorRefusal& refusal);
    DoorFacts facts() const;
    BoardFacts board_facts() const;
    ForeignFacts foreign_facts() const;

    World world_;
    Doors doors_;
    std::uint32_t socket_gid_ = 0;
    std::uint32_t own_uid_;
    std::optional<TokenStore> tokens_;  // of the state folder of doors_
    Sessions sessions_;
    FailureLimit failures_;
    HttpStatusCounts statuses_;
    std::map<Key, std::unique_ptr<Exchange>> exchanges_;
};

}  // namespace wend
