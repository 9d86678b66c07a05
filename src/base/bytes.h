#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace suki {

/// Appends values to a packed column: integers as zigzag varints, texts with their length. Together with ByteReader this is the
/// one way in which Suki packs things; every packed column starts with a version and ends with a checksum (`seal`).
class ByteWriter {
public:
    void put_unsigned(std::uint64_t value);
    void put(std::int64_t value);
    void put_bool(bool value) { put_unsigned(value ? 1 : 0); }
    void put_text(std::string_view text);
    /// What another one packed.
    void append(std::string_view bytes) { bytes_ += bytes; }
    /// 128 bits, most significant first.
    void put_bits(std::uint64_t high, std::uint64_t low);

    /// The bytes with a 64-bit `stable_hash` of them appended.
    [[nodiscard]] std::string sealed() const;
    [[nodiscard]] const std::string& bytes() const { return bytes_; }

private:
    std::string bytes_;
};

/// Reads what ByteWriter wrote. After a read beyond the end or a malformed value `is_ok` is false for ever and reads give zero or
/// empty, so that a decoder checks once at its end. It never reads outside its bytes.
class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

    std::uint64_t get_unsigned();
    std::int64_t get();
    bool get_bool() { return get_unsigned() != 0; }
    std::string get_text();
    void get_bits(std::uint64_t& high, std::uint64_t& low);
    /// A count of things that take at least one byte each: more than the bytes left is malformed.
    std::size_t get_count();

    [[nodiscard]] bool is_ok() const { return is_ok_; }
    /// How many bytes are still to be read.
    [[nodiscard]] std::size_t left() const { return rest_.size(); }
    [[nodiscard]] bool is_at_end() const { return is_ok_ && rest_.empty(); }
    void fail() {
        is_ok_ = false;
        rest_ = {};
    }

private:
    std::string_view rest_;
    bool is_ok_ = true;
};

/// The bytes before the checksum, or nothing when it does not fit them: a damaged row.
std::optional<std::string_view> unseal(std::string_view sealed);

/// Well-formed UTF-8 without NUL: what a text of the outside must be.
bool is_valid_text(std::string_view text);
/// What terminals obey and nobody sees: C0 controls but those of `allowed`, DEL, and the C1 controls (U+0080..U+009F), which no
/// keyboard makes.
bool has_control(std::string_view text, std::string_view allowed = {});

}  // namespace suki
