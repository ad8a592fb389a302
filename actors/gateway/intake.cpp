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
                                                  byte_view body, const restore_rules& rules) {
  const auto id = where.op->id;
  protocol::request request;
  request.operation = id;
  request.name = std::move(where.name);
  request.version = std::move(where.version);
  const auto& op = *where.op;
  if (op.shape == protocol::shape::page) {
    auto page = protocol::http::page_of(target);
    if (!page) return failure{std::move(page).error()};
    request.body = *std::move(page);
  } else if (op.has_body) {
    auto read = op.shape == protocol::shape::restore ? take_backup(id, body, rules) : protocol::json::read_body(id, body);
    if (!read) return failure{std::move(read).error()};
    request.body = *std::move(read);
  }
  return request;
}

}  // namespace twinkeep::actors
