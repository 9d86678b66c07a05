#pragma once

#include <string_view>
#include <vector>

#include "programme/diagnostic.h"
#include "programme/document.h"
#include "programme/sentences.h"

namespace suki::programme {

/// Why a piece of text is not what was asked for; becomes a Diagnostic once its place is known.
struct Fault {
    DiagnosticCode code{};
    Message message;
    Message hint = {};
};

/// Collects what is wrong with a document.
class Findings {
public:
    /// At the value of `at`.
    void error(NodeRef at, Fault fault);
    /// At the key under which `at` stands.
    void error_at_key(NodeRef at, Fault fault);
    void warning(NodeRef at, Fault fault);
    void add(Diagnostic diagnostic);

    /// Further errors are only counted: nobody needs to think about hints for them.
    [[nodiscard]] bool is_full() const;
    [[nodiscard]] bool has_errors() const { return !errors_.empty(); }
    /// All, in the order of the document; at most limits::diagnostics_per_document, the last of which says that there are more.
    [[nodiscard]] Diagnostics in_order() const;

private:
    Diagnostics errors_;
    Diagnostics warnings_;
    std::size_t left_out_ = 0;
};

/// `did you mean `when`?` when one of `known` (of the first 500) is nearly `word`, else empty. Ties go to the earlier one.
Message did_you_mean(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace suki::programme
