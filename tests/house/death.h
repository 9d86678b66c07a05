#pragma once

#include <signal.h>
#include <unistd.h>

namespace suki::house {

/// Ends this process as a watchdog does that found it hanging: another process tells it to abort.
[[noreturn]] inline void die_by_watchdog() {
    const pid_t self = getpid();
    if (fork() == 0) {
        // The locks that it was born with would outlive their process.
        close_range(3, ~0U, 0);
        kill(self, SIGABRT);
        _exit(0);
    }
    for (;;) pause();
}

}  // namespace suki::house
