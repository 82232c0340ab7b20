#include "command/ask_servers.h"

#include <array>
#include <cstring>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "command/lint_words.h"

using namespace wend;

namespace {

// A port of 127.0.0.1 that answers one datagram by sending it back as a response.
class OneAnswer {
  public:
    OneAnswer() : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_storage address{};
        socklen_t size = Endpoint::from_text("127.0.0.1:1")->to_sockaddr(address);
        address_of(address)->sa_data[0] = address_of(address)->sa_data[1] = 0;  // any port
        REQUIRE(bind(socket_, address_of(address), size) == 0);
        REQUIRE(getsockname(socket_, address_of(address), &size) == 0);
        endpoint_ = Endpoint::from_sockaddr(*address_of(address));
        thread_ = std::thread([this] { answer(); });
    }

    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;
    OneAnswer(OneAnswer&&) = delete;
    OneAnswer& operator=(OneAnswer&&) = delete;

    ~OneAnswer() {
        shutdown(socket_, SHUT_RDWR);
        thread_.join();
        close(socket_);
    }

    const Endpoint& endpoint() const { return endpoint_; }

  private:
    static sockaddr* address_of(sockaddr_storage& storage) {
        return reinterpret_cast<sockaddr*>(&storage);
    }

    void answer() const {
        std::array<std::uint8_t, 512> octets{};
        sockaddr_storage from{};
        socklen_t size = sizeof from;
        const ssize_t got =
            recvfrom(socket_, octets.data(), octets.size(), 0, address_of(from), &size);
        if (got > 12) {
            octets[2] |= 0x80U;
            sendto(socket_, octets.data(), static_cast<std::size_t>(got), 0, address_of(from),
                   size);
        }
    }

    int socket_;
    Endpoint endpoint_{};
    std::thread thread_;
};

}  // namespace

TEST_CASE("a server that answers over UDP and refuses TCP is told apart, without waiting",
          "[command][lint]") {
    const OneAnswer server;
    Config config;
    config.forward = {{dns::name_of("a.example."), {server.endpoint()}}};
    const auto before = std::chrono::steady_clock::now();
    const auto asked = ask_servers(config, std::chrono::seconds(20));
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(10));
    REQUIRE(asked.size() == 1);
    CHECK(asked.front().zone == "a.example.");
    CHECK(asked.front().answered_udp);
    CHECK_FALSE(asked.front().answered_tcp);
    CHECK(ask_servers(Config{}, std::chrono::seconds(20)).empty());
}

TEST_CASE("findings are told with what to do, in lines and as JSON", "[command][lint]") {
    const Finding finding{"wend.json:1:2", "a is given here", "key-set-twice"};
    CHECK(finding_lines({finding}) ==
          std::vector<std::string>{"wend.json:1:2: hint: a is given here [key-set-twice]",
                                   "    Keep one of the two."});
    CHECK(check_json("f", {{"f:1:1", "no"}}, {finding}) == R"({
  "file": "f",
  "mistakes": [
    {
      "place": "f:1:1",
      "severity": "error",
      "text": "no"
    }
  ],
  "findings": [
    {
      "place": "wend.json:1:2",
      "severity": "hint",
      "id": "key-set-twice",
      "text": "a is given here",
      "remedy": "Keep one of the two."
    }
  ]
})");
}
