#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "cli/verbs.h"

namespace suki::cli {

int verify(const Place& place) {
    Opened opened = open_place(place, false);
    for (const std::string& fault : opened.store->check_integrity()) {
        std::cout << "broken: database: " << fault << '\n';
        return 1;
    }
    app::VerifyReport report;
    store::ContentDigest content;
    opened.store->in_one_picture([&] {
        report = opened.app->verify();
        if (report.breach_count == 0) opened.store->read_everything(content);
    });
    for (const app::VerifyBreach& breach : report.breaches) {
        std::cout << "broken: " << breach.what << " " << breach.where << ": " << breach.details << '\n';
    }
    std::cout << report.accounts << " accounts, " << report.wallets << " wallets, " << report.entries << " entries, "
              << report.receipts << " receipts, " << report.pools << " pools, " << report.claims << " claims, " << report.records
              << " records, " << report.audit << " audit rows: "
              << (report.breach_count == 0 ? "all invariants hold" : std::to_string(report.breach_count) + " breaches") << '\n';
    if (report.breach_count == 0) std::cout << content_line(content.contents()) << '\n';
    return report.breach_count == 0 ? 0 : 1;
}

int check_settings(const Settings& settings) {
    for (const SettingFinding& finding : settings.findings) std::cout << finding_text(finding) << '\n';
    std::size_t key_width = 0;
    std::size_t value_width = 0;
    for (const Setting& one : settings.all) {
        key_width = std::max(key_width, one.key.size());
        value_width = std::max(value_width, one.value.size());
    }
    for (const Setting& one : settings.all) {
        std::cout << fmt::format("{:<{}}  {:<{}}  {}\n", one.key, key_width, one.value.empty() ? "-" : one.value, value_width,
                                 one.where);
    }
    return settings.findings.empty() ? 0 : 1;
}

int manage_quarantine(const QuarantineOptions& options) {
    Opened opened = open_place(options.place, false);
    app::App& app = *opened.app;
    const auto all = app.quarantined(options.place.organisation);
    if (options.release.empty()) {
        for (const app::QuarantinedView& one : all) {
            std::cout << one.id << "  " << instant_text(one.recorded_at) << "  " << one.command
                      << (one.subject.empty() ? "" : " " + one.subject) << "  " << one.reason << '\n';
        }
        if (all.empty()) std::cout << "nothing is quarantined\n";
        return 0;
    }
    std::vector<std::string> ids{options.release};
    if (options.release == "all") {
        ids.clear();
        for (const app::QuarantinedView& one : all) ids.push_back(one.id);
    }
    for (const std::string& id : ids) {
        const auto answer = app.run(caller_of(options.place), app::ReleaseQuarantined{id});
        if (!answer) {
            std::cerr << sentence(answer.error()) << '\n';
            return 1;
        }
        std::cout << "released " << answer->command << " " << answer->subject << '\n';
    }
    return 0;
}

int manage_keys(const KeyOptions& options) {
    Opened opened = open_place(options.place, true);
    app::App& app = *opened.app;
    if (!options.revoke.empty()) {
        const auto answer = app.run(caller_of(options.place), app::RevokeApiKey{options.revoke});
        if (!answer) {
            std::cerr << sentence(answer.error()) << '\n';
            return 1;
        }
        std::cout << "revoked " << answer->id << '\n';
        return 0;
    }
    if (options.name.empty()) {
        for (const app::ApiKeyView& key : app.api_keys(options.place.organisation)) {
            std::cout << key.id << "  " << key.name << " ";
            for (const app::KeyScope scope : key.scopes) std::cout << " " << name_of(scope);
            if (!key.store.empty()) std::cout << "  store " << key.store;
            std::cout << (key.revoked_at ? "  revoked" : "") << '\n';
        }
        return 0;
    }
    app::CreateApiKey command;
    command.name = options.name;
    command.programme = options.place.programme;
    command.store = options.store;
    for (const std::string& scope : options.scopes) {
        const auto known = from_name<app::KeyScope>(scope);
        if (!known) throw UsageError{"a scope is till, service or admin"};
        command.scopes.push_back(*known);
    }
    const auto answer = app.run(caller_of(options.place), command);
    if (!answer) {
        std::cerr << sentence(answer.error()) << '\n';
        return 1;
    }
    std::cout << answer->secret << '\n';
    std::cerr << "Keep it: it is stored only as a hash and not shown again.\n";
    return 0;
}

int manage_signing_keys(const SigningKeyOptions& options) {
    Opened opened = open_place(options.place, false);
    app::App& app = *opened.app;
    const app::Caller caller = caller_of(options.place);
    auto keys = app.signing_keys(caller.organisation);
    if (options.rotates) {
        keys = app.run(caller, app::RotateSigningKeys{.how = options.revokes ? app::KeyRotation::revoke : app::KeyRotation::next});
    }
    if (!keys) {
        std::cerr << sentence(keys.error()) << '\n';
        return 1;
    }
    for (const app::SigningKeyView& key : keys->keys) {
        std::cout << key.id << "  " << name_of(key.status) << "  signs from " << instant_text(key.signs_from);
        if (key.published_until) std::cout << ", published until " << instant_text(*key.published_until);
        std::cout << '\n';
    }
    if (keys->keys.empty()) std::cout << "no access token was asked for yet\n";
    return 0;
}

namespace {

int print_password(const app::Answered<app::UserView>& answer) {
    if (!answer) {
        std::cerr << sentence(answer.error()) << '\n';
        return 1;
    }
    std::cout << "user " << answer->name << ", password " << answer->password << '\n';
    std::cerr << "Keep it: it is stored only as a hash and not shown again.\n";
    return 0;
}

}  // namespace

int add_user(const UserOptions& options) {
    Opened opened = open_place(options.place, true);
    return print_password(opened.app->run(caller_of(options.place), app::CreateUser{.name = options.name}));
}

int reset_password(const UserOptions& options) {
    Opened opened = open_place(options.place, false);
    return print_password(opened.app->run(caller_of(options.place), app::ResetPassword{.name = options.name}));
}

int remove_user(const UserOptions& options) {
    Opened opened = open_place(options.place, false);
    const auto answer = opened.app->run(caller_of(options.place), app::RemoveUser{options.name});
    if (!answer) {
        std::cerr << sentence(answer.error()) << '\n';
        return 1;
    }
    std::cout << "removed " << answer->name << '\n';
    return 0;
}

int list_users(const Place& place) {
    Opened opened = open_place(place, false);
    const auto users = opened.app->users(place.organisation);
    if (!users) {
        std::cerr << sentence(users.error()) << '\n';
        return 1;
    }
    for (const app::UserView& user : *users) std::cout << user.name << "  since " << instant_text(user.created_at) << '\n';
    return 0;
}

}  // namespace suki::cli
