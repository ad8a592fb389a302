// What every answer of the service looks like (CONTRACT 1.3, 3.1).
import assert from 'node:assert/strict';

export const b64 = (bytes) => Buffer.from(bytes).toString('base64url');
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function assertHeaders(answer, region = 'eastus2') {
  const { headers } = answer;
  if (answer.status !== 204) assert.equal(headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(headers['cache-control'], 'no-cache');
  assert.equal(headers.pragma, 'no-cache');
  assert.equal(headers.expires, '-1');
  assert.equal(headers['x-ms-keyvault-region'], region);
  assert.match(headers['x-ms-request-id'], guid);
  assert.match(headers['x-ms-keyvault-service-version'], /^\d+\.\d+\.\d+\.\d+$/);
  assert.match(headers['x-ms-keyvault-network-info'],
    /^conn_type=Ipv[46];addr=(127\.0\.0\.1|::1);act_addr_fam=InterNetwork(V6)?;$/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['strict-transport-security'], 'max-age=31536000;includeSubDomains');
  assert.ok(headers.date);
  for (const leak of ['server', 'x-powered-by']) assert.equal(headers[leak], undefined);
}

// The body of an error and nothing else.
export function assertError(answer, status, code, { inner, message } = {}) {
  assert.ok(answer, `expected ${status}, the connection was closed`);
  assert.equal(answer.status, status, `${answer.status} ${answer.text}`);
  const { error, ...rest } = answer.json ?? assert.fail(`no JSON: ${answer.text}`);
  assert.deepEqual(rest, {});
  if (code) assert.equal(error.code, code, answer.text);
  assert.ok(typeof error.message === 'string' && error.message.length > 0);
  if (message instanceof RegExp) assert.match(error.message, message);
  else if (message !== undefined) assert.equal(error.message, message);
  if (inner) assert.deepEqual(error.innererror, { code: inner });
  else assert.ok(!('innererror' in error), answer.text);
  const keys = Object.keys(error).sort().join();
  assert.ok(['code,message', 'code,innererror,message'].includes(keys), keys);
  if (status === 429 || status === 503) assert.ok(Number(answer.headers['retry-after']) > 0);
}

export function assertStatus(answer, status) {
  assert.equal(answer.status, status, `${answer.status} ${answer.text}`);
  return answer.json;
}
