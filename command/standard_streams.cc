#include "command/standard_streams.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace wend {

void open_standard_streams() {
    // The lowest number that is free is taken. Standard error loses in silence what it is given;
    // output that is open for reading only refuses it.
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(stream, F_GETFD) == -1 && errno == EBADF) {
            open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);
        }
    }
}

void put(std::FILE* stream, std::string_view text) noexcept {
    std::fwrite(text.data(), 1, text.size(), stream);
}

std::string finish_standard_output() {
    errno = 0;
    const bool is_whole = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    return is_whole ? std::string() : std::generic_category().message(errno == 0 ? EIO : errno);
}

}  // namespace wend
