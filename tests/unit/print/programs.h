#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

/// Programs of others that read what this room has drawn.
namespace suki::print {

/// What a command says of a file with these bytes; nothing where there is no such program.
inline std::optional<std::string> asked(const std::string& program, const std::string& before, const std::string& after,
                                        const std::string& bytes) {
    if (std::system(("command -v " + program + " > /dev/null").c_str()) != 0) return std::nullopt;
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("suki-print-" + std::to_string(::getpid()) + program);
    std::filesystem::create_directories(folder);
    const std::string in = (folder / "in").string();
    const std::string out = (folder / "out").string();
    std::ofstream{in, std::ios::binary} << bytes;
    const int code = std::system((program + " " + before + " " + in + " " + after + " > " + out + " 2> /dev/null").c_str());
    std::ifstream file{out, std::ios::binary};
    std::string said{std::istreambuf_iterator<char>{file}, {}};
    std::filesystem::remove_all(folder);
    return code == 0 ? said : "exit code " + std::to_string(code);
}

}  // namespace suki::print
