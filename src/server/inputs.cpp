#include "server/inputs.h"

namespace suki::server {

namespace {

constexpr std::size_t kTextBytes = 1'024;
constexpr std::size_t kKeptBytes = 128;
constexpr std::size_t kNameBytes = 256;
constexpr std::size_t kCurrencyBytes = 3;
constexpr std::size_t kExchangesMax = 20;
constexpr std::size_t kTokenBytes = 256 * 1024;
constexpr std::size_t kRowsPerImport = 1'000;
constexpr std::int64_t kLineNumberMax = 1'000'000;

auto id_key() { return json::key(limits::key_bytes); }

/// A text that must also look like something.
struct LookReader {
    json::TextReader text;
    bool (*looks_right)(std::string_view);
    const char* wanted;
    bool operator()(const json::Place& at, std::string& out) const {
        return text(at, out) && (looks_right(out) || at.mistake(json::MistakeCode::bad_text, wanted));
    }
    [[nodiscard]] json::Shape shape() const { return text.shape(); }
};

LookReader phone_text() {
    const auto looks_right = [](std::string_view text) {
        return text.front() == '+' && text.find_first_not_of("0123456789 ()-", 1) == std::string_view::npos;
    };
    return {json::text(5, 32), looks_right, "an international number: + and digits"};
}

LookReader email_text() {
    const auto looks_right = [](std::string_view text) {
        const std::size_t sign = text.find('@');
        return sign != std::string_view::npos && sign > 0 && sign + 1 < text.size() &&
               text.find('@', sign + 1) == std::string_view::npos && text.find_first_of(" \t\r\n") == std::string_view::npos;
    };
    return {json::text(3, limits::code_bytes), looks_right, "name@host"};
}

LookReader language_text() {
    const auto looks_right = [](std::string_view text) {
        return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
    };
    return {json::text(2, 3), looks_right, "a language's code of two or three small letters"};
}

LookReader currency_text() {
    const auto looks_right = [](std::string_view text) {
        return text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string_view::npos;
    };
    return {json::text(kCurrencyBytes, kCurrencyBytes), looks_right, "a currency's code of three capital letters"};
}

void read_payment(json::Object& in, event::PointsPayment& out) {
    in.required("unit", out.unit, id_key());
    in.required("points", out.points, json::points(1));
    in.optional("hold", out.hold, json::id<HoldId>());
}

void read_tender(json::Object& in, event::Tender& out) {
    in.required("kind", out.kind, id_key());
    in.required("amount", out.amount, json::money(0));
}

void read_returned_line(json::Object& in, event::ReturnedLine& out) {
    in.required("line", out.line, json::integer(1, kLineNumberMax));
    in.quantity("quantity", "unit", out.quantity, true);
    out.has_unit = in.has("unit");
}

void read_exchange(json::Object& in, event::Return& out) {
    in.required("id", out.id, json::key());
    in.required("receipt", out.receipt, json::key());
    in.required("lines", out.lines,
                json::list(json::object<event::ReturnedLine>(read_returned_line), 1, limits::lines_per_receipt));
    in.optional("reason", out.reason, json::text(kTextBytes));
    in.optional("refunded", out.refunded, json::money(0));
}

/// An attribute that a patch names: its text, or nothing for `null`.
struct NullableTextMapReader {
    bool operator()(const json::Place& at, std::vector<std::pair<std::string, std::optional<std::string>>>& out) const {
        if (at.value.kind() != json::Kind::object) return at.wrong_type("an object");
        if (at.value.size() > limits::attributes_per_member)
            return at.mistake(json::MistakeCode::too_many, "at most 100 attributes");
        bool is_good = true;
        out.clear();
        for (const auto& [name, value] : at.value.members()) {
            const json::Path path{.parent = at.path(), .name = name};
            const json::Place place = at.member(value, path);
            std::optional<std::string> text;
            if (name.empty() || name.size() > limits::key_bytes) {
                is_good = place.mistake(json::MistakeCode::bad_text, "a name has 1 to 64 bytes");
            } else if (!value.is_null() && !json::text(kTextBytes)(place, text.emplace())) {
                is_good = false;
            }
            out.emplace_back(std::string{name}, std::move(text));
        }
        return is_good;
    }
    [[nodiscard]] json::Shape shape() const {
        return {.type = json::ShapeType::map, .maximum = static_cast<std::int64_t>(limits::attributes_per_member)};
    }
};

void clear_text(std::optional<std::string>& out, json::Patch<std::string>& patch) {
    if (patch) out = patch->value_or(std::string{});
}

void read_product(json::Object& in, catalogue::Product& out) {
    in.required("sku", out.sku, json::key());
    in.optional("title", out.title, json::localised(kTextBytes));
    in.optional("category", out.category, json::text(kTextBytes));
    in.optional("brand", out.brand, json::text(limits::code_bytes));
    in.optional("unit", out.unit, json::choice<QuantityUnit>());
    in.optional("cost", out.cost, json::money(0));
    in.optional("tags", out.tags, json::list(id_key(), limits::tags_per_product));
}

void read_store(json::Object& in, catalogue::Store& out) {
    in.required("id", out.id, id_key());
    in.optional("title", out.title, json::text(kTextBytes));
    in.optional("region", out.region, json::text(limits::key_bytes));
    in.optional("zone", out.zone, json::text(limits::key_bytes));
    in.optional("place", out.place, json::text(kTextBytes));
}

/// `none` is how a plan says that no card was shown: no kind of card.
SUKI_ENUM(IssuedKind, bearer, personal, category)
programme::CardKind kind_of_card(IssuedKind kind) {
    switch (kind) {
        case IssuedKind::bearer: return programme::CardKind::bearer;
        case IssuedKind::personal: return programme::CardKind::personal;
        case IssuedKind::category: return programme::CardKind::category;
    }
    return programme::CardKind::personal;
}
void read_kind(json::Object& in, programme::CardKind& out) {
    IssuedKind kind{};
    if (in.optional("kind", kind, json::choice<IssuedKind>())) out = kind_of_card(kind);
}

}  // namespace

void read_line(json::Object& in, event::Line& out) {
    in.required("number", out.number, json::integer(1, kLineNumberMax));
    in.optional("sku", out.sku, json::key());
    in.optional("title", out.title, json::text(kTextBytes));
    in.optional("category", out.category, json::text(kTextBytes));
    in.optional("brand", out.brand, json::text(limits::code_bytes));
    in.optional("batch", out.batch, json::text(limits::code_bytes));
    out.has_tags = in.optional("tags", out.tags, json::list(id_key(), limits::tags_per_product));
    in.quantity("quantity", "unit", out.quantity, true);
    out.has_unit = in.has("unit");
    in.required("amount", out.amount, json::money(0));
    in.optional("tax", out.tax, json::money(0));
    in.optional("cost", out.cost, json::money(0));
    in.optional("till_discount", out.till_discount, json::money(0));
    in.optional("charged", out.charged, json::money(0));
    in.optional("is_deposit", out.is_deposit, json::boolean());
    in.optional("no_discount", out.no_discount, json::boolean());
    in.optional("no_points", out.no_points, json::boolean());
}

void read_member_name(json::Object& in, app::MemberName& out) {
    MemberId id;
    int count = 0;
    const auto by = [&](app::NamedBy kind, std::string_view field, bool was_read, std::string value) {
        if (!in.has(field)) return;
        ++count;
        if (was_read) out = {.by = kind, .value = std::move(value)};
    };
    const bool has_id = in.optional("id", id, json::id<MemberId>());
    by(app::NamedBy::member, "id", has_id, id.text());
    std::string text;
    const auto read_text = [&](app::NamedBy kind, std::string_view field, const auto& reader) {
        text.clear();
        const bool was_read = in.optional(field, text, reader);
        by(kind, field, was_read, text);
    };
    read_text(app::NamedBy::card, "card", json::key());
    read_text(app::NamedBy::phone, "phone", phone_text());
    read_text(app::NamedBy::email, "email", email_text());
    read_text(app::NamedBy::external, "external_id", json::key());
    if (count != 1) in.contradiction("id", "name the member in exactly one way: id, card, phone, email or external_id");
}

void read_quote(json::Object& in, QuoteInput& out) {
    in.optional("at", out.at, json::instant());
    in.optional("store", out.receipt.store, id_key());
    in.optional("channel", out.receipt.channel, id_key());
    in.optional("currency", out.currency, currency_text());
    in.optional("member", out.member, json::object<app::MemberName>(read_member_name));
    in.required("lines", out.receipt.lines, json::list(json::object<event::Line>(read_line), 1, limits::lines_per_receipt));
    in.optional("till_discount", out.receipt.till_discount, json::money(0));
    in.optional("points_paid", out.receipt.points_paid,
                json::list(json::object<event::PointsPayment>(read_payment), limits::units_per_programme));
    in.optional("hold", out.is_hold, json::boolean());
    // A hold that is asked for again must be the same command, so it can't take whatever time it is by then.
    if (out.is_hold && !in.has("at")) in.contradiction("at", "a quote that places holds says when the purchase happens");
}

void read_receipt(json::Object& in, ReceiptInput& out) {
    in.optional("store", out.receipt.store, id_key());
    in.optional("till", out.receipt.till, json::key());
    in.optional("number", out.receipt.number, json::key());
    in.required("occurred_at", out.occurred_at, json::instant());
    in.optional("channel", out.receipt.channel, id_key());
    in.optional("currency", out.currency, currency_text());
    in.optional("member", out.member, json::object<app::MemberName>(read_member_name));
    in.required("lines", out.receipt.lines, json::list(json::object<event::Line>(read_line), 1, limits::lines_per_receipt));
    in.optional("till_discount", out.receipt.till_discount, json::money(0));
    in.optional("charged", out.receipt.charged, json::money(0));
    in.optional("points_paid", out.receipt.points_paid,
                json::list(json::object<event::PointsPayment>(read_payment), limits::units_per_programme));
    in.optional("tenders", out.receipt.tenders, json::list(json::object<event::Tender>(read_tender), limits::tenders_per_receipt));
    in.optional("quote_token", out.quote_token, json::text(kTokenBytes));
    in.optional("returns", out.returns, json::list(json::object<event::Return>(read_exchange), kExchangesMax));
}

void read_return(json::Object& in, event::Return& out) {
    in.required("id", out.id, json::key());
    in.required("occurred_at", out.occurred_at, json::instant());
    in.required("lines", out.lines,
                json::list(json::object<event::ReturnedLine>(read_returned_line), 1, limits::lines_per_receipt));
    in.optional("reason", out.reason, json::text(kTextBytes));
    in.optional("refunded", out.refunded, json::money(0));
}

void read_void(json::Object& in, event::Return& out) {
    in.required("id", out.id, json::key());
    in.required("occurred_at", out.occurred_at, json::instant());
    in.optional("reason", out.reason, json::text(kTextBytes));
    in.optional("refunded", out.refunded, json::money(0));
    out.is_void = true;
}

void read_hold(json::Object& in, app::PlaceHold& out) {
    in.required("member", out.member, json::object<app::MemberName>(read_member_name));
    in.required("unit", out.unit, id_key());
    in.required("points", out.points, json::points(1));
    in.optional("seconds", out.seconds, json::integer(1, app::kHoldSecondsMax));
}

void read_confirm_hold(json::Object& in, app::ConfirmHold& out) {
    in.optional("points", out.points, json::points(1));
    in.optional("reason", out.reason, json::text(kTextBytes));
}

void read_adjustment(json::Object& in, app::Adjust& out) {
    in.required("unit", out.unit, id_key());
    in.required("points", out.points, json::points());
    in.required("reason", out.reason, json::text(1, kTextBytes));
    in.optional("expires_at", out.expires_at, json::instant());
    in.optional("may_owe", out.may_owe, json::boolean());
}

void read_undo(json::Object& in, app::UndoAdjustment& out) { in.required("reason", out.reason, json::text(1, kTextBytes)); }

namespace {
/// The member on the other side, by their id.
void read_other(json::Object& in, app::MemberName& out) {
    MemberId id;
    if (in.required("to", id, json::id<MemberId>())) out = {.by = app::NamedBy::member, .value = id.text()};
}

void read_ordered(json::Object& in, app::OrderGift& out) {
    in.optional("count", out.count, json::integer(1, limits::gifts_per_order));
    in.optional("store", out.store, id_key());
    in.optional("note", out.note, json::text(kTextBytes));
    in.optional("is_handed_over", out.is_handed_over, json::boolean());
    in.optional("receipt", out.receipt, json::key());
}

/// What is handed in with a benefit, and where it lies.
template <class Command>
void read_kept(json::Object& in, Command& out) {
    in.optional("item", out.item, json::text(kKeptBytes));
    in.optional("shelf", out.shelf, json::text(kKeptBytes));
}

}  // namespace

void read_transfer(json::Object& in, app::TransferPoints& out) {
    read_other(in, out.to);
    in.required("unit", out.unit, id_key());
    in.required("points", out.points, json::points(1));
    in.required("reason", out.reason, json::text(1, kTextBytes));
}

void read_merge(json::Object& in, app::MergeMembers& out) {
    read_other(in, out.to);
    in.required("reason", out.reason, json::text(1, kTextBytes));
}

void read_resolution(json::Object& in, app::ResolveDiscrepancy& out) { in.optional("note", out.note, json::text(kTextBytes)); }

void read_member(json::Object& in, app::CreateMember& out) {
    in.optional("name", out.profile.name, json::text(kNameBytes));
    in.optional("phone", out.profile.phone, phone_text());
    in.optional("email", out.profile.email, email_text());
    in.optional("external_id", out.profile.external_id, json::key());
    in.optional("language", out.profile.language, language_text());
    Date birthday;
    if (in.optional("birthday", birthday, json::date())) out.profile.facts.birthday = civil(birthday);
    in.optional("attributes", out.profile.facts.attributes,
                json::text_map(limits::attributes_per_member, limits::key_bytes, kTextBytes));
    in.optional("segments", out.profile.facts.segments, json::list(id_key(), limits::segments_per_member));
    in.optional("card", out.card, json::key());
    in.optional("makes_card", out.makes_card, json::boolean());
    in.optional("referred_by", out.referred_by, json::key());
    AccountId account;
    if (in.optional("account", account, json::id<AccountId>())) out.account = account;
}

void read_member_patch(json::Object& in, app::PatchMember& out) {
    json::Patch<std::string> name, phone, email, external_id, language;
    in.patch("name", name, json::text(kNameBytes));
    in.patch("phone", phone, phone_text());
    in.patch("email", email, email_text());
    in.patch("external_id", external_id, json::key());
    in.patch("language", language, language_text());
    clear_text(out.name, name);
    clear_text(out.phone, phone);
    clear_text(out.email, email);
    clear_text(out.external_id, external_id);
    clear_text(out.language, language);
    read_facts_patch(in, out);
}

void read_facts_patch(json::Object& in, app::PatchMember& out) {
    json::Patch<Date> birthday;
    in.patch("birthday", birthday, json::date());
    if (birthday) {
        out.birthday.emplace();
        if (*birthday) *out.birthday = civil(**birthday);
    }
    in.optional("attributes", out.attributes, NullableTextMapReader{});
    in.optional("segments", out.segments, json::list(id_key(), limits::segments_per_member));
}

void read_card(json::Object& in, app::IssueCard& out) {
    in.optional("number", out.number, json::key());
    read_kind(in, out.kind);
    in.optional("category", out.category, id_key());
    in.optional("member", out.member, json::object<app::MemberName>(read_member_name));
}

void read_benefit_use(json::Object& in, app::UseBenefit& out) {
    in.optional("store", out.store, id_key());
    in.optional("note", out.note, json::text(kTextBytes));
    in.optional("booked_for", out.booked_for, json::instant());
    read_kept(in, out);
}
void read_use_undo(json::Object& in, app::EndBenefitUse& out) { in.required("reason", out.reason, json::text(1, kTextBytes)); }
void read_use_end(json::Object& in, app::EndBenefitUse& out) { in.optional("reason", out.reason, json::text(kTextBytes)); }
void read_use_confirm(json::Object& in, app::EndBenefitUse& out) {
    read_use_end(in, out);
    read_kept(in, out);
}
void read_use_move(json::Object& in, app::EndBenefitUse& out) { in.required("shelf", out.shelf, json::text(1, kKeptBytes)); }
void read_benefit_grant(json::Object& in, app::GrantBenefit& out) {
    in.optional("count", out.count, json::integer(1, limits::benefits_per_grant));
    in.optional("until", out.until, json::date());
    in.required("reason", out.reason, json::text(1, kTextBytes));
}
void read_level_grant(json::Object& in, app::GrantLevel& out) {
    in.optional("level", out.level, id_key());
    in.optional("match", out.match, id_key());
    in.optional("until", out.until, json::date());
    in.required("reason", out.reason, json::text(1, kTextBytes));
}
void read_level_grant_end(json::Object& in, app::EndLevelGrant& out) {
    in.required("reason", out.reason, json::text(1, kTextBytes));
}
void read_benefit_revoke(json::Object& in, app::RevokeBenefit& out) {
    in.required("reason", out.reason, json::text(1, kTextBytes));
}

void read_gift_order(json::Object& in, app::OrderGift& out) {
    read_ordered(in, out);
    in.optional("price", out.price, id_key());
}
void read_gift_present(json::Object& in, app::OrderGift& out) {
    read_ordered(in, out);
    in.required("reason", out.reason, json::text(1, kTextBytes));
}
void read_gift_hand_over(json::Object& in, app::EndGiftOrder& out) {
    in.optional("store", out.store, id_key());
    in.optional("substitute", out.substitute, id_key());
    in.optional("receipt", out.receipt, json::key());
}
void read_gift_cancel(json::Object& in, app::EndGiftOrder& out) { in.optional("reason", out.reason, json::text(kTextBytes)); }
void read_gift_take_back(json::Object& in, app::EndGiftOrder& out) {
    in.required("reason", out.reason, json::text(1, kTextBytes));
    in.optional("is_damaged", out.is_damaged, json::boolean());
}
void read_stock_move(json::Object& in, app::MoveGiftStock& out) {
    in.required("store", out.store, id_key());
    in.required("move", out.move, json::choice<app::StockMove>());
    in.required("count", out.count, json::integer(1, limits::gifts_per_delivery));
    in.optional("reason", out.reason, json::text(kTextBytes));
}
void read_membership_join(json::Object& in, app::JoinMembership& out) {
    in.required("membership", out.membership, id_key());
    in.optional("reason", out.reason, json::text(kTextBytes));
}
void read_membership_change(json::Object& in, app::ChangeMembership& out) {
    in.optional("reason", out.reason, json::text(kTextBytes));
}
void read_payment_report(json::Object& in, app::ReportPayment& out) {
    in.required("result", out.result, json::choice<app::PaymentResult>());
    in.optional("reference", out.reference, json::text(kTextBytes));
}
void read_referrer(json::Object& in, app::NameReferrer& out) {
    in.required("referred_by", out.referred_by, json::key());
    in.required("reason", out.reason, json::text(1, kTextBytes));
}

void read_household_person(json::Object& in, app::JoinHousehold& out) {
    MemberId id;
    if (in.required("member", id, json::id<MemberId>())) out.member = {.by = app::NamedBy::member, .value = id.text()};
    in.required("reason", out.reason, json::text(1, kTextBytes));
}
void read_household_leave(json::Object& in, app::LeaveHousehold& out) {
    in.required("reason", out.reason, json::text(1, kTextBytes));
}
void read_household_patch(json::Object& in, app::SetHousehold& out) {
    app::HouseholdPays pays{};
    if (in.optional("pays", pays, json::choice<app::HouseholdPays>())) out.pays = pays;
    MemberId id;
    if (in.optional("owner", id, json::id<MemberId>())) out.owner = {.by = app::NamedBy::member, .value = id.text()};
    in.required("reason", out.reason, json::text(1, kTextBytes));
}

void read_card_batch(json::Object& in, app::MakeCards& out) {
    in.required("count", out.count, json::integer(1, static_cast<std::int64_t>(limits::cards_per_batch)));
    read_kind(in, out.kind);
    in.optional("category", out.category, id_key());
    in.optional("note", out.note, json::text(kTextBytes));
}

void read_card_replacement(json::Object& in, app::ReplaceCard& out) { in.optional("number", out.replacement, json::key()); }

void read_event(json::Object& in, app::RecordActivity& out) {
    in.required("id", out.activity.id, json::key());
    in.required("kind", out.activity.kind, id_key());
    in.required("member", out.member, json::object<app::MemberName>(read_member_name));
    in.required("occurred_at", out.activity.occurred_at, json::instant());
    in.optional("store", out.activity.store, id_key());
    in.optional("without_receipt", out.without_receipt,
                json::list(json::object<event::Line>(read_line), limits::lines_per_receipt));
}

void read_products(json::Object& in, app::ImportProducts& out) {
    in.required("products", out.products, json::list(json::object<catalogue::Product>(read_product), 1, kRowsPerImport));
}

void read_stores(json::Object& in, app::ImportStores& out) {
    in.required("stores", out.stores, json::list(json::object<catalogue::Store>(read_store), 1, kRowsPerImport));
}

void read_document(json::Object& in, DocumentInput& out) {
    in.required("document", out.document, json::text(1, limits::document_bytes));
}

void read_publish(json::Object& in, app::PublishEdition& out) {
    in.required("document", out.document, json::text(1, limits::document_bytes));
    in.optional("effective_on", out.effective_on, json::date());
}

void read_key(json::Object& in, KeyInput& out) {
    in.required("name", out.name, json::text(1, limits::code_bytes));
    in.required("scope", out.scope, json::choice<app::KeyScope>());
    in.optional("programme", out.programme, id_key());
    in.optional("store", out.store, id_key());
}

void read_key_rotation(json::Object& in, KeyRotationInput& out) { in.optional("revoke", out.revoke, json::boolean()); }

void read_user(json::Object& in, UserInput& out) { in.required("name", out.name, json::key()); }

void read_password(json::Object& in, PasswordInput& out) {
    in.required("old_password", out.old_password, json::text(1, kTextBytes));
    in.required("new_password", out.new_password, json::text(1, kTextBytes));
}

void read_sign_in(json::Object& in, SignInInput& out) {
    in.required("name", out.name, json::text(1, limits::code_bytes));
    in.required("password", out.password, json::text(1, kTextBytes));
}

}  // namespace suki::server
