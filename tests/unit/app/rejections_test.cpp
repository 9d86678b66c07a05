#include <fstream>
#include <sstream>

#include "app/commands.h"
#include "app/refusal.h"
#include "engine/settle.h"
#include "ledger/ledger.h"
#include "source_dir.h"

namespace suki::app {
namespace {

template <class E>
void expect_listed(const std::string& page) {
    for (const std::string_view name : all_names<E>()) {
        EXPECT_NE(page.find("`" + std::string{name} + "`"), std::string::npos) << name << " is missing in docs/REJECTIONS.md";
    }
}

TEST(Rejections, all_are_listed_for_integrators) {
    const std::string path = SUKI_SOURCE_DIR "/docs/REJECTIONS.md";
    std::ifstream file{path};
    std::stringstream text;
    text << file.rdbuf();
    const std::string page = text.str();
    expect_listed<CommandRejection>(page);
    expect_listed<ReferenceRejection>(page);
    expect_listed<ReceiptRejection>(page);
    expect_listed<ReturnCommandRejection>(page);
    expect_listed<HoldRejection>(page);
    expect_listed<AdjustRejection>(page);
    expect_listed<MemberRejection>(page);
    expect_listed<CardRejection>(page);
    expect_listed<ActivityRejection>(page);
    expect_listed<EditionRejection>(page);
    expect_listed<CatalogueRejection>(page);
    expect_listed<OrganisationRejection>(page);
    expect_listed<AuthRejection>(page);
    expect_listed<DiscrepancyRejection>(page);
    expect_listed<QuarantineRejection>(page);
    expect_listed<QueryRejection>(page);
    expect_listed<engine::ReturnRejection>(page);
    expect_listed<engine::PaymentRejection>(page);
    expect_listed<ledger::LedgerRejection>(page);
    expect_listed<event::ProblemCode>(page);
    expect_listed<DiscrepancyKind>(page);
}

}  // namespace
}  // namespace suki::app
