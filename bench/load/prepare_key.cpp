#include "bench/load/prepare_key.hpp"

#include <array>

#include "bench/load/json_text.hpp"
#include "bench/load/tally.hpp"
#include "crypto/bytes.hpp"

namespace twinkeep::load {
namespace {

using id = protocol::operation_id;

constexpr std::size_t text_bytes = 32;  // a key to wrap, two blocks to encrypt
constexpr std::size_t iv_bytes = 16;    // CBC: from the caller

// How the text comes about that an operation undoes or checks.
struct inverse {
  id operation, of;
};
constexpr std::array<inverse, 3> inverses{{{id::key_verify, id::key_sign},
                                           {id::key_decrypt, id::key_encrypt},
                                           {id::key_unwrap, id::key_wrap}}};

struct key_kind {
  std::string prefix;  // of its name
  std::string create;  // body
};
key_kind kind_of(const mix_item& item, bool hsm) {
  const crypto::algorithm& algorithm = *item.algorithm;
  const std::string place = hsm ? "hsm-" : "";
  const std::string end = hsm ? R"(-HSM")" : R"(")";
  switch (algorithm.type) {
    case crypto::key_type::rsa: {
      const std::string bits = std::to_string(item.rsa_bits);
      return {"load-rsa-" + place + bits, R"({"kty":"RSA)" + end + R"(,"key_size":)" + bits + '}'};
    }
    case crypto::key_type::oct: {
      const std::string bits = std::to_string(algorithm.key_bits == 0 ? 256 : algorithm.key_bits);
      return {"load-oct-" + place + bits, R"({"kty":"oct)" + end + R"(,"key_size":)" + bits + '}'};
    }
    case crypto::key_type::ec:
      break;
  }
  const std::string name(crypto::facts_of(algorithm.crv.value()).name);
  return {"load-ec-" + place + name, R"({"kty":"EC)" + end + R"(,"crv":")" + name + R"("})"};
}

std::string member(std::string_view name, std::string_view value) {
  return value.empty() ? "" : ",\"" + std::string(name) + "\":\"" + std::string(value) + '"';
}

// Any bytes of the right length will do. RSNULL, without one, takes what there is.
std::string plain_text(const crypto::algorithm& algorithm) {
  const std::size_t size = algorithm.digest_bytes != 0 ? algorithm.digest_bytes : text_bytes;
  return crypto::base64url_encode(bytes(size, 0x5a));
}

class key_preparer {
 public:
  key_preparer(const target_vault& vault, const mix_item& item)
      : vault_(vault), item_(item), client_(vault.server, vault.context) {}

  // The item's request to one key.
  result<std::string, std::string> prepare(const key_kind& kind, unsigned number) {
    const std::string name = kind.prefix + '-' + std::to_string(number);
    auto answer = client_.send(request(id::key_get, name, "", ""));
    if (answer.ok() && answer->status == 404) {
      answer = client_.send(request(id::key_create, name, "", kind.create));
    }
    if (!answer.ok()) return failure{answer.error()};
    if (!is_success(answer->status)) return refused(name, *answer);
    const std::string kid = text_at(parse_json(answer->body), "/key/kid");
    const std::size_t slash = kid.rfind('/');
    if (slash == kid.npos) return failure{name + ": expected an answer with key.kid"};
    const std::string version = kid.substr(slash + 1);

    const id operation = item_.what->steps.front().operation;
    for (const inverse& i : inverses) {
      if (i.operation == operation) return undo(i, name, version);
    }
    return request(operation, name, version, forward_body());
  }

 private:
  std::string request(id operation, const std::string& name, const std::string& version,
                      const std::string& body) const {
    const auto target = target_of(operation, name, version);
    const auto method = protocol::to_string(protocol::row_of(operation).method);
    return write_request({method, target, vault_.server.authority, vault_.token,
                          body.empty() ? std::string_view() : "application/json", body});
  }

  std::string begin_body() const {
    return R"({"alg":")" + std::string(item_.algorithm->name) + '"';
  }
  std::string forward_body() const {
    const bool cbc = item_.algorithm->scheme == crypto::scheme::aes_cbc ||
                     item_.algorithm->scheme == crypto::scheme::aes_cbc_pad;
    const std::string iv = cbc ? crypto::base64url_encode(bytes(iv_bytes, 0x11)) : "";
    return begin_body() + member("value", plain_text(*item_.algorithm)) + member("iv", iv) + '}';
  }

  result<std::string, std::string> undo(const inverse& i, const std::string& name,
                                        const std::string& version) {
    const auto answer = client_.send(request(i.of, name, version, forward_body()));
    if (!answer.ok()) return failure{answer.error()};
    if (!is_success(answer->status)) return refused(name, *answer);
    const auto made = parse_json(answer->body);
    std::string body = begin_body() + member("value", text_at(made, "/value"));
    if (i.operation == id::key_verify) {
      body += member("digest", plain_text(*item_.algorithm));
    } else {
      body += member("iv", text_at(made, "/iv")) + member("tag", text_at(made, "/tag"));
    }
    return request(i.operation, name, version, body + '}');
  }

  const target_vault& vault_;
  const mix_item& item_;
  setup_client client_;
};

}  // namespace

result<prepared_operation, std::string> prepare_keys(const target_vault& vault,
                                                     const mix_item& item,
                                                     const workload_shape& shape,
                                                     prepared_operation out) {
  key_preparer preparer(vault, item);
  const key_kind kind = kind_of(item, shape.hsm);
  for (unsigned i = 0; i < shape.keys; ++i) {
    auto request = preparer.prepare(kind, i);
    if (!request.ok()) return failure{request.error()};
    out.requests.push_back(*std::move(request));
  }
  return out;
}

}  // namespace twinkeep::load
