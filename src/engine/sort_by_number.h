#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <utility>
#include <vector>

/// Internal to the engine.
namespace suki::engine {

/// Sorts by `number_of(item)`, none of them above `most`; items of the same number stay in their order. Evaluation sorts by ranks,
/// filters and lines: numbers so small that they are sorted byte by byte, in steps that nobody has to guess, while of comparisons
/// the processor guesses every other one wrong. Takes as much memory again from the list's own resource.
template <class T, class NumberOf>
void sort_by_number(std::pmr::vector<T>& items, std::uint32_t most, const NumberOf& number_of) {
    constexpr std::size_t few = 32;  // up to here counting costs more than moving
    if (items.size() <= few) {
        for (std::size_t i = 1; i < items.size(); ++i) {
            const T item = items[i];
            std::size_t at = i;
            for (; at > 0 && number_of(item) < number_of(items[at - 1]); --at) items[at] = items[at - 1];
            items[at] = item;
        }
        return;
    }
    std::pmr::vector<T> sorted(items.size(), items.get_allocator());
    // Digits of even size, of as few bits as do: what a step costs beside the items are the numbers of its digit.
    const auto bits = static_cast<unsigned>(std::bit_width(most));
    const unsigned steps = (bits + 7) / 8;
    const unsigned width = steps == 0 ? 0 : (bits + steps - 1) / steps;
    for (unsigned shift = 0; shift < bits; shift += width) {
        const auto digit_of = [&](const T& item) { return number_of(item) >> shift & ((1u << width) - 1); };
        std::array<std::uint32_t, 256> places;  // those of the digit's numbers are set below
        std::fill_n(places.begin(), 1u << width, 0u);
        for (const T& item : items) ++places[digit_of(item)];
        std::uint32_t next = 0;
        for (std::uint32_t digit = 0; digit < 1u << width; ++digit) next += std::exchange(places[digit], next);
        for (const T& item : items) sorted[places[digit_of(item)]++] = item;
        items.swap(sorted);
    }
}

}  // namespace suki::engine
