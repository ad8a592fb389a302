#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <string_view>

#include "actors/gateway/session.hpp"

namespace twinkeep::actors {

namespace {

namespace ssl = boost::asio::ssl;

// We speak HTTP/1.1 and nothing else; a client that offers only others goes on without ALPN.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  constexpr std::string_view ours = "http/1.1";
  for (unsigned i = 0; i < offered_size;) {
    const unsigned size = offered[i++];
    if (size > offered_size - i) break;
    if (std::string_view(reinterpret_cast<const char*>(offered + i), size) == ours) {
      *out = offered + i;
      *out_size = static_cast<unsigned char>(size);
      return SSL_TLSEXT_ERR_OK;
    }
    i += size;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

result<std::shared_ptr<ssl::context>, std::string> make_tls(const crypto::certified_key& server) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  auto* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // Tickets carry the session: no cache that all loops would share, and one ticket is enough.
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(native, 1);
  // Without it every record costs two reads: its head and its content.
  SSL_CTX_set_read_ahead(native, 1);
  SSL_CTX_set_mode(native, SSL_MODE_ENABLE_PARTIAL_WRITE);
  SSL_CTX_clear_mode(native, SSL_MODE_RELEASE_BUFFERS);  // Asio's: it would allocate every time
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  boost::system::error_code failed;
  const auto& certificate = server.certificate_pem;
  const auto key = server.private_key_pem.view();
  context->use_certificate_chain(boost::asio::buffer(certificate.data(), certificate.size()),
                                 failed);
  if (!failed) {
    context->use_private_key(boost::asio::buffer(key.data(), key.size()), ssl::context::pem,
                             failed);
  }
  if (failed) return failure{"the server certificate cannot be used: " + failed.message()};
  return context;
}

}  // namespace twinkeep::actors
