#include "bench/load/prepare.hpp"

#include <boost/json/value.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "bench/load/json_text.hpp"
#include "bench/load/preparer.hpp"
#include "bench/load/response.hpp"
#include "bench/load/setup_client.hpp"

namespace twinkeep::load {
namespace {

namespace json = boost::json;

constexpr std::string_view api_version = "?api-version=2025-07-01";

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
  const json::value body = parse_json(answer->body);
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
  const target_vault target{where->server, context->get(), token->text};
  for (const mix_item& item : mix) {
    auto operation = prepare_item(target, item, shape);
    if (!operation.ok()) return failure{item.label + ": " + operation.error()};
    out.operations.push_back(*std::move(operation));
  }
  const item& first = *mix.front().what;
  if (!first.refused && !first.is_cycle() &&
      protocol::row_of(first.steps.front().operation).effect == protocol::effect::read) {
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
