#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "programme/findings.h"
#include "programme/keys.h"

namespace suki::programme {

/// The values of a map, checked against its table: unknown keys, missing keys, keys of later work, and shapes that can't be
/// are reported when it is made, and not handed out.
class Fields {
public:
    /// `others`: the names that the document gives to the keys beside the fixed ones (for hints and checks); null when any will do.
    Fields(const MapSpec& spec, NodeRef map, Findings& findings, const std::vector<std::string_view>* others = nullptr);

    /// Nothing when it is absent or was refused. `key` must be in the table.
    [[nodiscard]] std::optional<NodeRef> get(std::string_view key) const;
    /// The values under other keys than the table's.
    [[nodiscard]] const std::vector<NodeRef>& others() const { return others_; }
    /// Whether the key stands in the map at all, refused or not.
    [[nodiscard]] bool has(std::string_view key) const;
    /// Whether the vocabulary has the key here.
    [[nodiscard]] bool takes(std::string_view key) const;
    [[nodiscard]] NodeRef node() const { return map_; }
    /// Whether a key of later work, or one that nobody knows, was met.
    [[nodiscard]] bool has_refused() const { return has_refused_; }

private:
    void take(NodeRef child, Findings& findings, const std::vector<std::string_view>* others);

    const MapSpec* spec_;
    NodeRef map_;
    std::vector<NodeRef> known_;
    std::vector<NodeRef> others_;
    bool has_refused_ = false;
};

/// Whether the shape of `node` is one that `kind` allows; reports it otherwise (`empty` or `wrong_type`).
bool has_right_shape(NodeRef node, Kind kind, Findings& findings);

}  // namespace suki::programme
