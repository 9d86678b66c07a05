#include "server/net/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace suki::server::net {

namespace {

constexpr int kIpv4Begin = 96;  // bits before those of IPv4

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

}  // namespace

std::optional<AddressBytes> address_bytes(std::string_view text) {
    const std::string written{text};  // inet_pton wants an end
    AddressBytes bytes{};
    if (inet_pton(AF_INET6, written.c_str(), bytes.data()) == 1) return bytes;
    bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (inet_pton(AF_INET, written.c_str(), bytes.data() + 12) == 1) return bytes;
    return std::nullopt;
}

std::optional<Network> Network::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = address_bytes(text.substr(0, slash));
    if (!address) return std::nullopt;
    const int begin = text.find(':') == std::string_view::npos ? kIpv4Begin : 0;
    Network network{.address = *address, .prefix = 128};
    if (slash == std::string_view::npos) return network;
    const std::string_view bits = text.substr(slash + 1);
    int count = 0;
    const auto parsed = std::from_chars(bits.data(), bits.data() + bits.size(), count);
    if (parsed.ec != std::errc{} || parsed.ptr != bits.data() + bits.size() || count < 0 || begin + count > 128)
        return std::nullopt;
    network.prefix = begin + count;
    return network;
}

bool Network::contains(const AddressBytes& one) const {
    for (int bit = 0; bit < prefix; bit += 8) {
        const auto byte = static_cast<std::size_t>(bit / 8);
        const int left = std::min(8, prefix - bit);
        const auto mask = static_cast<std::uint8_t>(0xff << (8 - left));
        if ((address[byte] & mask) != (one[byte] & mask)) return false;
    }
    return true;
}

bool contains(const std::vector<Network>& networks, std::string_view address) {
    if (networks.empty()) return false;
    const auto bytes = address_bytes(address);
    return bytes && std::any_of(networks.begin(), networks.end(), [&](const Network& network) { return network.contains(*bytes); });
}

std::string client_address(const Request& request, const std::vector<Network>& trusted) {
    if (!contains(trusted, request.peer)) return request.peer;
    std::vector<std::string_view> hops;
    for (const Header& header : request.headers) {
        if (!equals_ignoring_case(header.name, "X-Forwarded-For")) continue;
        for (std::string_view rest = header.value;;) {
            const std::size_t comma = rest.find(',');
            hops.push_back(trimmed(rest.substr(0, comma)));
            if (comma == std::string_view::npos) break;
            rest.remove_prefix(comma + 1);
        }
    }
    std::string client = request.peer;
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
        if (!address_bytes(*hop)) return client;
        client = *hop;
        if (!contains(trusted, client)) return client;
    }
    return client;
}

std::optional<std::string_view> forwarded(const Request& request, const std::vector<Network>& trusted, std::string_view name) {
    if (!contains(trusted, request.peer)) return std::nullopt;
    return request.header(name);
}

}  // namespace suki::server::net
