#include "actors/gateway/answers.hpp"

#include "crypto/certificates.hpp"
#include "protocol/join.hpp"
#include "protocol/json/write_certificate.hpp"

namespace twinkeep::actors {

namespace {

using protocol::operation_id;
namespace json = protocol::json;

protocol::error cannot_open() {
  // A record that does not open is damaged, or another vault's: nothing that a client can mend.
  return {protocol::error_code::internal, protocol::inner_code::none,
          "The stored value could not be read.", std::nullopt};
}

answer with_body(json::text body) {
  answer a;
  a.body = std::move(body);
  return a;
}

// "/secrets/{name}/versions" with the name in its place.
std::string path_of(const protocol::request& request) {
  constexpr std::string_view name = "{name}";
  std::string path(protocol::row_of(request.operation).path);
  const auto at = path.find(name);
  if (at != std::string::npos) path.replace(at, name.size(), request.name);
  return path;
}

class reply_writer {
 public:
  reply_writer(const vault_reply& reply, const protocol::request& request,
               const answer_place& place)
      : vault_(*reply.vault),
        request_(request),
        place_(place),
        context_{place.base_url, place.api_version, reply.vault->recovery} {}

  answer operator()(const protocol::error& e) const { return refusal(e); }

  answer operator()(const regions::secret_answer& a) const {
    const auto& properties = a.secret->properties;
    if (!a.with_value) {
      return with_body(json::write_secret(context_, a.name, properties, a.deleted, {}));
    }
    if (const auto* set = std::get_if<protocol::set_secret>(&request_.body)) {
      return with_body(
          json::write_secret(context_, a.name, properties, a.deleted, set->value.view()));
    }
    const auto value = a.as_pem != nullptr ? as_pem(*a.as_pem) : open(*a.secret);
    if (!value) return refusal(cannot_open());
    return with_body(json::write_secret(context_, a.name, properties, a.deleted, value->view()));
  }

  answer operator()(const regions::key_answer& a) const {
    return with_body(json::write_key(context_, a.name, a.key->properties, a.deleted));
  }

  answer operator()(const regions::certificate_answer& a) const {
    auto shown = with_body(json::write_certificate(context_, a.name, a.certificate->properties,
                                                   *a.policy, a.deleted, a.has_pending));
    if (a.merged) {
      shown.status = 201;
      shown.location = url_of(a.name, "");
    }
    return shown;
  }

  answer operator()(const regions::rotation_policy_answer& a) const {
    static const protocol::rotation_policy never_set;
    return with_body(json::write_rotation_policy(context_, a.name,
                                                 a.policy != nullptr ? *a.policy : never_set));
  }

  answer operator()(const regions::policy_answer& a) const {
    return with_body(json::write_policy(context_, a.name, *a.policy));
  }

  // Azure's pollers are told when to look again (CONTRACT 1.3).
  answer operator()(const regions::pending_answer& a) const {
    constexpr unsigned look_again_s = 10;
    auto shown = with_body(json::write_pending(context_, a.operation));
    if (a.operation.status == protocol::pending_status::in_progress) {
      shown.retry_after_s = look_again_s;
    }
    if (a.created) {
      shown.status = 202;
      shown.location =
          url_of(a.operation.name, "/pending") + "&request_id=" + a.operation.request_id;
    }
    return shown;
  }

  answer operator()(const regions::contacts_answer& a) const {
    return with_body(json::write_contacts(context_, a.contacts));
  }

  answer operator()(const regions::issuer_answer& a) const {
    return with_body(json::write_issuer(context_, a.issuer->issuer));
  }

  answer operator()(const regions::issuer_page& page) const {
    std::vector<const protocol::certificate_issuer*> items;
    items.reserve(page.items.size());
    for (const auto& item : page.items) items.push_back(&item->issuer);
    const auto path = path_of(request_);
    return with_body(json::write_issuer_page(page_context(path, page.next), items));
  }

  answer operator()(const regions::random_answer& a) const {
    crypto::secret_bytes made(a.count);
    place_.random.fill(made.writable());
    return with_body(json::write_random(made.view()));
  }

  answer operator()(const regions::secret_page& page) const {
    return page_of<json::secret_item>(page, json::write_secret_page);
  }
  answer operator()(const regions::key_page& page) const {
    return page_of<json::key_item>(page, json::write_key_page);
  }
  answer operator()(const regions::certificate_page& page) const {
    return page_of<json::certificate_item>(page, json::write_certificate_page);
  }

  answer operator()(const regions::secret_backup& b) const {
    protocol::restore_secret object{b.name, {}};
    return back_up(b, std::move(object), [this](const regions::stored_secret& version) {
      return brought<protocol::restored_secret_version>(version, open(version));
    });
  }

  answer operator()(const regions::key_backup& b) const {
    protocol::restore_key object{b.name, {}};
    return back_up(b, std::move(object), [this](const regions::stored_key& version) {
      return brought<protocol::restored_key_version>(version, open(version));
    });
  }

  answer operator()(const regions::certificate_backup& b) const {
    using restored = protocol::restored_certificate_version;
    protocol::restore_certificate object{b.name, *b.policy, {}};
    return back_up(
        b, std::move(object),
        [this](const regions::stored_certificate& version) -> crypto::outcome<restored> {
          auto material = open(version);
          if (!material) return failure{std::move(material).error()};
          auto value = regions::open_value(
              vault_, regions::secret_value_record(version.record_key), version.secret_value);
          if (!value) return failure{std::move(value).error()};
          return restored{version.properties, std::move(*material), std::move(*value)};
        });
  }

  answer operator()(const regions::empty_answer&) const {
    answer a;
    a.status = 204;
    return a;
  }

  answer operator()(const crypto_result& r) const {
    if (r.verified) return with_body(json::write_verify_result(*r.verified));
    const auto* asked = std::get_if<protocol::crypto_parameters>(&request_.body);
    const auto aad = asked != nullptr ? byte_view(asked->aad) : byte_view{};
    return with_body(json::write_crypto_result(context_, r.name, r.version,
                                               {r.value.view(), r.iv, r.tag, aad}));
  }

  // Work for a crypto actor never leaves the vault.
  answer operator()(const regions::use_key&) const { return refusal(unexpected()); }
  answer operator()(const regions::vault_work&) const { return refusal(unexpected()); }

  answer operator()(const regions::verdict& v) const { return std::visit(*this, v); }

 private:
  static protocol::error unexpected() {
    return {protocol::error_code::internal, protocol::inner_code::none,
            "The request could not be carried out.", std::nullopt};
  }

  template <class Stored>
  crypto::outcome<crypto::secret_bytes> open(const Stored& version) const {
    return regions::open_value(vault_, version.record_key, version.value);
  }

  // A certificate's PKCS#12 as PEM: what it was made from is still there.
  crypto::outcome<crypto::secret_bytes> as_pem(const regions::stored_certificate& c) const {
    if (!c.properties.exportable) return crypto::write_pem_bundle({}, c.properties.chain);
    const auto material = open(c);
    if (!material) return failure{material.error()};
    return crypto::write_pem_bundle(material->view(), c.properties.chain);
  }

  template <class Restored, class Stored>
  static crypto::outcome<Restored> brought(const Stored& version,
                                           crypto::outcome<crypto::secret_bytes> value) {
    if (!value) return failure{std::move(value).error()};
    return Restored{version.properties, std::move(*value)};
  }

  template <class Backup, class Object, class Open>
  answer back_up(const Backup& b, Object object, Open open_version) const {
    object.versions.reserve(b.versions.size());
    for (const auto& version : b.versions) {
      auto opened = open_version(*version);
      if (!opened) return refusal(cannot_open());
      object.versions.push_back(*std::move(opened));
    }
    return with_body(json::write_backup(
        protocol::make_backup(object, place_.scope, place_.backup_key, place_.random)));
  }

  template <class Item, class Page, class Write>
  answer page_of(const Page& page, Write write) const {
    std::vector<Item> items;
    items.reserve(page.items.size());
    for (const auto& item : page.items) {
      items.push_back({item.name, &item.version->properties, item.deleted});
    }
    const auto path = path_of(request_);
    return with_body(write(page_context(path, page.next), items));
  }

  // Of a certificate, or what belongs to it.
  std::string url_of(std::string_view name, std::string_view behind) const {
    return protocol::join({context_.base_url, "/certificates/", name, behind, "?api-version=",
                           context_.api_version});
  }

  json::page_context page_context(std::string_view path, std::string_view next) const {
    const auto* asked = std::get_if<protocol::page_request>(&request_.body);
    const bool with_version = request_.operation == operation_id::secret_list_versions ||
                              request_.operation == operation_id::key_list_versions ||
                              request_.operation == operation_id::certificate_list_versions;
    return {context_, path, next, asked != nullptr ? asked->max_results : protocol::max_page_size,
            with_version};
  }

  const regions::vault_identity& vault_;
  const protocol::request& request_;
  const answer_place& place_;
  json::answer_context context_;
};

}  // namespace

answer write_reply(const vault_reply& reply, const protocol::request& request,
                   const answer_place& place) {
  return std::visit(reply_writer(reply, request, place), reply.answer);
}

bool is_purge_done(const vault_reply& reply, operation_id operation, bool repeated) {
  if (!repeated) return false;
  const bool is_purge = operation == operation_id::secret_purge ||
                        operation == operation_id::key_purge ||
                        operation == operation_id::certificate_purge;
  if (!is_purge) return false;
  const auto* verdict = std::get_if<regions::verdict>(&reply.answer);
  if (verdict == nullptr) return false;
  const auto* refused = std::get_if<protocol::error>(verdict);
  return refused != nullptr && protocol::http_status(refused->code) == 404;
}

}  // namespace twinkeep::actors
