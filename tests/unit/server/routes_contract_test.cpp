#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "engine/settle.h"
#include "event/check.h"
#include "ledger/ledger.h"
#include "server/files.h"
#include "server/problems.h"
#include "server/routes.h"
#include "source_dir.h"

/// That the interface is what api/openapi.yaml says: route by route, field by field, refusal by refusal.
namespace suki::server {
namespace {

const YAML::Node& document() {
    static const YAML::Node node = YAML::LoadFile(SUKI_SOURCE_DIR "/api/openapi.yaml");
    return node;
}

YAML::Node resolved(const YAML::Node& node) {
    if (!node.IsMap() || !node["$ref"]) return node;
    const std::string ref = node["$ref"].Scalar();
    YAML::Node found = document();
    std::size_t begin = 2;  // after `#/`
    while (begin <= ref.size()) {
        const std::size_t end = std::min(ref.find('/', begin), ref.size());
        const YAML::Node& parent = found;
        const YAML::Node child = parent[ref.substr(begin, end - begin)];
        if (!child) throw std::runtime_error("no " + ref);
        found.reset(child);
        begin = end + 1;
    }
    return found;
}

std::set<std::string> texts(const YAML::Node& list) {
    std::set<std::string> result;
    for (const YAML::Node& one : list) result.insert(one.Scalar());
    return result;
}

struct Operation {
    std::string method, path;
    YAML::Node node;
};
std::map<std::string, Operation> operations() {
    std::map<std::string, Operation> result;
    for (const auto& path : document()["paths"]) {
        for (const auto& method : path.second) {
            std::string upper = method.first.Scalar();
            std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
            const std::string id = method.second["operationId"].Scalar();
            EXPECT_TRUE(result.emplace(id, Operation{upper, path.first.Scalar(), method.second}).second) << id << " stands twice";
        }
    }
    return result;
}

std::string schema_of_body(const YAML::Node& operation) {
    if (!operation["requestBody"]) return {};
    const std::string ref = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].Scalar();
    return ref.substr(ref.rfind('/') + 1);
}

TEST(RoutesContract, EveryRouteIsDescribedAndEveryDescribedOneIsServed) {
    auto described = operations();
    for (const Route& route : routes()) {
        SCOPED_TRACE(std::string{route.operation});
        const auto found = described.find(std::string{route.operation});
        ASSERT_NE(found, described.end());
        const YAML::Node& node = found->second.node;
        EXPECT_EQ(found->second.method, route.method);
        EXPECT_EQ(found->second.path, route.path);
        const bool has_no_scope = route.access == Access::anyone;
        const bool is_session = route.access == Access::session;
        EXPECT_EQ(node["x-scope"].Scalar(), has_no_scope ? "none" : is_session ? "till" : std::string{name_of(route.access)});
        if (has_no_scope) {
            EXPECT_TRUE(node["security"] && node["security"].size() == 0);
        } else {
            EXPECT_EQ(static_cast<bool>(node["security"]), is_session);
        }
        EXPECT_EQ(schema_of_body(node), route.schema);
        EXPECT_EQ(route.schema.empty(), route.shape == nullptr);
        EXPECT_EQ(route.schema.empty(), route.body_bytes == 0);

        std::set<std::string> query;
        bool needs_key = false, takes_key = false;
        for (const YAML::Node& one : node["parameters"]) {
            const YAML::Node parameter = resolved(one);
            const std::string in = parameter["in"].Scalar(), name = parameter["name"].Scalar();
            if (in == "query") query.insert(name);
            if (in == "header" && name == "Idempotency-Key") {
                takes_key = true;
                needs_key = parameter["required"].as<bool>();
            }
            if (in == "path") {
                EXPECT_NE(route.path.find("{" + name + "}"), std::string_view::npos) << name;
            }
        }
        std::set<std::string> taken;
        std::string_view rest = route.parameters;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find(' '), rest.size());
            taken.emplace(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        EXPECT_EQ(query, taken);
        EXPECT_EQ(takes_key, route.key != KeyRule::none);
        EXPECT_EQ(needs_key, route.key == KeyRule::required);
        described.erase(found);
    }
    for (const auto& [id, operation] : described) ADD_FAILURE() << id << " is described but not served";
}

TEST(RoutesContract, EveryWriteOfTheApplicationNeedsAnIdempotencyKey) {
    for (const Route& route : routes()) {
        const bool writes = route.method != "GET" && !route.path.starts_with("/v1/session") &&
                            route.operation != "validateProgramme" && route.operation != "previewLevels" &&
                            route.operation != "issueAccessToken" &&
                            route.operation != "issueSeatToken";  // asked twice they give two
        EXPECT_EQ(route.key != KeyRule::none, writes) << route.operation;
    }
}

void compare(const json::Shape& shape, YAML::Node node, const std::string& where);

void compare_fields(const std::vector<json::FieldShape>& fields, const YAML::Node& schema, const std::string& where) {
    std::set<std::string> names, required, described;
    for (const json::FieldShape& field : fields) {
        names.insert(field.name);
        if (field.is_required) required.insert(field.name);
    }
    for (const auto& property : schema["properties"]) described.insert(property.first.Scalar());
    EXPECT_EQ(names, described) << where;
    EXPECT_EQ(schema["additionalProperties"].Scalar(), "false") << where;
    const bool is_one_of_all = schema["minProperties"] && schema["maxProperties"];  // exactly one, no matter which
    if (!is_one_of_all) {
        EXPECT_EQ(required, schema["required"] ? texts(schema["required"]) : std::set<std::string>{}) << where;
    }
    for (const json::FieldShape& field : fields) {
        const YAML::Node property = schema["properties"][field.name];
        if (property) compare(field.shape, property, where + "/" + field.name);
    }
}

/// The branch that is not null, of a value that may be.
YAML::Node without_null(const YAML::Node& node) {
    if (!node["oneOf"]) return node;
    for (const YAML::Node& branch : node["oneOf"]) {
        if (!branch["type"] || branch["type"].Scalar() != "null") return resolved(branch);
    }
    return node;
}

bool has_type(const YAML::Node& node, const std::string& type) {
    if (!node["type"]) return false;
    return node["type"].IsSequence() ? texts(node["type"]).contains(type) : node["type"].Scalar() == type;
}

void compare_bound(const std::optional<std::int64_t>& bound, const YAML::Node& node, const std::string& where) {
    if (!node) return;  // an unspoken bound is the type's own
    ASSERT_TRUE(bound.has_value()) << where;
    EXPECT_EQ(*bound, node.as<std::int64_t>()) << where;
}

void compare(const json::Shape& shape, YAML::Node given, const std::string& where) {
    const YAML::Node node = without_null(resolved(given));
    switch (shape.type) {
        case json::ShapeType::text:
            EXPECT_TRUE(has_type(node, "string")) << where;
            compare_bound(shape.minimum, node["minLength"], where);
            compare_bound(shape.maximum, node["maxLength"], where);
            if (!shape.id_prefix.empty()) {
                EXPECT_NE(node["pattern"].Scalar().find(shape.id_prefix + "_"), std::string::npos) << where;
            }
            return;
        case json::ShapeType::choice:
            EXPECT_EQ(std::set<std::string>(shape.choices.begin(), shape.choices.end()), texts(node["enum"])) << where;
            return;
        case json::ShapeType::integer:
            EXPECT_TRUE(has_type(node, "integer")) << where;
            EXPECT_TRUE(node["minimum"] && node["maximum"]) << where;
            compare_bound(shape.minimum, node["minimum"], where);
            compare_bound(shape.maximum, node["maximum"], where);
            return;
        case json::ShapeType::decimal:
            EXPECT_TRUE(has_type(node, "string") && has_type(node, "number") && node["pattern"]) << where;
            return;
        case json::ShapeType::boolean: EXPECT_TRUE(has_type(node, "boolean")) << where; return;
        case json::ShapeType::instant: EXPECT_EQ(node["format"].Scalar(), "date-time") << where; return;
        case json::ShapeType::date: EXPECT_EQ(node["format"].Scalar(), "date") << where; return;
        case json::ShapeType::object: return compare_fields(shape.fields, node, where);
        case json::ShapeType::list:
            EXPECT_TRUE(has_type(node, "array")) << where;
            EXPECT_EQ(node["minItems"] ? node["minItems"].as<std::int64_t>() : 0, shape.minimum.value_or(0)) << where;
            compare_bound(shape.maximum, node["maxItems"], where);
            EXPECT_TRUE(node["maxItems"]) << where;
            return compare(shape.element.at(0), node["items"], where + "/items");
        case json::ShapeType::map: compare_bound(shape.maximum, node["maxProperties"], where); return;
        case json::ShapeType::any: return;
    }
}

TEST(RoutesContract, EveryBodyHasTheFieldsThatItsSchemaSays) {
    for (const Route& route : routes()) {
        if (route.shape == nullptr) continue;
        const YAML::Node schema = document()["components"]["schemas"][std::string{route.schema}];
        ASSERT_TRUE(schema) << route.schema;
        compare_fields(route.shape(), schema, std::string{route.schema});
    }
}

template <class E>
void add_words(std::set<std::string>& words) {
    for (const std::string_view word : all_names<E>()) words.emplace(word);
}

TEST(RoutesContract, EveryRefusalIsListedAndNoOther) {
    std::set<std::string> words;
    add_words<ServerRejection>(words);
    add_words<WireRejection>(words);
    add_words<app::CommandRejection>(words);
    add_words<app::ReferenceRejection>(words);
    add_words<app::ReceiptRejection>(words);
    add_words<app::ReturnCommandRejection>(words);
    add_words<app::HoldRejection>(words);
    add_words<app::AdjustRejection>(words);
    add_words<app::TransferRejection>(words);
    add_words<app::MemberRejection>(words);
    add_words<app::CardRejection>(words);
    add_words<app::BenefitRejection>(words);
    add_words<app::GiftRejection>(words);
    add_words<app::RecognitionRejection>(words);
    add_words<app::TradeInRejection>(words);
    add_words<app::LevelRejection>(words);
    add_words<app::OccasionRejection>(words);
    add_words<app::MembershipRejection>(words);
    add_words<app::ReferralRejection>(words);
    add_words<app::HouseholdRejection>(words);
    add_words<app::ActivityRejection>(words);
    add_words<app::EditionRejection>(words);
    add_words<app::CatalogueRejection>(words);
    add_words<app::OrganisationRejection>(words);
    add_words<app::AuthRejection>(words);
    add_words<app::DiscrepancyRejection>(words);
    add_words<app::QuarantineRejection>(words);
    add_words<app::QueryRejection>(words);
    add_words<engine::ReturnRejection>(words);
    add_words<engine::PaymentRejection>(words);
    add_words<ledger::LedgerRejection>(words);
    add_words<event::ProblemCode>(words);
    const std::set<std::string> listed = texts(document()["components"]["schemas"]["ProblemCode"]["enum"]);
    EXPECT_EQ(words, listed);
    std::ifstream file{SUKI_SOURCE_DIR "/docs/REJECTIONS.md"};
    const std::string page{std::istreambuf_iterator<char>{file}, {}};
    for (const std::string& word : listed) {
        EXPECT_NE(page.find("`" + word + "`"), std::string::npos) << word << " is missing in docs/REJECTIONS.md";
    }
    for (const auto& [id, operation] : operations()) {
        ASSERT_TRUE(operation.node["x-codes"]) << id;
        for (const std::string& code : texts(operation.node["x-codes"])) EXPECT_TRUE(listed.contains(code)) << id << ": " << code;
    }
}

TEST(RoutesContract, EveryWordOfAnAnswerIsListed) {
    const YAML::Node schemas = document()["components"]["schemas"];
    std::set<std::string> mistakes, discrepancies, verdicts, kinds;
    add_words<json::MistakeCode>(mistakes);
    add_words<event::ProblemCode>(mistakes);
    add_words<app::DiscrepancyKind>(discrepancies);
    add_words<event::Verdict>(verdicts);
    add_words<ledger::EntryKind>(kinds);
    EXPECT_EQ(mistakes, texts(schemas["MistakeCode"]["enum"]));
    EXPECT_EQ(discrepancies, texts(schemas["DiscrepancyKind"]["enum"]));
    EXPECT_EQ(verdicts, texts(schemas["Verdict"]["enum"]));
    EXPECT_EQ(kinds, texts(schemas["StatementEntry"]["properties"]["kind"]["enum"]));
    std::set<std::string> conditions;
    add_words<programme::ConditionKind>(conditions);
    EXPECT_EQ(conditions, texts(schemas["ConditionResult"]["properties"]["kind"]["enum"]));
}

TEST(RoutesContract, FindsRoutesByMethodAndPath) {
    const auto find = [](std::string_view method, std::string_view target) {
        net::Request request;
        EXPECT_TRUE(request.set_target(target));
        RouteMatch match = find_route(method, request.segments);
        return std::pair{match.route == nullptr ? std::string{"none"} : std::string{match.route->operation}, match.allow};
    };
    EXPECT_EQ(find("POST", "/v1/receipts/quote").first, "quoteReceipt");
    EXPECT_EQ(find("PUT", "/v1/receipts/quote").first, "recordReceipt");
    EXPECT_EQ(find("PUT", "/v1/receipts/a%2Fb").first, "recordReceipt");
    EXPECT_EQ(find("HEAD", "/v1/receipts/a").first, "getReceipt");
    EXPECT_EQ(find("DELETE", "/v1/receipts/a"), (std::pair{std::string{"none"}, std::string{"PUT, GET"}}));
    EXPECT_EQ(find("GET", "/v1/receipts/a/b/c"), (std::pair{std::string{"none"}, std::string{}}));
    EXPECT_EQ(find("GET", "/v1/receipts/"), (std::pair{std::string{"none"}, std::string{}}));
}

TEST(RoutesContract, TurnsYamlIntoJsonWithoutLosingTypes) {
    EXPECT_EQ(yaml_to_json("{a: 1, b: '1', c: true, d: 'true', e: null, f: [x, -2, 0.5], g: 007, h: 1.2.3, i: -, j: 1.}"),
              R"({"a":1,"b":"1","c":true,"d":"true","e":null,"f":["x",-2,0.5],"g":"007","h":"1.2.3","i":"-","j":"1."})");
}

}  // namespace
}  // namespace suki::server
