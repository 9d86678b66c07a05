#include "server/files.h"

#include <yaml-cpp/yaml.h>

#include "base/digest.h"
#include "base/embedded.h"
#include "base/json_writer.h"
#include "programme/compile.h"

namespace suki::server {

namespace {

constexpr std::string_view kConsole = "console/";
constexpr std::string_view kPolicy =
    "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
constexpr std::string_view kStubPage =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Suki</title><h1>Suki is running</h1>"
    "<p>This build holds no console. The interface is described at <a href=\"/openapi.json\">/openapi.json</a>.</p></html>\n";

std::string content_type_of(std::string_view path) {
    const auto ends = [&](std::string_view end) {
        return path.size() >= end.size() && path.substr(path.size() - end.size()) == end;
    };
    if (ends(".html")) return "text/html; charset=utf-8";
    if (ends(".js") || ends(".mjs")) return "text/javascript; charset=utf-8";
    if (ends(".css")) return "text/css; charset=utf-8";
    if (ends(".json") || ends(".map")) return "application/json";
    if (ends(".webmanifest")) return "application/manifest+json";
    if (ends(".svg")) return "image/svg+xml; charset=utf-8";
    if (ends(".png")) return "image/png";
    if (ends(".ico")) return "image/x-icon";
    if (ends(".woff2")) return "font/woff2";
    if (ends(".txt")) return "text/plain; charset=utf-8";
    return "application/octet-stream";
}

std::string etag_of(std::string_view bytes) { return to_hex(sha256(bytes)).substr(0, 32); }

File make_file(std::string_view path, std::string_view bytes) {
    return {.bytes = bytes,
            .content_type = content_type_of(path),
            .etag = etag_of(bytes),
            .is_immutable = path.substr(0, 7) == "assets/",
            .is_page = path.size() > 5 && path.substr(path.size() - 5) == ".html"};
}

/// Whether `word` is among the comma-separated ones and not refused by `q=0`.
bool accepts(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        std::string_view item = list.substr(0, comma);
        list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
        while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
        const std::size_t end = item.find_first_of("; ");
        if (item.substr(0, end) != word) continue;
        const std::size_t q = item.find("q=");
        return q == std::string_view::npos || item.substr(q + 2).find_first_of("123456789") != std::string_view::npos;
    }
    return false;
}

bool is_plain_number(const std::string& text) {
    const std::size_t first = text[0] == '-' ? 1 : 0;
    const std::size_t point = std::min(text.find('.', first), text.size());
    const auto are_digits = [&](std::size_t begin, std::size_t end) {
        return begin < end && text.find_first_not_of("0123456789", begin) >= end;
    };
    if (!are_digits(first, point) || (point > first + 1 && text[first] == '0')) return false;
    return point == text.size() || are_digits(point + 1, text.size());
}

void write_node(JsonWriter& out, const YAML::Node& node) {
    switch (node.Type()) {
        case YAML::NodeType::Undefined:
        case YAML::NodeType::Null: return out.null();
        case YAML::NodeType::Scalar: {
            const std::string& text = node.Scalar();
            const bool is_plain = node.Tag() == "?";  // quoted ones have the tag `!`
            if (is_plain && (text == "true" || text == "false")) return out.value(text == "true");
            if (is_plain && !text.empty() && is_plain_number(text)) return out.raw(text);
            return out.value(std::string_view{text});
        }
        case YAML::NodeType::Sequence:
            out.begin_array();
            for (const YAML::Node& one : node) write_node(out, one);
            return out.end_array();
        case YAML::NodeType::Map:
            out.begin_object();
            for (const auto& member : node) {
                out.key(member.first.Scalar());
                write_node(out, member.second);
            }
            return out.end_object();
    }
}

}  // namespace

std::string yaml_to_json(const std::string& yaml) {
    std::string json;
    JsonWriter out{json};
    write_node(out, YAML::Load(yaml));
    return json;
}

std::unique_ptr<const Files> load_files() {
    auto files = std::make_unique<Files>();
    for (const embedded::EmbeddedFile* file : embedded::list(kConsole)) {
        const std::string_view path = file->path.substr(kConsole.size());
        const bool is_packed = path.size() > 3 && (path.substr(path.size() - 3) == ".br" || path.substr(path.size() - 3) == ".gz");
        if (!is_packed) files->console.emplace(path, make_file(path, file->bytes));
    }
    for (auto& [path, file] : files->console) {
        if (const auto* packed = embedded::find(std::string{kConsole} + path + ".br")) file.brotli = packed->bytes;
        if (const auto* packed = embedded::find(std::string{kConsole} + path + ".gz")) file.gzip = packed->bytes;
    }
    if (!files->console.contains("index.html")) files->console.emplace("index.html", make_file("index.html", kStubPage));

    const embedded::EmbeddedFile* openapi = embedded::find("api/openapi.yaml");
    files->openapi_json = openapi != nullptr ? yaml_to_json(std::string{openapi->bytes}) : "{}";
    files->openapi = make_file("openapi.json", files->openapi_json);
    files->schema_json = programme::document_schema();
    files->schema = make_file("schema.json", files->schema_json);
    files->schema.content_type = "application/schema+json";
    return files;
}

net::Response file_response(const net::Request& request, const File& file) {
    net::Response response{.status = 200, .content_type = file.content_type};
    const std::string_view encodings = request.header("Accept-Encoding").value_or("");
    std::string etag = file.etag;
    std::string_view bytes = file.bytes;
    if (!file.brotli.empty() && accepts(encodings, "br")) {
        bytes = file.brotli;
        etag += "-br";
        response.headers.emplace_back("Content-Encoding", "br");
    } else if (!file.gzip.empty() && accepts(encodings, "gzip")) {
        bytes = file.gzip;
        etag += "-gz";
        response.headers.emplace_back("Content-Encoding", "gzip");
    }
    etag = "\"" + etag + "\"";
    response.headers.emplace_back("ETag", etag);
    response.headers.emplace_back("Vary", "Accept-Encoding");
    response.headers.emplace_back("Cache-Control", file.is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
    if (file.is_page) response.headers.emplace_back("Content-Security-Policy", std::string{kPolicy});
    if (request.header("If-None-Match").value_or("").find(etag) != std::string_view::npos) {
        response.status = 304;
        return response;
    }
    response.body = bytes;
    return response;
}

const File* find_page(const Files& files, const net::Request& request) {
    const auto path = net::file_path(request, 0);
    if (path) {
        const auto found = files.console.find(*path);
        if (found != files.console.end()) return &found->second;
    }
    const bool is_root = request.path == "/" || request.path.empty();
    const std::string_view last = request.segments.empty() ? std::string_view{} : request.segments.back();
    // A missing script must not be answered with a page: the browser would try to run it.
    if (!is_root && (last.find('.') != std::string_view::npos || request.path.substr(0, 8) == "/assets/")) return nullptr;
    const auto index = files.console.find("index.html");
    return index == files.console.end() ? nullptr : &index->second;
}

}  // namespace suki::server
