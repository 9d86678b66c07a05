#include <cstdio>
#include <fstream>
#include <iostream>
#include <limits>
#include <set>
#include <string>

#include "base/json_writer.h"
#include "cli/verbs.h"
#include "server/encode.h"
#include "server/json/decode.h"
#include "store/audit.h"
#include "store/open.h"

namespace suki::cli {

namespace {

namespace json = server::json;

SUKI_ENUM(LineKind, root, row)

/// One line of an export; `kind` says which of the two it is.
struct Line {
    LineKind kind{};
    store::AuditRootRow root;
    store::AuditRow row;
};

constexpr std::size_t kTextMax = 1'024;
constexpr std::int64_t kNumberMax = kAmountMax;

void write_line(const store::AuditRootRow& root, std::string& text) {
    JsonWriter out{text};
    out.begin_object();
    out.field("kind", name_of(LineKind::root));
    out.field("organisation", root.org);
    out.field("number", root.number);
    server::write_instant(out, "at", root.made_at);
    out.begin_array("heads");
    for (const store::AuditHead& head : root.heads) {
        out.begin_object();
        out.field("chain", head.chain);
        out.field("number", head.number);
        out.field("hash", to_hex(head.hash));
        out.end_object();
    }
    out.end_array();
    out.field("hash", to_hex(root.hash));
    out.end_object();
    text += '\n';
}

void write_line(const store::AuditRow& row, std::string& text) {
    JsonWriter out{text};
    out.begin_object();
    out.field("kind", name_of(LineKind::row));
    out.field("organisation", row.org);
    out.field("chain", row.chain);
    out.field("number", row.number);
    server::write_instant(out, "at", row.at);
    out.field("actor", row.actor);
    out.field("action", row.action);
    out.begin_array("subjects");
    for (const std::string& subject : row.subjects) out.value(subject);
    out.end_array();
    out.field("outcome", row.outcome);
    out.field("request", row.request);
    out.field("hash", to_hex(row.hash));
    out.end_object();
    text += '\n';
}

/// 64 hexadecimal digits; anything else reads as a digest that nothing has.
Digest digest_of(std::string_view hex) {
    Digest digest{};
    if (hex.size() != 2 * digest.size()) return digest;
    for (std::size_t i = 0; i < hex.size(); ++i) {
        const std::size_t digit = std::string_view{"0123456789abcdef"}.find(hex[i]);
        if (digit == std::string_view::npos) return {};
        digest[i / 2] = static_cast<std::uint8_t>(digest[i / 2] << 4 | digit);
    }
    return digest;
}

void read_digest(json::Object& in, Digest& out) {
    std::string hex;
    if (in.required("hash", hex, json::text(64, 64))) out = digest_of(hex);
}

void read_head(json::Object& in, store::AuditHead& out) {
    in.required("chain", out.chain, json::integer(0, store::kBuckets - 1));
    in.required("number", out.number, json::integer(1, kNumberMax));
    read_digest(in, out.hash);
}

void read_line(json::Object& in, Line& out) {
    if (!in.required("kind", out.kind, json::choice<LineKind>())) return;
    const bool is_root = out.kind == LineKind::root;
    in.required("organisation", is_root ? out.root.org : out.row.org, json::text(kTextMax));
    in.required("number", is_root ? out.root.number : out.row.number, json::integer(1, kNumberMax));
    in.required("at", is_root ? out.root.made_at : out.row.at, json::instant());
    read_digest(in, is_root ? out.root.hash : out.row.hash);
    if (is_root) {
        in.required("heads", out.root.heads, json::list(json::object<store::AuditHead>(read_head), store::kBuckets));
        return;
    }
    in.required("chain", out.row.chain, json::integer(0, store::kBuckets - 1));
    in.required("actor", out.row.actor, json::text(kTextMax));
    in.required("action", out.row.action, json::text(kTextMax));
    in.required("subjects", out.row.subjects, json::list(json::text(kTextMax), kTextMax));
    in.required("outcome", out.row.outcome, json::text(kTextMax));
    in.required("request", out.row.request, json::text(kTextMax));
}

/// Checks a log and says what was found.
class Auditor {
public:
    void take(const store::AuditRootRow& root) {
        ++roots_;
        hashes_.insert(to_hex(root.hash));
        checker_.take(root);
    }
    void take(const store::AuditRow& row) {
        ++rows_;
        checker_.take(row);
    }
    void damaged(const std::string& what) {
        ++breaches_;
        std::cout << "broken: " << what << '\n';
    }
    /// The exit code.
    int finish(const std::vector<std::string>& expected) {
        checker_.finish();
        for (const std::string& hash : expected) {
            if (!hashes_.contains(hash)) damaged("audit_root_missing: " + hash);
        }
        std::cout << rows_ << " rows, " << roots_
                  << " roots: " << (breaches_ == 0 ? "the audit log is whole" : std::to_string(breaches_) + " breaches") << '\n';
        return breaches_ == 0 ? 0 : 1;
    }

private:
    std::int64_t rows_ = 0, roots_ = 0, breaches_ = 0;
    std::set<std::string> hashes_;
    store::AuditChecker checker_{[this](const std::string& what, const std::string& where, const std::string& details) {
        damaged(what + " " + where + (details.empty() ? "" : ": " + details));
    }};
};

int verify_file(const AuditOptions& options) {
    std::ifstream file(options.file, std::ios::binary);
    if (options.file != "-" && !file) throw UsageError{options.file + " can't be read"};
    std::istream& in = options.file == "-" ? std::cin : file;
    Auditor auditor;
    std::uint64_t number = 0;
    for (std::string text; std::getline(in, text);) {
        ++number;
        const auto line = json::decode<Line>(text, read_line);
        if (!line) {
            auditor.damaged("line " + std::to_string(number) + ": " + line.error().front().message);
        } else if (line->kind == LineKind::root) {
            auditor.take(line->root);
        } else {
            auditor.take(line->row);
        }
    }
    return auditor.finish(options.expect);
}

}  // namespace

int export_audit(const AuditOptions& options) {
    Opened opened = open_place(options.place, false);
    const std::string& organisation = options.place.organisation;
    // First, so that it is in what is written.
    if (!opened.app->note(caller_of(options.place), "export_audit", {}, store::kAuditDone)) {
        throw store::StoreFault{"the export can't be written down in the log", true};
    }
    store::Visitor visitor;
    const auto write = [&](const auto& row) {
        if (row.org != organisation) return true;
        std::string text;
        write_line(row, text);
        std::cout << text;
        return std::cout.good();
    };
    visitor.audit_root = write;
    visitor.audit = write;
    opened.store->visit(visitor);
    std::cout.flush();
    if (!std::cout) throw std::runtime_error{"the export can't be written"};
    return 0;
}

int verify_audit(const AuditOptions& options) {
    if (!options.file.empty()) return verify_file(options);
    Place everywhere = options.place;
    everywhere.organisation.clear();
    Opened opened = open_place(everywhere, false);
    Auditor auditor;
    store::Visitor visitor;
    const auto take = [&](const auto& row) {
        auditor.take(row);
        return true;
    };
    visitor.audit_root = take;
    visitor.audit = take;
    visitor.damaged = [&](const store::StoreFault& fault) { auditor.damaged(fault.what()); };
    opened.store->visit(visitor);
    return auditor.finish(options.expect);
}

int make_audit_root(const AuditOptions& options) {
    Opened opened = open_place(options.place, false);
    const auto root = opened.app->make_audit_root(options.place.organisation);
    if (!root) {
        std::cerr << sentence(root.error()) << '\n';
        return 1;
    }
    if (!*root) {
        std::cout << "nothing was added since the last root\n";
        return 0;
    }
    std::cout << (*root)->hash << "  root " << (*root)->number << " of " << options.place.organisation << "  "
              << instant_text((*root)->made_at) << '\n';
    return 0;
}

}  // namespace suki::cli
