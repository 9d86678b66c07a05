#include "server/encode.h"
#include "words/words.h"

namespace suki::server {

void write_card(JsonWriter& out, const app::CardView& card) {
    out.begin_object();
    out.field("number", card.number);
    out.field("kind", name_of(card.kind));
    out.field("status", name_of(card.status));
    write_instant(out, "issued_at", card.issued_at);
    if (card.member) {
        out.field("member", card.member->text());
    } else {
        out.field_null("member");
    }
    write_text_or_null(out, "category", card.category);
    write_text_or_null(out, "batch", card.batch);
    out.field("anonymous", card.is_anonymous);
    out.end_object();
}

void write_member(JsonWriter& out, const app::MemberView& member, const Speech& speech) {
    const app::MemberProfile& profile = member.profile;
    out.begin_object();
    out.field("id", member.member.text());
    out.field("account", member.account.text());
    out.field("programme", member.programme);
    out.field("joined_on", date_text(member.joined_on));
    out.field("version", member.version);
    write_text_or_null(out, "name", profile.name);
    write_text_or_null(out, "phone", profile.phone);
    write_text_or_null(out, "email", profile.email);
    write_text_or_null(out, "external_id", profile.external_id);
    write_text_or_null(out, "language", profile.language);
    const auto& birthday = profile.facts.birthday;
    const auto date = birthday ? make_date(birthday->year, birthday->month, birthday->day) : std::nullopt;
    write_date_or_null(out, "birthday", date);
    out.begin_object("attributes");
    for (const auto& [name, value] : profile.facts.attributes) out.field(name, value);
    out.end_object();
    out.begin_array("segments");
    for (const std::string& segment : profile.facts.segments) out.value(segment);
    out.end_array();
    out.begin_array("cards");
    for (const app::CardView& card : member.cards) write_card(out, card);
    out.end_array();
    write_balances(out, "balances", member.balances);
    write_level(out, "level", member.level, speech);
    out.field("anonymous", member.is_anonymous);
    write_text_or_null(out, "merged_into", member.merged_into ? member.merged_into->text() : std::string{});
    out.end_object();
}

void write_account(JsonWriter& out, const app::Statement& statement, const Speech& speech) {
    out.begin_object();
    out.field("account", statement.member.account.text());
    out.field("member", statement.member.member.text());
    out.field("programme", statement.member.programme);
    write_balances(out, "balances", statement.member.balances);
    out.begin_array("lots");
    for (const app::LotView& lot : statement.lots) {
        out.begin_object();
        out.field("unit", lot.unit);
        out.field("remaining", lot.remaining.minor());
        write_instant(out, "earned_at", lot.earned_at);
        write_instant(out, "matures_at", lot.matures_at);
        write_instant(out, "expires_at", lot.expires_at);
        out.field("is_mature", lot.is_mature);
        out.field("earned_by", lot.earned_by);
        out.end_object();
    }
    out.end_array();
    out.begin_array("holds");
    for (const app::HoldView& view : statement.holds) {
        out.begin_object();
        out.field("id", view.hold.id.text());
        out.field("unit", view.unit);
        out.field("points", view.hold.points.minor());
        write_instant(out, "placed_at", view.hold.placed_at);
        write_instant(out, "expires_at", view.hold.expires_at);
        out.end_object();
    }
    out.end_array();
    write_level(out, "level", statement.member.level, speech);
    write_scales(out, statement.scales, {.language = speech.language, .plan = statement.plan});
    out.end_object();
}

void write_statement(JsonWriter& out, const app::Statement& statement, const std::string& unit, const Speech& speech) {
    using ledger::Book;
    out.begin_object();
    out.begin_array("items");
    for (const app::StatementLine& line : statement.lines) {
        const ledger::Entry& entry = line.entry;
        if (!unit.empty() && entry.unit != unit) continue;
        const auto leg = [&](Book book) { return entry.legs[static_cast<std::size_t>(book)].minor(); };
        out.begin_object();
        out.field("id", entry.id.text());
        out.field("kind", name_of(entry.kind));
        out.field("unit", entry.unit);
        out.field("change", line.change.minor());
        out.field("pending", leg(Book::pending));
        out.field("available", leg(Book::available));
        out.field("held", leg(Book::held));
        out.field("debt", leg(Book::debt));
        write_instant(out, "occurred_at", entry.occurred_at);
        write_instant(out, "recorded_at", entry.recorded_at);
        write_instant(out, "effective_at", entry.effective_at);
        out.field("cause", entry.cause);
        const bool is_transfer = entry.kind == ledger::EntryKind::transfer_out || entry.kind == ledger::EntryKind::transfer_in;
        write_text_or_null(out, "offer", is_transfer ? std::string{} : entry.offer);
        write_text_or_null(out, "other", is_transfer ? entry.offer : std::string{});
        write_text_or_null(out, "clause", entry.clause);
        if (entry.edition == 0) {
            out.field_null("edition");
        } else {
            out.field("edition", entry.edition);
        }
        write_text_or_null(out, "reason", entry.reason);
        write_text_or_null(out, "author", entry.author);
        out.field("is_projected", line.is_projected);
        out.field("text", words::say_reason(speech.language, line.plan.get(), line.reason.key, line.reason.arguments));
        out.end_object();
    }
    write_page_end(out, statement.next_cursor);
}

}  // namespace suki::server
