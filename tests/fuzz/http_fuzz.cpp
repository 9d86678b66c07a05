#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "house/http_cuts.h"

// Any bytes are read alike in whatever pieces they come; the first byte says how they are cut.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t step = data[0] % 61 + 1;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    const auto whole = suki::house::read_in_pieces(bytes, [](std::size_t left) { return left; });
    const auto cut = suki::house::read_in_pieces(bytes, [&](std::size_t) { return step; });
    SUKI_CHECK(whole == cut);
    return 0;
}
