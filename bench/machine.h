#pragma once

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

/// Clocks and child processes for the benches.
namespace suki::bench {

inline double wall_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

inline double seconds_of(const timeval& value) {
    return static_cast<double>(value.tv_sec) + static_cast<double>(value.tv_usec) / 1e6;
}
inline double cpu_of(const rusage& used) { return seconds_of(used.ru_utime) + seconds_of(used.ru_stime); }
/// CPU of this process so far, the kernel's part included.
inline double own_cpu_s() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return cpu_of(used);
}
struct ProcessStat {
    pid_t parent = 0;
    double cpu_s = 0;  // by the kernel's clock ticks
};
/// Of another process that still runs; zeros when there is none.
inline ProcessStat stat_of(const std::string& pid) {
    std::ifstream file("/proc/" + pid + "/stat");
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const std::size_t after_name = text.rfind(')');
    int parent = 0;
    unsigned long user = 0, kernel = 0;
    if (after_name == std::string::npos) return {};
    std::sscanf(text.c_str() + after_name + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &parent, &user, &kernel);
    return {parent, static_cast<double>(user + kernel) / static_cast<double>(sysconf(_SC_CLK_TCK))};
}
inline double cpu_of_process(pid_t pid) { return stat_of(std::to_string(pid)).cpu_s; }
inline double cpu_of_children(pid_t pid) {
    double sum = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const ProcessStat stat = stat_of(name);
        if (stat.parent == pid) sum += stat.cpu_s;
    }
    return sum;
}

struct Child {
    pid_t pid = -1;
    int output = -1;  // its standard output, when it is wanted
};
/// Standard input, output and error are files by name; an output of "|" is kept for the caller.
inline Child start(const std::vector<std::string>& arguments, const std::string& input, const std::string& output,
                   const std::string& error = "/dev/null") {
    int pipe_ends[2] = {-1, -1};
    if (output == "|" && pipe2(pipe_ends, O_CLOEXEC) != 0) std::exit(1);
    const pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);  // no server outlives a bench that was stopped
        const int in = open(input.c_str(), O_RDONLY);
        const int out = output == "|" ? pipe_ends[1] : open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
        dup2(in, 0);
        dup2(out, 1);
        dup2(open(error.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), 2);
        std::vector<char*> pointers;
        for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
        pointers.push_back(nullptr);
        execvp(pointers[0], pointers.data());
        _exit(127);
    }
    if (pipe_ends[1] >= 0) close(pipe_ends[1]);
    return {pid, pipe_ends[0]};
}

struct Ran {
    int status = 0;
    double wall_s = 0;
    double cpu_s = 0;
    double memory_mb = 0;  // the most it ever held
};
/// The most that another process has held in memory since it began; 0 when it is over.
inline double most_memory_mb_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(file, line);) {
        if (line.compare(0, 6, "VmHWM:") == 0) return std::atof(line.c_str() + 6) / 1024;
    }
    return 0;
}
/// The kernel's own figure of an ended process is at least what the bench itself held when it forked.
inline Ran finish(pid_t pid, double started) {
    int status = 0;
    rusage used{};
    double memory_mb = 0;
    while (wait4(pid, &status, WNOHANG, &used) == 0) {
        // Before it became another program it held what the bench does; so the last figure counts, which never falls.
        if (const double most = most_memory_mb_of(pid); most > 0) memory_mb = most;
        usleep(10'000);
    }
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128, wall_s() - started, cpu_of(used), memory_mb};
}
/// What another process holds in memory now.
inline double memory_mb_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    long all = 0, resident = 0;
    file >> all >> resident;
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}
inline Ran run(const std::vector<std::string>& arguments, const std::string& input = "/dev/null",
               const std::string& output = "/dev/null") {
    const double started = wall_s();
    return finish(start(arguments, input, output).pid, started);
}
/// The same where the bench makes no sense without it.
inline Ran must_run(const std::vector<std::string>& arguments, const std::string& input = "/dev/null",
                    const std::string& output = "/dev/null") {
    const Ran ran = run(arguments, input, output);
    if (ran.status == 0) return ran;
    std::string line;
    for (const std::string& argument : arguments) line += argument + " ";
    std::printf("failed with %d: %s\n", ran.status, line.c_str());
    std::exit(1);
}

inline std::string file_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace suki::bench
