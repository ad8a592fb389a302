#include "actors/gateway/intake.hpp"

#include "protocol/json/read.hpp"

namespace twinkeep::actors {

namespace {

using protocol::operation_id;

bool is_list(operation_id id) {
  switch (id) {
    case operation_id::secret_list:
    case operation_id::secret_list_versions:
    case operation_id::secret_list_deleted:
    case operation_id::key_list:
    case operation_id::key_list_versions:
    case operation_id::key_list_deleted:
      return true;
    default:
      return false;
  }
}

bool is_restore(operation_id id) {
  return id == operation_id::secret_restore || id == operation_id::key_restore;
}

protocol::outcome<protocol::request_body> take_backup(operation_id id, byte_view body,
                                                      const restore_rules& rules) {
  const auto blob = protocol::json::read_backup_blob(body);
  if (!blob) return failure{blob.error()};
  return protocol::open_backup(id, *blob, rules.here, rules.rule, rules.key);
}

}  // namespace

bool takes_body(const protocol::operation& op) {
  switch (op.id) {
    case operation_id::secret_backup:
    case operation_id::secret_recover:
    case operation_id::key_backup:
    case operation_id::key_recover:
      return false;
    default:
      return op.method != protocol::http_method::get && op.method != protocol::http_method::delete_;
  }
}

protocol::outcome<protocol::request> take_request(protocol::http::route where,
                                                  const protocol::http::target& target,
                                                  byte_view body, const restore_rules& rules) {
  const auto id = where.op->id;
  protocol::request request;
  request.operation = id;
  request.name = std::move(where.name);
  request.version = std::move(where.version);
  if (is_list(id)) {
    auto page = protocol::http::page_of(target);
    if (!page) return failure{std::move(page).error()};
    request.body = *std::move(page);
  } else if (takes_body(*where.op)) {
    auto read = is_restore(id) ? take_backup(id, body, rules) : protocol::json::read_body(id, body);
    if (!read) return failure{std::move(read).error()};
    request.body = *std::move(read);
  }
  return request;
}

}  // namespace twinkeep::actors
