#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <new>
#include <span>

/// Internal to the engine.
namespace suki::engine {

/// Memory of one evaluation: handed out in a row, given back all at once. First from bytes of the caller's, which must outlive it,
/// then from the heap. The standard's own does the same through a call in its library, and there are some hundred a receipt.
class Arena final : public std::pmr::memory_resource {
public:
    Arena() = default;
    explicit Arena(std::span<std::byte> first) : next_(first.data()), left_(first.size()) {}

    void* take(std::size_t size, std::size_t alignment) {
        const std::size_t skipped = -reinterpret_cast<std::uintptr_t>(next_) & (alignment - 1);
        if (skipped + size > left_) return more_.allocate(size, alignment);
        void* taken = next_ + skipped;
        next_ += skipped + size;
        left_ -= skipped + size;
        return taken;
    }

private:
    void* do_allocate(std::size_t size, std::size_t alignment) override { return take(size, alignment); }
    void do_deallocate(void*, std::size_t, std::size_t) override {}
    [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

    std::byte* next_ = nullptr;
    std::size_t left_ = 0;
    std::pmr::monotonic_buffer_resource more_{64 * 1024};  // nothing is taken before it is needed
};

/// `count` values T{}.
template <class T>
std::span<T> make_span(Arena& arena, std::size_t count) {
    if (count == 0) return {};
    T* first = static_cast<T*>(arena.take(count * sizeof(T), alignof(T)));
    for (std::size_t i = 0; i < count; ++i) new (first + i) T{};
    return {first, count};
}

}  // namespace suki::engine
