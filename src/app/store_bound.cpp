#include "app/decide.h"
#include "app/resolve.h"

namespace suki::app {

namespace {

std::optional<Refusal> of_another(const Caller& caller, const std::string& store) {
    if (store == caller.store) return std::nullopt;
    return refuse(AuthRejection::store_not_allowed, "/store", {{"store", caller.store}}).error;
}

std::optional<Refusal> of_another_receipt(const Desk& desk, const Caller& caller, const std::string& programme,
                                          const std::string& receipt, std::string pointer) {
    const ProgrammePointer found = desk.world()->programme(caller.organisation, programme);
    if (found == nullptr || receipt.empty()) return std::nullopt;  // refused for that
    const auto claim = desk.claim(programme_claim(*found, store::ClaimKind::receipt, receipt));
    const auto row = claim ? desk.receipt(found->organisation, found->id, claim->account, receipt) : std::nullopt;
    if (!row || row->store == caller.store) return std::nullopt;
    return refuse(ReturnCommandRejection::receipt_of_return_not_found, std::move(pointer)).error;
}

}  // namespace

std::optional<Refusal> reaches_beyond_store(const Desk& desk, const Caller& caller, const Command& command) {
    if (caller.store.empty()) return std::nullopt;
    if (const auto* sale = std::get_if<RecordReceipt>(&command)) {
        if (auto beyond = of_another(caller, sale->receipt.store)) return beyond;
        for (std::size_t i = 0; i < sale->returns.size(); ++i) {
            auto beyond = of_another_receipt(desk, caller, sale->programme, sale->returns[i].receipt,
                                             "/returns/" + std::to_string(i) + "/receipt");
            if (beyond) return beyond;
        }
        return std::nullopt;
    }
    if (const auto* quote = std::get_if<Quote>(&command)) return of_another(caller, quote->receipt.store);
    if (const auto* activity = std::get_if<RecordActivity>(&command)) return of_another(caller, activity->activity.store);
    if (const auto* use = std::get_if<UseBenefit>(&command)) return of_another(caller, use->store);
    if (const auto* order = std::get_if<OrderGift>(&command)) return of_another(caller, order->store);
    if (const auto* end = std::get_if<EndGiftOrder>(&command); end != nullptr && !end->store.empty()) {
        return of_another(caller, end->store);
    }
    if (const auto* move = std::get_if<MoveGiftStock>(&command)) return of_another(caller, move->store);
    if (const auto* handed = std::get_if<HandInItem>(&command)) return of_another(caller, handed->store);
    if (const auto* made = std::get_if<CreateOccasion>(&command)) return of_another(caller, made->terms.store);
    if (const auto* changed = std::get_if<ChangeOccasion>(&command)) return of_another(caller, changed->terms.store);
    if (const auto* come = std::get_if<CheckIn>(&command)) return of_another(caller, come->store);
    if (const auto* back = std::get_if<ReturnGoods>(&command)) {
        return of_another_receipt(desk, caller, back->programme, back->what.receipt, "/receipt");
    }
    if (const auto* voided = std::get_if<VoidReceipt>(&command)) {
        return of_another_receipt(desk, caller, voided->programme, voided->what.receipt, "/receipt");
    }
    return std::nullopt;
}

}  // namespace suki::app
