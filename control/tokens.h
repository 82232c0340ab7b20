// Who may use the HTTP door: tokens of 256 random bits, of which only the digest is kept.
#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/durable_file.h"
#include "base/random.h"
#include "base/time.h"
#include "config/config.h"

namespace wend {

inline constexpr std::size_t tokens_max = 64;
inline constexpr std::size_t token_name_max = 32;

struct Token {
    std::string name;    // letters, digits, points, underscores and hyphens
    std::string digest;  // SHA-256 of its text, in hex
    DoorScope scope = DoorScope::read;
    std::vector<Prefix> networks{};     // empty: from anywhere
    std::optional<WallTime> expires{};  // does not hold from then on
    WallTime made{};
    std::optional<WallTime> used{};  // last

    bool operator==(const Token&) const = default;
};

// What a token of somebody at `from` opens now.
bool is_valid(const Token& token, const IpAddress& from, WallTime now);

bool is_token_name(std::string_view name);

// The words of `token new`: NAME [--scope SCOPE] [--network PREFIX]... [--expires TIME]. Without a
// digest. The error is a sentence. Pure.
std::expected<Token, std::string> token_from_words(const std::vector<std::string>& words,
                                                   WallTime now);

// SHA-256 in hex, upper case.
std::string digest_of(std::string_view secret);

// "wend_" and 64 hex digits.
std::string draw_secret(Random& random);

// Compares every octet, wherever they differ first. Pure.
bool is_same_secret(std::string_view a, std::string_view b);

// The file and its tokens, and the file's text; one thread. Errors are sentences.
class TokenStore {
  public:
    // `folder` is empty where there is none: no token can be made then, and none holds. Files
    // outlive the store.
    TokenStore(FileStore& files, Random& random, std::string folder);

    // What is in the file, which may have changed; after an error no token holds.
    std::expected<void, std::string> read();

    // The secret, which nobody can know afterwards.
    std::expected<std::string, std::string> add(Token token);
    std::expected<void, std::string> revoke(std::string_view name);

    // Null: no such token, whoever asks. Good until the next add(), revoke() or read().
    Token* find(std::string_view secret);
    const Token* named(std::string_view name) const;
    const Token* of_digest(std::string_view digest) const;

    const std::vector<Token>& all() const { return tokens_; }

    // Notes that it was used; the file hears of it once an hour at most, for each token.
    void note_use(Token& token, WallTime now);

  private:
    std::expected<void, std::string> write(const std::vector<Token>& tokens);

    FileStore& files_;
    Random& random_;
    std::string path_;
    std::string broken_;  // why the file cannot be read, and so must not be written
    std::vector<Token> tokens_;
};

std::string tokens_to_json(const std::vector<Token>& tokens);
std::expected<std::vector<Token>, std::string> tokens_from_json(std::string_view text);

}  // namespace wend
