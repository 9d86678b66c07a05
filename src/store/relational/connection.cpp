#include "store/relational/connection.h"

namespace suki::store::relational {

void Binder::bind(IdBits bits) {
    std::array<char, 16> text{};
    for (std::size_t i = 0; i < 16; ++i) {
        const std::uint64_t word = i < 8 ? bits.high : bits.low;
        text[i] = static_cast<char>(word >> (56 - 8 * (i % 8)));
    }
    bind_blob({text.data(), text.size()});
}

void Statement::read(IdBits& bits) {
    const std::string_view blob = cursor_.blob(column_++);
    if (blob.size() != 16) throw_malformed();
    bits = {};
    for (std::size_t i = 0; i < 16; ++i) {
        std::uint64_t& word = i < 8 ? bits.high : bits.low;
        word = (word << 8) | static_cast<unsigned char>(blob[i]);
    }
}

void Statement::read(Digest& digest) {
    const std::string_view blob = cursor_.blob(column_++);
    if (blob.size() != digest.size()) throw_malformed();
    for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<std::uint8_t>(blob[i]);
}

void Statement::throw_malformed() const {
    throw StoreFault{"damaged value in column " + cursor_.column_name(column_ - 1) + " read by " + sql_.name, false};
}

}  // namespace suki::store::relational
