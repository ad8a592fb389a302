// Tokens: of the built-in issuer, of a configured one, and those that neither has given.
import assert from 'node:assert/strict';
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { Service, newDirectory, quickTimings, root } from '../harness/service.mjs';
import { assertError, assertStatus, b64 } from './expect.mjs';
import { Http } from './http.mjs';

const issuer = 'https://issuer.example/';
const tenant = '11111111-2222-3333-4444-555555555555';
const owner = 'aaaaaaaa-0000-0000-0000-000000000001';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = (pair, kid, alg) => ({ ...pair.publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' });
const keySetFile = path.join(newDirectory(), 'keys.json');
writeFileSync(keySetFile, JSON.stringify({ keys: [jwk(rsa, 'r1', 'RS256'), jwk(ec, 'e1', 'ES256')] }));

const config = `
built_in_issuer = true
audiences = ["https://vault.example"]
tenant = "${tenant}"

[[issuers]]
issuer = "${issuer}"
tenant = "${tenant}"
key_set_file = "${keySetFile}"

[[regions]]
name = "eastus2"

[[regions]]
name = "centralus"

[[vaults]]
name = "demo"
region = "eastus2"
owners = ["${owner}"]
${quickTimings()}`;
// A hundred bad tokens a minute are not enough here.
const unlimited = '[failed_authentication]\nper_address = 0\nper_caller = 0\n';

const service = await Service.start({ config: config + unlimited });
const http = await Http.of(service);
after(async () => {
  http.close();
  await service.stop();
});
await http.put('/secrets/secret', { value: 'inside' });

const now = () => Math.floor(Date.now() / 1000);
const rights = () => ({
  iss: issuer, aud: 'https://vault.example', tid: tenant, oid: owner, appid: 'app', nbf: now() - 10,
  iat: now() - 10, exp: now() + 600,
});
const part = (value) => b64(JSON.stringify(value));

function token({ header = {}, claims = {}, key = rsa.privateKey, sign } = {}) {
  const head = { alg: 'RS256', typ: 'JWT', kid: 'r1', ...header };
  const input = `${part(head)}.${part({ ...rights(), ...claims })}`;
  const dsaEncoding = head.alg === 'ES256' ? 'ieee-p1363' : undefined;
  const signature = sign ? sign(input) : createSign('sha256').update(input).sign({ key, dsaEncoding });
  return `${input}.${b64(signature)}`;
}

const use = (text) => http.get('/secrets/secret', { token: text });

async function refused(text, message) {
  const answer = await use(text);
  assertError(answer, 401, 'Unauthorized', { message });
  assert.match(answer.headers['www-authenticate'], /^Bearer authorization="https:/);
  assert.ok(!answer.text.includes('inside'));
}

describe('a token of a configured issuer', () => {
  it('is accepted, signed by RS256 or ES256', async () => {
    assert.equal(assertStatus(await use(token()), 200).value, 'inside');
    const es = token({ header: { alg: 'ES256', kid: 'e1' }, key: ec.privateKey });
    assertStatus(await use(es), 200);
  });

  it('is refused for its time', async () => {
    await refused(token({ claims: { exp: now() - 3600 } }), /^\[TokenExpired\]/);
    await refused(token({ claims: { exp: 1 } }), /TokenExpired/);
    await refused(token({ claims: { nbf: now() + 3600 } }), /^\[/);
  });

  it('is refused for its audience, issuer or tenant', async () => {
    await refused(token({ claims: { aud: 'https://vault.azure.net.evil' } }), /^AKV10022: Invalid audience\./);
    await refused(token({ claims: { aud: undefined } }));
    await refused(token({ claims: { iss: 'https://other.example/' } }), /^AKV10032: Invalid issuer\./);
    await refused(token({ claims: { tid: '99999999-2222-3333-4444-555555555555' } }), /^AKV10032/);
    await refused(token({ claims: { tid: undefined } }));
    // The built-in issuer's name, signed by a key that is not its own.
    const iss = `${service.ready.authority}/${service.ready.tenant_id}/v2.0`;
    await refused(token({ claims: { iss, tid: service.ready.tenant_id } }), /^AKV10032/);
  });

  it('is refused for its signature', async () => {
    await refused(token({ key: foreign.privateKey }), /^AKV10015/);
    await refused(token({ header: { kid: 'unknown' } }), /^AKV10046: Unable to resolve the key/);
    const good = token().split('.');
    await refused([good[0], part({ ...rights(), oid: 'someone' }), good[2]].join('.'), /^AKV10015/);
    await refused(`${good[0]}.${good[1]}.`);
    await refused(token({ header: { alg: 'none' }, sign: () => '' }));
    await refused(token({ header: { alg: 'ES256' } }));
    const der = ec.publicKey.export({ format: 'der', type: 'spki' });
    await refused(token({ header: { alg: 'HS256' }, sign: (input) => createHmac('sha256', der).update(input).digest() }));
    await refused(token({ header: { crit: ['exp'] } }));
  });

  it('is refused where it is no token', async () => {
    for (const text of ['x', 'a.b', 'a.b.c', '..', 'a.b.c.d', `${part([])}.${part({})}.x`, `${token()}x`,
      `${token()}.x`, `${b64('{')}.${b64('{')}.x`, '{}', 'e'.repeat(10_000), `${part('['.repeat(5000))}.a.b`]) {
      await refused(text);
    }
  });

  it('gives its caller no rights that it was not given', async () => {
    const answer = await use(token({ claims: { oid: 'somebody', appid: 'unknown' } }));
    assertError(answer, 403, 'Forbidden', {
      inner: 'ForbiddenByPolicy', message: /does not have secrets get permission on key vault 'demo;location=eastus2'/,
    });
    const mutation = await http.put('/secrets/secret', { value: 'x' }, { token: token({ claims: { oid: 'somebody' } }) });
    assertError(mutation, 403, 'Forbidden', { inner: 'ForbiddenByPolicy', message: /secrets set permission/ });
  });
});

// Each of them is 401 and opens nothing. tests/protocol/token_attacks.cpp has more of them.
describe('attacks', () => {
  const hmac = (secret) => (input) => createHmac('sha256', secret).update(input).digest();
  const raw = (header, payload, key = rsa.privateKey) => {
    const input = `${b64(header)}.${b64(payload)}`;
    return `${input}.${b64(createSign('sha256').update(input).sign(key))}`;
  };
  const good = JSON.stringify(rights());
  const head = '{"alg":"RS256","kid":"r1"}';
  const spki = rsa.publicKey.export({ format: 'der', type: 'spki' });
  const evil = jwk(foreign, 'r1', 'RS256');
  const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  for (const [name, text, message] of [
    ['alg none', token({ header: { alg: 'none' }, sign: () => '' }), /algorithm/],
    ['alg nOnE with a signature', token({ header: { alg: 'nOnE' } }), /algorithm/],
    ['no alg', raw('{"kid":"r1"}', good), /algorithm/],
    ['HMAC with the public key in DER', token({ header: { alg: 'HS256' }, sign: hmac(spki) }), /algorithm/],
    ['HMAC with the public key in PEM', token({ header: { alg: 'HS256' }, sign: hmac(rsa.publicKey.export({ format: 'pem', type: 'spki' })) }), /algorithm/],
    ['HMAC under the name of RS256', token({ sign: hmac(spki) }), /^AKV10015/],
    ['another curve', token({ header: { alg: 'ES256', kid: 'e1' }, key: secp256k1.privateKey }), /^AKV10015/],
    ['an algorithm of another curve', token({ header: { alg: 'ES256K', kid: 'e1' }, key: secp256k1.privateKey }), /algorithm/],
    ['an EC signature in DER', token({ header: { alg: 'ES256', kid: 'e1' }, sign: (input) => createSign('sha256').update(input).sign(ec.privateKey) }), /^AKV10015/],
    ['an EC signature of zeros', token({ header: { alg: 'ES256', kid: 'e1' }, sign: () => Buffer.alloc(64) }), /^AKV10015/],
    ['crit', token({ header: { crit: ['exp'] } }), /critical/],
    ['jku', token({ header: { jku: 'https://127.0.0.1:1/keys' } }), /its own key/],
    ['x5u', token({ header: { x5u: 'https://127.0.0.1:1/chain' } }), /its own key/],
    ['jwk', token({ header: { jwk: evil }, key: foreign.privateKey }), /its own key/],
    ['a header member twice', raw('{"alg":"RS256","alg":"RS256","kid":"r1"}', good), /comes twice/],
    ['a claim twice', raw(head, good.replace('{', '{"oid":"nobody",')), /comes twice/],
    ['an unknown claim twice', raw(head, good.replace('{', '{"x":1,"x":1,')), /comes twice/],
    ['more than 16 KiB', token({ claims: { x: 'x'.repeat(16_384) } }), undefined],
    ['deep claims', raw(head, good.replace('{', `{"x":${'['.repeat(2000)}${']'.repeat(2000)},`)), /nested deeper/],
    ['a crowd of groups', token({ claims: { groups: Array(257).fill('g') } }), /more than 256/],
    ['an ID of another kind', token({ claims: { oid: [owner] } }), /must be a string/],
  ]) {
    it(`are refused: ${name}`, async () => {
      const answer = await use(text);
      // What does not fit into a request's head never gets to be a token.
      if (!message) return assert.ok([401, 431].includes(answer.status), answer.text);
      await refused(text, message);
    });
  }

  it('are refused: every JSON Web Signature of Wycheproof, whose payloads are no claims', async () => {
    const counts = {};
    const vectors = ['json_web_signature', 'json_web_key'].flatMap((name) =>
      JSON.parse(readFileSync(path.join(root, 'tests/data/wycheproof', `${name}.json`), 'utf8')).testGroups
        .flatMap((group) => group.tests.map(({ jws }) => [name, typeof jws === 'string' ? jws : JSON.stringify(jws)])));
    const next = vectors.values();
    await Promise.all(Array.from({ length: 8 }, async () => {
      for (const [name, jws] of next) {
        const answer = await use(jws.trim() || 'x');
        assertError(answer, 401, 'Unauthorized', { message: /^AKV100/ });
        counts[name] = (counts[name] ?? 0) + 1;
      }
    }));
    assert.deepEqual(counts, { json_web_signature: 401, json_web_key: 26 });
  });
});

describe('the built-in issuer', () => {
  const { tenant_id, client_id, client_secret } = service.ready;
  const endpoint = `/${tenant_id}/oauth2/v2.0/token`;
  const good = { grant_type: 'client_credentials', client_id, client_secret, scope: 'https://vault.localhost/.default' };
  const plain = { token: '', version: null };

  it('is found by its discovery document', async () => {
    const document = assertStatus(await http.get(`/${tenant_id}/v2.0/.well-known/openid-configuration`, plain), 200);
    for (const member of ['issuer', 'token_endpoint', 'authorization_endpoint', 'jwks_uri']) {
      assert.equal(new URL(document[member]).host, http.host, member);
    }
    assert.deepEqual(document.id_token_signing_alg_values_supported, ['RS256']);
    const { keys } = assertStatus(await http.get(new URL(document.jwks_uri).pathname, plain), 200);
    assert.ok(keys.length > 0);
    for (const key of keys) {
      assert.equal(key.kty, 'RSA');
      for (const secret of ['d', 'p', 'q', 'k']) assert.equal(key[secret], undefined);
    }
  });

  it('gives tokens of one hour, by v2.0 and by v1', async () => {
    const two = assertStatus(await http.form(endpoint, good), 200);
    assert.equal(two.token_type, 'Bearer');
    assert.ok(Number(two.expires_in) > 3000 && Number(two.expires_in) <= 3600);
    assertStatus(await use(two.access_token), 200);
    const one = assertStatus(await http.form(`/${tenant_id}/oauth2/token`, {
      ...good, scope: '', resource: 'https://vault.localhost',
    }), 200);
    assert.equal(typeof one.expires_on, 'string');
    assertStatus(await use(one.access_token), 200);
  });

  it('refuses as Azure does', async () => {
    for (const [change, status, error, number] of [
      [{ client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
      [{ client_id: 'nobody' }, undefined, undefined, 700016],
      [{ grant_type: 'password' }, 400, 'unsupported_grant_type', undefined],
      [{ scope: 'https://elsewhere.example/.default' }, 400, undefined, 500011],
      [{ scope: 'nonsense' }, 400, 'invalid_scope', 70011],
    ]) {
      const answer = await http.form(endpoint, { ...good, ...change });
      assert.ok(status ? answer.status === status : [400, 401].includes(answer.status), answer.text);
      if (error) assert.equal(answer.json.error, error);
      assert.match(answer.json.error_description, /^AADSTS\d+: /);
      if (number) assert.deepEqual(answer.json.error_codes, [number]);
      assert.ok(answer.json.correlation_id && answer.json.trace_id && answer.json.timestamp);
      assert.ok(!answer.text.includes(client_secret));
    }
    const other = await http.form('/99999999-2222-3333-4444-555555555555/oauth2/v2.0/token', good);
    assert.ok([400, 401, 404].includes(other.status));
  });

  it('gives tokens that outlive a restart', async () => {
    const { token: text } = http;
    await service.stop();
    await service.restart({ config: config + unlimited });
    const again = new Http(service);
    assert.equal(assertStatus(await again.get('/secrets/secret', { token: text }), 200).value, 'inside');
    again.close();
  });
});

describe('failed authentication', () => {
  const seconds = (answer) => Number(answer.headers['retry-after']);
  const counted = async (admin) => Object.fromEntries([...(await admin.metrics())
    .matchAll(/twinkeep_failed_authentications_total\{outcome="(\w+)"\} (\d+)/g)].map(([, k, v]) => [k, Number(v)]));
  async function during(limits, work) {
    const limited = await Service.start({ config: `${config}[failed_authentication]\nwindow = "1h"\n${limits}` });
    const there = new Http(limited);
    try {
      await work({ limited, there, ask: (text) => there.get('/secrets', { token: text }) });
    } finally {
      there.close();
      await limited.stop();
    }
  }

  it('is limited by address; what is known already is let in', () => during('per_address = 5\nper_caller = 0\n', async ({ limited, ask }) => {
    const known = token();
    assertStatus(await ask(known), 200);
    // The SDK asks without a token first, and must always be told where to get one.
    for (let i = 0; i < 10; ++i) assertError(await ask(''), 401, 'Unauthorized', { message: /^AKV10000/ });
    for (let i = 0; i < 5; ++i) assertError(await ask(`bad${i}`), 401, 'Unauthorized', { message: /^AKV10001/ });
    for (const text of ['bad', token({ claims: { oid: 'x' } }), token({ key: foreign.privateKey })]) {
      const answer = await ask(text);
      assertError(answer, 429, 'Throttled');
      assert.equal(answer.headers['www-authenticate'], undefined);
      assert.ok(seconds(answer) > 0 && seconds(answer) <= 3600);
    }
    assertStatus(await ask(known), 200);
    // On other connections and loops, too.
    const others = Array.from({ length: 8 }, () => new Http(limited));
    for (const other of others) {
      assertStatus(await other.get('/secrets', { token: known }), 200);
      other.close();
    }
    assertError(await ask(''), 401, 'Unauthorized', { message: /^AKV10000/ });
    assert.deepEqual(await counted(limited.admin), { refused: 5, limited: 3 });
  }));

  it('is limited by caller', () => during('per_address = 0\nper_caller = 2\n', async ({ limited, there, ask }) => {
    const bad = (oid) => token({ claims: { oid, jti: `${Math.random()}` }, key: foreign.privateKey });
    for (let i = 0; i < 2; ++i) assertError(await ask(bad('victim')), 401, 'Unauthorized', { message: /^AKV10015/ });
    assertError(await ask(bad('victim')), 429, 'Throttled');
    assertError(await ask(bad('other')), 401, 'Unauthorized');
    // At the token endpoint the caller is the client.
    const { tenant_id, client_id, client_secret } = limited.ready;
    const form = (changes) => there.form(`/${tenant_id}/oauth2/v2.0/token`, {
      grant_type: 'client_credentials', client_id, client_secret, scope: 'https://vault.localhost/.default', ...changes,
    });
    for (let i = 0; i < 2; ++i) assertStatus(await form({ client_secret: 'wrong' }), 401);
    const answer = await form({ client_secret: 'wrong' });
    assertStatus(answer, 429);
    assert.deepEqual(answer.json.error_codes, [90055]);
    assert.ok(seconds(answer) > 0);
    assert.deepEqual(await counted(limited.admin), { refused: 5, limited: 2 });
  }));
});
