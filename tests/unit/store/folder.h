#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "rows.h"

/// Files that end with the test, and processes that end in it.
namespace suki::store::testing {

/// A folder of its own, gone at the end.
class Folder {
public:
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "suki-store-XXXXXX").string();
        path_ = mkdtemp(pattern.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::string file(const std::string& name = "suki.db") const { return (path_ / name).string(); }
    [[nodiscard]] SqliteOptions options(const std::string& name = "suki.db") const { return {.path = file(name), .now = kNow}; }

private:
    std::filesystem::path path_;
};

/// Runs in a process of its own, which exits with 0, or 1 when something was thrown.
inline pid_t in_child(const std::function<void()>& action) {
    const pid_t child = fork();
    if (child == 0) {
        try {
            action();
        } catch (const std::exception& thrown) {
            std::fprintf(stderr, "in the child: %s\n", thrown.what());
            _exit(1);
        }
        _exit(0);
    }
    return child;
}
inline int exit_code(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace suki::store::testing
