#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "app/app.h"
#include "base/bytes.h"
#include "base/inline_array.h"
#include "base/short_list.h"

/// One list of fields per struct, read by two codecs: what is written is what is read. Used for the canonical bytes of a command
/// (their hash decides whether a repeat is a repeat) and for remembered answers. A new field of an answer goes to the end of its
/// list; one of a command does too, and raises kCodecVersion.
namespace suki::app {

inline constexpr std::int64_t kCodecVersion = 1;

template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T, std::size_t Few>
struct is_vector<ShortList<T, Few>> : std::true_type {};
template <class T>
struct is_inline_array : std::false_type {};
template <class T, std::size_t Most>
struct is_inline_array<InlineArray<T, Most>> : std::true_type {};
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_pair : std::false_type {};
template <class A, class B>
struct is_pair<std::pair<A, B>> : std::true_type {};
template <class T>
struct is_amount : std::false_type {};
template <class U>
struct is_amount<Amount<U>> : std::true_type {};
template <class T>
struct is_id : std::false_type {};
template <class T>
struct is_id<Id<T>> : std::true_type {};

class Packer {
public:
    explicit Packer(ByteWriter& out) : out_(out) {}

    template <class T>
    void operator()(const T& v) {
        if constexpr (std::is_same_v<T, std::string>) {
            out_.put_text(v);
        } else if constexpr (std::is_same_v<T, bool>) {
            out_.put_bool(v);
        } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
            out_.put(static_cast<std::int64_t>(v));
        } else if constexpr (is_amount<T>::value) {
            out_.put(v.minor());
        } else if constexpr (is_id<T>::value) {
            out_.put_bits(v.bits.high, v.bits.low);
        } else if constexpr (is_vector<T>::value || is_inline_array<T>::value) {
            out_.put_unsigned(v.size());
            for (const auto& item : v) (*this)(item);
        } else if constexpr (is_optional<T>::value) {
            out_.put_bool(v.has_value());
            if (v) (*this)(*v);
        } else if constexpr (is_pair<T>::value) {
            (*this)(v.first);
            (*this)(v.second);
        } else {
            fields(*this, const_cast<T&>(v));  // a packer only reads
        }
    }

private:
    ByteWriter& out_;
};

class Unpacker {
public:
    explicit Unpacker(ByteReader& in) : in_(in) {}

    /// What an older version remembered ends before the fields that came later: they keep their defaults.
    template <class T>
    void operator()(T& v) {
        if (in_.is_at_end()) return;
        if constexpr (std::is_same_v<T, std::string>) {
            v = in_.get_text();
        } else if constexpr (std::is_same_v<T, bool>) {
            v = in_.get_bool();
        } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
            v = static_cast<T>(in_.get());
        } else if constexpr (is_amount<T>::value) {
            v = T{in_.get()};
        } else if constexpr (is_id<T>::value) {
            in_.get_bits(v.bits.high, v.bits.low);
        } else if constexpr (is_vector<T>::value || is_inline_array<T>::value) {
            const std::size_t count = in_.get_count();
            v.clear();
            if constexpr (is_inline_array<T>::value) {
                if (count > T::max_size()) return in_.fail();
            } else {
                v.reserve(count);
            }
            for (std::size_t i = 0; i < count && in_.is_ok(); ++i) {
                v.emplace_back();
                (*this)(v.back());
            }
        } else if constexpr (is_optional<T>::value) {
            v.reset();
            if (in_.get_bool()) {
                v.emplace();
                (*this)(*v);
            }
        } else if constexpr (is_pair<T>::value) {
            (*this)(v.first);
            (*this)(v.second);
        } else {
            fields(*this, v);
        }
    }

private:
    ByteReader& in_;
};

template <class C, class... T>
void each(C& codec, T&... values) {
    (codec(values), ...);
}

// -- base and event ---------------------------------------------------------------------------------------------------------

template <class C>
void fields(C& c, Instant& v) {
    each(c, v.us);
}
template <class C>
void fields(C& c, Date& v) {
    each(c, v.days);
}
template <class C>
void fields(C& c, YearMonthDay& v) {
    each(c, v.year, v.month, v.day);
}
template <class C>
void fields(C& c, Quantity& v) {
    each(c, v.milli, v.unit);
}
template <class C>
void fields(C& c, LocalisedText& v) {
    each(c, v.any, v.languages);
}
template <class C>
void fields(C& c, account::Facts& v) {
    each(c, v.birthday, v.attributes, v.segments);
}
template <class C>
void fields(C& c, event::Line& v) {
    each(c, v.number, v.sku, v.title, v.category, v.brand, v.batch, v.tags, v.has_tags, v.quantity, v.amount, v.tax, v.cost,
         v.till_discount, v.charged, v.is_deposit, v.no_discount, v.no_points);
}
template <class C>
void fields(C& c, event::Tender& v) {
    each(c, v.kind, v.amount);
}
template <class C>
void fields(C& c, event::PointsPayment& v) {
    each(c, v.unit, v.points, v.hold);
}
template <class C>
void fields(C& c, event::ReturnedLine& v) {
    each(c, v.line, v.quantity);
}
template <class C>
void fields(C& c, event::Receipt& v) {
    each(c, v.id, v.store, v.till, v.number, v.occurred_at, v.offset_s, v.channel, v.card, v.lines, v.till_discount, v.charged,
         v.points_paid, v.tenders);
}
template <class C>
void fields(C& c, event::Return& v) {
    each(c, v.id, v.receipt, v.occurred_at, v.lines, v.is_void, v.reason, v.refunded);
}
template <class C>
void fields(C& c, event::Activity& v) {
    each(c, v.id, v.kind, v.occurred_at, v.store);
}
template <class C>
void fields(C& c, event::Share& v) {
    each(c, v.line, v.money, v.points);
}
template <class C>
void fields(C& c, event::Decision& v) {
    each(c, v.offer, v.clause, v.verdict, v.discount, v.unit, v.points, v.uses, v.winner, v.shares);
}
template <class C>
void fields(C& c, engine::LineOutcome& v) {
    each(c, v.line, v.list_total, v.line_discount, v.receipt_discount, v.till_discount, v.total, v.points_money, v.paid, v.points);
}
template <class C>
void fields(C& c, engine::PaidPoints& v) {
    each(c, v.unit, v.points, v.money);
}
template <class C>
void fields(C& c, engine::CounterChange& v) {
    each(c, v.key, v.change);
}
template <class C>
void fields(C& c, engine::PoolDraw& v) {
    each(c, v.pool, v.amount);
}
template <class C>
void fields(C& c, engine::Outcome& v) {
    each(c, v.lines, v.decisions, v.list_total, v.discount, v.till_discount, v.total, v.points_money, v.paid, v.points,
         v.points_paid, v.counters, v.pools);
}
template <class C>
void fields(C& c, engine::PartMove& v) {
    each(c, v.part, v.before, v.after, v.need);
}
template <class C>
void fields(C& c, engine::ChallengeMove& v) {
    each(c, v.challenge, v.times, v.parts);
}
template <class C>
void fields(C& c, engine::LevelNeed& v) {
    each(c, v.window, v.at_least, v.figure);
}
template <class C>
void fields(C& c, engine::LevelStay& v) {
    each(c, v.by, v.is_any, v.needs);
}
/// A day beyond all others says that more follows, as with cards below.
template <class C>
void fields(C& c, engine::LevelOutlook& v) {
    constexpr std::int32_t kMore = 1 << 28;
    const bool has_more = v.is_granted || v.is_next_any || !v.next_needs.empty() || v.stay;
    Date since{v.since.days + (has_more ? kMore : 0)};
    each(c, v.level, since, v.keep_until, v.grace_until, v.figure, v.next, v.missing);
    if (since.days >= kMore / 2) each(c, v.is_granted, v.granted_until, v.is_next_any, v.next_needs, v.stay);
    v.since = Date{since.days >= kMore / 2 ? since.days - kMore : since.days};
}
template <class C>
void fields(C& c, engine::Missing& v) {
    each(c, v.offer, v.kind, v.missing, v.step);
}
template <class C>
void fields(C& c, catalogue::Product& v) {
    each(c, v.sku, v.title, v.category, v.brand, v.unit, v.cost, v.tags);
}
template <class C>
void fields(C& c, catalogue::Store& v) {
    each(c, v.id, v.title, v.region, v.zone, v.place);
}

// -- Commands ---------------------------------------------------------------------------------------------------------------

template <class C>
void fields(C& c, MemberName& v) {
    each(c, v.by, v.value);
}
template <class C>
void fields(C& c, RecordReceipt& v) {
    // The token is no part of what was bought: a till that lost it and sends the same receipt again is answered alike.
    each(c, v.programme, v.member, v.receipt, v.returns, v.edition, v.as_history);
}
template <class C>
void fields(C& c, ReturnGoods& v) {
    each(c, v.programme, v.what);
}
template <class C>
void fields(C& c, VoidReceipt& v) {
    each(c, v.programme, v.what);
}
template <class C>
void fields(C& c, Quote& v) {
    each(c, v.programme, v.member, v.receipt, v.with_hold);
}
template <class C>
void fields(C& c, PlaceHold& v) {
    each(c, v.programme, v.member, v.unit, v.points, v.seconds);
}
template <class C>
void fields(C& c, ConfirmHold& v) {
    each(c, v.programme, v.hold, v.points, v.reason);
}
template <class C>
void fields(C& c, ReleaseHold& v) {
    each(c, v.programme, v.hold);
}
template <class C>
void fields(C& c, Adjust& v) {
    each(c, v.programme, v.member, v.unit, v.points, v.reason, v.expires_at, v.may_owe);
}
template <class C>
void fields(C& c, UndoAdjustment& v) {
    each(c, v.programme, v.member, v.adjustment, v.reason);
}
template <class C>
void fields(C& c, TransferPoints& v) {
    each(c, v.programme, v.member, v.to, v.unit, v.points, v.reason);
}
template <class C>
void fields(C& c, MergeMembers& v) {
    each(c, v.programme, v.member, v.to, v.reason);
}
template <class C>
void fields(C& c, MemberProfile& v) {
    each(c, v.name, v.phone, v.email, v.external_id, v.language, v.facts);
}
template <class C>
void fields(C& c, CreateMember& v) {
    each(c, v.programme, v.profile, v.card, v.joined_on, v.is_import);
    // Only where it is given, so that whatever was sent before it was known is still the same command.
    if (v.account) c(*v.account);
    if (v.makes_card) c(v.makes_card);
    if (!v.referred_by.empty()) c(v.referred_by);
}
template <class C>
void fields(C& c, PatchMember& v) {
    each(c, v.programme, v.member, v.if_version, v.name, v.phone, v.email, v.external_id, v.language, v.birthday, v.attributes,
         v.segments);
}
template <class C>
void fields(C& c, IssueCard& v) {
    each(c, v.programme, v.number, v.kind, v.member);
    if (!v.category.empty()) c(v.category);
}
template <class C>
void fields(C& c, MakeCards& v) {
    each(c, v.programme, v.kind, v.category, v.count, v.note);
}
template <class C>
void fields(C& c, BlockCardBatch& v) {
    each(c, v.programme, v.batch, v.is_blocked);
}
template <class C>
void fields(C& c, BlockCard& v) {
    each(c, v.programme, v.number, v.is_blocked);
}
template <class C>
void fields(C& c, ReplaceCard& v) {
    each(c, v.programme, v.number, v.replacement);
}
template <class C>
void fields(C& c, UseBenefit& v) {
    each(c, v.programme, v.member, v.benefit, v.store, v.note, v.booked_for, v.item, v.shelf);
}
template <class C>
void fields(C& c, EndBenefitUse& v) {
    each(c, v.programme, v.member, v.use, v.end, v.reason, v.item, v.shelf);
}
template <class C>
void fields(C& c, GrantBenefit& v) {
    each(c, v.programme, v.member, v.benefit, v.count, v.until, v.reason);
}
template <class C>
void fields(C& c, RevokeBenefit& v) {
    each(c, v.programme, v.member, v.grant, v.reason);
}
template <class C>
void fields(C& c, BenefitUseView& v) {
    each(c, v.id, v.member, v.benefit, v.status, v.store, v.author, v.note, v.recorded_at, v.booked_for, v.ended_at, v.ended_by,
         v.reason, v.grant, v.left, v.item, v.shelf, v.stored_at, v.due_on);
}
template <class C>
void fields(C& c, BenefitGrantView& v) {
    each(c, v.id, v.member, v.benefit, v.status, v.count, v.used, v.from, v.until, v.author, v.reason, v.recorded_at, v.offer,
         v.given_for);
}
template <class C>
void fields(C& c, GrantLevel& v) {
    each(c, v.programme, v.member, v.level, v.match, v.until, v.reason);
}
template <class C>
void fields(C& c, EndLevelGrant& v) {
    each(c, v.programme, v.member, v.grant, v.reason);
}
template <class C>
void fields(C& c, LevelGrantView& v) {
    each(c, v.id, v.member, v.level, v.match, v.from, v.until, v.is_in_force, v.author, v.reason, v.ended_by, v.ended_because,
         v.recorded_at);
}
template <class C>
void fields(C& c, MoveGiftStock& v) {
    each(c, v.programme, v.gift, v.store, v.move, v.count, v.reason);
}
template <class C>
void fields(C& c, GiftStockView& v) {
    each(c, v.gift, v.store, v.received, v.written_off, v.left);
}
template <class C>
void fields(C& c, OrderGift& v) {
    each(c, v.programme, v.member, v.gift, v.price, v.count, v.store, v.note, v.is_handed_over, v.is_present, v.reason, v.receipt);
}
template <class C>
void fields(C& c, EndGiftOrder& v) {
    each(c, v.programme, v.member, v.order, v.end, v.substitute, v.store, v.receipt, v.reason, v.is_damaged);
}
template <class C>
void fields(C& c, GiftOrderView& v) {
    each(c, v.id, v.member, v.gift, v.count, v.status, v.store, v.price, v.unit, v.points, v.money, v.author, v.note, v.ordered_at,
         v.held_until, v.ended_at, v.ended_by, v.reason, v.substitute, v.receipt, v.is_present, v.is_damaged, v.offer, v.given_for,
         v.is_owed_back);
}
template <class C>
void fields(C& c, GiveRecognition& v) {
    each(c, v.programme, v.member, v.to, v.kind, v.points, v.reason, v.message);
}
template <class C>
void fields(C& c, WithdrawRecognition& v) {
    each(c, v.programme, v.member, v.recognition, v.reason);
}
template <class C>
void fields(C& c, RecognitionView& v) {
    each(c, v.id, v.kind, v.member, v.from, v.status, v.unit, v.points, v.reason, v.message, v.clause, v.author, v.given_at,
         v.ended_at, v.ended_by, v.ended_because, v.taken_back);
}
template <class C>
void fields(C& c, TradeItemNote& v) {
    each(c, v.at, v.what, v.by, v.reason);
}
template <class C>
void fields(C& c, HandInItem& v) {
    each(c, v.programme, v.member, v.trade_in, v.article, v.store, v.note);
}
template <class C>
void fields(C& c, ChangeTradeItem& v) {
    each(c, v.programme, v.member, v.item, v.step, v.grade, v.price, v.receipt, v.reason);
}
template <class C>
void fields(C& c, TradeItemView& v) {
    each(c, v.id, v.member, v.trade_in, v.department, v.article, v.grade, v.status, v.store, v.note, v.is_on_consignment, v.price,
         v.unit, v.points, v.offered_until, v.clause, v.handed_in_at, v.accepted_at, v.credited, v.paid, v.sold_at, v.sold_for,
         v.receipt, v.notes);
}
template <class C>
void fields(C& c, GiveReferralCode& v) {
    each(c, v.programme, v.member);
}
template <class C>
void fields(C& c, NameReferrer& v) {
    each(c, v.programme, v.member, v.referred_by, v.reason);
}
template <class C>
void fields(C& c, ReferralCodeView& v) {
    each(c, v.member, v.code, v.made_at);
}
template <class C>
void fields(C& c, ReferralGift& v) {
    each(c, v.offer, v.unit, v.points, v.friend_points, v.taken_back, v.left, v.status, v.at);
}
template <class C>
void fields(C& c, ReferralView& v) {
    each(c, v.id, v.member, v.by, v.status, v.since, v.made_at, v.author, v.reason, v.gifts);
}
template <class C>
void fields(C& c, JoinMembership& v) {
    each(c, v.programme, v.member, v.membership, v.reason);
}
template <class C>
void fields(C& c, ChangeMembership& v) {
    each(c, v.programme, v.member, v.membership, v.change, v.reason);
}
template <class C>
void fields(C& c, ReportPayment& v) {
    each(c, v.programme, v.member, v.request, v.result, v.reference);
}
template <class C>
void fields(C& c, MembershipNote& v) {
    each(c, v.at, v.what, v.by, v.reason);
}
template <class C>
void fields(C& c, MembershipPeriodView& v) {
    each(c, v.from, v.until, v.request);
}
template <class C>
void fields(C& c, MembershipView& v) {
    each(c, v.id, v.member, v.membership, v.status, v.joined_on, v.paid_until, v.ends_on, v.lapses_on, v.paused_until, v.days_kept,
         v.request, v.periods, v.notes, v.author);
}
template <class C>
void fields(C& c, PaymentRequestView& v) {
    each(c, v.id, v.member, v.membership, v.plan, v.status, v.from, v.until, v.amount, v.currency, v.due_on, v.asked_at, v.refund,
         v.settled_at, v.reference, v.reported_by);
}
template <class C>
void fields(C& c, HouseholdPerson& v) {
    each(c, v.member, v.name, v.is_owner, v.since);
}
template <class C>
void fields(C& c, HouseholdView& v) {
    each(c, v.member, v.account, v.pays, v.people_most, v.people, v.balances, v.level);
}
template <class C>
void fields(C& c, JoinHousehold& v) {
    each(c, v.programme, v.member, v.to, v.reason);
}
template <class C>
void fields(C& c, LeaveHousehold& v) {
    each(c, v.programme, v.member, v.reason);
}
template <class C>
void fields(C& c, SetHousehold& v) {
    each(c, v.programme, v.member, v.pays, v.owner, v.reason);
}
template <class C>
void fields(C& c, OccasionTerms& v) {
    each(c, v.title, v.store, v.place, v.starts_at, v.ends_at, v.capacity, v.guests_most, v.waiting_most, v.opens_at, v.closes_at,
         v.leave_by, v.access, v.levels, v.benefit, v.is_closed, v.gives_back_missed);
}
template <class C>
void fields(C& c, CreateOccasion& v) {
    each(c, v.programme, v.terms);
}
template <class C>
void fields(C& c, ChangeOccasion& v) {
    each(c, v.programme, v.occasion, v.terms);
}
template <class C>
void fields(C& c, CancelOccasion& v) {
    each(c, v.programme, v.occasion, v.reason);
}
template <class C>
void fields(C& c, OccasionView& v) {
    each(c, v.id, v.status, v.taken, v.waiting, v.came, v.author, v.created_at, v.ended_at, v.ended_by, v.reason, v.terms);
}
template <class C>
void fields(C& c, TakeSeat& v) {
    each(c, v.programme, v.member, v.occasion, v.party, v.note, v.is_invited, v.reason);
}
template <class C>
void fields(C& c, LeaveSeat& v) {
    each(c, v.programme, v.member, v.occasion, v.reason);
}
template <class C>
void fields(C& c, CheckIn& v) {
    each(c, v.programme, v.member, v.occasion, v.token, v.store, v.is_undone, v.reason);
}
template <class C>
void fields(C& c, SeatView& v) {
    each(c, v.id, v.member, v.occasion, v.status, v.party, v.ahead, v.use, v.is_use_kept, v.note, v.author, v.booked_at,
         v.invited_because, v.moved_up_at, v.came_at, v.came_where, v.came_by, v.ended_at, v.ended_by, v.reason, v.is_already_in);
}
template <class C>
void fields(C& c, RecordActivity& v) {
    each(c, v.programme, v.member, v.activity, v.without_receipt);
}
template <class C>
void fields(C& c, CreateOrganisation& v) {
    each(c, v.id, v.title);
}
template <class C>
void fields(C& c, PublishEdition& v) {
    each(c, v.document, v.effective_on, v.allow_past);
}
template <class C>
void fields(C& c, ImportProducts& v) {
    each(c, v.products);
}
template <class C>
void fields(C& c, ImportStores& v) {
    each(c, v.stores);
}
template <class C>
void fields(C& c, CreateApiKey& v) {
    each(c, v.name, v.programme, v.scopes);
    if (!v.store.empty()) each(c, v.store);  // without one the bytes are those of before there were any
}
template <class C>
void fields(C& c, RevokeApiKey& v) {
    each(c, v.id);
}
template <class C>
void fields(C& c, CreateUser& v) {
    each(c, v.name);
}
template <class C>
void fields(C& c, RotateSigningKeys& v) {
    each(c, v.how, v.needed_until);
}
template <class C>
void fields(C& c, ResetPassword& v) {
    each(c, v.name);
}
template <class C>
void fields(C& c, RemoveUser& v) {
    each(c, v.name);
}
template <class C>
void fields(C& c, ChangePassword& v) {
    each(c, v.name, v.old_hash, v.password_hash);
}
template <class C>
void fields(C& c, ResolveDiscrepancy& v) {
    each(c, v.programme, v.discrepancy, v.note);
}
template <class C>
void fields(C& c, ReleaseQuarantined& v) {
    each(c, v.id);
}
template <class C>
void fields(C& c, Sweep& v) {
    each(c, v.accounts_max);
}

// -- Answers; `is_repeat` is never remembered -------------------------------------------------------------------------------

template <class C>
void fields(C& c, Discrepancy& v) {
    each(c, v.kind, v.line, v.stated, v.decided, v.what);
}
template <class C>
void fields(C& c, UnitBalance& v) {
    each(c, v.unit, v.pending, v.available, v.held, v.owed);
}
template <class C>
void fields(C& c, UnitPoints& v) {
    each(c, v.unit, v.points);
}
template <class C>
void fields(C& c, ThingGiven& v) {
    each(c, v.id, v.thing, v.offer, v.is_gift, v.is_kept);
}
/// A time beyond all others says that more follows, as with cards below.
template <class C>
void fields(C& c, ReturnAnswer& v) {
    constexpr std::int64_t kMore = std::int64_t{1} << 62;
    std::int64_t recorded_at = v.recorded_at.us + (v.things.empty() ? 0 : kMore);
    each(c, v.return_id, v.receipt, recorded_at, v.refund, v.withheld, v.taken_back, v.left, v.owed, v.given_back, v.balances,
         v.level, v.relied_on, v.discrepancies);
    if (recorded_at >= kMore / 2) each(c, v.things);
    v.recorded_at.us = recorded_at >= kMore / 2 ? recorded_at - kMore : recorded_at;
}
/// The outcome is not here: it stands in the packed receipt as it was first decided.
template <class C>
void fields(C& c, ReceiptAnswer& v) {
    each(c, v.receipt, v.recorded_at, v.judged_at, v.edition, v.programme, v.currency, v.member, v.units, v.uncovered, v.balances,
         v.level_before, v.level, v.returns, v.discrepancies, v.things, v.challenges);
}
template <class C>
void fields(C& c, HoldAnswer& v) {
    each(c, v.hold, v.unit, v.points, v.expires_at, v.member, v.balances);
}
template <class C>
void fields(C& c, QuoteAnswer& v) {
    each(c, v.edition, v.currency, v.judged_at, v.member, v.outcome, v.units, v.spendable, v.missing, v.level, v.balances, v.holds,
         v.discrepancies, v.token, v.token_expires_at, v.challenges);
}
template <class C>
void fields(C& c, AdjustAnswer& v) {
    each(c, v.unit, v.points, v.recorded_at, v.balances, v.id);
}
template <class C>
void fields(C& c, TransferAnswer& v) {
    each(c, v.transfer, v.unit, v.points, v.recorded_at, v.member, v.to, v.balances, v.balances_of_other);
}
template <class C>
void fields(C& c, MergedProgramme& v) {
    each(c, v.programme, v.merge, v.member, v.to, v.moved, v.balances, v.level);
}
template <class C>
void fields(C& c, MergeAnswer& v) {
    each(c, v.merge, v.recorded_at, v.member, v.to, v.moved, v.balances, v.level, v.elsewhere);
}
/// A kind beyond the others says that more follows: what was remembered before there was more is read all the same, also as a
/// part of a list.
template <class C>
void fields(C& c, CardView& v) {
    constexpr std::int64_t kMore = 16;
    const bool has_more = !v.category.empty() || !v.batch.empty() || v.is_anonymous;
    std::int64_t kind = static_cast<std::int64_t>(v.kind) + (has_more ? kMore : 0);
    each(c, v.number, kind, v.status, v.issued_at, v.member);
    if (kind >= kMore) each(c, v.category, v.batch, v.is_anonymous);
    v.kind = static_cast<programme::CardKind>(kind % kMore);
}
template <class C>
void fields(C& c, CardBatchView& v) {
    each(c, v.id, v.kind, v.category, v.count, v.made_at, v.author, v.note, v.is_blocked);
}
template <class C>
void fields(C& c, MemberView& v) {
    each(c, v.member, v.account, v.programme, v.joined_on, v.version, v.profile, v.cards, v.balances, v.level, v.merged_into,
         v.is_anonymous);
}
template <class C>
void fields(C& c, ActivityAnswer& v) {
    each(c, v.activity, v.recorded_at, v.member, v.level, v.discrepancies, v.taken_back, v.owed, v.left, v.withheld);
}
template <class C>
void fields(C& c, EditionView& v) {
    each(c, v.programme, v.edition, v.effective_on, v.published_at, v.author, v.document_hash, v.semantics);
}
template <class C>
void fields(C& c, CatalogueAnswer& v) {
    each(c, v.written);
}
/// Never the secret: a repeat of creating a key does not show it again.
template <class C>
void fields(C& c, ApiKeyView& v) {
    each(c, v.id, v.organisation, v.name, v.programme, v.scopes, v.created_at, v.revoked_at, v.store);
}
template <class C>
void fields(C& c, SigningKeyView& v) {
    each(c, v.id, v.public_key, v.status, v.made_at, v.signs_from, v.published_until);
}
template <class C>
void fields(C& c, SigningKeysView& v) {
    each(c, v.keys);
}
/// Never the password, as above.
template <class C>
void fields(C& c, UserView& v) {
    each(c, v.name, v.organisation, v.created_at, v.id);
}
template <class C>
void fields(C& c, DiscrepancyView& v) {
    each(c, v.id, v.programme, v.event, v.recorded_at, v.discrepancy, v.resolved_at, v.resolved_by, v.note);
}
template <class C>
void fields(C& c, QuarantinedView& v) {
    each(c, v.id, v.command, v.subject, v.reason, v.recorded_at);
}
template <class C>
void fields(C& c, SweepAnswer& v) {
    each(c, v.accounts, v.is_done);
}

template <class T>
std::string packed(const T& value) {
    ByteWriter out;
    out.put(kCodecVersion);
    Packer{out}(value);
    return out.sealed();
}
template <class T>
std::optional<T> unpacked(std::string_view sealed) {
    const auto bytes = unseal(sealed);
    if (!bytes) return std::nullopt;
    ByteReader in{*bytes};
    if (in.get() != kCodecVersion) return std::nullopt;
    T value{};
    Unpacker{in}(value);
    if (!in.is_at_end()) return std::nullopt;
    return value;
}

}  // namespace suki::app
