#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/zone.h"
#include "programme/diagnostic.h"
#include "programme/plan.h"

namespace suki::programme {

/// The zone of an IANA name, or null when there is none. The wiring passes the system's database.
using ZoneLoader = std::function<ZonePointer(const std::string& name)>;

struct Compiled {
    PlanPointer plan;
    Diagnostics warnings;
};

/// Reads a document, YAML or JSON, and compiles it. Every mistake is reported at once, in the order of the document (up to
/// limits::diagnostics_per_document). Whatever the bytes hold, it neither crashes nor hangs nor takes memory out of proportion.
/// `semantics` is the engine's rules to compile for: an edition published under older rules keeps them.
/// The document's own `examples:` are read but not run here (engine::run_examples does that).
Result<Compiled, Diagnostics> compile(std::string_view source, const ZoneLoader& zones, int semantics = kSemantics);

/// The JSON Schema (2020-12) of the document format, generated from the same tables that `compile` reads by.
std::string document_schema();

}  // namespace suki::programme
