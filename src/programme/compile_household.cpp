#include "base/limits.h"
#include "programme/compiler.h"

namespace suki::programme {

void Compiler::compile_household(NodeRef node) {
    const Fields fields{keys::household, node, findings_};
    const auto people = fields.get("people");
    const auto count = people ? take(*people, parse_count(people->text())) : std::nullopt;
    if (!count) return;
    // One person is no household, and a whole town is not one either.
    if (*count < limits::people_per_household_min || *count > limits::people_per_household_max) {
        findings_.error(*people, {DiagnosticCode::out_of_range,
                                  finding::household_people(limits::people_per_household_min, limits::people_per_household_max)});
        return;
    }
    plan_.household = Household{.people = *count, .clause = "11.1"};
}

}  // namespace suki::programme
