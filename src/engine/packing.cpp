#include <algorithm>

#include "engine/settle.h"

/// The packed column of a receipt (DESIGN.md 14): a version, the parts in a fixed order, a checksum. Values that most receipts do
/// not state take one byte.
namespace suki::engine {

namespace {

constexpr std::uint64_t kVersion = 1;

/// One description of each part serves both directions: `Packer` writes what a field holds, `Unpacker` fills it.
class Packer {
public:
    static constexpr bool is_reading = false;

    void number(std::int64_t value) { out_.put(value); }
    void count(std::size_t value) { out_.put_unsigned(value); }
    void flag(bool value) { out_.put_bool(value); }
    void text(const std::string& value) { out_.put_text(value); }
    void bits(const IdBits& bits) { out_.put_bits(bits.high, bits.low); }
    template <class List, class Each>
    void list(const List& items, const Each& each) {
        out_.put_unsigned(items.size());
        for (const auto& item : items) each(item);
    }
    template <class T, class Each>
    void maybe(const std::optional<T>& value, const Each& each) {
        out_.put_bool(value.has_value());
        if (value) each(*value);
    }
    void draw(const ledger::Draw& value) { ledger::pack(out_, value); }
    void facts(const account::Facts& value) { account::pack(out_, value); }
    [[nodiscard]] ByteWriter& out() { return out_; }

private:
    ByteWriter out_;
};

class Unpacker {
public:
    static constexpr bool is_reading = true;

    explicit Unpacker(std::string_view bytes) : in_(bytes) {}

    template <class N>
    void number(N& value) {
        const std::int64_t read = in_.get();
        value = static_cast<N>(read);
        if (static_cast<std::int64_t>(value) != read) in_.fail();
    }
    void flag(bool& value) {
        const std::uint64_t read = in_.get_unsigned();
        if (read > 1) in_.fail();
        value = read == 1;
    }
    void text(std::string& value) { value = in_.get_text(); }
    void bits(IdBits& bits) { in_.get_bits(bits.high, bits.low); }
    template <class T, class Each>
    void list(std::vector<T>& items, const Each& each) {
        items.clear();
        for (std::size_t left = in_.get_count(); left > 0 && in_.is_ok(); --left) each(items.emplace_back());
    }
    template <class T, std::size_t Few, class Each>
    void list(ShortList<T, Few>& items, const Each& each) {
        items.clear();
        for (std::size_t left = in_.get_count(); left > 0 && in_.is_ok(); --left) each(items.emplace_back());
    }
    /// More than there is room for is no receipt of ours.
    template <class T, std::size_t Most, class Each>
    void list(InlineArray<T, Most>& items, const Each& each) {
        items.clear();
        std::size_t left = in_.get_count();
        if (left > Most) return in_.fail();
        for (; left > 0 && in_.is_ok(); --left) each(items.emplace_back());
    }
    template <class T, class Each>
    void maybe(std::optional<T>& value, const Each& each) {
        bool is_there = false;
        flag(is_there);
        value.reset();
        if (is_there && in_.is_ok()) each(value.emplace());
    }
    void draw(ledger::Draw& value) { value = ledger::unpack_draw(in_); }
    void facts(account::Facts& value) { value = account::unpack_facts(in_); }
    void fail() { in_.fail(); }
    [[nodiscard]] bool is_at_end() const { return in_.is_at_end(); }

private:
    ByteReader in_;
};

template <class A, class U>
void amount(A& a, const Amount<U>& value) {
    a.number(value.minor());
}
template <class A, class U>
void amount(A& a, Amount<U>& value) {
    std::int64_t minor = value.minor();
    a.number(minor);
    value = Amount<U>{minor};
}
template <class A, class E>
void choice(A& a, E& value) {
    if constexpr (A::is_reading) {
        std::uint32_t number = 0;
        a.number(number);
        if (number >= count_of<std::remove_const_t<E>>) return a.fail();
        value = static_cast<E>(number);
    } else {
        a.number(static_cast<std::int64_t>(value));
    }
}
template <class A, class Q>
void quantity(A& a, Q& value) {
    a.number(value.milli);
    choice(a, value.unit);
}
template <class A, class V>
void texts(A& a, V& values) {
    a.list(values, [&](auto& text) { a.text(text); });
}
template <class A, class V>
void amounts(A& a, V& values) {
    a.list(values, [&](auto& each) { amount(a, each); });
}
template <class A, class V>
void maybe_amount(A& a, V& value) {
    a.maybe(value, [&](auto& each) { amount(a, each); });
}

template <class A, class L>
void line(A& a, L& line) {
    a.number(line.number);
    a.text(line.sku);
    a.text(line.title);
    a.text(line.category);
    a.text(line.brand);
    a.text(line.batch);
    texts(a, line.tags);
    a.flag(line.has_tags);
    quantity(a, line.quantity);
    amount(a, line.amount);
    amount(a, line.tax);
    maybe_amount(a, line.cost);
    amount(a, line.till_discount);
    maybe_amount(a, line.charged);
    a.flag(line.is_deposit);
    a.flag(line.no_discount);
    a.flag(line.no_points);
}

/// The card is the member's and stands beside the owner; a packed receipt holds no personal data.
template <class A, class R>
void receipt(A& a, R& receipt) {
    a.text(receipt.id);
    a.text(receipt.store);
    a.text(receipt.till);
    a.text(receipt.number);
    a.number(receipt.occurred_at.us);
    a.maybe(receipt.offset_s, [&](auto& offset) { a.number(offset); });
    a.text(receipt.channel);
    a.list(receipt.lines, [&](auto& each) { line(a, each); });
    amount(a, receipt.till_discount);
    maybe_amount(a, receipt.charged);
    a.list(receipt.points_paid, [&](auto& payment) {
        a.text(payment.unit);
        amount(a, payment.points);
        a.maybe(payment.hold, [&](auto& hold) { a.bits(hold.bits); });
    });
    a.list(receipt.tenders, [&](auto& tender) {
        a.text(tender.kind);
        amount(a, tender.amount);
    });
}

template <class A, class R>
void return_of(A& a, R& request) {
    a.text(request.id);
    a.text(request.receipt);
    a.number(request.occurred_at.us);
    a.list(request.lines, [&](auto& returned) {
        a.number(returned.line);
        quantity(a, returned.quantity);
    });
    a.flag(request.is_void);
    a.text(request.reason);
    maybe_amount(a, request.refunded);
}

/// A category is written as a kind of its own, behind the others: receipts from before there were any are read all the same.
template <class A, class C>
void card(A& a, C& card) {
    constexpr auto kNamed = static_cast<std::int64_t>(count_of<programme::CardKind>);
    std::int64_t number = card.category.empty() ? static_cast<std::int64_t>(card.kind) : kNamed;
    a.number(number);
    if constexpr (A::is_reading) {
        if (number < 0 || number > kNamed) return a.fail();
        card.kind = number == kNamed ? programme::CardKind::category : static_cast<programme::CardKind>(number);
    }
    if (number == kNamed) a.text(card.category);
}

template <class A, class C>
void context(A& a, C& context) {
    a.number(context.date.days);
    a.number(context.programme_time.minutes);
    choice(a, context.store_weekday);
    a.number(context.store_time.minutes);
    a.text(context.region);
    a.list(context.lines, [&](auto& facts) {
        a.text(facts.category);
        a.text(facts.brand);
        texts(a, facts.tags);
        maybe_amount(a, facts.cost);
    });
    a.flag(context.is_member);
    a.text(context.level);
    card(a, context.card);
    a.facts(context.facts);
    a.number(context.purchases_before);
    a.maybe(context.last_purchase_on, [&](auto& date) { a.number(date.days); });
    for (auto* values : {&context.windows, &context.pools, &context.available}) {
        a.list(*values, [&](auto& value) { a.number(value); });
    }
}

template <class A, class V>
void collected(A& a, V& values) {
    a.list(values, [&](auto& before) {
        a.number(before.part);
        a.number(before.have);
        a.number(before.today);
        a.number(before.have_counted);
        a.flag(before.is_done);
    });
}

template <class A, class D>
void decision(A& a, D& decision) {
    a.text(decision.offer);
    a.text(decision.clause);
    choice(a, decision.verdict);
    amount(a, decision.discount);
    a.text(decision.unit);
    amount(a, decision.points);
    a.number(decision.uses);
    a.text(decision.winner);
    a.list(decision.shares, [&](auto& share) {
        a.number(share.line);
        amount(a, share.money);
        amount(a, share.points);
    });
}

template <class A, class P>
void pool_draws(A& a, P& draws) {
    a.list(draws, [&](auto& draw) {
        a.number(draw.pool);
        a.number(draw.amount);
    });
}

template <class A, class O>
void outcome(A& a, O& outcome) {
    a.list(outcome.lines, [&](auto& line) {
        a.number(line.line);
        for (auto* money : {&line.list_total, &line.line_discount, &line.receipt_discount, &line.till_discount, &line.total,
                            &line.points_money, &line.paid}) {
            amount(a, *money);
        }
        amounts(a, line.points);
    });
    a.list(outcome.decisions, [&](auto& each) { decision(a, each); });
    for (auto* money :
         {&outcome.list_total, &outcome.discount, &outcome.till_discount, &outcome.total, &outcome.points_money, &outcome.paid}) {
        amount(a, *money);
    }
    amounts(a, outcome.points);
    a.list(outcome.points_paid, [&](auto& paid) {
        a.number(paid.unit);
        amount(a, paid.points);
        amount(a, paid.money);
    });
    a.list(outcome.counters, [&](auto& counter) {
        a.text(counter.key);
        a.number(counter.change);
    });
    pool_draws(a, outcome.pools);
}

template <class A, class S>
void books(A& a, S& stored) {
    a.list(stored.earned, [&](auto& earned) {
        a.number(earned.unit);
        a.bits(earned.lot.bits);
        a.list(earned.parts, [&](auto& part) {
            a.text(part.offer);
            a.text(part.clause);
            amount(a, part.points);
        });
        amount(a, earned.lapsed);
    });
    a.list(stored.spent, [&](auto& spent) {
        a.number(spent.unit);
        a.text(spent.rule);
        a.text(spent.clause);
        a.list(spent.draws, [&](auto& draw) { a.draw(draw); });
        amount(a, spent.uncovered);
    });
}

/// Behind everything else, and only where there are any: receipts from before they were kept end without them.
template <class A, class S>
void withheld_points(A& a, S& stored) {
    if constexpr (A::is_reading) {
        if (a.is_at_end()) return;
    } else if (stored.context.collected.empty() && stored.context.memberships.empty() && !stored.context.is_brought &&
               std::all_of(stored.earned.begin(), stored.earned.end(), [](const EarnedRecord& earned) {
                   return earned.withheld.is_zero() && earned.kept.is_zero() && earned.repaid.is_zero();
               })) {
        return;
    }
    for (auto& earned : stored.earned) amount(a, earned.withheld);
    if constexpr (A::is_reading) {
        if (a.is_at_end()) return;
    }
    for (auto& earned : stored.earned) amount(a, earned.kept);
    if constexpr (A::is_reading) {
        if (a.is_at_end()) return;
    }
    for (auto& earned : stored.earned) amount(a, earned.repaid);
}

/// Behind that, and only where there is any: what was on the member's cards, their memberships, and whether somebody brought them.
template <class A, class C>
void newest(A& a, C& context) {
    if constexpr (A::is_reading) {
        if (a.is_at_end()) return;
    } else if (context.collected.empty() && context.memberships.empty() && !context.is_brought) {
        return;
    }
    collected(a, context.collected);
    if constexpr (A::is_reading) {
        if (a.is_at_end()) return;
    } else if (context.memberships.empty() && !context.is_brought) {
        return;
    }
    texts(a, context.memberships);
    if constexpr (A::is_reading) {
        if (a.is_at_end()) return;
    } else if (!context.is_brought) {
        return;
    }
    a.flag(context.is_brought);
}

/// `current` is written only when returns made it differ from what was decided.
template <class A, class S>
void stored_receipt(A& a, S& stored) {
    receipt(a, stored.receipt);
    context(a, stored.context);
    outcome(a, stored.decided);
    a.number(stored.edition);
    a.number(stored.semantics);
    a.number(stored.recorded_at.us);
    books(a, stored);
    a.list(stored.returns, [&](auto& each) { return_of(a, each); });
    bool is_as_decided = false;
    if constexpr (!A::is_reading) is_as_decided = stored.current == stored.decided;
    a.flag(is_as_decided);
    if (!is_as_decided) {
        outcome(a, stored.current);
    } else if constexpr (A::is_reading) {
        stored.current = stored.decided;
    }
    amount(a, stored.refunded);
    pool_draws(a, stored.put_back);
    a.flag(stored.is_history);
    withheld_points(a, stored);
    newest(a, stored.context);
}

}  // namespace

std::string pack(const StoredReceipt& stored) {
    Packer packer;
    packer.out().put_unsigned(kVersion);
    stored_receipt(packer, stored);
    return packer.out().sealed();
}

std::optional<StoredReceipt> unpack_receipt(std::string_view packed) {
    const auto bytes = unseal(packed);
    if (!bytes) return std::nullopt;
    if (bytes->empty() || static_cast<unsigned char>(bytes->front()) != kVersion) return std::nullopt;
    Unpacker unpacker(bytes->substr(1));
    StoredReceipt stored;
    stored_receipt(unpacker, stored);
    if (!unpacker.is_at_end()) return std::nullopt;
    return stored;
}

std::string pack(const Context& value) {
    Packer packer;
    context(packer, value);
    newest(packer, value);
    return packer.out().bytes();
}

std::string pack(const Outcome& value) {
    Packer packer;
    outcome(packer, value);
    return packer.out().bytes();
}

}  // namespace suki::engine
