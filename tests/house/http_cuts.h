#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "server/net/request_reader.h"

/// What a reader makes of a stream, however the network cuts it. Two readers that understand one stream differently are how
/// requests are smuggled; a reader that understands it differently when it comes in other pieces would be two by itself.
namespace suki::house {

struct HttpRead {
    std::vector<std::string> requests;  // method, target, headers and body of each
    std::string refusal;                // its code; empty: all was read, or more is needed
    friend bool operator==(const HttpRead&, const HttpRead&) = default;
};

/// `next_piece(left)` says how many bytes come next: 1 to `left`.
template <class NextPiece>
HttpRead read_in_pieces(std::string_view bytes, const NextPiece& next_piece) {
    using server::net::RequestReader;
    const server::net::ServerOptions options;
    RequestReader reader{options};
    HttpRead read;
    std::string unread;
    while (!bytes.empty() && read.refusal.empty()) {
        const std::size_t count = std::clamp<std::size_t>(next_piece(bytes.size()), 1, bytes.size());
        unread += bytes.substr(0, count);
        bytes.remove_prefix(count);
        for (bool is_waiting = false; !is_waiting && read.refusal.empty() && !unread.empty();) {
            std::size_t used = 0;
            const RequestReader::Progress progress = reader.read(unread, used);
            if (used > unread.size()) {
                read.refusal = "more was used than there is";
                return read;
            }
            unread.erase(0, used);
            switch (progress) {
                case RequestReader::Progress::needs_more: is_waiting = true; break;
                case RequestReader::Progress::refused: read.refusal = reader.refusal().code; break;
                case RequestReader::Progress::complete: {
                    server::net::RequestHead head;
                    const auto request = reader.take(head);
                    std::string text{request->method};
                    text += ' ';
                    text += request->target;
                    for (const auto& header : request->headers) {
                        text += '\n';
                        text += header.name;
                        text += ':';
                        text += header.value;
                    }
                    text += "\n\n";
                    text += request->body;
                    read.requests.push_back(std::move(text));
                    break;
                }
            }
        }
    }
    return read;
}

}  // namespace suki::house
