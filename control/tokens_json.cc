// tokens.json: what is kept of tokens.
#include <algorithm>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "config/doors.h"
#include "control/tokens.h"

namespace wend {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t digest_digits = 64;

Json time_of(const std::optional<WallTime>& time) {
    return time ? Json(time->time_since_epoch().count()) : Json();
}

std::optional<WallTime> time_from(const Json& json) {
    return json.is_null() ? std::nullopt
                          : std::optional(WallTime(std::chrono::seconds(json.get<std::int64_t>())));
}

bool is_digest(std::string_view text) {
    return text.size() == digest_digits && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
           });
}

// Throws what nlohmann throws where a member is missing or of another kind.
std::optional<Token> token_from(const Json& json) {
    const auto scope = scope_from_text(json.at("scope").get<std::string>());
    Token token{.name = json.at("name").get<std::string>(),
                .digest = json.at("sha256").get<std::string>(),
                .expires = time_from(json.at("expires")),
                .made = WallTime(std::chrono::seconds(json.at("made").get<std::int64_t>())),
                .used = time_from(json.at("last-used"))};
    for (const Json& text : json.at("networks")) {
        const auto network = Prefix::from_text(text.get<std::string>());
        if (!network) {
            return std::nullopt;
        }
        token.networks.push_back(*network);
    }
    if (!scope || !is_token_name(token.name) || !is_digest(token.digest)) {
        return std::nullopt;
    }
    token.scope = *scope;
    return token;
}

}  // namespace

std::string tokens_to_json(const std::vector<Token>& tokens) {
    Json list = Json::array();
    for (const Token& token : tokens) {
        Json networks = Json::array();
        for (const Prefix& network : token.networks) {
            networks.push_back(network.to_text());
        }
        list.push_back({{"name", token.name},
                        {"sha256", token.digest},
                        {"scope", to_text(token.scope)},
                        {"networks", std::move(networks)},
                        {"expires", time_of(token.expires)},
                        {"made", time_of(token.made)},
                        {"last-used", time_of(token.used)}});
    }
    return Json{{"tokens", std::move(list)}}.dump(2) + "\n";
}

std::expected<std::vector<Token>, std::string> tokens_from_json(std::string_view text) {
    try {
        std::vector<Token> tokens;
        const Json read = Json::parse(text);
        for (const Json& json : read.at("tokens")) {
            auto token = token_from(json);
            if (!token || tokens.size() == tokens_max) {
                return std::unexpected(
                    "a token in it is none of ours; no token holds until that is mended");
            }
            tokens.push_back(std::move(*token));
        }
        return tokens;
    } catch (const Json::exception&) {
        return std::unexpected("it is no file of tokens; no token holds until that is mended");
    }
}

}  // namespace wend
