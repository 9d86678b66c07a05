#include <algorithm>

#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"
#include "server/rates.h"

namespace suki::server {

namespace {

Instant system_now() {
    return {std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

void count_guess(Call& call, bool is_there, const std::vector<app::Discrepancy>& discrepancies);

void send_quote(Call& call, const app::QuoteAnswer& answer) {
    count_guess(call, answer.member.has_value(), answer.discrepancies);
    std::string body;
    JsonWriter out{body};
    write_quote(out, answer, speech_for(call, call.app(), call.programme, answer.edition));
    net::Response response = json_response(200, std::move(body));
    mark_replayed(response, answer.is_repeat);
    call.send(std::move(response));
}

void send_return(Call& call, const app::ReturnAnswer& answer) {
    std::string body;
    JsonWriter out{body};
    write_return_result(out, answer);
    net::Response response = json_response(200, std::move(body));
    mark_replayed(response, answer.is_repeat);
    call.send(std::move(response));
}

/// A basket and a sale are answered whomever they name: whether somebody was there, their discrepancies say.
void count_guess(Call& call, bool is_there, const std::vector<app::Discrepancy>& discrepancies) {
    const bool is_absent = std::any_of(discrepancies.begin(), discrepancies.end(), [](const app::Discrepancy& one) {
        return one.kind == app::DiscrepancyKind::member_not_found;
    });
    if (is_there || is_absent) call.count_guess(is_there);
}

}  // namespace

void quote_receipt(const CallPointer& call) {
    auto input = read_body<QuoteInput>(*call, read_quote);
    if (!input || !check_currency(*call, input->currency) || !check_member_rate(*call, input->member.by, input->member.value))
        return;
    if (input->is_hold && call->idempotency_key.empty()) {
        return call->refuse(400, name_of(ServerRejection::idempotency_key_required),
                            "a quote that places holds needs an Idempotency-Key");
    }
    app::Quote quote{.programme = call->programme,
                     .member = std::move(input->member),
                     .receipt = std::move(input->receipt),
                     .with_hold = input->is_hold};
    quote.receipt.id = "quote";
    quote.receipt.occurred_at = input->at ? input->at->instant : system_now();
    if (input->at) quote.receipt.offset_s = input->at->offset_s;
    if (quote.member.by == app::NamedBy::card) quote.receipt.card = quote.member.value;
    // A basket without a store is one of the key's.
    if (quote.receipt.store.empty()) quote.receipt.store = call->principal.store;
    if (quote.with_hold) return submit(call, std::move(quote), send_quote);

    if (!call->principal.store.empty() && quote.receipt.store != call->principal.store) {
        return call->refuse(app::refuse(app::AuthRejection::store_not_allowed, "/store", {{"store", call->principal.store}}).error);
    }
    // Reading the account may wait for the database.
    const bool is_taken = call->shared().workers.try_post([call, quote = std::move(quote)] {
        const auto answer = call->app().quote(call->organisation, quote);
        if (!answer) return call->refuse(answer.error());
        send_quote(*call, *answer);
    });
    if (!is_taken) call->refuse(503, name_of(ServerRejection::too_busy), "too many requests wait");
}

void record_receipt(const CallPointer& call) {
    auto input = read_body<ReceiptInput>(*call, read_receipt);
    if (!input || !check_currency(*call, input->currency)) return;
    app::RecordReceipt command{.programme = call->programme,
                               .member = std::move(input->member),
                               .receipt = std::move(input->receipt),
                               .returns = std::move(input->returns),
                               .quote_token = std::move(input->quote_token)};
    command.receipt.id = call->path_values.at(0);
    command.receipt.occurred_at = input->occurred_at.instant;
    command.receipt.offset_s = input->occurred_at.offset_s;
    if (command.member.by == app::NamedBy::card) command.receipt.card = command.member.value;
    if (command.receipt.store.empty()) command.receipt.store = call->principal.store;
    for (event::Return& one : command.returns) one.occurred_at = command.receipt.occurred_at;
    submit(call, std::move(command), [](Call& answered, const app::ReceiptAnswer& answer) {
        count_guess(answered, answer.member.has_value(), answer.discrepancies);
        std::string body;
        JsonWriter out{body};
        write_receipt_result(out, answer, speech_for(answered, answered.app(), answer.programme, answer.edition));
        net::Response response = json_response(200, std::move(body));
        mark_replayed(response, answer.is_repeat);
        answered.send(std::move(response));
    });
}

void get_receipt(const CallPointer& call) {
    auto view = call->app().receipt(call->organisation, call->programme, call->path_values.at(0));
    const std::string& store = call->principal.store;
    if (view && !store.empty() && view->stored.receipt.store != store) {
        view = app::refuse(app::ReceiptRejection::receipt_not_found, "/id");  // for this key it is not there
    }
    answer_with(*call, view, [&](JsonWriter& out, const app::ReceiptView& found) {
        write_receipt(out, found, speech_for(*call, call->app(), found.programme, found.stored.edition));
    });
}

void return_goods(const CallPointer& call) {
    auto input = read_body<event::Return>(*call, read_return);
    if (!input) return;
    input->receipt = call->path_values.at(0);
    submit(call, app::ReturnGoods{.programme = call->programme, .what = *std::move(input)}, send_return);
}

void void_receipt(const CallPointer& call) {
    auto input = read_body<event::Return>(*call, read_void);
    if (!input) return;
    input->receipt = call->path_values.at(0);
    submit(call, app::VoidReceipt{.programme = call->programme, .what = *std::move(input)}, send_return);
}

void explain_receipt(const CallPointer& call) {
    answer_with(*call, call->app().explain(call->organisation, call->programme, call->path_values.at(0)),
                [&](JsonWriter& out, const app::ReceiptExplanation& explanation) {
                    const Speech speech{.language = call->language_for(explanation.plan.get()), .plan = explanation.plan};
                    write_explanation(out, explanation, speech);
                });
}

}  // namespace suki::server
