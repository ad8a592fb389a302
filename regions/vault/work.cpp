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

// What a certificate's secret holds, and the leaf's facts.
work_result finish(crypto::secret_bytes material, std::vector<bytes> chain, bool exportable,
                   std::string content_type) {
  auto info = crypto::read_certificate(chain.front());
  if (!info) return protocol::bad_parameter(info.error().message);
  const auto shown = exportable ? material.view() : byte_view{};
  auto value = encoded(shown, chain, content_type);
  if (!value) return refused(value.error());
  return completed_certificate{std::move(material), std::move(*value), std::move(chain),
                               std::move(*info), std::move(content_type)};
}

class worker {
 public:
  worker(const protocol::request& request, const work_tools& tools)
      : request_(request), tools_(tools) {}

  work_result operator()(const generate_key& w) const {
    auto made = tools_.provider.generate(w.spec);
    if (!made) return refused(made.error());
    return std::move(*made);
  }

  work_result operator()(const import_key_material&) const {
    auto made = tools_.provider.import_key(std::get<protocol::import_key>(request_.body).key);
    if (!made) return refused(made.error());
    return std::move(*made);
  }

  // Not by one provider alone: whoever knows the region's HSMs does it.
  work_result operator()(const install_hsm_keys&) const {
    return protocol::service_unavailable("The key cannot be used at the moment.");
  }

  work_result operator()(const request_certificate& w) const {
    auto material = key_for(w);
    if (!material) return refused(material.error());
    auto pub = crypto::public_key_of_material(material->view());
    if (!pub) return refused(pub.error());
    auto csr = crypto::make_certificate_request(material->view(), w.content);
    if (!csr) return refused(csr.error());
    return requested_certificate{std::move(*material), std::move(*pub), std::move(*csr)};
  }

  work_result operator()(const complete_certificate& w) const {
    const auto& operation = w.pending->operation;
    auto material = open_value(tools_.vault, w.pending->record_key, w.pending->value);
    if (!material) return refused(material.error());
    auto chain = w.chain.empty() ? signed_by_service(w, material->view()) : w.chain;
    if (!chain) return refused(chain.error());
    if (auto e = refuse_other_key(operation, chain->front())) return *std::move(e);
    if (!operation.preserve_order) *chain = crypto::in_chain_order(std::move(*chain));
    return finish(std::move(*material), std::move(*chain), operation.policy.exportable,
                  operation.policy.content_type);
  }

  work_result operator()(const import_certificate_bundle&) const {
    const auto& body = std::get<protocol::import_certificate>(request_.body);
    auto bundle = body.is_pem ? crypto::read_pem_bundle(body.value.view())
                              : crypto::read_pkcs12(body.value.view(), body.password.view());
    if (!bundle) return protocol::bad_parameter(bundle.error().message);
    if (!body.preserve_order) bundle->chain = crypto::in_chain_order(std::move(bundle->chain));
    // The form in which it came, unless the policy asks for the other (CONTRACT 6.5).
    std::string type{body.is_pem ? protocol::pem_content_type : protocol::pkcs12_content_type};
    bool exportable = true;
    if (body.policy) {
      type = body.policy->content_type.value_or(type);
      exportable = body.policy->exportable.value_or(true);
    }
    return finish(std::move(bundle->material), std::move(bundle->chain), exportable,
                  std::move(type));
  }

 private:
  crypto::outcome<crypto::secret_bytes> key_for(const request_certificate& w) const {
    if (w.reuse != nullptr) {
      return open_value(tools_.vault, w.reuse->record_key, w.reuse->value);
    }
    auto made = tools_.provider.generate(w.spec);
    if (!made) return failure{std::move(made).error()};
    return std::move(made->material);
  }

  crypto::outcome<std::vector<bytes>> signed_by_service(const complete_certificate& w,
                                                        byte_view material) const {
    const auto& operation = w.pending->operation;
    if (w.self_signed) {
      auto leaf = crypto::self_sign(material, operation.policy.x509, w.valid);
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
  if (const auto* w = std::get_if<generate_key>(&work)) return w->hsm_label;
  if (const auto* w = std::get_if<import_key_material>(&work)) return w->hsm_label;
  return none;
}

bool is_for_hsms(const vault_work& work) {
  return std::holds_alternative<install_hsm_keys>(work) || !hsm_label_of(work).empty();
}

work_result carry_out(const vault_work& work, const protocol::request& request,
                      const work_tools& tools) {
  return std::visit(worker(request, tools), work);
}

}  // namespace twinkeep::regions
