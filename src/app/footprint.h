#pragma once

#include <cstddef>

namespace suki::store {
struct Owner;
}

namespace suki::app {

/// About how many bytes of memory an owner takes where it is kept: with what lies elsewhere on the heap, and with what the
/// allocator and the cache add to it.
std::size_t footprint_of(const store::Owner& owner);

}  // namespace suki::app
