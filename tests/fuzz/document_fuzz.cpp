#include <cstddef>
#include <cstdint>
#include <string_view>

#include "programme/compile.h"

/// Whatever the bytes are, `compile` returns a plan or says why not; and what it refuses it gives a reason for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view source{reinterpret_cast<const char*>(bytes), size};
    const auto zones = [](const std::string& name) { return std::make_shared<const suki::Zone>(suki::fixed_zone(name, 10'800)); };
    const auto compiled = suki::programme::compile(source, zones);
    if (!compiled && compiled.error().empty()) __builtin_trap();
    return 0;
}
