#include "app/profile.h"

#include <algorithm>
#include <array>

#include "app/announce.h"
#include "app/resolve.h"
#include "base/limits.h"

namespace suki::app {

using store::ClaimKind;

namespace {

bool is_good_key(std::string_view text) { return text.size() <= limits::key_bytes && is_good_code(text); }

std::optional<Refusal> canonicalise_facts(account::Facts& facts) {
    if (facts.birthday) {
        const YearMonthDay& day = *facts.birthday;
        if (!make_date(day.year, day.month, day.day)) return refuse(MemberRejection::birthday_malformed, "/birthday").error;
    }
    if (facts.attributes.size() > limits::attributes_per_member)
        return refuse(MemberRejection::too_many_attributes, "/attributes").error;
    std::sort(facts.attributes.begin(), facts.attributes.end());
    for (std::size_t i = 0; i < facts.attributes.size(); ++i) {
        const auto& [name, value] = facts.attributes[i];
        const bool is_twice = i > 0 && facts.attributes[i - 1].first == name;
        if (is_twice || !is_good_key(name) || !is_good_text(value)) {
            return refuse(MemberRejection::attribute_malformed, "/attributes", {{"name", name}}).error;
        }
    }
    std::sort(facts.segments.begin(), facts.segments.end());
    facts.segments.erase(std::unique(facts.segments.begin(), facts.segments.end()), facts.segments.end());
    if (facts.segments.size() > limits::segments_per_member) return refuse(MemberRejection::too_many_segments, "/segments").error;
    for (const std::string& segment : facts.segments) {
        if (!is_good_key(segment)) return refuse(MemberRejection::segment_malformed, "/segments", {{"name", segment}}).error;
    }
    return std::nullopt;
}

struct Contact {
    ClaimKind kind;
    std::string value;
    MemberRejection used;
    std::string_view pointer;
};
std::array<Contact, 3> contacts(const std::string& phone, const std::string& email, const std::string& external_id) {
    return {Contact{ClaimKind::phone, phone, MemberRejection::phone_already_used, "/phone"},
            Contact{ClaimKind::email, email, MemberRejection::email_already_used, "/email"},
            Contact{ClaimKind::external_id, external_id, MemberRejection::external_id_already_used, "/external_id"}};
}

}  // namespace

void change_facts(account::Facts& facts, const PatchMember& command) {
    if (command.birthday) facts.birthday = *command.birthday;
    if (command.segments) facts.segments = *command.segments;
    for (const auto& [name, value] : command.attributes) {
        std::erase_if(facts.attributes, [&](const auto& attribute) { return attribute.first == name; });
        if (value) facts.attributes.emplace_back(name, *value);
    }
}

std::optional<Refusal> canonicalise(MemberProfile& profile) {
    if (!is_good_text(profile.name)) return refuse(MemberRejection::member_malformed, "/name").error;
    if (profile.language.size() > limits::key_bytes || !is_good_text(profile.language)) {
        return refuse(MemberRejection::member_malformed, "/language").error;
    }
    if (!profile.external_id.empty() && !is_good_code(profile.external_id)) {
        return refuse(MemberRejection::member_malformed, "/external_id").error;
    }
    if (!profile.phone.empty()) {
        auto phone = canonical_phone(profile.phone);
        if (!phone) return refuse(MemberRejection::phone_malformed, "/phone").error;
        profile.phone = *std::move(phone);
    }
    if (!profile.email.empty()) {
        auto email = canonical_email(profile.email);
        if (!email) return refuse(MemberRejection::email_malformed, "/email").error;
        profile.email = *std::move(email);
    }
    return canonicalise_facts(profile.facts);
}

std::optional<Refusal> birthday_to_come(const std::optional<YearMonthDay>& birthday, Date today) {
    if (!birthday) return std::nullopt;
    const auto born_on = make_date(birthday->year, birthday->month, birthday->day);
    if (!born_on || *born_on <= today) return std::nullopt;
    return refuse(MemberRejection::birthday_in_future, "/birthday", {{"today", date_text(today)}}).error;
}

std::optional<Refusal> used_by_another(const Desk& desk, const Programme& programme, const MemberProfile& profile,
                                       std::optional<MemberId> own) {
    for (const Contact& contact : contacts(profile.phone, profile.email, profile.external_id)) {
        if (contact.value.empty()) continue;
        const auto claim = desk.claim(programme_claim(programme, contact.kind, contact.value));
        if (!claim || claim->member == own) continue;
        // What somebody had who was merged into this one is their own.
        const auto person = own && claim->account && claim->member
                                ? person_of(desk, {programme.organisation, *claim->account, programme.id}, *claim->member)
                                : std::nullopt;
        if (!person || person->member != own) return refuse(contact.used, std::string{contact.pointer}).error;
    }
    return std::nullopt;
}

namespace {
/// Takes a name from the member who was merged into the one that claims it now.
void take_from_merged(Desk& desk, const Programme& programme, const store::ClaimRow& claim) {
    store::Owner& owner = desk.edit({.org = programme.organisation, .account = *claim.account, .programme = programme.id});
    for (store::MemberRow& row : owner.members) {
        if (row.id != claim.member) continue;
        if (claim.key.kind == store::ClaimKind::phone) row.phone.clear();
        if (claim.key.kind == store::ClaimKind::email) row.email.clear();
        if (claim.key.kind == store::ClaimKind::external_id) row.external_id.clear();
        ++row.version;
        desk.rows.members.push_back(row);
    }
    desk.remove_claim(claim);
}
}  // namespace

void claim_profile(Desk& desk, const Programme& programme, const store::MemberRow& row) {
    for (const Contact& contact : contacts(row.phone, row.email, row.external_id)) {
        if (contact.value.empty()) continue;
        const store::ClaimKey key = programme_claim(programme, contact.kind, contact.value);
        const auto there = desk.claim(key);
        if (there && there->member == row.id) continue;
        if (there) take_from_merged(desk, programme, *there);
        desk.add_claim({.key = key, .account = row.account, .member = row.id});
    }
}

void release_profile(Desk& desk, const Programme& programme, const store::MemberRow& before, const store::MemberRow& after) {
    const auto old = contacts(before.phone, before.email, before.external_id);
    const auto now = contacts(after.phone, after.email, after.external_id);
    for (std::size_t i = 0; i < old.size(); ++i) {
        if (old[i].value.empty() || old[i].value == now[i].value) continue;
        const auto claim = desk.claim(programme_claim(programme, old[i].kind, old[i].value));
        if (claim && claim->member == before.id) desk.remove_claim(*claim);
    }
}

}  // namespace suki::app
