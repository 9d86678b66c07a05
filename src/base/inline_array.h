#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/check.h"

namespace suki {

/// A list of at most `Most` values that lie in the object itself: for short lists of which there are so many that an allocation for
/// each would cost more than what is in them. Grown values are T{}. Growing it beyond `Most` aborts: whoever fills it from outside
/// checks the limit first.
template <class T, std::size_t Most>
class InlineArray {
    static_assert(std::is_trivially_copyable_v<T> && Most <= UINT32_MAX);

public:
    using value_type = T;
    static constexpr std::size_t max_size() { return Most; }

    InlineArray() = default;
    explicit InlineArray(std::size_t size) { resize(size); }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] T* data() { return values_.data(); }
    [[nodiscard]] const T* data() const { return values_.data(); }
    [[nodiscard]] T* begin() { return data(); }
    [[nodiscard]] const T* begin() const { return data(); }
    [[nodiscard]] T* end() { return data() + size_; }
    [[nodiscard]] const T* end() const { return data() + size_; }
    /// `at` < size().
    [[nodiscard]] T& operator[](std::size_t at) { return values_[at]; }
    [[nodiscard]] const T& operator[](std::size_t at) const { return values_[at]; }
    [[nodiscard]] const T& at(std::size_t at) const {
        SUKI_CHECK(at < size_);
        return values_[at];
    }
    [[nodiscard]] const T& front() const { return values_[0]; }
    [[nodiscard]] T& back() { return values_[size_ - 1]; }

    void clear() { size_ = 0; }
    void resize(std::size_t size) {
        SUKI_CHECK(size <= Most);
        for (std::size_t i = size_; i < size; ++i) values_[i] = T{};
        size_ = static_cast<std::uint32_t>(size);
    }
    void push_back(const T& value) { emplace_back() = value; }
    T& emplace_back() {
        resize(size_ + std::size_t{1});
        return back();
    }

    /// What was cleared away does not count.
    friend bool operator==(const InlineArray& a, const InlineArray& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    std::array<T, Most> values_{};
    std::uint32_t size_ = 0;
};

}  // namespace suki
