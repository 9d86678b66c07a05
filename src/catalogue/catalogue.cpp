#include "catalogue/catalogue.h"

#include "base/bytes.h"
#include "base/limits.h"

namespace suki::catalogue {

bool is_in_category(std::string_view path, std::string_view category) {
    if (category.empty()) return false;
    for (std::size_t at = path.find(category); at != std::string_view::npos; at = path.find(category, at + 1)) {
        const std::size_t end = at + category.size();
        const bool starts_segment = at == 0 || path[at - 1] == '/';
        const bool ends_segment = end == path.size() || path[end] == '/';
        if (starts_segment && ends_segment) return true;
    }
    return false;
}

std::vector<std::string_view> categories_of(std::string_view path) {
    std::vector<std::size_t> starts;
    std::vector<std::size_t> ends;
    for (std::size_t at = 0; at <= path.size() && !path.empty();) {
        std::size_t end = path.find('/', at);
        if (end == std::string_view::npos) end = path.size();
        starts.push_back(at);
        ends.push_back(end);
        at = end + 1;
    }
    std::vector<std::string_view> all;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        for (std::size_t k = i; k < ends.size(); ++k) all.push_back(path.substr(starts[i], ends[k] - starts[i]));
    }
    return all;
}

bool is_valid_category(std::string_view path) {
    if (path.empty() || path.size() > limits::text_bytes || !is_valid_text(path)) return false;
    std::size_t depth = 0;
    for (std::size_t at = 0; at <= path.size();) {
        std::size_t end = path.find('/', at);
        if (end == std::string_view::npos) end = path.size();
        if (end == at || ++depth > limits::category_depth) return false;
        at = end + 1;
    }
    return true;
}

}  // namespace suki::catalogue
