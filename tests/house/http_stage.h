#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "house/app_stage.h"
#include "house/http_calls.h"
#include "server/net/client.h"
#include "server/server.h"

namespace suki::house {

/// The verbs of AppStage as calls of the interface. What HTTP can't do on purpose (an edition in the past, a receipt judged by a
/// named edition, a balance or level of another day, the clock, the sweep) is done in the application, by AppStage.
class HttpStage final : public AppStage {
public:
    HttpStage(World& world, std::string folder) : AppStage(world, std::move(folder)) {
        const auto key = world_.app().run({"main", "spec", "", "spec"}, app::CreateApiKey{"spec", "", {app::KeyScope::admin}});
        if (!key) fail("no key was made: " + key.error().code);
        secret_ = key->secret;
        serve();
    }

    Reply act(const Action& action) override {
        if (action.verb != "restart") return AppStage::act(action);
        server_.reset();
        Reply reply = AppStage::act(action);
        serve();
        return reply;
    }

private:
    void serve();
    HttpAnswer call(const std::string& method, const std::string& path, const std::string& body = {},
                    const Action* action = nullptr);
    bool refused(Reply& reply, const HttpAnswer& answer) const;
    void read_programme();
    std::optional<std::string> id_of(const std::string& name, Reply& reply);
    std::vector<std::string> units_of(json::Value answer) const;
    void add_figures(Reply& reply, json::Value answer);

    Reply publish(const Action& action) override;
    Reply add_product(const Action& action) override;
    Reply add_store(const Action& action) override;
    Reply add_member(const Action& action) override;
    Reply set_facts(const Action& action) override;
    Reply issue_card(const Action& action) override;
    Reply make_cards(const Action& action) override;
    Reply use_benefit(const Action& action) override;
    Reply end_use(const Action& action) override;
    Reply grant_benefit(const Action& action) override;
    Reply revoke_benefit(const Action& action) override;
    Reply benefits(const Action& action) override;
    Reply benefit_uses(const Action& action) override;
    Reply issue_token(const Action& action) override;
    Reply list_keys(const Action& action) override;
    Reply rotate_keys(const Action& action) override;
    std::vector<PublishedKey> published_keys() override;
    Reply move_stock(const Action& action) override;
    Reply challenges(const Action& action) override;
    Reply rebates(const Action& action) override;
    Reply gifts(const Action& action) override;
    Reply order_gift(const Action& action) override;
    Reply end_order(const Action& action) override;
    Reply gift_orders(const Action& action) override;
    Reply member_milestones(const Action& action) override;
    Reply give_recognition(const Action& action) override;
    Reply withdraw_recognition(const Action& action) override;
    Reply member_recognitions(const Action& action) override;
    Reply recognitions(const Action& action) override;
    Reply hand_in(const Action& action) override;
    Reply change_item(const Action& action) override;
    Reply trade_items(const Action& action) override;
    Reply trade_in_report(const Action& action) override;
    Reply arrange_occasion(const Action& action) override;
    Reply list_occasions(const Action& action) override;
    Reply take_seat(const Action& action) override;
    Reply leave_seat(const Action& action) override;
    Reply check_in(const Action& action) override;
    Reply issue_seat_token(const Action& action) override;
    Reply guests(const Action& action) override;
    Reply seats(const Action& action) override;
    Reply join_membership(const Action& action) override;
    Reply change_membership(const Action& action) override;
    Reply report_payment(const Action& action) override;
    Reply memberships(const Action& action) override;
    Reply referral_code(const Action& action) override;
    Reply name_referrer(const Action& action) override;
    Reply referrals(const Action& action) override;
    std::string referrer_of(const std::string& name) override;
    Reply membership_plans(const Action& action) override;
    Reply payment_requests(const Action& action) override;
    Reply join_household(const Action& action) override;
    Reply leave_household(const Action& action) override;
    Reply household(const Action& action) override;
    Reply grant_level(const Action& action) override;
    Reply end_level(const Action& action) override;
    Reply level_grants(const Action& action) override;
    Reply buy(const Action& action) override;
    Reply quote(const Action& action) override;
    Reply give_back(const Action& action) override;
    Reply hold(const Action& action) override;
    Reply end_hold(const Action& action) override;
    Reply earn(const Action& action) override;
    Reply redeem(const Action& action) override;
    Reply give(const Action& action) override;
    Reply merge(const Action& action) override { return give(action); }
    Reply visit(const Action& action) override;
    Reply balance(const Action& action) override;
    Reply level(const Action& action) override;
    Reply statement(const Action& action) override;
    Reply explain(const Action& action) override;
    Reply account(const Action& action) override;
    void enter(const std::string& programme) override;

    std::string secret_;
    std::unique_ptr<server::Server> server_;
    std::unique_ptr<server::net::Client> client_;
    std::vector<std::string> units_;
    int keys_used_ = 0;
};

/// Plays a story over HTTP against a server in this process on a port of its own.
std::unique_ptr<Stage> make_http_stage(World& world, std::string folder);

}  // namespace suki::house
