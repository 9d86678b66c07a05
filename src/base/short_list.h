#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "base/check.h"

namespace suki {

/// A list of any length of which the first `Few` values lie in the object itself; longer ones lie on the heap whole. For lists that
/// are nearly always that short, and of which there are so many that an allocation for each would be felt. Grown values are T{}.
/// References and iterators end with any growth, and with moving the list. Moved-from lists are empty.
template <class T, std::size_t Few>
class ShortList {
    static_assert(std::is_trivially_copyable_v<T> && Few > 0 && sizeof(T) * Few >= sizeof(T*));

public:
    using value_type = T;

    ShortList() {}  // not defaulted: the bytes of values that are not there need not be cleared
    ShortList(std::initializer_list<T> values) {
        reserve(values.size());
        for (const T& value : values) push_back(value);
    }
    ShortList(const ShortList& other) {
        reserve(other.size());
        size_ = other.size_;
        if (size_ > 0) std::memcpy(data(), other.data(), size_ * sizeof(T));
    }
    ShortList(ShortList&& other) noexcept : size_(other.size_), capacity_(other.capacity_) {
        std::memcpy(bytes_, other.bytes_, sizeof bytes_);
        other.size_ = 0;
        other.capacity_ = Few;
    }
    ShortList& operator=(ShortList other) noexcept {
        std::swap(bytes_, other.bytes_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
        return *this;
    }
    ~ShortList() {
        if (is_on_heap()) std::allocator<T>{}.deallocate(data(), capacity_);
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] T* data() {
        if (!is_on_heap()) return std::launder(reinterpret_cast<T*>(bytes_));
        T* there = nullptr;
        std::memcpy(&there, bytes_, sizeof there);
        return there;
    }
    [[nodiscard]] const T* data() const { return const_cast<ShortList*>(this)->data(); }
    [[nodiscard]] T* begin() { return data(); }
    [[nodiscard]] const T* begin() const { return data(); }
    [[nodiscard]] T* end() { return data() + size_; }
    [[nodiscard]] const T* end() const { return data() + size_; }
    /// `at` < size().
    [[nodiscard]] T& operator[](std::size_t at) { return data()[at]; }
    [[nodiscard]] const T& operator[](std::size_t at) const { return data()[at]; }
    [[nodiscard]] T& front() { return data()[0]; }
    [[nodiscard]] const T& front() const { return data()[0]; }
    [[nodiscard]] T& back() { return data()[size_ - 1]; }
    [[nodiscard]] const T& back() const { return data()[size_ - 1]; }

    void clear() { size_ = 0; }
    void reserve(std::size_t size) {
        if (size > capacity_) move_to_heap(size);
    }
    void push_back(const T& value) {
        const T taken = value;  // may be one of the list's own
        emplace_back() = taken;
    }
    T& emplace_back() {
        if (size_ == capacity_) move_to_heap(std::size_t{capacity_} * 2);
        return *new (data() + size_++) T{};
    }
    /// How many went; the others stay in their order.
    template <class IsGone>
    friend std::size_t erase_if(ShortList& list, const IsGone& is_gone) {
        T* const rest = std::remove_if(list.begin(), list.end(), is_gone);
        const auto gone = static_cast<std::size_t>(list.end() - rest);
        list.size_ -= static_cast<std::uint32_t>(gone);
        return gone;
    }
    friend bool operator==(const ShortList& a, const ShortList& b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

private:
    [[nodiscard]] bool is_on_heap() const { return capacity_ > Few; }
    void move_to_heap(std::size_t capacity) {
        SUKI_CHECK(capacity > size_ && capacity <= UINT32_MAX);
        T* const there = std::allocator<T>{}.allocate(capacity);
        if (size_ > 0) std::memcpy(there, data(), size_ * sizeof(T));
        if (is_on_heap()) std::allocator<T>{}.deallocate(data(), capacity_);
        std::memcpy(bytes_, &there, sizeof there);
        capacity_ = static_cast<std::uint32_t>(capacity);
    }

    alignas(std::max(alignof(T), alignof(T*))) std::byte bytes_[sizeof(T) * Few];  // the values, or where they are
    std::uint32_t size_ = 0;
    std::uint32_t capacity_ = Few;
};

}  // namespace suki
