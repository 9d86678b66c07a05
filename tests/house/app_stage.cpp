#include "house/app_stage.h"

#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>

#include "base/currency.h"
#include "base/decimal.h"
#include "cli/zones.h"
#include "house/figures.h"
#include "house/sharded_store.h"
#include "source_dir.h"
#include "store/open.h"

namespace suki::house {

namespace {

std::string lots_words(const std::vector<app::LotView>& lots) {
    std::vector<std::string> words;
    for (const app::LotView& lot : lots) {
        std::string text = std::to_string(lot.remaining.minor()) + "@";
        text += lot.expires_at ? instant_text(*lot.expires_at).substr(0, 16) : "never";
        words.push_back(lot.is_mature ? text : text + "!pending");
    }
    return list_words(words);
}

}  // namespace

World::World(const std::string& path, Cluster* cluster)
    : path_(path), cluster_(cluster), now_us_(parse_instant("2020-01-01T00:00Z")->us) {
    open();
}
World::~World() = default;

void World::open() {
    if (cluster_ != nullptr) {
        store_ = std::make_unique<ShardedStore>(*cluster_);
    } else {
        store_ = store::open_store({.db = path_, .now = now()});
    }
    restart_app();
}

void World::restart_app() {
    app_.reset();
    app::Wiring wiring;
    wiring.zones = cli::load_zone;
    wiring.now = [this] { return now(); };
    wiring.random = [this](std::span<std::uint8_t> bytes) {
        for (std::uint8_t& byte : bytes) {
            chance_ = chance_ * 6364136223846793005ULL + 1442695040888963407ULL;
            byte = static_cast<std::uint8_t>(chance_ >> 56);
        }
    };
    app_ = std::make_unique<app::App>(*store_, wiring);
    if (app_->organisations().empty()) (void)app_->run({}, app::CreateOrganisation{kOrganisation, "Main"});
}

void World::restart() {
    if (path_.empty() && cluster_ == nullptr) return;  // nothing would be left
    app_.reset();
    store_.reset();
    open();
}

std::string World::check() {
    const app::VerifyReport report = app_->verify();
    std::string text;
    for (const app::VerifyBreach& breach : report.breaches) text += breach.what + " " + breach.where + ": " + breach.details + "\n";
    return text;
}

app::MemberName AppStage::member_of(const std::string& name) const {
    if (name == "-" || name.empty()) return {};
    return {app::NamedBy::external, name};
}

void AppStage::enter(const std::string& programme) {
    programme_ = programme;
    const auto plan = world_.app().plan(kOrganisation, programme_);
    if (!plan) throw std::runtime_error("there is no programme " + programme);
    exponent_ = (*plan)->exponent;
}

/// `ana@cafe` is whom that programme calls ana.
app::MemberName AppStage::member_anywhere(const std::string& name) const {
    const std::size_t at = name.find('@');
    if (at == std::string::npos) return member_of(name);
    const auto found = world_.app().find_member(kOrganisation, name.substr(at + 1), member_of(name.substr(0, at)));
    return found ? app::MemberName{app::NamedBy::member, found->member.text()} : member_of(name);
}

AccountId AppStage::account_of(const std::string& name) const {
    if (const auto id = AccountId::parse(name)) return *id;
    const std::size_t at = name.find('@');
    const auto found = world_.app().find_member(kOrganisation, at == std::string::npos ? programme_ : name.substr(at + 1),
                                                member_of(name.substr(0, at)));
    if (!found) throw std::runtime_error("the story has no account of " + name);
    return found->account;
}

Instant AppStage::time_of(const Action& action) const {
    const auto at = action.named("at");
    return at ? instant_of_words(*at) : world_.now();
}

app::Caller AppStage::caller(const Action& action) const {
    app::Caller caller{kOrganisation, "spec", action.named("key").value_or(""), "spec"};
    return caller;
}

std::string AppStage::document_at(const std::string& name) const {
    for (const std::string& path : {folder_ + "/" + name, std::string{SUKI_SOURCE_DIR} + "/tests/spec/programmes/" + name,
                                    std::string{SUKI_SOURCE_DIR} + "/examples/" + name}) {
        std::ifstream file(path, std::ios::binary);
        if (!file) continue;
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }
    throw std::runtime_error("there is no document " + name);
}

Reply AppStage::act(const Action& action) {
    using Handler = Reply (AppStage::*)(const Action&);
    static const std::map<std::string, Handler, std::less<>> verbs = {
        {"programme", &AppStage::publish},
        {"product", &AppStage::add_product},
        {"store", &AppStage::add_store},
        {"member", &AppStage::add_member},
        {"facts", &AppStage::set_facts},
        {"card", &AppStage::issue_card},
        {"batch", &AppStage::make_cards},
        {"use", &AppStage::use_benefit},
        {"undo_use", &AppStage::end_use},
        {"confirm_use", &AppStage::end_use},
        {"cancel_use", &AppStage::end_use},
        {"collect_use", &AppStage::end_use},
        {"move_use", &AppStage::end_use},
        {"uses", &AppStage::benefit_uses},
        {"grant", &AppStage::grant_benefit},
        {"revoke", &AppStage::revoke_benefit},
        {"benefits", &AppStage::benefits},
        {"token", &AppStage::issue_token},
        {"door", &AppStage::try_door},
        {"keys", &AppStage::list_keys},
        {"rotate_keys", &AppStage::rotate_keys},
        {"challenges", &AppStage::challenges},
        {"rebates", &AppStage::rebates},
        {"stock", &AppStage::move_stock},
        {"gifts", &AppStage::gifts},
        {"order", &AppStage::order_gift},
        {"present", &AppStage::order_gift},
        {"hand_over", &AppStage::end_order},
        {"cancel_order", &AppStage::end_order},
        {"take_back", &AppStage::end_order},
        {"orders", &AppStage::gift_orders},
        {"milestones", &AppStage::member_milestones},
        {"thank", &AppStage::give_recognition},
        {"withdraw_thanks", &AppStage::withdraw_recognition},
        {"thanks", &AppStage::member_recognitions},
        {"all_thanks", &AppStage::recognitions},
        {"hand_in", &AppStage::hand_in},
        {"offer", &AppStage::change_item},
        {"accept", &AppStage::change_item},
        {"refuse_offer", &AppStage::change_item},
        {"sell", &AppStage::change_item},
        {"write_off", &AppStage::change_item},
        {"give_item_back", &AppStage::change_item},
        {"undo_trade", &AppStage::change_item},
        {"items", &AppStage::trade_items},
        {"pays", &AppStage::trade_in_report},
        {"occasion", &AppStage::arrange_occasion},
        {"change_occasion", &AppStage::arrange_occasion},
        {"cancel_occasion", &AppStage::arrange_occasion},
        {"occasions", &AppStage::list_occasions},
        {"take_seat", &AppStage::take_seat},
        {"invite", &AppStage::take_seat},
        {"leave_seat", &AppStage::leave_seat},
        {"check_in", &AppStage::check_in},
        {"undo_check_in", &AppStage::check_in},
        {"seat_token", &AppStage::issue_seat_token},
        {"guests", &AppStage::guests},
        {"seats", &AppStage::seats},
        {"referral_code", &AppStage::referral_code},
        {"brought", &AppStage::name_referrer},
        {"referrals", &AppStage::referrals},
        {"join_plan", &AppStage::join_membership},
        {"pause_plan", &AppStage::change_membership},
        {"resume_plan", &AppStage::change_membership},
        {"end_plan", &AppStage::change_membership},
        {"keep_plan", &AppStage::change_membership},
        {"report", &AppStage::report_payment},
        {"memberships", &AppStage::memberships},
        {"plans", &AppStage::membership_plans},
        {"requests", &AppStage::payment_requests},
        {"join", &AppStage::join_household},
        {"leave", &AppStage::leave_household},
        {"household", &AppStage::household},
        {"grant_level", &AppStage::grant_level},
        {"end_level", &AppStage::end_level},
        {"level_grants", &AppStage::level_grants},
        {"buy", &AppStage::buy},
        {"quote", &AppStage::quote},
        {"return", &AppStage::give_back},
        {"void", &AppStage::give_back},
        {"hold", &AppStage::hold},
        {"confirm", &AppStage::end_hold},
        {"release", &AppStage::end_hold},
        {"earn", &AppStage::earn},
        {"redeem", &AppStage::redeem},
        {"give", &AppStage::give},
        {"merge", &AppStage::merge},
        {"visit", &AppStage::visit},
        {"balance", &AppStage::balance},
        {"level", &AppStage::level},
        {"statement", &AppStage::statement},
        {"explain", &AppStage::explain},
        {"account", &AppStage::account},
    };
    if (action.verb == "clock") {
        world_.set_now(instant_of_words(action.bare(0)));
        return {};
    }
    if (action.verb == "wait") {
        world_.set_now({world_.now().us + duration_of(action.bare(0) + " " + action.bare(1))});
        return {};
    }
    if (action.verb == "restart") {
        world_.restart();
        return {};
    }
    if (action.verb == "in") {
        enter(action.bare(0));
        return {};
    }
    if (action.verb == "sweep") {
        Reply reply;
        // As a server does: until nothing more is due.
        for (bool is_done = false; !is_done;) {
            const auto answer = world_.app().run(caller(action), app::Sweep{});
            if (refused(reply, answer)) break;
            is_done = answer->is_done;
        }
        return reply;
    }
    const auto found = verbs.find(action.verb);
    if (found == verbs.end()) throw std::runtime_error("there is no verb `" + action.verb + "`");
    return (this->*found->second)(action);
}

Reply AppStage::publish(const Action& action) {
    Reply reply;
    app::PublishEdition command;
    command.document = document_at(action.bare(0));
    command.allow_past = true;
    if (const auto date = action.named("effective")) command.effective_on = parse_date(*date);
    const auto answer = world_.app().run(caller(action), command);
    if (refused(reply, answer)) return reply;
    programme_ = answer->programme;
    const auto plan = world_.app().plan(kOrganisation, programme_, answer->edition);
    exponent_ = plan ? (*plan)->exponent : 2;
    reply.add("edition", std::to_string(answer->edition));
    reply.add("effective", date_text(answer->effective_on));
    return reply;
}

Reply AppStage::add_product(const Action& action) {
    catalogue::Product product;
    product.sku = action.bare(0);
    product.category = action.named("category").value_or("");
    product.brand = action.named("brand").value_or("");
    product.tags = list_of(action.named("tags").value_or(""));
    if (const auto unit = action.named("unit")) product.unit = from_name<QuantityUnit>(*unit).value_or(QuantityUnit::piece);
    Reply reply;
    (void)refused(reply, world_.app().run(caller(action), app::ImportProducts{{product}}));
    return reply;
}

Reply AppStage::add_store(const Action& action) {
    catalogue::Store store{action.bare(0), action.bare(0), action.named("region").value_or(""), action.named("zone").value_or(""),
                           ""};
    Reply reply;
    (void)refused(reply, world_.app().run(caller(action), app::ImportStores{{store}}));
    return reply;
}

Reply AppStage::add_member(const Action& action) {
    app::CreateMember command;
    command.programme = programme_;
    command.profile.external_id = action.bare(0);
    command.profile.name = action.bare(0);
    command.profile.phone = action.named("phone").value_or("");
    command.profile.email = action.named("email").value_or("");
    command.card = number_of(action.named("card").value_or(""));
    command.makes_card = action.named("makes_card") == "yes";
    if (const auto person = action.named("account")) command.account = account_of(*person);
    if (const auto by = action.named("by")) command.referred_by = referrer_of(*by);
    if (const auto birthday = action.named("birthday")) {
        if (const auto date = parse_date(*birthday)) command.profile.facts.birthday = civil(*date);
    }
    if (const auto segments = action.named("segments")) command.profile.facts.segments = list_of(*segments);
    for (const Word& word : action.words) {
        if (word.name.substr(0, 5) == "attr.") command.profile.facts.attributes.emplace_back(word.name.substr(5), word.value);
    }
    Reply reply;
    const auto answer = world_.app().run(caller(action), command);
    if (refused(reply, answer)) return reply;
    add_balances(reply, answer->balances);
    if (answer->level) reply.add("level", answer->level->level);
    return reply;
}

Reply AppStage::set_facts(const Action& action) {
    Reply reply;
    const auto member = world_.app().find_member(kOrganisation, programme_, member_of(action.bare(0)));
    if (refused(reply, member)) return reply;
    app::PatchMember command;
    command.programme = programme_;
    command.member = member->member;
    if (const auto birthday = action.named("birthday")) {
        if (const auto date = parse_date(*birthday)) command.birthday = std::optional{civil(*date)};
    }
    if (const auto segments = action.named("segments")) command.segments = list_of(*segments);
    for (const Word& word : action.words) {
        if (word.name.substr(0, 5) == "attr.") command.attributes.emplace_back(word.name.substr(5), word.value);
    }
    (void)refused(reply, world_.app().run(caller(action), command));
    return reply;
}

std::string AppStage::number_of(const std::string& word) const {
    const std::size_t dot = word.find('.');
    const auto named = numbers_.find(word.substr(0, dot));
    if (named == numbers_.end()) return word;
    const auto place = dot == std::string::npos ? 1 : parse_integer(word.substr(dot + 1)).value_or(0);
    const bool is_there = place >= 1 && place <= static_cast<std::int64_t>(named->second.size());
    return is_there ? named->second[static_cast<std::size_t>(place - 1)] : word;
}

std::string AppStage::batch_of(const std::string& name) const {
    const auto made = batches_.find(name);
    return made == batches_.end() ? "cbt_none" : made->second;
}

Reply AppStage::issue_card(const Action& action) {
    Reply reply;
    const std::string number = number_of(action.bare(0));
    if (action.named("blocked")) {
        (void)refused(reply,
                      world_.app().run(caller(action), app::BlockCard{programme_, number, *action.named("blocked") == "yes"}));
        return reply;
    }
    if (const auto replacement = action.named("by")) {
        (void)refused(reply, world_.app().run(caller(action), app::ReplaceCard{programme_, number, number_of(*replacement)}));
        return reply;
    }
    const bool is_made = number == "new";
    app::IssueCard command;
    command.programme = programme_;
    command.number = is_made ? std::string{} : number;
    command.kind = from_name<programme::CardKind>(action.named("kind").value_or("none")).value_or(programme::CardKind::none);
    command.category = action.named("category").value_or("");
    command.member = member_of(action.named("member").value_or(""));
    const auto card = world_.app().run(caller(action), command);
    if (refused(reply, card)) return reply;
    if (is_made) numbers_[action.named("as").value_or("new")] = {card->number};
    reply.add("kind", std::string{name_of(card->kind)});
    reply.add("category", card->category);
    reply.add("digits", std::to_string(card->number.size()));
    return reply;
}

/// `batch box count=3 kind=bearer` makes one, `batch box blocked=yes` blocks it, `batch box` looks at it.
Reply AppStage::make_cards(const Action& action) {
    Reply reply;
    const std::string name = action.bare(0);
    if (const auto count = action.named("count")) {
        app::MakeCards command;
        command.programme = programme_;
        command.count = parse_integer(*count).value_or(0);
        command.category = action.named("category").value_or("");
        command.kind = from_name<programme::CardKind>(action.named("kind").value_or("none")).value_or(programme::CardKind::none);
        const auto made = world_.app().run(caller(action), command);
        if (refused(reply, made)) return reply;
        batches_[name] = made->id;
    } else if (const auto blocked = action.named("blocked")) {
        const auto done = world_.app().run(caller(action), app::BlockCardBatch{programme_, batch_of(name), *blocked == "yes"});
        if (refused(reply, done)) return reply;
    }
    const auto state = world_.app().card_batch(kOrganisation, programme_, batch_of(name));
    if (refused(reply, state)) return reply;
    numbers_[name] = state->numbers;
    reply.add("count", std::to_string(state->batch.count));
    reply.add("blank", std::to_string(state->blank));
    reply.add("given", std::to_string(state->given));
    reply.add("blocked", std::to_string(state->blocked));
    return reply;
}

std::string AppStage::use_of(const std::string& name) const {
    const auto made = uses_.find(name);
    return made == uses_.end() ? "use_none" : made->second;
}

Reply AppStage::buy(const Action& action) {
    app::RecordReceipt command;
    command.programme = programme_;
    command.member = member_of(action.bare(0));
    command.receipt = receipt_of(action, action.bare(1), time_of(action), exponent_);
    command.receipt.card = number_of(command.receipt.card);
    if (!command.receipt.card.empty()) command.member = {app::NamedBy::card, command.receipt.card};
    if (const auto token = action.named("token")) command.quote_token = tokens_.contains(*token) ? tokens_[*token] : *token;
    for (event::PointsPayment& payment : command.receipt.points_paid) {
        if (const auto hold = action.named("hold")) payment.hold = HoldId::parse(holds_[*hold]);
    }
    if (const auto edition = action.named("edition")) {
        command.edition = static_cast<int>(parse_integer(*edition).value_or(0));
        command.is_import = true;
    }
    Reply reply;
    const auto answer = world_.app().run(caller(action), command);
    if (refused(reply, answer)) return reply;
    add_outcome(reply, answer->outcome, answer->units, exponent_);
    add_balances(reply, answer->balances);
    reply.add("level", answer->level);
    reply.add("edition", std::to_string(answer->edition));
    for (const app::ThingGiven& thing : answer->things) uses_[thing.thing] = thing.id;
    add_things(reply, answer->things);
    add_discrepancies(reply, answer->discrepancies);
    add_moves(reply, answer->challenges);
    reply.add("repeat", answer->is_repeat ? "yes" : "no");
    return reply;
}

Reply AppStage::quote(const Action& action) {
    app::Quote command;
    command.programme = programme_;
    command.member = member_of(action.bare(0));
    command.receipt = receipt_of(action, action.named("id").value_or("quote"), time_of(action), exponent_);
    command.with_hold = action.named("with_hold") == "yes";
    command.receipt.card = number_of(command.receipt.card);
    if (!command.receipt.card.empty()) command.member = {app::NamedBy::card, command.receipt.card};
    Reply reply;
    const auto answer = command.with_hold ? world_.app().run(caller(action), command) : world_.app().quote(kOrganisation, command);
    if (refused(reply, answer)) return reply;
    add_outcome(reply, answer->outcome, answer->units, exponent_);
    std::vector<std::string> spendable;
    for (const app::UnitPoints& points : answer->spendable) spendable.push_back(std::to_string(points.points.minor()));
    reply.add("spendable", spendable.size() == 1 ? spendable.front() : list_words(spendable));
    std::vector<std::string> missing;
    for (const engine::Missing& step : answer->missing)
        missing.push_back(step.offer + ":" + step.kind + ":" + std::to_string(step.missing));
    reply.add("missing", list_words(missing));
    if (const auto as = action.named("as")) tokens_[*as] = answer->token;
    if (!answer->holds.empty()) holds_[action.named("as").value_or("quote")] = answer->holds.front().hold.text();
    add_discrepancies(reply, answer->discrepancies);
    add_moves(reply, answer->challenges);
    return reply;
}

Reply AppStage::give_back(const Action& action) {
    const event::Return what = return_of(action, time_of(action), exponent_);
    Reply reply;
    const auto answer = action.verb == "void" ? world_.app().run(caller(action), app::VoidReceipt{programme_, what})
                                              : world_.app().run(caller(action), app::ReturnGoods{programme_, what});
    if (refused(reply, answer)) return reply;
    add_return(reply, *answer, exponent_);
    return reply;
}

Reply AppStage::hold(const Action& action) {
    app::PlaceHold command;
    command.programme = programme_;
    command.member = member_of(action.bare(0));
    command.unit = action.named("unit").value_or("points");
    command.points = Points{parse_integer(action.named("points").value_or("0")).value_or(0)};
    if (const auto length = action.named("for")) command.seconds = duration_of(*length) / kSecondUs;
    Reply reply;
    const auto answer = world_.app().run(caller(action), command);
    if (refused(reply, answer)) return reply;
    holds_[action.named("as").value_or("hold")] = answer->hold.text();
    add_balances(reply, answer->balances);
    return reply;
}

Reply AppStage::end_hold(const Action& action) {
    const auto known = holds_.find(action.bare(0));
    const auto id = HoldId::parse(known == holds_.end() ? action.bare(0) : known->second);
    if (!id) throw std::runtime_error("the story has no hold " + action.bare(0));
    Reply reply;
    std::optional<Points> points;
    if (const auto wanted = action.named("points")) points = Points{parse_integer(*wanted).value_or(0)};
    const auto answer = action.verb == "confirm"
                            ? world_.app().run(caller(action), app::ConfirmHold{programme_, *id, points, "spec"})
                            : world_.app().run(caller(action), app::ReleaseHold{programme_, *id});
    if (refused(reply, answer)) return reply;
    reply.add("points", std::to_string(answer->points.minor()));
    add_balances(reply, answer->balances);
    return reply;
}

Reply AppStage::earn(const Action& action) {
    app::Adjust command;
    command.programme = programme_;
    command.member = member_of(action.bare(0));
    command.unit = action.named("unit").value_or("points");
    command.points = Points{parse_integer(action.bare(1)).value_or(0)};
    command.reason = action.named("reason").value_or("spec");
    command.may_owe = action.named("may_owe") == "yes";
    if (const auto expires = action.named("expires")) command.expires_at = instant_of_words(*expires);
    Reply reply;
    const auto answer = world_.app().run(caller(action), command);
    if (refused(reply, answer)) return reply;
    add_balances(reply, answer->balances);
    return reply;
}

Reply AppStage::redeem(const Action& action) {
    app::PlaceHold command;
    command.programme = programme_;
    command.member = member_of(action.bare(0));
    command.unit = action.named("unit").value_or("points");
    command.points = Points{parse_integer(action.bare(1)).value_or(0)};
    Reply reply;
    const auto held = world_.app().run(caller(action), command);
    if (refused(reply, held)) return reply;
    std::vector<std::string> draws;
    const auto page = world_.app().statement(kOrganisation, programme_, command.member, {});
    if (page) {
        for (const app::HoldView& view : page->holds) {
            if (view.hold.id != held->hold) continue;
            for (const ledger::Draw& draw : view.hold.draws) {
                draws.push_back(std::to_string(draw.taken.minor()) + "@" +
                                (draw.lot.expires_at ? instant_text(*draw.lot.expires_at).substr(0, 10) : "never"));
            }
        }
    }
    const auto answer = world_.app().run(caller(action), app::ConfirmHold{programme_, held->hold, std::nullopt, "spec"});
    if (refused(reply, answer)) return reply;
    add_balances(reply, answer->balances);
    reply.add("draws", list_words(draws));
    return reply;
}

Reply AppStage::give(const Action& action) {
    app::TransferPoints command{.programme = programme_, .member = member_of(action.bare(0)), .to = member_of(action.bare(1))};
    command.unit = action.named("unit").value_or("points");
    command.points = Points{parse_integer(action.bare(2)).value_or(0)};
    command.reason = action.named("reason").value_or("spec");
    Reply reply;
    const auto answer = world_.app().run(caller(action), command);
    if (refused(reply, answer)) return reply;
    add_balances(reply, answer->balances);
    return reply;
}

Reply AppStage::merge(const Action& action) {
    app::MergeMembers command{.programme = programme_, .member = member_of(action.bare(0)), .to = member_anywhere(action.bare(1))};
    command.reason = action.named("reason").value_or("spec");
    Reply reply;
    const auto answer = world_.app().run(caller(action), command);
    if (refused(reply, answer)) return reply;
    add_moved(reply, answer->moved);
    add_balances(reply, answer->balances);
    reply.add("level", answer->level);
    std::vector<std::string> elsewhere;
    for (const app::MergedProgramme& merged : answer->elsewhere) elsewhere.push_back(moved_words(merged.programme, merged.moved));
    reply.add("elsewhere", list_words(elsewhere));
    return reply;
}

Reply AppStage::visit(const Action& action) {
    app::RecordActivity command;
    command.programme = programme_;
    command.member = member_of(action.bare(0));
    command.activity = {action.named("id").value_or("visit-" + std::to_string(action.line)), action.named("kind").value_or("visit"),
                        time_of(action), action.named("store").value_or("")};
    Reply reply;
    const auto answer = world_.app().run(caller(action), command);
    if (refused(reply, answer)) return reply;
    reply.add("level", answer->level);
    return reply;
}

Reply AppStage::balance(const Action& action) {
    Reply reply;
    const auto at = action.named("at") ? std::optional{time_of(action)} : std::nullopt;
    const auto page = world_.app().statement(kOrganisation, programme_, member_of(action.bare(0)), {}, at);
    if (refused(reply, page)) return reply;
    add_balances(reply, page->member.balances);
    reply.add("lots", lots_words(page->lots));
    return reply;
}

Reply AppStage::level(const Action& action) {
    Reply reply;
    const auto at = action.named("at") ? std::optional{time_of(action)} : std::nullopt;
    const auto page = world_.app().statement(kOrganisation, programme_, member_of(action.bare(0)), {}, at);
    if (refused(reply, page)) return reply;
    std::vector<std::string> scales;
    for (const engine::ScaleOutlook& scale : page->scales) {
        scales.push_back(scale.offer + ":" + std::to_string(scale.figure) + ":" +
                         std::to_string(scale.next ? scale.next->missing : 0));
    }
    reply.add("scales", list_words(scales));
    if (!page->member.level) {
        reply.add("level", "");
        return reply;
    }
    const engine::LevelOutlook& outlook = *page->member.level;
    reply.add("level", outlook.level);
    reply.add("since", date_text(outlook.since));
    reply.add("keep", outlook.since < outlook.keep_until ? date_text(outlook.keep_until) : "none");
    reply.add("grace", outlook.grace_until ? date_text(*outlook.grace_until) : "none");
    reply.add("next", outlook.next.value_or("none"));
    reply.add("missing", std::to_string(outlook.missing));
    reply.add("granted", !outlook.is_granted     ? "no"
                         : outlook.granted_until ? date_text(add_days(*outlook.granted_until, -1))
                                                 : "yes");
    const auto needs = [](const std::vector<engine::LevelNeed>& all, bool is_any) {
        std::vector<std::string> words;
        for (const engine::LevelNeed& need : all)
            words.push_back(std::to_string(need.figure) + "/" + std::to_string(need.at_least));
        return (is_any ? "any" : "all") + list_words(words);
    };
    reply.add("needs", needs(outlook.next_needs, outlook.is_next_any));
    reply.add("stay", outlook.stay ? date_text(outlook.stay->by) + ":" + needs(outlook.stay->needs, outlook.stay->is_any) : "none");
    return reply;
}

Reply AppStage::statement(const Action& action) {
    Reply reply;
    const auto page = world_.app().statement(kOrganisation, programme_, member_of(action.bare(0)), {"", 100});
    if (refused(reply, page)) return reply;
    std::vector<std::string> lines;
    for (const app::StatementLine& line : page->lines) {
        std::string text{name_of(line.entry.kind)};
        text += line.change.minor() >= 0 ? "+" : "";
        text += std::to_string(line.change.minor());
        if (!line.entry.clause.empty()) text += "@" + line.entry.clause;
        lines.push_back(text);
    }
    reply.add("lines", list_words(lines));
    return reply;
}

Reply AppStage::explain(const Action& action) {
    Reply reply;
    const auto explanation = world_.app().explain(kOrganisation, programme_, action.bare(0));
    if (refused(reply, explanation)) return reply;
    for (const engine::Explained& offer : explanation->offers) {
        if (offer.decision.offer != action.named("offer").value_or("")) continue;
        reply.add("verdict", std::string{name_of(offer.decision.verdict)});
        std::vector<std::string> failed;
        for (const engine::ConditionResult& result : offer.conditions) {
            if (!result.is_met) failed.push_back(std::string{name_of(result.kind)} + ":" + result.seen);
        }
        reply.add("failed", list_words(failed));
    }
    return reply;
}

Reply AppStage::account(const Action& action) {
    Reply reply;
    const auto account = world_.app().account(kOrganisation, account_of(action.bare(0)));
    if (refused(reply, account)) return reply;
    std::vector<std::string> programmes;
    for (const app::MemberView& member : account->members) programmes.push_back(member.programme);
    reply.add("programmes", list_words(programmes));
    return reply;
}

}  // namespace suki::house
