#include "base/plural.h"

namespace suki {

namespace {

// Languages whose whole numbers take other forms than `one` and `other`, after CLDR. A test compares the table with ICU, which only
// the room of words may ask.
struct Group {
    std::string_view languages;  // with a space on both sides of each
    std::array<PluralForm, count_of<PluralForm>> forms;
    std::size_t count;
};
using enum PluralForm;
constexpr Group kGroups[] = {
    {" ja ko zh vi th id ms ", {other}, 1},
    {" be ru uk pl ", {one, few, many}, 3},
    {" bs cs hr lt ro sk sr ", {one, few, other}, 3},
    {" lv ", {zero, one, other}, 3},
    {" he ", {one, two, other}, 3},
    {" sl ", {one, two, few, other}, 4},
    {" ar ", {zero, one, two, few, many, other}, 6},
};

}  // namespace

std::vector<PluralForm> plural_forms(std::string_view language) {
    const std::string wanted = " " + std::string{language} + " ";
    for (const Group& group : kGroups) {
        if (group.languages.find(wanted) != std::string_view::npos) return {group.forms.begin(), group.forms.begin() + group.count};
    }
    return {one, other};
}

}  // namespace suki
