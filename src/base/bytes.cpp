#include "base/bytes.h"

#include <array>

#include "base/digest.h"

namespace suki {

namespace {
constexpr std::size_t kChecksumBytes = 8;

std::string checksum(std::string_view bytes) {
    const std::uint64_t hash = stable_hash(bytes);
    std::string text(kChecksumBytes, '\0');
    for (std::size_t i = 0; i < kChecksumBytes; ++i) text[i] = static_cast<char>(hash >> (8 * i));
    return text;
}
}  // namespace

void ByteWriter::put_unsigned(std::uint64_t value) {
    std::array<char, 10> text;
    std::size_t size = 0;
    while (value >= 0x80) {
        text[size++] = static_cast<char>((value & 0x7f) | 0x80);
        value >>= 7;
    }
    text[size++] = static_cast<char>(value);
    bytes_.append(text.data(), size);
}

void ByteWriter::put(std::int64_t value) {
    put_unsigned((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

void ByteWriter::put_text(std::string_view text) {
    put_unsigned(text.size());
    bytes_ += text;
}

void ByteWriter::put_bits(std::uint64_t high, std::uint64_t low) {
    std::array<char, 16> text;
    std::size_t size = 0;
    for (const std::uint64_t word : {high, low}) {
        for (int shift = 56; shift >= 0; shift -= 8) text[size++] = static_cast<char>(word >> shift);
    }
    bytes_.append(text.data(), size);
}

std::string ByteWriter::sealed() const { return bytes_ + checksum(bytes_); }

std::uint64_t ByteReader::get_unsigned() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (rest_.empty()) {
            fail();
            return 0;
        }
        const auto byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) return value;
    }
    fail();
    return 0;
}

std::int64_t ByteReader::get() {
    const std::uint64_t value = get_unsigned();
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

std::string ByteReader::get_text() {
    const std::uint64_t size = get_unsigned();
    if (size > rest_.size()) {
        fail();
        return {};
    }
    std::string text{rest_.substr(0, size)};
    rest_.remove_prefix(size);
    return text;
}

void ByteReader::get_bits(std::uint64_t& high, std::uint64_t& low) {
    high = low = 0;
    if (rest_.size() < 16) {
        fail();
        return;
    }
    for (std::size_t i = 0; i < 8; ++i) high = (high << 8) | static_cast<unsigned char>(rest_[i]);
    for (std::size_t i = 8; i < 16; ++i) low = (low << 8) | static_cast<unsigned char>(rest_[i]);
    rest_.remove_prefix(16);
}

std::size_t ByteReader::get_count() {
    const std::uint64_t count = get_unsigned();
    if (count > rest_.size()) {
        fail();
        return 0;
    }
    return count;
}

std::optional<std::string_view> unseal(std::string_view sealed) {
    if (sealed.size() < kChecksumBytes) return std::nullopt;
    const std::string_view bytes = sealed.substr(0, sealed.size() - kChecksumBytes);
    if (checksum(bytes) != sealed.substr(bytes.size())) return std::nullopt;
    return bytes;
}

bool is_valid_text(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead == 0) return false;
        if (lead < 0x80) {
            ++i;
            continue;
        }
        const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
        if (lead < 0xc2 || lead > 0xf4 || i + length > text.size()) return false;
        std::uint32_t point = lead & (0x7fu >> length);
        for (std::size_t k = 1; k < length; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xc0) != 0x80) return false;
            point = (point << 6) | (next & 0x3f);
        }
        // Overlong forms, surrogates and what lies beyond Unicode.
        if ((length == 3 && point < 0x800) || (length == 4 && point < 0x10000) || point > 0x10ffff) return false;
        if (point >= 0xd800 && point <= 0xdfff) return false;
        i += length;
    }
    return true;
}

bool has_control(std::string_view text, std::string_view allowed) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if ((c < 0x20 && allowed.find(text[i]) == std::string_view::npos) || c == 0x7f) return true;
        if (c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
    }
    return false;
}

}  // namespace suki
