#pragma once

#include "engine/evaluate.h"
#include "programme/diagnostic.h"

namespace suki::app {

/// Of the document's own examples, those that come out otherwise.
programme::Diagnostics failing_examples(const engine::Evaluator& evaluator);

}  // namespace suki::app
