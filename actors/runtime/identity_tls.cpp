#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>

#include "actors/runtime/durable_file.hpp"
#include "actors/runtime/identity_parts.hpp"
#include "crypto/certificates.hpp"
#include "protocol/identifiers.hpp"

namespace twinkeep::actors::identity {

namespace {

namespace fs = std::filesystem;
using protocol::unix_seconds;

constexpr unix_seconds day = 24 * 60 * 60;
constexpr unix_seconds authority_life = 3650 * day;
constexpr unix_seconds server_life = 397 * day;  // no client accepts more
constexpr unix_seconds renew_before = 30 * day;
constexpr unix_seconds clock_skew = 60 * 60;
constexpr std::size_t longest_pem = 64 * 1024;

constexpr std::string_view new_authority =
    "Put it right, or remove ca.pem and ca.key for a new authority, which clients must trust anew";

std::string text_of(const crypto::secret_bytes& content) {
  return std::string{as_text(content.view())};
}

outcome<void> write_pair(const fs::path& certificate, const fs::path& key,
                         const crypto::certified_key& pair) {
  // The certificate last: where it is, its key is there, and the right one.
  if (auto done = remove_durably(certificate); !done) return done;
  if (auto done = write_durably(key, pair.private_key_pem.view(), owner_only); !done) return done;
  return write_durably(certificate, as_bytes(pair.certificate_pem), readable_by_all);
}

outcome<crypto::certified_key> make_authority(const fs::path& certificate, const fs::path& key,
                                              const std::string& name, unix_seconds now) {
  auto made = crypto::make_certificate_authority(name, now - clock_skew, now + authority_life);
  if (!made) return file_failure(certificate, made.error().message);
  if (auto done = write_pair(certificate, key, *made); !done) return failure{done.error()};
  return std::move(*made);
}

struct authority {
  crypto::certified_key pair;
  unix_seconds not_after = 0;
};

outcome<authority> load_authority(const fs::path& certificate, const fs::path& key,
                                  const std::string& name, unix_seconds now) {
  auto pem = read_small_file(certificate, longest_pem, secrecy::is_public);
  if (!pem) return failure{std::move(pem).error()};
  if (!*pem) {
    auto made = make_authority(certificate, key, name, now);
    if (!made) return failure{std::move(made).error()};
    return authority{std::move(*made), now + authority_life};
  }
  auto text = text_of(**pem);
  const auto facts = crypto::inspect_certificate(text, text);
  if (!facts) return broken(certificate, facts.error().message, new_authority);
  if (facts->not_after < now + renew_before) {
    auto made = make_authority(certificate, key, name, now);
    if (!made) return failure{std::move(made).error()};
    return authority{std::move(*made), now + authority_life};
  }
  auto secret = read_small_file(key, longest_pem, secrecy::is_secret);
  if (!secret) return failure{std::move(secret).error()};
  if (!*secret) return broken(key, "is missing, although there is a ca.pem", new_authority);
  return authority{{std::move(text), std::move(**secret)}, facts->not_after};
}

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* p) const noexcept {
    Free(p);
  }
};

bool belong_together(const std::string& certificate_pem, byte_view key_pem) {
  const auto reading = [](byte_view text) {
    return std::unique_ptr<BIO, freed_by<BIO_free_all>>{
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  };
  // Without it OpenSSL would ask for a password at the terminal.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  const std::unique_ptr<X509, freed_by<X509_free>> certificate{
      PEM_read_bio_X509(reading(as_bytes(certificate_pem)).get(), nullptr, no_password, nullptr)};
  const std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>> key{
      PEM_read_bio_PrivateKey(reading(key_pem).get(), nullptr, no_password, nullptr)};
  const bool fits = certificate != nullptr && key != nullptr &&
                    X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  return fits;
}

bool covers(const std::vector<std::string>& found, const std::vector<std::string>& wanted) {
  return std::ranges::all_of(wanted, [&](const std::string& name) {
    return std::ranges::any_of(
        found, [&](const std::string& other) { return protocol::lower(other) == name; });
  });
}

// Why it cannot be used is of no interest: another one costs nothing, clients trust the authority.
bool still_serves(const crypto::certified_key& server, const std::string& authority_pem,
                  const crypto::server_names& names, unix_seconds now) {
  const auto facts = crypto::inspect_certificate(server.certificate_pem, authority_pem);
  return facts.ok() && facts->issued_by_given_authority && facts->not_before <= now &&
         facts->not_after >= now + renew_before && covers(facts->names.dns, names.dns) &&
         covers(facts->names.ip, names.ip) &&
         belong_together(server.certificate_pem, server.private_key_pem.view());
}

void add(std::vector<std::string>& names, std::string name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
}

// In the one form that inspect_certificate uses too; nothing: no IP literal.
std::optional<std::string> ip_literal(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  for (const int family : {AF_INET, AF_INET6}) {
    if (::inet_pton(family, text.c_str(), address.data()) != 1) continue;
    std::array<char, INET6_ADDRSTRLEN> written{};
    ::inet_ntop(family, address.data(), written.data(), written.size());
    return std::string{written.data()};
  }
  return std::nullopt;
}

}  // namespace

crypto::server_names names_of(const regions::deployment& topology) {
  crypto::server_names names;
  for (const auto& suffix : topology.suffixes) {
    add(names.dns, "*." + protocol::lower(suffix));
    add(names.dns, protocol::lower(suffix));
  }
  add(names.dns, "localhost");
  add(names.ip, "127.0.0.1");
  add(names.ip, "::1");
  const auto add_ip_or_dns = [&](const std::string& name) {
    if (auto ip = ip_literal(name)) {
      add(names.ip, *std::move(ip));
    } else {
      add(names.dns, protocol::lower(name));
    }
  };
  for (const auto& name : topology.server_names) add_ip_or_dns(name);
  // Whoever is told to connect to an address may want to find it in the certificate.
  const auto add_listener = [&](const regions::endpoint& listener) {
    if (listener.address != "0.0.0.0" && listener.address != "::") add_ip_or_dns(listener.address);
  };
  for (const auto& listener : topology.listen) add_listener(listener);
  for (const auto& listener : topology.management_listen) add_listener(listener);
  for (const auto& endpoint : topology.private_endpoints) add_listener(endpoint.listen);
  return names;
}

outcome<tls_files> load_tls(const fs::path& directory, const regions::deployment& topology,
                            unix_seconds now) {
  if (auto made = make_private_directory(directory); !made) return failure{made.error()};
  const auto authority_file = directory / "ca.pem";
  const auto authority_key = directory / "ca.key";
  auto ca = load_authority(authority_file, authority_key, "Twinkeep local authority", now);
  if (!ca) return failure{std::move(ca).error()};

  const auto server_file = directory / "server.pem";
  const auto server_key = directory / "server.key";
  const auto names = names_of(topology);
  auto pem = read_small_file(server_file, longest_pem, secrecy::is_public);
  if (!pem) return failure{std::move(pem).error()};
  auto secret = read_small_file(server_key, longest_pem, secrecy::is_secret);
  if (!secret) return failure{std::move(secret).error()};
  if (*pem && *secret) {
    crypto::certified_key server{text_of(**pem), std::move(**secret)};
    if (still_serves(server, ca->pair.certificate_pem, names, now)) {
      return tls_files{std::move(ca->pair.certificate_pem), authority_file, std::move(server)};
    }
  }
  auto server = crypto::issue_server_certificate(ca->pair, names, now - clock_skew,
                                                 std::min(now + server_life, ca->not_after));
  if (!server) return broken(authority_key, server.error().message, new_authority);
  if (auto done = write_pair(server_file, server_key, *server); !done) {
    return failure{done.error()};
  }
  return tls_files{std::move(ca->pair.certificate_pem), authority_file, std::move(*server)};
}

outcome<crypto::certified_key> load_issuing_authority(const fs::path& directory,
                                                      const regions::deployment& topology,
                                                      unix_seconds now) {
  if (topology.authority_file.empty()) {
    if (auto made = make_private_directory(directory); !made) return failure{made.error()};
    auto own = load_authority(directory / "ca.pem", directory / "ca.key",
                              "Twinkeep certificate authority", now);
    if (!own) return failure{std::move(own).error()};
    return std::move(own->pair);
  }
  auto pem = read_small_file(topology.authority_file, longest_pem, secrecy::is_public);
  if (!pem) return failure{std::move(pem).error()};
  auto key = read_small_file(topology.authority_key_file, longest_pem, secrecy::is_secret);
  if (!key) return failure{std::move(key).error()};
  if (!*pem) return file_failure(topology.authority_file, "is missing");
  if (!*key) return file_failure(topology.authority_key_file, "is missing");
  crypto::certified_key given{text_of(**pem), std::move(**key)};
  if (const auto fits = crypto::check_authority(given); !fits) {
    return file_failure(topology.authority_file, fits.error().message);
  }
  return given;
}

}  // namespace twinkeep::actors::identity
