#include "bench/load/prepare.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "bench/load/response.hpp"
#include "bench/load/setup_client.hpp"
#include "crypto/bytes.hpp"

namespace twinkeep::load {
namespace {

namespace json = boost::json;
using problem = failure<std::string>;

constexpr std::string_view api_version = "?api-version=2025-07-01";
constexpr std::string_view json_type = "application/json";

// The text at object.name or object.first.name, empty when it is not there.
std::string text_at(const json::value& content, std::string_view pointer) {
  boost::system::error_code absent;
  const json::value* const found = content.find_pointer(pointer, absent);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

json::value parse_body(const reply& answer) {
  boost::system::error_code malformed;
  return json::parse(answer.body, malformed);
}

problem refused(std::string_view what, const reply& answer) {
  const json::value body = parse_body(answer);
  const std::string message = text_at(body, "/error/message");
  return problem(std::string(what) + ": HTTP " + std::to_string(answer.status) +
                 (message.empty() ? "" : ", " + message));
}

std::string form_field(std::string_view name, std::string_view value) {
  return std::string(name) + '=' + boost::urls::encode(value, boost::urls::unreserved_chars);
}

// resource="..." of the challenge that every request without a token is answered with: the scope
// follows the name by which the vault is addressed.
result<std::string, std::string> challenge_resource(setup_client& client, const endpoint& vault) {
  const std::string target = "/secrets" + std::string(api_version);
  const auto answer = client.send(write_request({"GET", target, vault.authority, {}, {}, {}}));
  if (!answer.ok()) return failure{answer.error()};
  const std::string_view challenge = find_header(answer->head, "www-authenticate");
  constexpr std::string_view before = "resource=\"";
  const std::size_t at = challenge.find(before);
  if (answer->status != 401 || at == challenge.npos) {
    return refused("expected a 401 with a challenge that names the resource", *answer);
  }
  const std::string_view rest = challenge.substr(at + before.size());
  return std::string(rest.substr(0, rest.find('"')));
}

struct access_token {
  std::string text;
  std::chrono::seconds lasts;
};
result<access_token, std::string> get_token(const service& s, const std::string& scope,
                                            SSL_CTX* context) {
  const auto where = locate(s.authority + '/' + s.tenant_id + "/oauth2/v2.0/token");
  if (!where.ok()) return failure{"authority: " + where.error()};
  setup_client client(where->server, context);
  const std::string form =
      form_field("grant_type", "client_credentials") + '&' + form_field("client_id", s.client_id) +
      '&' + form_field("client_secret", s.client_secret) + '&' + form_field("scope", scope);
  const auto answer = client.send(write_request({"POST",
                                                 where->target,
                                                 where->server.authority,
                                                 {},
                                                 "application/x-www-form-urlencoded",
                                                 form}));
  if (!answer.ok()) return failure{"token: " + answer.error()};
  const json::value body = parse_body(*answer);
  access_token token{text_at(body, "/access_token"), std::chrono::seconds{3599}};
  if (answer->status != 200 || token.text.empty()) {
    return failure{"token: HTTP " + std::to_string(answer->status) + ' ' +
                   text_at(body, "/error_description")};
  }
  if (const json::value* const lasts = body.get_object().if_contains("expires_in");
      lasts && lasts->is_number()) {
    token.lasts = std::chrono::seconds(lasts->to_number<std::int64_t>());
  }
  return token;
}

// Talks to the vault with the token; makes what is missing.
class preparer {
 public:
  preparer(setup_client& client, const endpoint& vault, std::string token, workload_shape shape)
      : client_(client), vault_(vault), token_(std::move(token)), shape_(std::move(shape)) {}

  result<prepared_operation, std::string> prepare(const mix_item& item) {
    prepared_operation out{item.label, item.weight, {}};
    switch (item.kind) {
      case operation_kind::get:
        return prepare_get(std::move(out));
      case operation_kind::set:
        return prepare_set(std::move(out));
      case operation_kind::list:
        return prepare_list(std::move(out));
      case operation_kind::sign:
        return prepare_sign(std::move(out), item);
    }
    return failure{std::string("unknown operation")};
  }

 private:
  std::string request(std::string_view method, const std::string& path, std::string_view body) {
    const std::string target = path + std::string(api_version);
    return write_request({method, target, vault_.authority, token_,
                          body.empty() ? std::string_view() : json_type, body});
  }

  std::string secret_body() const {
    return R"({"value":")" + std::string(shape_.value_bytes, 'x') + R"("})";
  }

  // GET `path`; if it is not there, `make` it. The answer of whichever succeeded.
  result<reply, std::string> ensure(const std::string& path, const std::string& make) {
    auto answer = client_.send(request("GET", path, ""));
    if (answer.ok() && answer->status == 404) answer = client_.send(make);
    if (answer.ok() && answer->status != 200) return refused(path, *answer);
    return answer;
  }

  result<void, std::string> ensure_secrets() {
    for (unsigned i = 0; i < shape_.secrets && !secrets_made_; ++i) {
      const std::string path = secret_path(i);
      const auto made = ensure(path, request("PUT", path, secret_body()));
      if (!made.ok()) return failure{made.error()};
    }
    secrets_made_ = true;
    return {};
  }
  static std::string secret_path(unsigned number) {
    return "/secrets/load-" + std::to_string(number);
  }

  result<prepared_operation, std::string> prepare_get(prepared_operation out) {
    if (const auto made = ensure_secrets(); !made.ok()) return failure{made.error()};
    for (unsigned i = 0; i < shape_.secrets; ++i) {
      out.requests.push_back(request("GET", secret_path(i), ""));
    }
    return out;
  }

  result<prepared_operation, std::string> prepare_list(prepared_operation out) {
    if (const auto made = ensure_secrets(); !made.ok()) return failure{made.error()};
    out.requests.push_back(request("GET", "/secrets", ""));
    return out;
  }

  result<prepared_operation, std::string> prepare_set(prepared_operation out) {
    for (unsigned i = 0; i < shape_.set_names; ++i) {
      out.requests.push_back(
          request("PUT", "/secrets/load-set-" + std::to_string(i), secret_body()));
    }
    return out;
  }

  result<prepared_operation, std::string> prepare_sign(prepared_operation out,
                                                       const mix_item& item) {
    const crypto::algorithm& algorithm = *item.algorithm;
    std::string kind, create;
    if (algorithm.type == crypto::key_type::rsa) {
      const std::string bits = std::to_string(item.rsa_bits);
      kind = "rsa-" + bits;
      create = R"({"kty":"RSA","key_size":)" + bits + '}';
    } else {
      const std::string name(crypto::facts_of(algorithm.crv.value()).name);
      kind = "ec-" + name;
      create = R"({"kty":"EC","crv":")" + name + R"("})";
    }
    // Signs a digest: any bytes of the right length. RSNULL, without one, takes what there is.
    const bytes digest(algorithm.digest_bytes != 0 ? algorithm.digest_bytes : 32, 0x5a);
    const std::string body = R"({"alg":")" + std::string(algorithm.name) + R"(","value":")" +
                             crypto::base64url_encode(digest) + R"("})";
    for (unsigned i = 0; i < shape_.keys; ++i) {
      const std::string path = "/keys/load-" + kind + '-' + std::to_string(i);
      const auto key = ensure(path, request("POST", path + "/create", create));
      if (!key.ok()) return failure{key.error()};
      const std::string id = text_at(parse_body(*key), "/key/kid");
      const std::size_t version = id.rfind('/');
      if (version == id.npos) return failure{path + ": expected an answer with key.kid"};
      out.requests.push_back(request("POST", path + id.substr(version) + "/sign", body));
    }
    return out;
  }

  setup_client& client_;
  const endpoint& vault_;
  std::string token_;
  workload_shape shape_;
  bool secrets_made_ = false;
};

}  // namespace

result<workload, std::string> prepare(const service& s, const std::vector<mix_item>& mix,
                                      const workload_shape& shape) {
  const service::vault* const vault = find_vault(s, shape.vault);
  if (!vault) return failure{"the ready file has no vault \"" + shape.vault + '"'};
  const auto where = locate(vault->url);
  if (!where.ok()) return failure{"vault " + vault->name + ": " + where.error()};
  const auto context = make_tls_context(s.ca_file);
  if (!context.ok()) return failure{context.error()};

  setup_client client(where->server, context->get());
  const auto resource = challenge_resource(client, where->server);
  if (!resource.ok()) return failure{resource.error()};
  const auto token = get_token(s, *resource + "/.default", context->get());
  if (!token.ok()) return failure{token.error()};

  workload out{where->server, s.ca_file, client.tls(), token->lasts, {}, 0};
  preparer make(client, where->server, token->text, shape);
  for (const mix_item& item : mix) {
    auto operation = make.prepare(item);
    if (!operation.ok()) return failure{item.label + ": " + operation.error()};
    out.operations.push_back(*std::move(operation));
  }
  if (const operation_kind first = mix.front().kind;
      first == operation_kind::get || first == operation_kind::list) {
    const auto answer = client.send(out.operations.front().requests.front());
    if (!answer.ok()) return failure{answer.error()};
    if (answer->status != 200) return refused(out.operations.front().label, *answer);
    out.body_bytes = answer->body.size();
  }
  return out;
}

result<workload, std::string> prepare_url(const std::string& url, const std::string& ca_file) {
  const auto where = locate(url);
  if (!where.ok()) return failure{where.error()};
  const auto context = make_tls_context(ca_file);
  if (!context.ok()) return failure{context.error()};
  workload out{where->server, ca_file, "", std::chrono::seconds{0}, {}, 0};
  out.operations.push_back(
      {"GET " + where->target,
       1,
       {write_request({"GET", where->target, where->server.authority, {}, {}, {}})}});
  setup_client client(where->server, context->get());
  const auto answer = client.send(out.operations.front().requests.front());
  if (!answer.ok()) return failure{answer.error()};
  out.tls = client.tls();
  out.body_bytes = answer->body.size();
  return out;
}

}  // namespace twinkeep::load
