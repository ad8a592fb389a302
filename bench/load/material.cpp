#include "bench/load/material.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include "crypto/certificates.hpp"
#include "crypto/key_provider.hpp"
#include "crypto/x509.hpp"

namespace twinkeep::load {
namespace {

// Longer than anybody measures.
constexpr crypto::validity always{1'700'000'000, 2'500'000'000};

failure<std::string> told(const crypto::error& e) {
  return failure{e.message};
}

}  // namespace

result<material, std::string> make_material() {
  const auto provider = crypto::make_openssl_provider();
  const auto key = provider->generate({crypto::key_type::ec, 0, crypto::curve::p256, 0});
  if (!key) return told(key.error());
  crypto::certificate_content content;
  content.subject = "CN=load";
  const auto der = crypto::self_sign(key->material.view(), content, always);
  if (!der) return told(der.error());
  const auto pem = crypto::write_pem_bundle(key->material.view(), {*der});
  if (!pem) return told(pem.error());
  // Quotes off: it becomes part of a body.
  const std::string quoted = boost::json::serialize(boost::json::string(as_text(pem->view())));
  return material{quoted.substr(1, quoted.size() - 2)};
}

result<std::string, std::string> certificate_for(std::string_view request) {
  const auto der = crypto::base64_decode(request);
  if (!der) return failure{std::string("expected a certificate request in base64")};
  const auto authority =
      crypto::make_certificate_authority("load", always.not_before, always.not_after);
  if (!authority) return told(authority.error());
  crypto::certificate_content content;
  content.subject = "CN=load";
  const auto issued = crypto::issue_certificate(*authority, *der, content, always);
  if (!issued) return told(issued.error());
  return crypto::base64_encode(issued->front());
}

}  // namespace twinkeep::load
