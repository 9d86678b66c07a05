#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/app.h"
#include "house/story.h"
#include "house/tokens.h"
#include "store/store.h"

namespace suki::house {

class Cluster;

/// The world of one story: a store, the application on it, a clock that only the story moves, and chance from a seed.
class World {
public:
    /// `path` empty: a database in memory, or spread over `cluster`, which outlives it.
    explicit World(const std::string& path, Cluster* cluster = nullptr);
    ~World();

    app::App& app() { return *app_; }
    store::Store& store() { return *store_; }
    Instant now() const { return {now_us_.load()}; }
    void set_now(Instant now) { now_us_ = now.us; }
    /// Closes everything and opens it again, as after a restart.
    void restart();
    /// Ends the application and starts another on the same store.
    void restart_app();
    std::string check();

private:
    void open();
    std::string path_;
    Cluster* cluster_ = nullptr;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<app::App> app_;
    std::atomic<std::int64_t> now_us_;
    std::uint64_t chance_ = 1;
};

/// Every story is of one.
inline constexpr const char* kOrganisation = "main";

/// Whether it was, and then what the reply says of it.
template <class A>
bool refused(Reply& reply, const app::Answered<A>& answer) {
    if (answer) return false;
    const app::Refusal& refusal = answer.error();
    reply.outcome = refusal.code;
    if (!refusal.pointer.empty()) reply.add("at", refusal.pointer);
    for (const auto& [name, value] : refusal.arguments) reply.add(name, value);
    for (const auto& diagnostic : refusal.diagnostics) reply.add("finding", std::string{name_of(diagnostic.code)});
    return true;
}

/// What a story shows of a seat.
struct SeatWords {
    std::string status;
    std::int64_t party = 1;
    std::optional<std::int64_t> ahead;
    bool has_use = false;
    bool is_use_kept = true;
};
void add_seat(Reply& reply, const SeatWords& seat);
void add_occasion(Reply& reply, const std::string& status, std::int64_t taken, std::int64_t waiting, std::int64_t came);

/// Plays a story straight in the application. Each verb can be played in another way by a stage that derives from this one.
class AppStage : public Stage {
public:
    AppStage(World& world, std::string folder) : world_(world), folder_(std::move(folder)) {}
    Reply act(const Action& action) override;
    std::string check() override { return world_.check(); }

protected:
    virtual Reply publish(const Action& action);
    virtual Reply add_product(const Action& action);
    virtual Reply add_store(const Action& action);
    virtual Reply add_member(const Action& action);
    virtual Reply set_facts(const Action& action);
    virtual Reply issue_card(const Action& action);
    virtual Reply make_cards(const Action& action);
    virtual Reply use_benefit(const Action& action);
    virtual Reply end_use(const Action& action);
    virtual Reply grant_benefit(const Action& action);
    virtual Reply revoke_benefit(const Action& action);
    virtual Reply benefits(const Action& action);
    virtual Reply benefit_uses(const Action& action);
    virtual Reply issue_token(const Action& action);
    virtual Reply list_keys(const Action& action);
    virtual Reply rotate_keys(const Action& action);
    virtual std::vector<PublishedKey> published_keys();
    Reply try_door(const Action& action);
    virtual Reply challenges(const Action& action);
    virtual Reply rebates(const Action& action);
    virtual Reply move_stock(const Action& action);
    virtual Reply gifts(const Action& action);
    virtual Reply order_gift(const Action& action);
    virtual Reply end_order(const Action& action);
    virtual Reply gift_orders(const Action& action);
    virtual Reply member_milestones(const Action& action);
    virtual Reply give_recognition(const Action& action);
    virtual Reply withdraw_recognition(const Action& action);
    virtual Reply member_recognitions(const Action& action);
    virtual Reply recognitions(const Action& action);
    virtual Reply hand_in(const Action& action);
    virtual Reply change_item(const Action& action);
    virtual Reply trade_items(const Action& action);
    virtual Reply trade_in_report(const Action& action);
    virtual Reply arrange_occasion(const Action& action);
    virtual Reply list_occasions(const Action& action);
    virtual Reply take_seat(const Action& action);
    virtual Reply leave_seat(const Action& action);
    virtual Reply check_in(const Action& action);
    virtual Reply issue_seat_token(const Action& action);
    virtual Reply guests(const Action& action);
    virtual Reply seats(const Action& action);
    virtual Reply join_membership(const Action& action);
    virtual Reply change_membership(const Action& action);
    virtual Reply report_payment(const Action& action);
    virtual Reply memberships(const Action& action);
    virtual Reply membership_plans(const Action& action);
    virtual Reply payment_requests(const Action& action);
    virtual Reply referral_code(const Action& action);
    virtual Reply name_referrer(const Action& action);
    virtual Reply referrals(const Action& action);
    /// A code, a card or a member, as a story names them: what `referred_by` says.
    virtual std::string referrer_of(const std::string& name);
    virtual Reply join_household(const Action& action);
    virtual Reply leave_household(const Action& action);
    virtual Reply household(const Action& action);
    virtual Reply grant_level(const Action& action);
    virtual Reply end_level(const Action& action);
    virtual Reply level_grants(const Action& action);
    virtual Reply buy(const Action& action);
    virtual Reply quote(const Action& action);
    virtual Reply give_back(const Action& action);
    virtual Reply hold(const Action& action);
    virtual Reply end_hold(const Action& action);
    virtual Reply earn(const Action& action);
    virtual Reply redeem(const Action& action);
    virtual Reply give(const Action& action);
    virtual Reply merge(const Action& action);
    virtual Reply visit(const Action& action);
    virtual Reply balance(const Action& action);
    virtual Reply level(const Action& action);
    virtual Reply statement(const Action& action);
    virtual Reply explain(const Action& action);
    virtual Reply account(const Action& action);
    std::string key_called(const std::string& id);
    void add_token(Reply& reply, const Action& action, const std::string& token, const std::string& resource);
    /// With the status of each.
    void add_keys(Reply& reply, const std::vector<std::pair<std::string, std::string>>& keys);
    /// From now on the story is of that programme.
    virtual void enter(const std::string& programme);

    app::MemberName member_of(const std::string& name) const;
    /// `box.2` is the second card of the batch that the story calls `box`; anything else is a number itself.
    std::string number_of(const std::string& word) const;
    /// The id of what the story calls so; of what was never made one that nobody has.
    std::string batch_of(const std::string& name) const;
    std::string use_of(const std::string& name) const;
    app::OccasionTerms terms_of(const Action& action);
    std::string occasion_of(const std::string& name) const;
    static SeatWords words_of(const app::SeatView& seat);
    app::MemberName member_anywhere(const std::string& name) const;
    AccountId account_of(const std::string& name) const;
    Instant time_of(const Action& action) const;
    app::Caller caller(const Action& action) const;
    std::string document_at(const std::string& name) const;

    World& world_;
    std::string folder_;
    std::string programme_;
    int exponent_ = 2;
    std::map<std::string, std::string> holds_;  // the story's name → id
    std::map<std::string, std::string> tokens_;
    std::map<std::string, std::string> batches_;
    /// What was granted last of that level; one that there is not, where none was.
    std::string grant_of(const std::string& level) const;
    std::map<std::string, std::string> uses_;  // and grants, orders of gifts, memberships, things handed in
    std::map<std::string, app::OccasionTerms> terms_;
    std::map<std::string, std::string> occasions_;
    std::map<std::string, std::string> seat_tokens_;
    std::map<std::string, std::string> access_tokens_;
    std::map<std::string, std::string> keys_;                  // id → what the story calls it
    std::map<std::string, std::vector<std::string>> numbers_;  // of batches and of cards that Suki numbered, by the story's name
};

void add_level_grant(Reply& reply, const app::LevelGrantView& grant);
void add_level_grants(Reply& reply, const std::vector<app::LevelGrantView>& grants);
/// What a household shows: the names of its people, the owner's first.
void add_household(Reply& reply, const std::vector<std::string>& people, const std::string& pays, const std::string& level);

}  // namespace suki::house
