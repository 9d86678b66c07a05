#include "server/card_faces.h"

namespace suki::server {

print::Symbology usual_symbology(std::string_view number) {
    const bool is_ean = print::barcode_of(print::Symbology::ean13, number).has_value();
    return is_ean ? print::Symbology::ean13 : print::Symbology::code128;
}

std::vector<print::CardFace> card_faces(const programme::Plan& plan, std::string_view language, const app::CardBatchState& state,
                                        std::optional<print::Symbology> symbology) {
    std::string subtitle;
    for (const programme::CardCategory& category : plan.cards.categories) {
        if (category.id != state.batch.category) continue;
        subtitle = category.title.is_empty() ? category.id : std::string{category.title.in(language)};
    }
    std::vector<print::CardFace> faces;
    faces.reserve(state.numbers.size());
    for (const std::string& number : state.numbers) {
        faces.push_back({.title = std::string{plan.title.in(language)},
                         .subtitle = subtitle,
                         .number = number,
                         .symbology = symbology ? *symbology : usual_symbology(number)});
    }
    return faces;
}

}  // namespace suki::server
