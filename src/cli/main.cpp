#include <arpa/inet.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "base/version.h"
#include "cli/settings.h"
#include "cli/verbs.h"
#include "server/net/network.h"
#include "store/open.h"

namespace {

using namespace suki::cli;

CLI::Validator database_name() {
    return {[](const std::string& name) {
                const bool is_good = suki::store::is_postgres(name) || name.find("://") == std::string::npos;
                return is_good ? std::string{} : "a file, or an address that begins with postgresql://, is expected";
            },
            {}};
}

CLI::Validator ip_address() {
    return {[](const std::string& text) {
                std::array<unsigned char, sizeof(in6_addr)> bytes{};
                const bool is_good =
                    inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
                return is_good ? std::string{} : "`" + text + "` is no IPv4 or IPv6 address";
            },
            {}};
}

CLI::Validator network() {
    return {[](const std::string& text) {
                const bool is_good = suki::server::net::Network::parse(text).has_value();
                return is_good ? std::string{} : "`" + text + "` is no address and no network such as 10.0.0.0/8";
            },
            {}};
}

CLI::Validator public_url() {
    return {[](const std::string& text) {
                const bool has_scheme = text.starts_with("https://") || text.starts_with("http://");
                const bool is_good =
                    has_scheme && text.size() <= 200 && !text.ends_with('/') &&
                    std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"'; }) &&
                    text.find_first_of("?#@") == std::string::npos;
                return is_good ? std::string{}
                               : "`" + text + "` is no address such as https://suki.example, without a slash at its end";
            },
            {}};
}

/// Where the database is, for every verb that opens one.
CLI::Option* add_database(CLI::App* verb, Place& place) {
    verb->add_option("--config", "A file of settings: their flags without dashes, `key: value`, one a line")->type_name("FILE");
    auto* db = verb->add_option("--db", place.db, "The database: a file (SQLite), or postgresql://…")->check(database_name());
    verb->add_option("--db-password-file", place.db_password_file, "A file that holds the password of a PostgreSQL")
        ->type_name(kSecretFile);
    verb->add_option("--state", place.state, "The folder for what this machine keeps of a PostgreSQL elsewhere");
    return db;
}

/// Options that verbs share.
void add_place(CLI::App* verb, Place& place, bool has_programme = true) {
    add_database(verb, place);
    verb->add_option("--organisation", place.organisation, "Whose data, where the database holds several organisations'")
        ->capture_default_str();
    if (has_programme) verb->add_option("--programme", place.programme, "Which programme; may be left out where there is only one");
}

/// People read in the language of their environment; a script that wants another names it.
void add_language(CLI::App* verb, std::string& language, const std::string& what) {
    language = language_of(system_environment());
    verb->add_option("--lang", language, "The language of " + what + "; as LC_ALL, LC_MESSAGES or LANG says when left out");
}

void add_import(CLI::App* verb, ImportOptions& options) {
    add_place(verb, options.place);
    verb->add_option("file", options.file, "CSV with a header, plain or gzip")->required();
    verb->add_option("--map", options.map,
                     "field=source: a column, column|strip:SUFFIX, a+b-c (a sum), =constant, or a template {column}-{#}");
    verb->add_option("--round", options.round, "How to round what is finer than the unit: down, up, half_up, half_even");
    verb->add_option("--rejects", options.rejects, "Where rows go that can't be used; FILE.rejects.csv when left out");
}

struct Everything {
    CheckOptions check;
    PublishOptions publish;
    LevelsOptions levels;
    EvaluateOptions evaluate;
    ServeOptions serve;
    Settings settings;
    ImportOptions import;
    StatementOptions statement;
    ExplainOptions explain;
    Place verify;
    MigrateOptions migrate;
    ExportOptions export_;
    BackupOptions backup;
    RestoreOptions restore;
    DemoOptionsCli demo;
    StatementsOptions statements;
    KeyOptions keys;
    SigningKeyOptions signing_keys;
    CardOptions cards;
    QuarantineOptions quarantine;
    UserOptions user;
    AuditOptions audit;
};

using Run = std::function<int()>;

void add_programme_verbs(CLI::App& cli, Everything& all, Run& run) {
    auto* check = cli.add_subcommand("check", "Say everything that is wrong with programme documents, and run their examples");
    check->add_option("files", all.check.files, "Documents, YAML or JSON; - is standard input")->required();
    add_language(check, all.check.language, "what is found");
    check->add_flag("--json", all.check.as_json, "Findings as JSON");
    check->callback([&] { run = [&] { return suki::cli::check(all.check); }; });

    cli.add_subcommand("schema", "Print the JSON Schema of the document format")->callback([&] { run = print_schema; });

    auto* publish = cli.add_subcommand("publish", "Publish a document as the next edition of its programme");
    add_place(publish, all.publish.place, false);
    publish->add_option("file", all.publish.file, "The document")->required();
    publish->add_option("--effective", all.publish.effective,
                        "From which day it holds; the document's own `effective:` when left out");
    add_language(publish, all.publish.language, "what is found");
    publish->add_flag("--allow-past", all.publish.allow_past, "Let a later edition begin in the past: for histories");
    publish->callback([&] { run = [&] { return suki::cli::publish(all.publish); }; });

    auto* levels = cli.add_subcommand("levels", "Say whose level a document would change, writing nothing");
    add_place(levels, all.levels.place, false);
    levels->add_option("file", all.levels.file, "The document, not yet published")->required();
    add_language(levels, all.levels.language, "what is found in the document");
    levels->add_flag("--json", all.levels.as_json, "The moves as JSON");
    levels->callback([&] { run = [&] { return suki::cli::preview_levels(all.levels); }; });

    auto* evaluate =
        cli.add_subcommand("evaluate", "Decide events from standard input without a database: one JSON a line in, one a line out");
    evaluate->add_option("--programme", all.evaluate.file, "The document")->required();
    add_language(evaluate, all.evaluate.language, "what is found in the document");
    evaluate->add_flag("--explain", all.evaluate.explain, "Also say of every offer why it did or did not apply");
    evaluate->footer(R"(Events, by their "type"; the other fields are those of the interface:
  {"type": "receipt", "id": "r1", "occurred_at": "2026-12-02T14:30:00Z", "member": {"external_id": "ana"},
   "lines": [{"number": 1, "category": "coffee", "quantity": "2", "amount": 700}]}
  {"type": "return", "id": "b1", "receipt": "r1", "occurred_at": "…", "lines": [{"line": 1, "quantity": "1"}]}
  {"type": "void", "id": "x1", "receipt": "r1", "occurred_at": "…"}
  {"type": "visit", "id": "v1", "occurred_at": "…", "member": {"external_id": "ana"}}
  {"type": "member", "occurred_at": "…", "member": {"external_id": "ana"}, "birthday": "1990-05-17", "segments": ["lapsed"],
   "attributes": {"town": "minsk"}, "card": "personal"}
Points, levels, limits and budgets are carried from event to event; the clock goes with the events.
A line that can't be done is answered with "refused" and where it is wrong, changes nothing, and the rest goes on.
Exit status: 0 all lines were done, 1 some were refused, 2 the document or the call is wrong.)");
    evaluate->callback([&] { run = [&] { return suki::cli::evaluate(all.evaluate); }; });
}

void add_import_verbs(CLI::App& cli, Everything& all, Run& run) {
    auto* import = cli.add_subcommand("import", "Bring in receipts, products, stores or members from CSV files");
    import->require_subcommand(1);
    import->footer(
        "A row that can't be used goes to the rejects file with its line number and the reason; the others are imported. A second "
        "run\n"
        "changes nothing, and one that was cut off goes on where it ended when it is started again. Members that an import makes "
        "get no\n"
        "welcome points. More in docs/guide/imports.md.");
    auto* receipts = import->add_subcommand("receipts", "Purchases, one row a line; in any order");
    add_import(receipts, all.import);
    receipts->add_option("--time", all.import.time, "The time of day of rows that have only a date")->capture_default_str();
    receipts->add_option("--zone", all.import.zone, "The time zone of times without an offset; the programme's when left out");
    receipts
        ->add_option("--edition", all.import.edition,
                     "Judge all by this edition, whatever their date: a history older than the programme")
        ->check(CLI::Range(1, 1'000'000));
    auto* as = receipts->add_option_function<std::string>(
        "--as", [&](const std::string& as_what) { all.import.as_history = as_what == "history"; },
        "earned: give what the programme gives; history: members, counters and levels, but no points");
    as->check(CLI::IsMember({"earned", "history"}));
    receipts->add_flag("--whole", all.import.whole_receipts,
                       "Leave out a receipt when one of its rows is rejected, instead of recording it without that row");
    receipts->add_flag("--no-new-members", all.import.keeps_unknown_members,
                       "Keep receipts of unknown members without a member instead of making one");
    receipts
        ->add_option("--memory", all.import.memory_mib, "About how much memory sorting, and then the accounts, may take, in MiB")
        ->check(CLI::Range(16, 65536))
        ->capture_default_str();
    receipts->footer(
        "Fields: receipt, at, member or card, store, till, number, channel; sku, title, category, brand, batch, tags, quantity, "
        "unit,\n"
        "amount or unit_price, tax, cost, till_discount, deposit, no_points, no_discount. Rows with the same `receipt` are the "
        "lines of\n"
        "one purchase and must name the same member, card, date, store, till, number and channel; else none of them is used. Where "
        "ids\n"
        "are used again, make them different: --map 'receipt={store}-{day}-{number}'. Limits and budgets of the whole programme go "
        "to\n"
        "receipts in the order of time, within one file.");
    receipts->callback([&] { run = [&] { return import_receipts(all.import); }; });
    auto* products = import->add_subcommand("products", "The catalogue");
    add_import(products, all.import);
    products->callback([&] { run = [&] { return import_products(all.import); }; });
    auto* stores = import->add_subcommand("stores", "The shops");
    add_import(stores, all.import);
    stores->callback([&] { run = [&] { return import_stores(all.import); }; });
    auto* members = import->add_subcommand("members", "Existing customers");
    add_import(members, all.import);
    members->add_option("--people-of", all.import.people_of,
                        "Another programme of the organisation in which the same `member` is the same person: one account then");
    members->footer(
        "Fields: member (your own id), name, phone, email, language, birthday, card, joined, segments, attributes; account: of the "
        "person\n"
        "in another programme.");
    members->callback([&] { run = [&] { return import_members(all.import); }; });
}

void add_reading_verbs(CLI::App& cli, Everything& all, Run& run) {
    auto* statement = cli.add_subcommand("statement", "A member's level, balance, lots and history, with the reason of every line");
    add_place(statement, all.statement.place);
    statement->add_option("member", all.statement.member, "mem_…, or an external id, card, phone or e-mail")->required();
    statement->add_option("--at", all.statement.at, "As of this instant; now when left out");
    add_language(statement, all.statement.language, "the reasons");
    statement->callback([&] { run = [&] { return print_statement(all.statement); }; });

    auto* explain = cli.add_subcommand("explain", "Why a receipt gave what it gave");
    add_place(explain, all.explain.place);
    explain->add_option("receipt", all.explain.receipt, "The receipt's id")->required();
    add_language(explain, all.explain.language, "the sentences");
    explain->add_flag("--all", all.explain.all, "Also the offers whose conditions did not hold");
    explain->callback([&] { run = [&] { return print_explanation(all.explain); }; });

    auto* verify = cli.add_subcommand("verify", "Replay the journal and check every invariant; exit code 1 names the first breach");
    add_place(verify, all.verify, false);
    verify->callback([&] { run = [&] { return suki::cli::verify(all.verify); }; });

    auto* store = cli.add_subcommand("store", "What the database is asked");
    store->require_subcommand(1);
    auto* statements =
        store->add_subcommand("statements", "List every statement: its name, how far it reaches when tables are spread, its SQL");
    statements->add_option("--dialect", all.statements.dialect, "Whose words")
        ->check(CLI::IsMember({"postgres", "sqlite"}))
        ->capture_default_str();
    statements->add_flag("--json", all.statements.as_json, "As JSON");
    statements->callback([&] { run = [&] { return print_statements(all.statements); }; });

    auto* migrate = cli.add_subcommand("migrate", "Make the database or bring its tables up to date, without serving");
    add_place(migrate, all.migrate.place, false);
    migrate
        ->add_option("--distribute", all.migrate.distribute,
                     "Spread the tables of a new PostgreSQL database over the nodes of a cluster, each owner's rows on one node")
        ->check(CLI::IsMember({"citus"}));
    migrate->callback([&] { run = [&] { return suki::cli::migrate(all.migrate); }; });
}

void add_keeping_verbs(CLI::App& cli, Everything& all, Run& run) {
    auto* exported = cli.add_subcommand("export", "Write everything into one file, while the database is in use");
    add_place(exported, all.export_.place, false);
    exported->add_option("to", all.export_.file, "The file; must not exist; - is standard output")->required();
    exported->footer(
        "Any database can be made of it by `suki restore`, SQLite or PostgreSQL, by this Suki or a later one. It holds persons and "
        "the\n"
        "hashes of keys and passwords: keep it as you keep the database.");
    exported->callback([&] { run = [&] { return export_everything(all.export_); }; });

    auto* backup = cli.add_subcommand("backup", "Copy the database while it is in use");
    add_place(backup, all.backup.place, false);
    backup->add_option("to", all.backup.to, "The copy; must not exist")->required();
    backup->add_flag("--verify", all.backup.verifies, "Restore the copy beside itself, verify that, and remove it again");
    backup->footer("Of a file it is a file that can be used as it is, of a PostgreSQL database an export.");
    backup->callback([&] { run = [&] { return suki::cli::backup(all.backup); }; });

    auto* restore = cli.add_subcommand("restore", "Make a database of a backup or an export: all of it, or none");
    add_place(restore, all.restore.place, false);
    restore->add_option("from", all.restore.file, "The backup or the export; - is an export from standard input")->required();
    restore->add_option("--distribute", all.restore.distribute, "As with `suki migrate`, where the database has no tables yet")
        ->check(CLI::IsMember({"citus"}));
    restore->footer("The database is a file that is not there yet, or a PostgreSQL database that holds nothing.");
    restore->callback([&] { run = [&] { return suki::cli::restore(all.restore); }; });
}

void add_audit_verbs(CLI::App& cli, Everything& all, Run& run) {
    auto* audit = cli.add_subcommand("audit", "Who did what to rights, configuration and other people's money");
    audit->require_subcommand(1);
    auto* exported = audit->add_subcommand("export", "Write the organisation's log as JSON, one row a line");
    add_place(exported, all.audit.place, false);
    exported->callback([&] { run = [&] { return export_audit(all.audit); }; });

    auto* verify =
        audit->add_subcommand("verify", "Check that nothing in the log was changed or removed; exit code 1 says what was");
    auto* db = add_database(verify, all.audit.place);
    auto* file =
        verify->add_option("--file", all.audit.file, "What `suki audit export` wrote, instead of a database; - is standard input");
    db->excludes(file);
    verify->add_option("--expect", all.audit.expect, "The hash of a root that must be there: what was kept elsewhere")
        ->delimiter(',');
    verify->callback([&] { run = [&] { return verify_audit(all.audit); }; });

    auto* root = audit->add_subcommand("root", "Write down where the log stands now and print its hash, to be kept elsewhere");
    add_place(root, all.audit.place, false);
    root->callback([&] { run = [&] { return suki::cli::make_audit_root(all.audit); }; });
}

void add_user_verbs(CLI::App& cli, Everything& all, Run& run) {
    auto* user = cli.add_subcommand("user", "The people who may sign in to the console");
    user->require_subcommand(1);
    auto* list = user->add_subcommand("list", "Who they are");
    add_place(list, all.user.place, false);
    list->callback([&] { run = [&] { return list_users(all.user.place); }; });

    const auto add_verb = [&](const std::string& name, const std::string& what, int (*verb)(const UserOptions&)) {
        auto* one = user->add_subcommand(name, what);
        add_place(one, all.user.place, false);
        one->add_option("name", all.user.name, "The user's name")->required();
        one->callback([&all, &run, verb] { run = [&all, verb] { return verb(all.user); }; });
    };
    add_verb("add", "Make a user and print the password, once", add_user);
    add_verb("password", "Give a user a new password and print it, once; all sessions of the user end", reset_password);
    add_verb("remove", "Remove a user, unless it is the last one; all sessions of the user end", remove_user);
}

/// Every setting that there is.
void add_settings(CLI::App* verb, ServeOptions& options) {
    add_place(verb, options.place, false);
    verb->add_option(
            "--replica", options.place.replica,
            "A standby of the PostgreSQL, postgresql://…: statements, lists and the overview are read there while it is up to "
            "date, and on the primary otherwise")
        ->check(CLI::Validator{[](const std::string& address) {
                                   return suki::store::is_postgres(address)
                                              ? std::string{}
                                              : "an address that begins with postgresql:// is expected";
                               },
                               {}});
    verb->add_option("--address", options.address, "The address to listen on")->check(ip_address())->capture_default_str();
    verb->add_option("--port", options.port, "The port; 0 takes a free one")->check(CLI::Range(0, 65535))->capture_default_str();
    verb->add_option("--threads", options.threads, "Serving threads; 0 is one a core")
        ->check(CLI::Range(0, 256))
        ->capture_default_str();
    verb->add_option("--account-memory", options.account_memory_mib,
                     "MiB of memory for the accounts that were used last, on a database file; on PostgreSQL none are kept")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    verb->add_option(
            "--requests-per-second", options.requests_per_second,
            "How many each key, and each person signed in, may make over time, and ten times as many at once; 0 is any number")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    verb->add_option("--address-requests-per-second", options.address_requests_per_second,
                     "How many each address may make without a key or session that is known; 0 is any number")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    verb->add_option("--member-requests-per-second", options.member_requests_per_second,
                     "How many may be made about each member, sales, returns and visits aside; 0 is any number")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    verb->add_option("--tls-cert", options.tls_certificate, "Speak TLS: the certificate and its chain, PEM")->type_name(kFile);
    verb->add_option("--tls-key", options.tls_key, "The certificate's key, PEM; SIGHUP reads both anew")->type_name(kSecretFile);
    verb->add_option(
            "--trusted-proxy", options.trusted_proxies,
            "An address or network, 10.0.0.0/8, whose X-Forwarded-For, -Proto and -Host are believed; several with commas. "
            "With --behind-tls and without this: this machine")
        ->delimiter(',')
        ->check(network());
    verb->add_flag("--behind-tls", options.behind_tls, "A proxy in front speaks TLS: cookies are marked secure");
    verb->add_option("--public-url", options.public_url,
                     "Where the interface is reached from outside, https://suki.example: access tokens name it as who issued them")
        ->check(public_url());
    verb->add_option("--signing-key-days", options.signing_key_days, "For how many days each key signs access tokens")
        ->check(CLI::Range(2, 3'650))
        ->capture_default_str();
    verb->add_option("--log-level", options.log_level, "The least that is logged: debug, info, warning, error")
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
        ->capture_default_str();
    verb->add_option("--log-format", options.log_format, "How: json, one object a line, or text")
        ->check(CLI::IsMember({"json", "text"}))
        ->capture_default_str();
    verb->footer(
        "Each flag is a setting: --behind-tls is SUKI_BEHIND_TLS in the environment and behind_tls in the file of --config. A "
        "flag\n"
        "goes before the environment, that before the file. What is in effect, and what is wrong: suki config check.");
}

void add_card_verb(CLI::App& cli, Everything& all, Run& run) {
    auto* cards =
        cli.add_subcommand("cards", "List batches of blank cards; with --make make them, with --image draw a card's number");
    CardOptions& options = all.cards;
    add_place(cards, options.place);
    cards->add_option("--make", options.make, "How many, with numbers of the programme's own")->check(CLI::Range(1, 10'000'000));
    cards->add_option("--kind", options.kind, "bearer, personal or category");
    cards->add_option("--category", options.category, "A category of the programme's");
    cards->add_option("--note", options.note, "What they are for, for whoever looks at the list");
    cards->add_option("--batch", options.batch, "The batch to look at, to write or to block");
    cards->add_option("--numbers", options.numbers, "Write the numbers to this file as CSV; - is standard output");
    cards->add_option("--sheet", options.sheet, "Write sheets to be printed and cut to this file as PDF");
    cards->add_flag("--block", options.blocks, "Its cards that are nobody's work no more");
    cards->add_flag("--unblock", options.unblocks, "They work again");
    cards->add_option("--image", options.image, "The number of a card to be drawn");
    cards->add_option("--code", options.code, "ean13, code128 or qr; without it as usual");
    cards->add_option("--out", options.out, "The file of the image, .svg or .png; - is standard output as SVG")
        ->capture_default_str();
    cards->add_option("--lang", options.language, "The language of the sheets; without it the programme's first");
    cards->callback([&] { run = [&] { return manage_cards(all.cards); }; });
}

void add_serving_verbs(CLI::App& cli, Everything& all, Run& run) {
    auto* serve = cli.add_subcommand("serve", "Serve the API and the console");
    add_settings(serve, all.serve);
    serve->callback([&] { run = [&] { return suki::cli::serve(all.serve); }; });

    auto* config = cli.add_subcommand("config", "The settings of the server");
    config->require_subcommand(1);
    auto* check =
        config->add_subcommand("check", "Say everything that is wrong with the settings, and what is in effect from where");
    add_settings(check, all.serve);
    check->callback([&] { run = [&] { return check_settings(all.settings); }; });

    auto* demo = cli.add_subcommand("demo", "Load the demo programme and its made-up history into a new database");
    add_place(demo, all.demo.place, false);
    demo->add_option("--seed", all.demo.seed, "Another seed is another history")->capture_default_str();
    demo->add_option("--members", all.demo.members, "How many members")->check(CLI::Range(1, 1'000'000))->capture_default_str();
    demo->add_option("--years", all.demo.years, "How many years")->check(CLI::Range(1, 10))->capture_default_str();
    demo->callback([&] { run = [&] { return load_demo(all.demo); }; });

    auto* keys = cli.add_subcommand("keys", "List API keys; with --name make one, with --revoke end one");
    add_place(keys, all.keys.place);
    keys->add_option("--name", all.keys.name, "What the key is for; the secret is printed once");
    keys->add_option("--scope", all.keys.scopes, "till, service or admin")->delimiter(',');
    keys->add_option("--store", all.keys.store, "Of a till: the only store whose receipts and events the key writes");
    keys->add_option("--revoke", all.keys.revoke, "The key's id");
    keys->callback([&] { run = [&] { return manage_keys(all.keys); }; });

    auto* signing = cli.add_subcommand(
        "signing-keys", "List the keys that sign access tokens; with --rotate let the next one sign as soon as it may");
    add_place(signing, all.signing_keys.place, false);
    auto* rotate = signing->add_flag("--rotate", all.signing_keys.rotates, "Publish the next key now, which signs a day later");
    signing->add_flag("--revoke", all.signing_keys.revokes, "A new key signs at once, and no other is published any more")
        ->needs(rotate);
    signing->callback([&] { run = [&] { return manage_signing_keys(all.signing_keys); }; });

    auto* quarantine = cli.add_subcommand(
        "quarantine", "List the commands that are refused because Suki could not do them; with --release let them be tried again");
    add_place(quarantine, all.quarantine.place, false);
    quarantine->add_option("--release", all.quarantine.release, "The command's id, or all");
    quarantine->callback([&] { run = [&] { return manage_quarantine(all.quarantine); }; });

    add_card_verb(cli, all, run);
    add_user_verbs(cli, all, run);
    add_audit_verbs(cli, all, run);
}

/// What is wrong with the words that name the verb, and where help is; nothing when they name one, or none is there.
std::optional<std::string> unknown_verb(CLI::App& cli, const std::vector<std::string>& arguments) {
    CLI::App* at = &cli;
    std::string known;
    for (const std::string& word : arguments) {
        const auto verbs = at->get_subcommands([](CLI::App*) { return true; });
        if (verbs.empty() || word.starts_with('-')) return std::nullopt;
        const auto named = std::find_if(verbs.begin(), verbs.end(), [&](CLI::App* verb) { return verb->get_name() == word; });
        if (named == verbs.end())
            return "there is no `suki " + known + word + "`; `suki help" +
                   (known.empty() ? "" : " " + known.substr(0, known.size() - 1)) + "` says what there is";
        known += word + " ";
        at = *named;
    }
    return std::nullopt;
}

/// The verb that was called: `user add`, and not `user`.
CLI::App* called_verb(CLI::App& cli) {
    CLI::App* verb = &cli;
    while (!verb->get_subcommands().empty()) verb = verb->get_subcommands().front();
    return verb;
}

/// Gives the verb its settings. False: it can't go on with them, and that has been said.
bool settle_verb(CLI::App& cli, Settings& settings) {
    CLI::App* verb = called_verb(cli);
    if (verb->get_option_no_throw("--config") == nullptr) return true;
    settings = settle(*verb, *cli.get_subcommand("serve"), system_environment());
    if (verb->get_parent()->get_name() == "config") return true;  // it says by itself what it found
    for (const SettingFinding& finding : settings.findings) std::cerr << "suki: " << finding_text(finding) << '\n';
    return !settings.has_errors();
}

}  // namespace

int main(int argc, char** argv) {
    // Whatever is written here holds persons or secrets: databases, copies, rejected rows.
    umask(S_IRWXG | S_IRWXO);
    CLI::App cli{"suki: a loyalty programme from its document to the till"};
    cli.require_subcommand(1);
    cli.set_version_flag("--version", "suki " + std::string{suki::kVersion});
    cli.set_help_all_flag("--help-all", "Help of every verb");
    Everything all;
    Run run;
    add_programme_verbs(cli, all, run);
    add_import_verbs(cli, all, run);
    add_reading_verbs(cli, all, run);
    add_keeping_verbs(cli, all, run);
    add_serving_verbs(cli, all, run);
    // `suki help [verb]` is what people type first.
    std::vector<std::string> arguments(argv + 1, argv + argc);
    const bool is_help = !arguments.empty() && arguments.front() == "help";
    if (is_help) arguments.erase(arguments.begin());
    if (const auto mistake = unknown_verb(cli, arguments)) {
        std::cerr << "suki: " << *mistake << '\n';
        return 2;
    }
    if (is_help) arguments.emplace_back("--help");
    std::reverse(arguments.begin(), arguments.end());
    try {
        cli.parse(arguments);
    } catch (const CLI::ParseError& error) {
        return cli.exit(error) == 0 ? 0 : 2;
    }
    try {
        if (!settle_verb(cli, all.settings)) return 2;
        return run();
    } catch (const UsageError& error) {
        std::cerr << "suki: " << error.what << '\n';
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "suki: " << error.what() << '\n';
        return 3;
    }
}
