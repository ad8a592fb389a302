#include "crypto/algorithms.hpp"
#include "protocol/management/ids.hpp"
#include "protocol/management/write_parts.hpp"

// A vault's secrets and keys as resources: their properties, never a value.
namespace twinkeep::protocol::management {

namespace {

void write_attributes(writer& out, const attributes& a) {
  out.key("attributes").begin_object().key("enabled").boolean(a.enabled);
  if (a.not_before) out.key("nbf").integer(*a.not_before);
  if (a.expires) out.key("exp").integer(*a.expires);
  out.key("created").integer(a.created).key("updated").integer(a.updated);
}

// "https://v.vault.localhost/secrets/n", and the same with the version.
void write_uris(writer& out, const answer_context& context, const vault_resource& vault,
                std::string_view member, std::string_view path, std::string_view version) {
  const auto base = vault_uri(context, vault.name);
  out.key(member).begin_string().part(base).part(path).end_string();
  out.key(std::string(member) + "WithVersion").begin_string().part(base).part(path);
  out.part("/").part(version).end_string();
}

std::string path_to(std::string_view collection, std::string_view name) {
  return std::string(collection).append("/").append(name);
}

void write_secret_members(writer& out, const answer_context& context, const vault_resource& vault,
                          const secret_item& item) {
  const auto& secret = *item.properties;
  write_child_head(out, context, vault, "secrets", item.name);
  json::write_tags(out, secret.tags);
  out.key("properties").begin_object();
  write_attributes(out, secret.attributes);
  out.end_object();
  if (secret.content_type) out.key("contentType").string(*secret.content_type);
  write_uris(out, context, vault, "secretUri", path_to("secrets", item.name), secret.version);
  out.end_object();
}

// The member names here are the management plane's own.
void write_rotation(writer& out, const rotation_policy& policy) {
  out.key("rotationPolicy").begin_object().key("lifetimeActions").begin_array();
  for (const auto& rule : policy.actions) {
    out.begin_object().key("trigger").begin_object();
    if (rule.after_create) out.key("timeAfterCreate").string(to_string(*rule.after_create));
    if (rule.before_expiry) out.key("timeBeforeExpiry").string(to_string(*rule.before_expiry));
    out.end_object().key("action").begin_object();
    out.key("type").string(rule.action == rotation_action::rotate ? "rotate" : "notify");
    out.end_object().end_object();
  }
  out.end_array().key("attributes").begin_object();
  if (policy.created != 0) {
    out.key("created").integer(policy.created).key("updated").integer(policy.updated);
  }
  if (policy.expiry_time) out.key("expiryTime").string(to_string(*policy.expiry_time));
  out.end_object().end_object();
}

constexpr unsigned bits_per_octet = 8;

void write_key_properties(writer& out, const key_properties& key) {
  out.key("kty").string(to_string(key.kind())).key("keyOps").begin_array();
  for (const auto op : key.key_ops) out.string(to_string(op));
  out.end_array();
  if (key.pub.type == crypto::key_type::rsa) {
    out.key("keySize").integer(static_cast<std::int64_t>(key.pub.modulus_bytes()) * bits_per_octet);
  } else if (key.pub.type == crypto::key_type::ec) {
    out.key("curveName").string(crypto::facts_of(key.pub.crv).name);
  }
}

void write_key_members(writer& out, const answer_context& context, const vault_resource& vault,
                       const key_item& item, bool as_version) {
  const auto& key = *item.properties;
  if (as_version) {
    out.key("id").begin_string().part(vault_id(context.subscription, vault)).part("/keys/");
    out.part(item.name).part("/versions/").part(key.version).end_string();
    out.key("name")
        .string(key.version)
        .key("type")
        .string("Microsoft.KeyVault/vaults/keys/versions");
    out.key("location").string(vault.location);
  } else {
    write_child_head(out, context, vault, "keys", item.name);
  }
  json::write_tags(out, key.tags);
  out.key("properties").begin_object();
  write_attributes(out, key.attributes);
  out.key("recoveryLevel").string(recovery_level(vault.recovery));
  out.key("exportable").boolean(key.exportable).end_object();
  write_key_properties(out, key);
  write_uris(out, context, vault, "keyUri", path_to("keys", item.name), key.version);
  if (item.rotation != nullptr) write_rotation(out, *item.rotation);
  if (key.release) {
    out.key("release_policy").begin_object().key("contentType").string(key.release->content_type);
    out.key("data").base64url(key.release->data).end_object();
  }
  out.end_object();
}

}  // namespace

text write_secret(const answer_context& context, const vault_resource& vault,
                  const secret_item& item) {
  writer out(resource_chars);
  out.begin_object();
  write_secret_members(out, context, vault, item);
  return out.end_object().take();
}

text write_secret_list(const page_context& page, const vault_resource& vault,
                       std::span<const secret_item> items) {
  return write_page(page, items, [&](writer& out, const secret_item& item) {
    write_secret_members(out, page.answer, vault, item);
  });
}

text write_key(const answer_context& context, const vault_resource& vault, const key_item& item,
               bool as_version) {
  writer out(2 * resource_chars);
  out.begin_object();
  write_key_members(out, context, vault, item, as_version);
  return out.end_object().take();
}

text write_key_list(const page_context& page, const vault_resource& vault,
                    std::span<const key_item> items, bool as_versions) {
  return write_page(page, items, [&](writer& out, const key_item& item) {
    write_key_members(out, page.answer, vault, item, as_versions);
  });
}

}  // namespace twinkeep::protocol::management
