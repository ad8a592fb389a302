// Wycheproof's vectors through the REST operations, as far as a vector has a private or a symmetric
// key: it is imported, and then decrypts, unwraps, verifies or signs. The pure core runs the same
// files in tests/crypto; here the way through JSON, routes, vault and crypto actors is meant too.
import assert from 'node:assert/strict';
import { constants, createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { Service, quickTimings, root } from '../harness/service.mjs';
import { assertError, assertStatus, b64 } from './expect.mjs';
import { Http } from './http.mjs';

const service = await Service.start({ config: `${quickTimings()}[keys]\nsymmetric = true\n` });
const http = await Http.of(service);
after(async () => {
  http.close();
  await service.stop();
});

const groupsOf = (name) =>
  JSON.parse(readFileSync(path.join(root, 'tests/data/wycheproof', `${name}.json`), 'utf8')).testGroups;
const url = (hex) => b64(Buffer.from(hex, 'hex'));

// A vault takes what is sent at once, but not without end.
async function inParallel(items, work) {
  const rest = [...items];
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (rest.length) await work(rest.shift());
  }));
}

// Imports each key once; what an operation of it answers.
class Keys {
  #names = new Map();
  constructor(prefix) { this.prefix = prefix; }

  async #import(jwk) {
    const name = `${this.prefix}-${this.#names.size}`;
    this.#names.set(JSON.stringify(jwk), name);
    assertStatus(await http.put(`/keys/${name}`, { key: jwk }), 200);
    return name;
  }

  // One after the other: the file's order makes the names.
  async all(jwks) {
    for (const jwk of jwks) if (!this.#names.has(JSON.stringify(jwk))) await this.#import(jwk);
    return this;
  }

  use(jwk, operation, body) { return http.post(`/keys/${this.#names.get(JSON.stringify(jwk))}//${operation}`, body); }
  get count() { return this.#names.size; }
}

// One text for everything that does not open: nobody learns why (CONTRACT 5.3).
const unopened = 'The value could not be decrypted with this key.';
// What is wrong with a length that all can see is said instead, before the key is touched (5.4).
const wrongLength = /^Invalid length of '(value|iv|tag)': \d+ bytes, required (are|is a multiple of) \d+ bytes.*encoded with base64url\.$/;

class Tally {
  valid = 0;
  refused = 0;
  lengths = 0;

  constructor(file) { this.file = file; }

  // `plain`: what it must open to; undefined: it must not open. `visible`: by its length alone.
  opened(answer, plain, visible, tcId) {
    const where = `${this.file}, tcId ${tcId}`;
    if (plain !== undefined) {
      assert.equal(answer.status, 200, `${where}: ${answer.text}`);
      assert.equal(answer.json.value, url(plain), where);
      this.valid += 1;
    } else if (visible) {
      assertError(answer, 400, 'BadParameter', { message: wrongLength });
      this.lengths += 1;
    } else {
      assert.equal(answer.status, 400, `${where}: ${answer.text}`);
      assertError(answer, 400, 'BadParameter', { message: unopened });
      this.refused += 1;
    }
  }

  report(keys, expected) {
    const { valid, refused, lengths } = this;
    console.log(`${this.file}: ${keys.count} keys, ${valid} opened, ${refused} refused alike, ${lengths} refused by their length`);
    assert.deepEqual({ valid, refused, lengths }, expected);
  }
}

describe('RSA-OAEP', () => {
  // Vectors with a label are refused: RSA-OAEP of JWA has none (RFC 7518 §4.3).
  it('decrypts and unwraps what Wycheproof encrypted', async () => {
    const [group] = groupsOf('rsa_oaep_2048_sha1_mgf1sha1');
    const jwk = group.privateKeyJwk;
    const keys = await new Keys('oaep').all([jwk]);
    const tally = new Tally('rsa_oaep_2048_sha1_mgf1sha1');
    await inParallel(group.tests, async (t) => {
      const plain = t.result === 'valid' && !t.label ? t.msg : undefined;
      for (const operation of ['decrypt', 'unwrapkey']) {
        const answer = await keys.use(jwk, operation, { alg: 'RSA-OAEP', value: url(t.ct) });
        tally.opened(answer, plain, t.ct.length !== 512, t.tcId);
      }
    });
    // Each vector twice.
    tally.report(keys, { valid: 2 * 10, refused: 2 * 21, lengths: 2 * 5 });
  });
});

const octKey = (t) => ({ kty: 'oct', k: url(t.key) });
const flat = (name) => groupsOf(name).flatMap((group) => group.tests.map((t) => ({ ...t, bits: group.keySize })));

describe('AES-GCM', () => {
  // An iv has 12 bytes, whatever else Wycheproof has (CONTRACT 5.3); texts cannot be encrypted again
  // for comparison, because the iv is always the service's own.
  it('decrypts with ivs of 12 bytes and refuses others', async () => {
    const tests = flat('aes_gcm');
    const keys = await new Keys('gcm').all(tests.map(octKey));
    const tally = new Tally('aes_gcm');
    await inParallel(tests, async (t) => {
      const served = t.iv.length === 24;
      const body = { alg: `A${t.bits}GCM`, value: url(t.ct), iv: url(t.iv), aad: url(t.aad), tag: url(t.tag) };
      const answer = await keys.use(octKey(t), 'decrypt', body);
      tally.opened(answer, served && t.result === 'valid' ? t.msg : undefined, !served, t.tcId);
    });
    tally.report(keys, { valid: 116, refused: 81, lengths: 119 });
  });
});

describe('AES-CBC with padding', () => {
  // A ciphertext of no block at all is refused by its length; bad padding like everything else.
  it('encrypts and decrypts', async () => {
    const tests = flat('aes_cbc_pkcs5');
    const keys = await new Keys('cbc').all(tests.map(octKey));
    const tally = new Tally('aes_cbc_pkcs5');
    await inParallel(tests, async (t) => {
      const alg = `A${t.bits}CBCPAD`;
      const answer = await keys.use(octKey(t), 'decrypt', { alg, value: url(t.ct), iv: url(t.iv) });
      tally.opened(answer, t.result === 'valid' ? t.msg : undefined, t.ct.length === 0, t.tcId);
      if (t.result !== 'valid') return;
      const made = assertStatus(await keys.use(octKey(t), 'encrypt', { alg, value: url(t.msg), iv: url(t.iv) }), 200);
      assert.equal(made.value, url(t.ct), `tcId ${t.tcId}`);
    });
    tally.report(keys, { valid: 72, refused: 141, lengths: 3 });
  });
});

describe('AES key wrap', () => {
  // Keys of 8 bytes ("acceptable") are refused by their length, as NIST SP 800-38F §5.3.1 does.
  it('wraps and unwraps', async () => {
    const tests = flat('aes_wrap');
    const keys = await new Keys('kw').all(tests.map(octKey));
    const tally = new Tally('aes_wrap');
    await inParallel(tests, async (t) => {
      const valid = t.result === 'valid';
      const bytes = { msg: t.msg.length / 2, ct: t.ct.length / 2 };
      for (const alg of [`A${t.bits}KW`, 'CKM_AES_KEY_WRAP']) {
        const answer = await keys.use(octKey(t), 'unwrapkey', { alg, value: url(t.ct) });
        tally.opened(answer, valid ? t.msg : undefined, bytes.ct < 24 || bytes.ct % 8 !== 0, t.tcId);
        const wrapped = await keys.use(octKey(t), 'wrapkey', { alg, value: url(t.msg) });
        if (bytes.msg < 16 || bytes.msg % 8 !== 0) {
          assertError(wrapped, 400, 'BadParameter', { message: wrongLength });
        } else {
          assert.equal(assertStatus(wrapped, 200).value === url(t.ct), valid, `tcId ${t.tcId}`);
        }
      }
    });
    // Each vector by two names of the algorithm.
    tally.report(keys, { valid: 2 * 36, refused: 2 * 72, lengths: 2 * 57 });
  });
});

describe('signatures', () => {
  const hashes = { 256: 'sha256', 384: 'sha384', 512: 'sha512' };
  const algorithms = { RSA: /^(RS|PS)(256|384|512)$/, 'P-256': /^ES256$/, 'P-521': /^ES512$/ };

  // A token in compact form whose algorithm goes with the key; nothing else is for a key to judge.
  function read(t, jwk) {
    const parts = typeof t.jws === 'string' ? t.jws.split('.') : [];
    if (parts.length !== 3 || parts.some((p) => b64(Buffer.from(p, 'base64url')) !== p)) return undefined;
    let alg;
    try {
      ({ alg } = JSON.parse(Buffer.from(parts[0], 'base64url')));
    } catch {
      return undefined;
    }
    // What a key may be used for besides its type is the token reader's rule.
    const judged = t.result === 'valid' || jwk.alg === alg;
    if (!judged || !algorithms[jwk.crv ?? jwk.kty].test(alg)) return undefined;
    const input = Buffer.from(`${parts[0]}.${parts[1]}`);
    const hash = hashes[alg.slice(2)];
    return { alg, input, hash, digest: b64(createHash(hash).update(input).digest()), signature: parts[2] };
  }

  function verifies({ alg, input, hash }, jwk, signature) {
    const key = createPublicKey({ format: 'jwk', key: jwk });
    const padding = alg.startsWith('PS') ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
    return verify(hash, input, { key, dsaEncoding: 'ieee-p1363', ...padding }, Buffer.from(signature, 'base64url'));
  }

  // `key_ops`, `use` and `alg` of the vectors' keys are about readers of tokens: the numbers count.
  const bare = ({ kty, crv, n, e, d, p, q, dp, dq, qi, x, y }) => ({ kty, crv, n, e, d, p, q, dp, dq, qi, x, y });

  it('of tokens verify with the imported key, and it makes them too', async () => {
    const groups = groupsOf('json_web_signature').filter((g) => g.private && g.private.kty !== 'oct');
    const keys = await new Keys('jws').all(groups.map((g) => bare(g.private)));
    const counts = {};
    const all = groups.flatMap((g) => g.tests.map((t) => ({ t, jwk: g.private, token: read(t, g.public) })));
    const skipped = all.filter(({ token }) => !token).length;
    await inParallel(all.filter(({ token }) => token), async ({ t, jwk, token }) => {
      const { alg, digest, signature } = token;
      const where = `tcId ${t.tcId}`;
      const answer = await keys.use(bare(jwk), 'verify', { alg, digest, value: signature });
      assert.deepEqual(assertStatus(answer, 200), { value: t.result === 'valid' }, where);
      counts[alg] ??= { valid: 0, invalid: 0 };
      counts[alg][t.result] += 1;
      if (t.result !== 'valid') return;
      const made = assertStatus(await keys.use(bare(jwk), 'sign', { alg, value: digest }), 200).value;
      assert.ok(verifies(token, bare({ ...jwk, d: undefined }), made), where);
      if (alg.startsWith('RS')) assert.equal(made, signature, `${where}: PKCS #1 v1.5 has one signature`);
    });
    console.log(`json_web_signature: ${keys.count} keys, ${skipped} tokens not for a key to judge`, counts);
    for (const alg of ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES512']) {
      assert.ok(counts[alg]?.valid > 0, alg);
    }
    assert.ok(counts.RS256.invalid > 200 && counts.PS256.invalid > 40 && counts.ES256.invalid > 20);
  });
});
