#include "control/tokens.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/encoding.h"
#include "config/doors.h"
#include "control/time_text.h"
#include "dnssec/algorithms.h"

namespace wend {
namespace {

constexpr std::size_t file_octets_max = 256 * 1024;
constexpr std::size_t networks_max = 32;
constexpr std::string_view prefix = "wend_";

constexpr std::string_view usage =
    "token new wants a name: token new NAME [--scope metrics|read|read-names|operate|admin] "
    "[--network PREFIX] [--expires 90d]";

std::unexpected<std::string> no(std::string sentence) {
    return std::unexpected(std::move(sentence));
}

std::expected<void, std::string> take_option(std::string_view option, const std::string& value,
                                             WallTime now, Token& token) {
    if (option == "--scope") {
        const auto scope = scope_from_text(value);
        if (!scope) {
            return no("a scope is one of metrics, read, read-names, operate and admin");
        }
        token.scope = *scope;
    } else if (option == "--network") {
        const auto network = Prefix::from_text(value);
        if (!network) {
            return no("a network is written as 192.0.2.0/24 or 2001:db8::/32");
        }
        if (token.networks.size() == networks_max) {
            return no(fmt::format("a token has at most {} networks", networks_max));
        }
        token.networks.push_back(*network);
    } else if (option == "--expires") {
        const auto time = time_from_text(value);
        if (!time) {
            return no("a token expires after a time such as 90d, 12h or 30m, of ten years at most");
        }
        token.expires = now + *time;
    } else {
        return no(std::string(usage));
    }
    return {};
}

}  // namespace

bool is_valid(const Token& token, const IpAddress& from, WallTime now) {
    const bool is_inside =
        token.networks.empty() || std::ranges::any_of(token.networks, [&](const Prefix& network) {
            return network.contains(from);
        });
    return is_inside && (!token.expires || now < *token.expires);
}

bool is_token_name(std::string_view name) {
    return !name.empty() && name.size() <= token_name_max && name.front() != '-' &&
           std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
           });
}

std::expected<Token, std::string> token_from_words(const std::vector<std::string>& words,
                                                   WallTime now) {
    if (words.empty() || words.size() % 2 == 0) {
        return no(std::string(usage));
    }
    Token token{.name = words[0], .digest = {}, .made = now};
    if (!is_token_name(token.name)) {
        return no(
            fmt::format("a token's name has 1 to {} letters, digits, points, underscores and "
                        "hyphens",
                        token_name_max));
    }
    for (std::size_t i = 1; i < words.size(); i += 2) {
        if (auto taken = take_option(words[i], words[i + 1], now, token); !taken) {
            return std::unexpected(std::move(taken.error()));
        }
    }
    return token;
}

std::string digest_of(std::string_view secret) {
    const Octets octets(reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size());
    const auto digest = dnssec::digest(dnssec::DigestType::sha256, octets);
    check(digest.has_value(), "every provider has SHA-256");
    return to_hex(*digest);
}

std::string draw_secret(Random& random) {
    std::array<std::uint8_t, 32> octets{};
    for (std::size_t i = 0; i < octets.size(); i += 8) {
        const std::uint64_t drawn = random.next();
        for (std::size_t j = 0; j < 8; ++j) {
            octets[i + j] = static_cast<std::uint8_t>(drawn >> (8 * j));
        }
    }
    return std::string(prefix) + to_hex(octets);
}

bool is_same_secret(std::string_view a, std::string_view b) {
    unsigned differences = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        differences |= static_cast<unsigned>(static_cast<unsigned char>(a[i])) ^
                       static_cast<unsigned>(static_cast<unsigned char>(b[i]));
    }
    return differences == 0;
}

TokenStore::TokenStore(FileStore& files, Random& random, std::string folder)
    : files_(files),
      random_(random),
      path_(folder.empty() ? std::string() : std::move(folder) + "/tokens.json") {}

std::expected<void, std::string> TokenStore::read() {
    tokens_.clear();
    broken_.clear();
    if (path_.empty()) {
        return {};
    }
    const auto text = files_.read(path_, file_octets_max);
    if (!text) {
        broken_ = text.error();
        return std::unexpected(broken_);
    }
    if (*text) {
        auto read = tokens_from_json(**text);
        if (!read) {
            broken_ = fmt::format("{}: {}", path_, read.error());
            return std::unexpected(broken_);
        }
        tokens_ = std::move(*read);
    }
    return {};
}

std::expected<void, std::string> TokenStore::write(const std::vector<Token>& tokens) {
    if (path_.empty()) {
        return no(
            "there is no folder to keep tokens in: set state.folder, or let systemd give one "
            "(StateDirectory=wend)");
    }
    if (!broken_.empty()) {
        return std::unexpected(broken_);
    }
    return replace_file(files_, path_, tokens_to_json(tokens));
}

std::expected<std::string, std::string> TokenStore::add(Token token) {
    if (named(token.name) != nullptr) {
        return no(fmt::format("there is a token {} already; revoke it first", token.name));
    }
    if (tokens_.size() >= tokens_max) {
        return no(fmt::format("there are {} tokens already; revoke one first", tokens_max));
    }
    std::string secret = draw_secret(random_);
    token.digest = digest_of(secret);
    auto tokens = tokens_;
    tokens.push_back(std::move(token));
    if (auto written = write(tokens); !written) {
        return std::unexpected(std::move(written.error()));
    }
    tokens_ = std::move(tokens);
    return secret;
}

std::expected<void, std::string> TokenStore::revoke(std::string_view name) {
    auto tokens = tokens_;
    if (std::erase_if(tokens, [&](const Token& token) { return token.name == name; }) == 0) {
        return no("there is no token of that name; `token list` shows them");
    }
    if (auto written = write(tokens); !written) {
        return written;
    }
    tokens_ = std::move(tokens);
    return {};
}

Token* TokenStore::find(std::string_view secret) {
    const std::string digest = digest_of(secret);
    Token* found = nullptr;
    for (Token& token : tokens_) {
        if (is_same_secret(token.digest, digest)) {
            found = &token;
        }
    }
    return found;
}

const Token* TokenStore::named(std::string_view name) const {
    const auto found = std::ranges::find(tokens_, name, &Token::name);
    return found == tokens_.end() ? nullptr : &*found;
}

const Token* TokenStore::of_digest(std::string_view digest) const {
    const auto found = std::ranges::find(tokens_, digest, &Token::digest);
    return found == tokens_.end() ? nullptr : &*found;
}

void TokenStore::note_use(Token& token, WallTime now) {
    const bool is_told = token.used && now - *token.used < std::chrono::hours(1);
    if (!is_told) {
        token.used = now;
        // What cannot be written now is told to nobody: the token holds all the same.
        static_cast<void>(write(tokens_));
    }
}

}  // namespace wend
