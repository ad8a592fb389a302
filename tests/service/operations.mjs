// The operation table as it stands in protocol/operations.cpp.
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { root } from '../harness/service.mjs';

const methods = { get: 'GET', put: 'PUT', post: 'POST', patch: 'PATCH', delete_: 'DELETE' };

export function operationTable() {
  const read = (file) => readFileSync(path.join(root, 'protocol', file), 'utf8').replace(/\/\/.*$/gm, '');
  const row = /\{id::(\w+),\s*"(\w+)",\s*m::(\w+),\s*"([^"]+)",\s*(\w+),\s*"(\w+)",\s*"([^"]+)",\s*"(\w+)",\s*(\w+),\s*(true|false),\s*(\w+),\s*(\w+),\s*(true|false)\}/g;
  const rows = [...read('operations.cpp').matchAll(row)].map((m) => ({
    id: m[1], name: m[2], method: methods[m[3]], path: m[4], kind: m[5], permission: m[6],
    dataAction: m[7], verb: m[8], effect: m[9],
    allowedInReadOnly: m[10] === 'true', hasBody: m[13] === 'true',
  }));
  const [, ids] = /enum class operation_id[^{]*\{([^}]*)\}/.exec(read('operations.hpp'));
  const declared = ids.split(',').map((id) => id.trim()).filter(Boolean);
  return { rows, declared };
}
