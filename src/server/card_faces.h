#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "app/app.h"
#include "print/sheet.h"
#include "programme/plan.h"

namespace suki::server {

/// What a number is drawn as where nobody says: EAN-13 where it is one, else Code 128.
print::Symbology usual_symbology(std::string_view number);

/// The cards of a batch as they are printed; `symbology` absent: each as usual.
std::vector<print::CardFace> card_faces(const programme::Plan& plan, std::string_view language, const app::CardBatchState& state,
                                        std::optional<print::Symbology> symbology);

}  // namespace suki::server
