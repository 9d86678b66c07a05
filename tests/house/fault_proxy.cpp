#include "house/fault_proxy.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace suki::house {

namespace {

std::string host_of(const std::string& url) {
    const std::size_t begin = url.find("host=") + 5;
    return url.substr(begin, url.find('&', begin) - begin);
}

sockaddr_un address_in(const std::string& folder) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = folder + "/.s.PGSQL.5432";
    if (path.size() >= sizeof address.sun_path) throw std::runtime_error("the folder's name is too long for a socket");
    path.copy(address.sun_path, path.size());
    return address;
}

bool send_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = (number << 8) | static_cast<unsigned char>(bytes[at + i]);
    return number;
}

/// `letter` E: an error, N: a notice.
std::string message_of(char letter, const std::string& severity, const std::string& state) {
    std::string fields = "S" + severity;
    fields += '\0';
    fields += "V" + severity;
    fields += '\0';
    fields += "C" + state;
    fields += '\0';
    fields += "Mspoilt by the test";
    fields += '\0';
    fields += '\0';
    std::string message{letter};
    const auto size = static_cast<std::uint32_t>(fields.size() + 4);
    for (int shift = 24; shift >= 0; shift -= 8) message += static_cast<char>(size >> shift);
    message += fields;
    return message;
}

std::string error_message(const std::string& state) {
    // Ready for the next query, inside a transaction that failed.
    return message_of('E', "ERROR", state) + std::string{"Z\0\0\0\5E", 6};
}

}  // namespace

FaultProxy::FaultProxy(const std::string& server) : server_folder_(host_of(server)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "suki-proxy-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for the proxy");
    folder_ = pattern;
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = address_in(folder_);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(listener_, 64) != 0) {
        throw std::runtime_error("the proxy can't listen");
    }
    thread_ = std::thread{[this] { accept_all(); }};
}

FaultProxy::~FaultProxy() {
    is_stopping_ = true;
    thread_.join();
    ::close(listener_);
    std::filesystem::remove_all(folder_);
}

std::string FaultProxy::through(const std::string& database_url) const {
    std::string url = database_url;
    const std::size_t begin = url.find("host=") + 5;
    return url.replace(begin, url.find('&', begin) - begin, folder_);
}

void FaultProxy::spoil(Fault fault, int times, std::string state) {
    times_ = 0;
    state_ = std::move(state);
    fault_ = fault;
    times_ = times;
}

bool FaultProxy::is_spoilt(Fault& fault, std::string& state) {
    if (times_ <= 0) return false;
    --times_;
    ++spoilt_;
    fault = fault_;
    state = state_;
    return true;
}

void FaultProxy::accept_all() {
    std::vector<std::thread> links;
    while (!is_stopping_) {
        pollfd waiting{listener_, POLLIN, 0};
        if (::poll(&waiting, 1, 50) <= 0) continue;
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client >= 0) links.emplace_back([this, client] { serve(client); });
    }
    for (std::thread& link : links) link.join();
}

void FaultProxy::serve(int client) {
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = address_in(server_folder_);
    bool is_open = ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    bool is_started = false;        // the first message has no letter
    bool closes_on_answer = false;  // the COMMIT went through; its answer does not
    std::string pending;            // of the client, not yet a whole message
    std::array<char, 65536> buffer{};
    while (is_open && !is_stopping_) {
        std::array<pollfd, 2> both{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
        if (::poll(both.data(), 2, 50) <= 0) continue;
        if (both[1].revents != 0) {
            const ssize_t got = ::recv(server, buffer.data(), buffer.size(), 0);
            if (got <= 0 || closes_on_answer) break;
            is_open = send_all(client, {buffer.data(), static_cast<std::size_t>(got)});
        }
        if (both[0].revents == 0) continue;
        const ssize_t got = ::recv(client, buffer.data(), buffer.size(), 0);
        if (got <= 0) break;
        pending.append(buffer.data(), static_cast<std::size_t>(got));
        while (is_open) {
            const std::size_t head = is_started ? 1 : 0;
            if (pending.size() < head + 4) break;
            const std::size_t size = head + number_at(pending, head);
            if (pending.size() < size) break;
            const std::string message = pending.substr(0, size);
            pending.erase(0, size);
            Fault fault = Fault::none;
            std::string state;
            const bool is_commit =
                is_started && message[0] == 'Q' &&
                (message.compare(5, 6, "commit") == 0 || message.find("pg_logical_emit_message") != std::string::npos);
            is_started = true;
            if (!is_commit || !is_spoilt(fault, state) || fault == Fault::none) {
                is_open = send_all(server, message);
                continue;
            }
            switch (fault) {
                case Fault::error: is_open = send_all(client, error_message(state)); break;
                case Fault::lost_after:
                    closes_on_answer = true;
                    is_open = send_all(server, message);
                    break;
                case Fault::warned:
                    is_open = send_all(client, message_of('N', "WARNING", "01000")) && send_all(server, message);
                    break;
                case Fault::silent: break;
                case Fault::lost_before:
                case Fault::none: is_open = false; break;
            }
        }
    }
    ::close(client);
    ::close(server);
}

}  // namespace suki::house
