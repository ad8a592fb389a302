#include "regions/vault/work.hpp"

#include "regions/vault/records.hpp"

namespace twinkeep::regions {

namespace {

using protocol::error;

crypto::outcome<crypto::secret_bytes> encoded(byte_view material, const std::vector<bytes>& chain,
                                              std::string_view content_type) {
  if (content_type == protocol::pem_content_type) return crypto::write_pem_bundle(material, chain);
  auto file = crypto::write_pkcs12(material, chain);
  if (!file) return file;
  return crypto::base64_of_secret(file->view());
}

using attempted = crypto::outcome<work_result>;

// What a certificate's secret holds, and the leaf's facts.
attempted finish(crypto::secret_bytes material, std::vector<bytes> chain, bool exportable,
                 std::string content_type) {
  auto info = crypto::read_certificate(chain.front());
  if (!info) return work_result{protocol::bad_parameter(info.error().message)};
  const auto shown = exportable ? material.view() : byte_view{};
  auto value = encoded(shown, chain, content_type);
  if (!value) return work_result{refused(value.error())};
  return work_result{completed_certificate{std::move(material), std::move(*value), std::move(chain),
                                           std::move(*info), std::move(content_type)}};
}

class worker {
 public:
  worker(const protocol::request& request, const work_tools& tools)
      : request_(request), tools_(tools) {}

  attempted operator()(const generate_key& w) const {
    return made(tools_.provider.generate(w.spec));
  }

  attempted operator()(const import_key_material& w) const {
    const auto& body = std::get<protocol::import_key>(request_.body);
    if (!body.transfer) return made(tools_.provider.import_key(body.key));
    if (w.exchange == nullptr || tools_.token == nullptr) return not_by_this_provider();
    const auto exchange = open_value(tools_.vault, w.exchange->record_key, w.exchange->value);
    if (!exchange) return failure{exchange.error()};
    return made(tools_.token->import_transferred(
        {body.key.type, body.key.crv, exchange->view(), body.transfer->ciphertext}));
  }

  // Whoever knows the region's HSMs does it.
  attempted operator()(const install_hsm_keys&) const { return not_by_this_provider(); }

  attempted operator()(const request_certificate& w) const {
    auto key = key_for(w);
    if (!key) return failure{std::move(key).error()};
    auto csr = by_key(key->pub, key->material.view(), w.hsm_label,
                      [&](const crypto::certificate_key& signer) {
                        return crypto::make_certificate_request(signer, w.content);
                      });
    if (!csr) {
      if (w.reuse == nullptr) forget(key->material.view());
      return failure{std::move(csr).error()};
    }
    return work_result{
        requested_certificate{std::move(key->material), std::move(key->pub), *std::move(csr)}};
  }

  attempted operator()(const complete_certificate& w) const {
    const auto& operation = w.pending->operation;
    auto material = open_value(tools_.vault, w.pending->record_key, w.pending->value);
    if (!material) return failure{std::move(material).error()};
    auto chain = w.chain.empty() ? signed_by_service(w, material->view()) : w.chain;
    if (!chain) return failure{std::move(chain).error()};
    if (auto e = refuse_other_key(operation, chain->front())) return work_result{*std::move(e)};
    if (!operation.preserve_order) *chain = crypto::in_chain_order(std::move(*chain));
    return finish(std::move(*material), std::move(*chain), operation.policy.exportable,
                  operation.policy.content_type);
  }

  attempted operator()(const import_certificate_bundle&) const {
    const auto& body = std::get<protocol::import_certificate>(request_.body);
    auto bundle = body.is_pem ? crypto::read_pem_bundle(body.value.view())
                              : crypto::read_pkcs12(body.value.view(), body.password.view());
    if (!bundle) return work_result{protocol::bad_parameter(bundle.error().message)};
    if (!body.preserve_order) bundle->chain = crypto::in_chain_order(std::move(bundle->chain));
    // The form in which it came, unless the policy asks for the other (CONTRACT 6.5).
    std::string type{body.is_pem ? protocol::pem_content_type : protocol::pkcs12_content_type};
    bool exportable = true;
    if (body.policy) {
      type = body.policy->content_type.value_or(type);
      exportable = body.policy->exportable.value_or(true);
    }
    if (tools_.token != nullptr) {
      auto brought = into_hsm(std::move(bundle->material));
      if (!brought) return failure{std::move(brought).error()};
      bundle->material = *std::move(brought);
      exportable = false;
    }
    return finish(std::move(bundle->material), std::move(bundle->chain), exportable,
                  std::move(type));
  }

 private:
  static attempted not_by_this_provider() {
    return work_result{protocol::service_unavailable("The key cannot be used at the moment.")};
  }

  static attempted made(crypto::outcome<crypto::generated_key> key) {
    if (!key) return failure{std::move(key).error()};
    return work_result{*std::move(key)};
  }

  crypto::outcome<crypto::generated_key> key_for(const request_certificate& w) const {
    if (w.reuse == nullptr) return tools_.provider.generate(w.spec);
    auto material = open_value(tools_.vault, w.reuse->record_key, w.reuse->value);
    if (!material) return failure{std::move(material).error()};
    return crypto::generated_key{w.reuse->properties.pub, *std::move(material)};
  }

  // An HSM signs with what is in it.
  template <class Sign>
  crypto::outcome<bytes> by_key(const crypto::public_key& pub, byte_view material,
                                std::string_view label, Sign sign) const {
    if (tools_.token != nullptr) {
      auto there = tools_.token->install(material, label);
      if (!there) return failure{std::move(there).error()};
    }
    const auto pair = tools_.provider.load(material);
    if (!pair) return failure{pair.error()};
    crypto::outcome<bytes> made = sign(crypto::certificate_key{**pair, pub});
    if (made || tools_.token == nullptr) return made;
    // What fails in a token that is well is not the token's loss.
    auto why = std::move(made).error();
    const bool may_be_lost = why.code == crypto::error_code::unavailable;
    if (may_be_lost && tools_.token->ping()) why.code = crypto::error_code::corrupt;
    return failure{std::move(why)};
  }

  // As far as it can be: if the token is lost, what is in it is looked through when it is back.
  void forget(byte_view material) const {
    const auto head = crypto::read_hsm_material_head(material);
    if (tools_.token != nullptr && head) (void)tools_.token->remove(head->id);
  }

  crypto::outcome<crypto::secret_bytes> into_hsm(crypto::secret_bytes software) const {
    auto pub = crypto::public_key_of_material(software.view());
    if (!pub) return failure{std::move(pub).error()};
    auto brought = tools_.token->import_software({*std::move(pub), std::move(software)});
    if (!brought) return failure{std::move(brought).error()};
    return std::move(brought->material);
  }

  crypto::outcome<std::vector<bytes>> signed_by_service(const complete_certificate& w,
                                                        byte_view material) const {
    const auto& operation = w.pending->operation;
    if (w.self_signed) {
      const auto pub = crypto::public_key_of_request(operation.csr);
      if (!pub) return failure{pub.error()};
      auto leaf = by_key(*pub, material, w.hsm_label, [&](const crypto::certificate_key& signer) {
        return crypto::self_sign(signer, operation.policy.x509, w.valid);
      });
      if (!leaf) return failure{std::move(leaf).error()};
      return std::vector<bytes>{std::move(*leaf)};
    }
    if (tools_.authority == nullptr) {
      return crypto::fail(crypto::error_code::unsupported, "There is no built-in authority.");
    }
    return crypto::issue_certificate(*tools_.authority, operation.csr, operation.policy.x509,
                                     w.valid);
  }

  static std::optional<error> refuse_other_key(const protocol::pending_operation& operation,
                                               byte_view leaf) {
    const auto asked = crypto::public_key_of_request(operation.csr);
    if (!asked) return refused(asked.error());
    const auto given = crypto::read_certificate(leaf);
    if (!given) return protocol::bad_parameter("x5c: " + given.error().message);
    if (crypto::same_key(*asked, given->pub)) return std::nullopt;
    return protocol::bad_parameter(
        "x5c: the public key of the first certificate is not the one of the pending certificate's "
        "request.");
  }

  const protocol::request& request_;
  const work_tools& tools_;
};

}  // namespace

protocol::error refused(const crypto::error& e) {
  if (e.code == crypto::error_code::corrupt || e.code == crypto::error_code::unavailable) {
    return protocol::service_unavailable("The key cannot be used at the moment.");
  }
  // One and the same text for every cause of a failed decryption: no oracle.
  if (e.code == crypto::error_code::refused) {
    return protocol::bad_parameter("The value could not be decrypted with this key.");
  }
  return protocol::bad_parameter(e.message);
}

const std::string& hsm_label_of(const vault_work& work) {
  static const std::string none;
  return std::visit(
      [](const auto& w) -> const std::string& {
        if constexpr (requires { w.hsm_label; }) {
          return w.hsm_label;
        } else {
          return none;
        }
      },
      work);
}

bool is_for_hsms(const vault_work& work) {
  return std::holds_alternative<install_hsm_keys>(work) || !hsm_label_of(work).empty();
}

byte_view material_in(const work_result& result) {
  return std::visit(
      [](const auto& r) {
        if constexpr (requires { r.material; }) {
          return r.material.view();
        } else {
          return byte_view{};
        }
      },
      result);
}

crypto::outcome<work_result> attempt(const vault_work& work, const protocol::request& request,
                                     const work_tools& tools) {
  return std::visit(worker(request, tools), work);
}

work_result carry_out(const vault_work& work, const protocol::request& request,
                      const work_tools& tools) {
  auto done = attempt(work, request, tools);
  if (!done) return refused(done.error());
  return *std::move(done);
}

}  // namespace twinkeep::regions
