#include "programme/findings.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/limits.h"

namespace suki::programme {

namespace {

/// Insertions, deletions, changes and swaps of neighbours that turn `a` into `b`; both at most limits::key_bytes long.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    using Row = std::array<std::size_t, limits::key_bytes + 1>;
    Row before_last{};
    Row last{};
    Row row{};
    for (std::size_t k = 0; k <= b.size(); ++k) row[k] = k;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before_last = last;
        last = row;
        row[0] = i;
        for (std::size_t k = 1; k <= b.size(); ++k) {
            const std::size_t change = last[k - 1] + (a[i - 1] == b[k - 1] ? 0 : 1);
            row[k] = std::min({last[k] + 1, row[k - 1] + 1, change});
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1]) row[k] = std::min(row[k], before_last[k - 2] + 1);
        }
    }
    return row[b.size()];
}

Diagnostic placed(Severity severity, Fault fault, std::size_t line, std::size_t column, std::string path) {
    return {.severity = severity,
            .code = fault.code,
            .line = line,
            .column = column,
            .path = std::move(path),
            .message = std::move(fault.message),
            .hint = std::move(fault.hint)};
}

}  // namespace

void Findings::add(Diagnostic diagnostic) {
    Diagnostics& list = diagnostic.severity == Severity::error ? errors_ : warnings_;
    if (list.size() >= limits::diagnostics_per_document) {
        ++left_out_;
        return;
    }
    list.push_back(std::move(diagnostic));
}

bool Findings::is_full() const { return errors_.size() >= limits::diagnostics_per_document; }

void Findings::error(NodeRef at, Fault fault) { add(placed(Severity::error, std::move(fault), at.line(), at.column(), at.path())); }

void Findings::error_at_key(NodeRef at, Fault fault) {
    // An unknown key is told of at its map: the path to the key itself leads nowhere.
    const bool is_of_map = fault.code == DiagnosticCode::unknown_key;
    add(placed(Severity::error, std::move(fault), at.key_line(), at.key_column(), is_of_map ? at.parent().path() : at.path()));
}

void Findings::warning(NodeRef at, Fault fault) {
    add(placed(Severity::warning, std::move(fault), at.line(), at.column(), at.path()));
}

Diagnostics Findings::in_order() const {
    Diagnostics all = errors_;
    std::size_t left_out = left_out_;
    for (const Diagnostic& warning : warnings_) {
        if (all.size() < limits::diagnostics_per_document)
            all.push_back(warning);
        else
            ++left_out;
    }
    if (left_out > 0) all.pop_back();
    std::stable_sort(all.begin(), all.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    if (left_out > 0) {
        const Diagnostic last = all.back();
        all.push_back({.severity = errors_.empty() ? Severity::warning : Severity::error,
                       .code = DiagnosticCode::too_many,
                       .line = last.line,
                       .column = last.column,
                       .path = {},
                       .message = finding::more_left_out(static_cast<std::int64_t>(left_out + 1)),
                       .hint = hint::mend_these_first()});
    }
    return all;
}

Message did_you_mean(std::string_view word, const std::vector<std::string_view>& known) {
    // A hostile document can bring thousands of long words and of names: the work for one of them is bounded.
    constexpr std::size_t kCandidatesMax = 500;
    if (word.size() > limits::key_bytes) return {};
    const std::size_t count = std::min(known.size(), kCandidatesMax);
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view candidate = known[i];
        const std::size_t difference = std::max(candidate.size(), word.size()) - std::min(candidate.size(), word.size());
        if (candidate.size() > limits::key_bytes || difference >= best_distance) continue;
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best.empty() ? Message{} : hint::did_you_mean(best);
}

}  // namespace suki::programme
