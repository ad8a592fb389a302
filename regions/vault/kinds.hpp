#pragma once

#include "protocol/json/stored.hpp"
#include "regions/vault/decide.hpp"

// Where secrets, keys and certificates differ, for the code that treats them alike. Internal to
// regions/vault.
namespace twinkeep::regions {

template <class Stored>
struct kind_of;

template <>
struct kind_of<stored_secret> {
  static constexpr auto kind = protocol::object_kind::secret;
  static constexpr std::string_view prefix = "s/";
  using properties = protocol::secret_properties;
  using answer = secret_answer;
  using restore = protocol::restore_secret;

  static const object_set<stored_secret>& objects(const vault_state& v) { return v.secrets; }
  static object_set<stored_secret>& objects(vault_state& v) { return v.secrets; }
  static std::string write(const properties& p) { return protocol::json::store_secret(p); }
  static crypto::outcome<properties> read(std::string_view text) {
    return protocol::json::load_secret(text);
  }
  static std::string write_policy(const no_policy&) { return {}; }
  static crypto::outcome<no_policy> read_policy(std::string_view) { return no_policy{}; }
  static byte_view value_of(const protocol::restored_secret_version& v) { return v.value.view(); }
};

template <>
struct kind_of<stored_key> {
  static constexpr auto kind = protocol::object_kind::key;
  static constexpr std::string_view prefix = "k/";
  using properties = protocol::key_properties;
  using answer = key_answer;
  using restore = protocol::restore_key;

  static const object_set<stored_key>& objects(const vault_state& v) { return v.keys; }
  static object_set<stored_key>& objects(vault_state& v) { return v.keys; }
  static std::string write(const properties& p) { return protocol::json::store_key(p); }
  static crypto::outcome<properties> read(std::string_view text) {
    return protocol::json::load_key(text);
  }
  static std::string write_policy(const protocol::rotation_policy& p) {
    return protocol::json::store_rotation_policy(p);
  }
  static crypto::outcome<protocol::rotation_policy> read_policy(std::string_view text) {
    return protocol::json::load_rotation_policy(text);
  }
  static byte_view value_of(const protocol::restored_key_version& v) { return v.material.view(); }
};

template <>
struct kind_of<stored_certificate> {
  static constexpr auto kind = protocol::object_kind::certificate;
  static constexpr std::string_view prefix = "c/";
  using properties = protocol::certificate_properties;
  using answer = certificate_answer;
  using restore = protocol::restore_certificate;

  static const object_set<stored_certificate>& objects(const vault_state& v) {
    return v.certificates;
  }
  static object_set<stored_certificate>& objects(vault_state& v) { return v.certificates; }
  static std::string write(const properties& p) { return protocol::json::store_certificate(p); }
  static crypto::outcome<properties> read(std::string_view text) {
    return protocol::json::load_certificate(text);
  }
  static std::string write_policy(const protocol::certificate_policy& p) {
    return protocol::json::store_policy(p);
  }
  static crypto::outcome<protocol::certificate_policy> read_policy(std::string_view text) {
    return protocol::json::load_policy(text);
  }
  static byte_view value_of(const protocol::restored_certificate_version& v) {
    return v.material.view();
  }
};

}  // namespace twinkeep::regions
