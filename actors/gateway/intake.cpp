#include "actors/gateway/intake.hpp"

#include "protocol/json/read.hpp"

namespace twinkeep::actors {

namespace {

using protocol::operation_id;

protocol::outcome<protocol::request_body> take_backup(operation_id id, byte_view body,
                                                      const restore_rules& rules) {
  const auto blob = protocol::json::read_backup_blob(body);
  if (!blob) return failure{blob.error()};
  return protocol::open_backup(id, *blob, rules.here, rules.rule, rules.key);
}

}  // namespace

protocol::outcome<protocol::request> take_request(protocol::http::route where,
                                                  const protocol::http::target& target,
                                                  std::string_view api_version, byte_view body,
                                                  const restore_rules& rules) {
  const auto& op = *where.op;
  protocol::request request;
  request.operation = op.id;
  request.name = std::move(where.name);
  request.version = std::move(where.version);
  auto taken = !op.has_body ? protocol::http::parameters_of(target, op, api_version)
               : op.shape == protocol::shape::restore ? take_backup(op.id, body, rules)
                                                      : protocol::json::read_body(op.id, body);
  if (!taken) return failure{std::move(taken).error()};
  request.body = *std::move(taken);
  return request;
}

}  // namespace twinkeep::actors
