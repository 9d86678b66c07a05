#include "programme/fields.h"

#include <algorithm>

#include "base/check.h"

namespace suki::programme {

bool has_right_shape(NodeRef node, Kind kind, Findings& findings) {
    const Shapes shapes = shapes_of(kind);
    switch (node.shape()) {
        case Shape::broken: return false;
        case Shape::nothing:
            findings.error(
                node, {DiagnosticCode::empty, node.key().empty() ? finding::nothing_here() : finding::nothing_under(node.key()),
                       hint::write_or_leave_out()});
            return false;
        case Shape::scalar:
            if (shapes.scalar && node.text().empty()) {
                findings.error(node, {DiagnosticCode::empty, finding::text_is_empty(), hint::write_or_leave_out()});
                return false;
            }
            if (shapes.scalar) return true;
            break;
        case Shape::list:
            if (shapes.list) return true;
            break;
        case Shape::map:
            if (shapes.map) return true;
            break;
    }
    const std::string_view found = node.is_scalar() ? "value" : node.is_list() ? "list" : "map";
    findings.error(node, {DiagnosticCode::wrong_type, finding::wrong_shape(shape_word(kind), found)});
    return false;
}

Fields::Fields(const MapSpec& spec, NodeRef map, Findings& findings, const std::vector<std::string_view>* others)
    : spec_(&spec), map_(map) {
    SUKI_CHECK(map.is_map());
    for (const NodeRef child : map.children()) take(child, findings, others);
    for (const KeySpec& key : spec.keys) {
        if (key.is_required && !has(key.name)) {
            findings.error(map, {DiagnosticCode::missing_key, finding::missing_key(key.name), key_hint(spec, key)});
        }
    }
}

void Fields::take(NodeRef child, Findings& findings, const std::vector<std::string_view>* others) {
    const KeySpec* key = find_key(*spec_, child.key());
    if (key != nullptr && key->is_later) {
        has_refused_ = true;
        findings.error_at_key(child, {DiagnosticCode::not_yet_supported, finding::not_yet_supported(key->name)});
        return;
    }
    if (key != nullptr) {
        if (has_right_shape(child, key->kind, findings))
            known_.push_back(child);
        else
            has_refused_ = true;
        return;
    }
    const bool takes_others = !spec_->others.empty();
    if (takes_others && (others == nullptr || std::find(others->begin(), others->end(), child.key()) != others->end())) {
        if (has_right_shape(child, spec_->others_kind, findings))
            others_.push_back(child);
        else
            has_refused_ = true;
        return;
    }
    has_refused_ = true;
    if (findings.is_full()) {
        findings.error_at_key(child, {DiagnosticCode::unknown_key, {}});
        return;
    }
    std::vector<std::string_view> known;
    for (const KeySpec& each : spec_->keys) known.push_back(each.name);
    if (takes_others && others != nullptr) known.insert(known.end(), others->begin(), others->end());
    Message advice = did_you_mean(child.key(), known);
    if (advice.is_empty() && takes_others) advice = hint::not_among_others(spec_->others);
    findings.error_at_key(child, {DiagnosticCode::unknown_key, finding::unknown_key(child.key()), std::move(advice)});
}

std::optional<NodeRef> Fields::get(std::string_view key) const {
    SUKI_CHECK(find_key(*spec_, key) != nullptr);
    for (const NodeRef node : known_) {
        if (node.key() == key) return node;
    }
    return std::nullopt;
}

bool Fields::takes(std::string_view key) const { return find_key(*spec_, key) != nullptr; }

bool Fields::has(std::string_view key) const {
    for (const NodeRef child : map_.children()) {
        if (child.key() == key) return true;
    }
    return false;
}

}  // namespace suki::programme
