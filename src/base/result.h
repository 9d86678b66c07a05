#pragma once

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.h"

namespace suki {

/// The error of a Result, spelt at the place where it arises: `return Unexpected{RedeemRejection::wallet_is_frozen};`
template <class E>
struct Unexpected {
    E error;
};
template <class E>
Unexpected(E) -> Unexpected<E>;

/// Either a value or the reason why there is none. Reading the value of a failed one, or the error of a good one, aborts.
template <class T, class E>
class [[nodiscard]] Result {
public:
    using value_type = T;
    using error_type = E;

    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
    template <class G>
        requires std::is_convertible_v<G, E>
    Result(Unexpected<G> failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}  // NOLINT

    [[nodiscard]] bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    const T& value() const& {
        SUKI_CHECK(has_value());
        return std::get<0>(state_);
    }
    T& value() & {
        SUKI_CHECK(has_value());
        return std::get<0>(state_);
    }
    T&& value() && {
        SUKI_CHECK(has_value());
        return std::move(std::get<0>(state_));
    }
    const E& error() const& {
        SUKI_CHECK(!has_value());
        return std::get<1>(state_);
    }
    E&& error() && {
        SUKI_CHECK(!has_value());
        return std::move(std::get<1>(state_));
    }

    const T& operator*() const& { return value(); }
    T& operator*() & { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    const T* operator->() const { return &value(); }
    T* operator->() { return &value(); }

    template <class U>
    T value_or(U&& fallback) const& {
        return has_value() ? value() : static_cast<T>(std::forward<U>(fallback));
    }

private:
    std::variant<T, E> state_;
};

/// Success without a value: `Result<Done, XRejection>`.
struct Done {
    friend bool operator==(Done, Done) { return true; }
};

}  // namespace suki
