#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "server/net/request.h"
#include "server/net/response.h"

/// What is served as it is: the console, this interface's description and the document schema.
namespace suki::server {

struct File {
    std::string_view bytes;
    std::string_view brotli;  // packed beforehand; empty when there is none
    std::string_view gzip;
    std::string content_type;
    std::string etag;           // strong, of the plain bytes; packed variants append their name
    bool is_immutable = false;  // its name holds a hash of its content
    bool is_page = false;       // HTML: gets the content security policy
};

struct Files {
    std::map<std::string, File, std::less<>> console;  // by path without the leading slash: `index.html`, `assets/app-1f2e.js`
    File openapi;
    File schema;
    std::string openapi_json;  // owns the bytes
    std::string schema_json;

    Files() = default;
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;
};

/// Collects what the build embedded.
std::unique_ptr<const Files> load_files();

/// The file by what the client takes and already has: 200 or 304.
net::Response file_response(const net::Request& request, const File& file);

/// A GET for a page of the console: the file of that path; for a path that looks like a page the first page, which then shows
/// the right room; otherwise null.
const File* find_page(const Files& files, const net::Request& request);

/// The YAML document as JSON. Plain scalars are numbers, booleans and null as YAML 1.2 says; quoted ones are texts.
std::string yaml_to_json(const std::string& yaml);

}  // namespace suki::server
