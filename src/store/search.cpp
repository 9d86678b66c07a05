#include <algorithm>
#include <array>

#include "store/packing.h"

namespace suki::store {

namespace {

/// One code point of well-formed UTF-8; malformed bytes come back one by one.
char32_t next_point(std::string_view text, std::size_t& i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length == 1 || i + length > text.size()) {
        ++i;
        return lead;
    }
    char32_t point = lead & (0x7fu >> length);
    for (std::size_t k = 1; k < length; ++k) point = (point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3fu);
    i += length;
    return point;
}

void append_point(std::string& text, char32_t point) {
    if (point < 0x80) {
        text += static_cast<char>(point);
    } else if (point < 0x800) {
        text += static_cast<char>(0xc0 | (point >> 6));
        text += static_cast<char>(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        text += static_cast<char>(0xe0 | (point >> 12));
        text += static_cast<char>(0x80 | ((point >> 6) & 0x3f));
        text += static_cast<char>(0x80 | (point & 0x3f));
    } else {
        text += static_cast<char>(0xf0 | (point >> 18));
        text += static_cast<char>(0x80 | ((point >> 12) & 0x3f));
        text += static_cast<char>(0x80 | ((point >> 6) & 0x3f));
        text += static_cast<char>(0x80 | (point & 0x3f));
    }
}

/// The plain letters of U+00C0 to U+017F, in their order; `.` where the point stays as it is.
constexpr std::string_view kLatin =
    "aaaaaaaceeeeiiiidnooooo.ouuuuyts"   // C0: capitals (Æ as a, Þ as t, ß as s)
    "aaaaaaaceeeeiiiidnooooo.ouuuuyty"   // E0: small letters
    "aaaaaaccccccccddddeeeeeeeeeegggg"   // 100
    "gggghhhhiiiiiiiiiiiijjkkkllllllll"  // 120 to 140 (33: ĸ as k)
    "llnnnnnnnnnoooooooorrrrrrssssssss"  // 141 to 161
    "ttttttuuuuuuuuuuuuwwyyyzzzzzzs";    // 162 to 17F
static_assert(kLatin.size() == 0x180 - 0xc0);

char32_t folded(char32_t point) {
    if (point >= U'A' && point <= U'Z') return point + 32;
    if (point >= 0xc0 && point < 0x180) {
        const char plain = kLatin[point - 0xc0];
        return plain == '.' ? point : static_cast<unsigned char>(plain);
    }
    if (point >= 0x391 && point <= 0x3a9) return point + 32;                  // Greek capitals
    if (point == 0x451 || point == 0x401) return 0x435;                       // ё is sought as е
    if (point >= 0x400 && point < 0x410) return point + 80;                   // Cyrillic: Ђ to Џ
    if (point >= 0x410 && point < 0x430) return point + 32;                   // А to Я
    if (point >= 0x460 && point < 0x530 && point % 2 == 0) return point + 1;  // further Cyrillic pairs
    return point;
}

bool is_between_words(char32_t point) {
    if (point == '\'' || point == '@' || point == '.' || point == '_' || point == '+') return false;
    if (point < 0x80) return !((point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z'));
    return point == 0xa0 || (point >= 0x2000 && point <= 0x206f);
}

}  // namespace

std::string folded_text(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size();) append_point(result, folded(next_point(text, i)));
    return result;
}

std::vector<std::string> folded_words(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (std::size_t i = 0; i < text.size();) {
        const char32_t point = next_point(text, i);
        if (!is_between_words(point)) {
            append_point(word, folded(point));
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

std::string digits_of(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c >= '0' && c <= '9') digits += c;
    }
    return digits;
}

std::vector<SearchWord> search_words(const MemberRow& member) {
    std::vector<SearchWord> words;
    for (std::string& word : folded_words(member.name)) words.push_back({"name", std::move(word)});
    if (std::string digits = digits_of(member.phone); !digits.empty()) words.push_back({"phone", std::move(digits)});
    if (!member.email.empty()) words.push_back({"email", folded_text(member.email)});
    if (!member.external_id.empty()) words.push_back({"external_id", folded_text(member.external_id)});
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
}

}  // namespace suki::store
