#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/net/request.h"

/// Addresses, and who is believed to speak for others.
namespace suki::server::net {

/// 16 bytes; IPv4 as `::ffff:a.b.c.d`.
using AddressBytes = std::array<std::uint8_t, 16>;
/// Of a written IPv4 or IPv6 address, without port; nothing for anything else.
std::optional<AddressBytes> address_bytes(std::string_view text);

/// `10.0.0.0/8`, `fd00::/8`, or one address.
struct Network {
    AddressBytes address{};
    int prefix = 0;  // bits, of the 16 bytes

    static std::optional<Network> parse(std::string_view text);
    [[nodiscard]] bool contains(const AddressBytes& one) const;
};
bool contains(const std::vector<Network>& networks, std::string_view address);

/// Who asks. Behind trusted proxies it is whom the outermost of them saw: the last address of X-Forwarded-For that is not itself a
/// trusted one's. What stands before it, the client may have written. Where the peer is not trusted, or the header is none, the
/// peer.
std::string client_address(const Request& request, const std::vector<Network>& trusted);
/// A header that only a trusted proxy may set.
std::optional<std::string_view> forwarded(const Request& request, const std::vector<Network>& trusted, std::string_view name);

}  // namespace suki::server::net
