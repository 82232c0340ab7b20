#include "transport/listen.h"

#include <cerrno>

#include <catch2/catch.hpp>

namespace wend {

TEST_CASE("why we cannot listen is one sentence with the address and the remedy", "[transport]") {
    const Endpoint where = *Endpoint::from_text("127.0.0.1:53");
    CHECK(to_text(ListenError{where, Channel::udp, EACCES}) ==
          "cannot listen on 127.0.0.1:53 (UDP): permission denied; run as root, grant "
          "CAP_NET_BIND_SERVICE, or choose a port above 1023");
    CHECK(to_text(ListenError{where, Channel::tcp, EADDRINUSE}) ==
          "cannot listen on 127.0.0.1:53 (TCP): another program listens there; stop it, or choose "
          "another port");
}

}  // namespace wend
