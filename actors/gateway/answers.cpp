#include "actors/gateway/answers.hpp"

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
    const auto value = open(*a.secret);
    if (!value) return refusal(cannot_open());
    return with_body(json::write_secret(context_, a.name, properties, a.deleted, value->view()));
  }

  answer operator()(const regions::key_answer& a) const {
    return with_body(json::write_key(context_, a.name, a.key->properties, a.deleted));
  }

  answer operator()(const regions::secret_page& page) const {
    std::vector<json::secret_item> items;
    items.reserve(page.items.size());
    for (const auto& item : page.items) {
      items.push_back({item.name, &item.version->properties, item.deleted});
    }
    const auto path = path_of(request_);
    return with_body(json::write_secret_page(page_context(path, page.next), items));
  }

  answer operator()(const regions::key_page& page) const {
    std::vector<json::key_item> items;
    items.reserve(page.items.size());
    for (const auto& item : page.items) {
      items.push_back({item.name, &item.version->properties, item.deleted});
    }
    const auto path = path_of(request_);
    return with_body(json::write_key_page(page_context(path, page.next), items));
  }

  answer operator()(const regions::secret_backup& b) const {
    protocol::restore_secret object{b.name, {}};
    object.versions.reserve(b.versions.size());
    for (const auto& version : b.versions) {
      auto value = open(*version);
      if (!value) return refusal(cannot_open());
      object.versions.push_back({version->properties, *std::move(value)});
    }
    return with_body(json::write_backup(
        protocol::make_backup(object, place_.scope, place_.backup_key, place_.random)));
  }

  answer operator()(const regions::key_backup& b) const {
    protocol::restore_key object{b.name, {}};
    object.versions.reserve(b.versions.size());
    for (const auto& version : b.versions) {
      auto material = open(*version);
      if (!material) return refusal(cannot_open());
      object.versions.push_back({version->properties, *std::move(material)});
    }
    return with_body(json::write_backup(
        protocol::make_backup(object, place_.scope, place_.backup_key, place_.random)));
  }

  answer operator()(const regions::empty_answer&) const {
    answer a;
    a.status = 204;
    return a;
  }

  answer operator()(const crypto_result& r) const {
    if (r.verified) return with_body(json::write_verify_result(*r.verified));
    return with_body(json::write_crypto_result(context_, r.name, r.version, r.value.view()));
  }

  // Work for a crypto actor never leaves the vault.
  answer operator()(const regions::use_key&) const { return refusal(unexpected()); }
  answer operator()(const regions::generate_key&) const { return refusal(unexpected()); }

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

  json::page_context page_context(std::string_view path, std::string_view next) const {
    const auto* asked = std::get_if<protocol::page_request>(&request_.body);
    const bool with_version = request_.operation == operation_id::secret_list_versions ||
                              request_.operation == operation_id::key_list_versions;
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
  if (operation != operation_id::secret_purge && operation != operation_id::key_purge) return false;
  const auto* verdict = std::get_if<regions::verdict>(&reply.answer);
  if (verdict == nullptr) return false;
  const auto* refused = std::get_if<protocol::error>(verdict);
  return refused != nullptr && protocol::http_status(refused->code) == 404;
}

}  // namespace twinkeep::actors
