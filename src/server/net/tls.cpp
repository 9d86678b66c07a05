#include "server/net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <new>

#include "base/check.h"

namespace suki::server::net {

namespace {

// Of TLS 1.2 only what keeps its secrets when the key is stolen, and authenticates while it encrypts; TLS 1.3 has nothing else.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL";
constexpr std::size_t kPieceBytes = 16 * 1024;

std::string last_error() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? std::string{"it can't be used"} : std::string{reason};
}

/// An encrypted key would have a person asked for its password, and the server stand still.
int no_password(char*, int, int, void*) { return -1; }

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size, void*) {
    static constexpr unsigned char kHttp[] = "\x08http/1.1";
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_size, kHttp, sizeof kHttp - 1, in, in_size) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

Result<std::shared_ptr<SSL_CTX>, std::string> make_context(const std::string& certificate, const std::string& key) {
    ERR_clear_error();
    std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    if (!context) throw std::bad_alloc{};
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                           SSL_OP_PRIORITIZE_CHACHA);
    // Idle connections give their buffers back.
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_default_passwd_cb(context.get(), no_password);
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    SUKI_CHECK(SSL_CTX_set_cipher_list(context.get(), kCiphers) == 1);
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1) {
        return Unexpected{certificate + ": " + last_error()};
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
        return Unexpected{key + ": " + last_error()};
    if (SSL_CTX_check_private_key(context.get()) != 1) return Unexpected{key + " is not the key of " + certificate};
    return context;
}

}  // namespace

Result<std::shared_ptr<Tls>, std::string> Tls::load(std::string certificate, std::string key) {
    std::shared_ptr<Tls> tls{new Tls{std::move(certificate), std::move(key)}};
    if (auto loaded = tls->reload(); !loaded) return Unexpected{std::move(loaded).error()};
    return tls;
}

Result<Done, std::string> Tls::reload() {
    auto made = make_context(certificate_, key_);
    if (!made) return Unexpected{std::move(made).error()};
    const std::lock_guard lock{mutex_};
    context_ = *std::move(made);
    return Done{};
}

std::shared_ptr<SSL_CTX> Tls::context() const {
    const std::lock_guard lock{mutex_};
    return context_;
}

TlsSession::TlsSession(const Tls& tls) : context_(tls.context()), ssl_(SSL_new(context_.get())) {
    BIO* in = BIO_new(BIO_s_mem());
    BIO* out = BIO_new(BIO_s_mem());
    if (ssl_ == nullptr || in == nullptr || out == nullptr) throw std::bad_alloc{};
    // That there is nothing to read now is no end of the stream.
    BIO_set_mem_eof_return(in, -1);
    SSL_set_bio(ssl_, in, out);  // which own them from here on
    SSL_set_accept_state(ssl_);
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

TlsSession::State TlsSession::receive(std::string_view wire, std::string& plain) {
    ERR_clear_error();
    if (!wire.empty()) {
        const int taken = BIO_write(SSL_get_rbio(ssl_), wire.data(), static_cast<int>(wire.size()));
        if (taken != static_cast<int>(wire.size())) throw std::bad_alloc{};
    }
    for (;;) {
        const std::size_t begin = plain.size();
        plain.resize(begin + kPieceBytes);
        const int count = SSL_read(ssl_, plain.data() + begin, static_cast<int>(kPieceBytes));
        plain.resize(begin + static_cast<std::size_t>(std::max(count, 0)));
        if (count > 0) continue;
        switch (SSL_get_error(ssl_, count)) {
            case SSL_ERROR_WANT_READ: return State::open;
            case SSL_ERROR_ZERO_RETURN: return State::closed;
            default: return State::failed;
        }
    }
}

bool TlsSession::send(std::string_view plain, std::string& wire) {
    ERR_clear_error();
    bool is_good = true;
    while (is_good && !plain.empty()) {
        const std::size_t size = std::min(plain.size(), kPieceBytes);
        is_good = SSL_write(ssl_, plain.data(), static_cast<int>(size)) == static_cast<int>(size);
        plain.remove_prefix(size);
    }
    BIO* out = SSL_get_wbio(ssl_);
    const std::size_t begin = wire.size();
    const std::size_t pending = BIO_ctrl_pending(out);
    wire.resize(begin + pending);
    if (pending > 0) BIO_read(out, wire.data() + begin, static_cast<int>(pending));
    return is_good;
}

void TlsSession::finish(std::string& wire) {
    ERR_clear_error();
    if (is_established()) SSL_shutdown(ssl_);
    send({}, wire);
}

bool TlsSession::has_output() const { return BIO_ctrl_pending(SSL_get_wbio(ssl_)) > 0; }

bool TlsSession::is_established() const { return SSL_is_init_finished(ssl_) == 1; }

}  // namespace suki::server::net
