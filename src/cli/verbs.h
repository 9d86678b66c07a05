#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cli/settings.h"
#include "cli/wiring.h"

/// One function a verb of the command line. Each returns the exit code: 0 done, 1 the answer is no (findings, breaches, rejects, a
/// refusal), 2 the call was wrong.
namespace suki::cli {

struct CheckOptions {
    std::vector<std::string> files;
    std::string language = "en";  // of what is found
    bool as_json = false;
};
int check(const CheckOptions& options);
int print_schema();

struct PublishOptions {
    Place place;
    std::string file;
    std::string effective;
    std::string language = "en";
    bool allow_past = false;
};
int publish(const PublishOptions& options);

struct LevelsOptions {
    Place place;
    std::string file;
    std::string language = "en";
    bool as_json = false;
};
/// Who would move when the document took effect.
int preview_levels(const LevelsOptions& options);

struct EvaluateOptions {
    std::string file;  // the document
    std::string language = "en";
    bool explain = false;
};
int evaluate(const EvaluateOptions& options);

struct ServeOptions {
    Place place;
    std::string address = "127.0.0.1";
    int port = 8480;
    int threads = 0;  // 0: one a core
    int account_memory_mib = 256;
    int requests_per_second = 0;
    int address_requests_per_second = 20;
    int member_requests_per_second = 20;
    std::string tls_certificate, tls_key;
    bool behind_tls = false;
    std::vector<std::string> trusted_proxies;  // empty with `behind_tls`: this machine
    std::string public_url;
    int signing_key_days = 30;
    std::string log_level = "info";
    std::string log_format = "json";
    std::function<void(app::Wiring&)> change_wiring;  // for tests
};
int serve(const ServeOptions& options);
/// Prints what is wrong with the settings, and all that is in effect.
int check_settings(const Settings& settings);

struct ImportOptions {
    Place place;
    std::string file;
    std::vector<std::string> map;
    std::string round;
    std::string zone;            // of times without an offset; empty: the programme's
    std::string time = "12:00";  // of dates without a time
    std::string rejects;         // file; empty: FILE.rejects.csv
    std::string people_of;       // another programme, in which the same external id is the same person; empty: none
    int edition = 0;
    bool as_history = false;
    bool whole_receipts = false;         // leave out a receipt when a row of it is rejected
    bool keeps_unknown_members = false;  // receipts of unknown members stay without one instead of making them
    std::uint64_t memory_mib = 256;
};
int import_receipts(const ImportOptions& options);
int import_products(const ImportOptions& options);
int import_stores(const ImportOptions& options);
int import_members(const ImportOptions& options);

struct StatementOptions {
    Place place;
    std::string member;  // mem_…, or an external id, card, phone or e-mail
    std::string at;
    std::string language = "en";
};
int print_statement(const StatementOptions& options);

struct ExplainOptions {
    Place place;
    std::string receipt;
    std::string language = "en";
    bool all = false;  // offers whose conditions failed too
};
int print_explanation(const ExplainOptions& options);

struct CardOptions {
    Place place;
    std::int64_t make = 0;  // how many; 0: none
    std::string kind, category, note;
    std::string batch;           // cbt_…
    std::string numbers, sheet;  // files; `-`: standard output
    bool blocks = false;
    bool unblocks = false;
    std::string image;  // a card's number
    std::string out = "-";
    std::string code;      // ean13, code128 or qr; empty: as usual
    std::string language;  // of the sheet; empty: the programme's first
};
/// Makes batches of blank cards, lists, writes and blocks them, and draws a card's number.
int manage_cards(const CardOptions& options);

struct QuarantineOptions {
    Place place;
    std::string release;  // an id, or `all`
};
/// Lists the commands that are refused until they are released, or releases.
int manage_quarantine(const QuarantineOptions& options);

/// What the store says to the database, for whoever looks after that.
struct StatementsOptions {
    std::string dialect = "postgres";
    bool as_json = false;
};
int print_statements(const StatementsOptions& options);

struct MigrateOptions {
    Place place;
    std::string distribute;  // `citus`, or empty
};
/// Makes the database or brings it up to date, and says how it stands.
int migrate(const MigrateOptions& options);
int verify(const Place& place);
struct AuditOptions {
    Place place;
    std::string file;                 // an export, checked instead of the database
    std::vector<std::string> expect;  // hashes of roots that must be there
};
/// The organisation's audit log as JSON, one row a line, its roots before.
int export_audit(const AuditOptions& options);
int verify_audit(const AuditOptions& options);
int make_audit_root(const AuditOptions& options);
struct ExportOptions {
    Place place;
    std::string file;  // `-`: standard output
};
/// Everything into one file that any database can be made of.
int export_everything(const ExportOptions& options);
struct BackupOptions {
    Place place;
    std::string to;
    bool verifies = false;  // by restoring it beside itself
};
int backup(const BackupOptions& options);
struct RestoreOptions {
    Place place;       // the database to be made
    std::string file;  // a backup or an export; `-`: an export from standard input
    std::string distribute;
};
int restore(const RestoreOptions& options);
/// `12 rows, content 0123…`: the same for equal contents, whatever database holds them.
std::string content_line(const store::Contents& contents);

struct DemoOptionsCli {
    Place place;
    std::uint64_t seed = 2026;
    std::uint64_t members = 2'400;
    int years = 3;
};
int load_demo(const DemoOptionsCli& options);

struct KeyOptions {
    Place place;
    std::string name;
    std::vector<std::string> scopes;
    std::string store;
    std::string revoke;
};
int manage_keys(const KeyOptions& options);
struct SigningKeyOptions {
    Place place;
    bool rotates = false;
    bool revokes = false;
};
int manage_signing_keys(const SigningKeyOptions& options);
struct UserOptions {
    Place place;
    std::string name;
};
/// This and the next print a generated password, once.
int add_user(const UserOptions& options);
int reset_password(const UserOptions& options);
int remove_user(const UserOptions& options);
int list_users(const Place& place);

}  // namespace suki::cli
