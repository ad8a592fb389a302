// What keys.test.mjs and crypto.test.mjs leave out of KeyClient and CryptographyClient: imports,
// rotation, release, random octets, symmetric keys. Node's own crypto is the judge.
import assert from 'node:assert/strict';
import {
  constants, createCipheriv, createDecipheriv, createHash, generateKeyPairSync, publicEncrypt, randomBytes, verify,
} from 'node:crypto';
import { after, describe, it } from 'node:test';

import { Service, quickTimings } from '../harness/service.mjs';
import { atOnce, clients, innerCode, refusal } from './clients.mjs';

// As it comes, and with everything that a deployment can allow.
const service = await Service.start();
const generous = await Service.start({ config: `${quickTimings()}[keys]\nsymmetric = true\nexportable = true\n` });
after(() => Promise.all([service.stop(), generous.stop()]));
const { keys, crypto } = clients(service);
const allowed = clients(generous);

const bytes = (text) => Buffer.from(text, 'base64url');
const data = Buffer.from('what is to be signed');
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 't'];
const rsaPrivate = ['d', 'p', 'q', 'dp', 'dq', 'qi'];
const day = 86_400_000;

// A JWK of Node's in the shape of the SDK's: numbers as bytes, and Azure's name of secp256k1.
function sdkJwk(privateKey, only) {
  const jwk = privateKey.export({ format: 'jwk' });
  const shown = { kty: jwk.kty };
  if (jwk.crv) shown.crv = jwk.crv === 'secp256k1' ? 'P-256K' : jwk.crv;
  for (const name of ['n', 'e', 'x', 'y', ...rsaPrivate]) {
    if (jwk[name] && (!only || only.includes(name))) shown[name] = bytes(jwk[name]);
  }
  return shown;
}

const makeRsa = (modulusLength) => generateKeyPairSync('rsa', { modulusLength });
const makeEc = (namedCurve) => generateKeyPairSync('ec', { namedCurve });

function assertShowsNothingSecret(key) {
  for (const member of secretMembers) assert.equal(key.key[member], undefined, member);
}

async function purge(client, name) {
  await (await client.beginDeleteKey(name, atOnce)).pollUntilDone();
  await client.purgeDeletedKey(name);
}

async function works(client, key, publicKey) {
  const crypto = client.crypto(key);
  if (key.keyType === 'EC') {
    const { result } = await crypto.signData('ES256', data);
    assert.ok(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, result));
    return;
  }
  const { result } = await crypto.signData('PS256', data);
  const pss = { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  assert.ok(verify('sha256', data, pss, result));
  const plain = randomBytes(32);
  const oaep = { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  const ciphertext = publicEncrypt(oaep, plain);
  assert.deepEqual(Buffer.from((await crypto.decrypt({ algorithm: 'RSA-OAEP-256', ciphertext })).result), plain);
  assert.deepEqual(Buffer.from((await crypto.unwrapKey('RSA-OAEP-256', ciphertext)).result), plain);
}

describe('a key of any type', () => {
  it('is made by createKey as by the method of its type', async () => {
    for (const [type, options, same] of [
      ['RSA', { keySize: 3072 }, (k) => k.key.n.length === 384],
      ['EC', { curve: 'P-521' }, (k) => k.key.crv === 'P-521' && k.key.x.length === 66],
      ['oct', { keySize: 128 }, (k) => k.keyOperations.length === 4],
    ]) {
      const key = await allowed.keys.createKey(`any-${type}`, type, { ...options, tags: { type } });
      assert.equal(key.keyType, type);
      assert.ok(same(key));
      assert.deepEqual({ ...key.properties.tags }, { type });
      assertShowsNothingSecret(key);
    }
  });

  it('may be one that is only there to bring others, and then does nothing else', async () => {
    const key = await keys.createRsaKey('exchange', { keyOps: ['import'] });
    assert.deepEqual(key.keyOperations, ['import']);
    const unaware = crypto({ ...key, keyOperations: undefined });  // else the SDK itself refuses
    const refused = await refusal(() => unaware.sign('RS256', Buffer.alloc(32)), 403, 'Forbidden');
    assert.equal(innerCode(refused), 'KeyOperationForbidden');
    await refusal(() => keys.createRsaKey('exchange', { keyOps: ['import', 'sign'] }), 400, 'BadParameter');
  });
});

describe('an imported key', () => {
  for (const size of [2048, 3072, 4096]) {
    for (const [what, only] of [['with all its parts', undefined], ['of n, e and d alone', ['n', 'e', 'd']]]) {
      it(`RSA ${size} ${what} signs, decrypts and unwraps`, async () => {
        const { privateKey, publicKey } = makeRsa(size);
        const jwk = sdkJwk(privateKey, only);
        const key = await keys.importKey(`rsa-${size}-${only ? 'short' : 'whole'}`, jwk);
        assert.equal(key.keyType, 'RSA');
        assert.deepEqual(Buffer.from(key.key.n), jwk.n);
        assert.deepEqual(Buffer.from(key.key.e), jwk.e);
        assert.deepEqual(key.keyOperations, ['encrypt', 'decrypt', 'sign', 'verify', 'wrapKey', 'unwrapKey']);
        assertShowsNothingSecret(key);
        await works({ crypto }, key, publicKey);
      });
    }
  }

  for (const [curve, named, alg, hash] of [
    ['P-256', 'prime256v1', 'ES256', 'sha256'], ['P-256K', 'secp256k1', 'ES256K', 'sha256'],
    ['P-384', 'secp384r1', 'ES384', 'sha384'], ['P-521', 'secp521r1', 'ES512', 'sha512'],
  ]) {
    it(`EC ${curve} signs`, async () => {
      const { privateKey, publicKey } = makeEc(named);
      const jwk = sdkJwk(privateKey, ['x', 'y', 'd']);
      const key = await keys.importKey(`ec-${curve}`, jwk);
      assert.equal(key.key.crv, curve);
      assert.deepEqual([Buffer.from(key.key.x), Buffer.from(key.key.y)], [jwk.x, jwk.y]);
      assert.deepEqual(key.keyOperations, ['sign', 'verify']);
      assertShowsNothingSecret(key);
      const digest = createHash(hash).update(data).digest();
      const { result } = await crypto(key).sign(alg, digest);
      assert.ok(verify(hash, data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, result));
      assert.equal((await crypto(key).verify(alg, digest, result)).result, true);
    });
  }

  it('has the attributes, operations and tags that it came with, and is a new version', async () => {
    const { privateKey } = makeEc('prime256v1');
    const made = await keys.createEcKey('described');
    const expiresOn = new Date('2033-01-01T00:00:00Z');
    const notBefore = new Date('2024-01-01T00:00:00Z');
    const jwk = { ...sdkJwk(privateKey), keyOps: ['sign'], kid: 'where-it-was' };
    const key = await keys.importKey('described', jwk, { enabled: false, expiresOn, notBefore, tags: { a: 'b' } });
    assert.notEqual(key.properties.version, made.properties.version);
    assert.deepEqual(key.keyOperations, ['sign']);
    assert.equal(key.properties.enabled, false);
    assert.equal(key.properties.expiresOn.getTime(), expiresOn.getTime());
    assert.equal(key.properties.notBefore.getTime(), notBefore.getTime());
    assert.equal(key.properties.exportable, false);
    assert.deepEqual({ ...key.properties.tags }, { a: 'b' });
  });

  it('must be one: consistent, private, of a size that is served, for no HSM', async () => {
    const rsa = sdkJwk(makeRsa(2048).privateKey);
    const other = sdkJwk(makeRsa(2048).privateKey);
    const ec = sdkJwk(makeEc('prime256v1').privateKey);
    const otherEc = sdkJwk(makeEc('prime256v1').privateKey);
    const wrong = {
      'n of another key': { ...rsa, n: other.n },
      'd of another key': { ...rsa, d: other.d },
      'factors of another key': { ...rsa, p: other.p, q: other.q },
      'a public key': { kty: 'RSA', n: rsa.n, e: rsa.e },
      'half of the factors': { ...rsa, dq: undefined },
      'too short': sdkJwk(makeRsa(1024).privateKey),
      'a point of another key': { ...ec, x: otherEc.x, y: otherEc.y },
      'a point off the curve': { ...ec, y: Buffer.from(ec.y).fill(1, 0, 1) },
      'd of another curve key': { ...ec, d: otherEc.d },
      'an unknown curve': { ...ec, crv: 'P-192' },
      'no type': { ...ec, kty: undefined },
      'a type of HSMs': { ...ec, kty: 'EC-HSM' },
      'operations that EC has not': { ...ec, keyOps: ['encrypt'] },
    };
    for (const [what, jwk] of Object.entries(wrong)) {
      await assert.doesNotReject(refusal(() => keys.importKey('odd', jwk), 400, 'BadParameter'), what);
    }
    await refusal(() => keys.importKey('odd', ec, { hardwareProtected: true }), 400, 'BadParameter');
    await refusal(() => keys.getKey('odd'), 404, 'KeyNotFound');
  });

  it('goes into a backup and comes back from it', async () => {
    for (const [name, { privateKey, publicKey }] of [['kept-rsa', makeRsa(2048)], ['kept-ec', makeEc('prime256v1')]]) {
      const key = await keys.importKey(name, sdkJwk(privateKey), { tags: { from: 'outside' } });
      const blob = await keys.backupKey(name);
      const jwk = privateKey.export({ format: 'jwk' });
      assert.equal(Buffer.from(blob).indexOf(bytes(jwk.d)), -1, 'it is sealed');
      await purge(keys, name);
      const restored = await keys.restoreKeyBackup(blob);
      assert.equal(restored.id, key.id);
      assert.deepEqual({ ...restored.properties.tags }, { from: 'outside' });
      await works({ crypto }, restored, publicKey);
    }
  });
});

describe('a rotation policy', () => {
  it('that was never set is a notice of 30 days', async () => {
    await keys.createEcKey('plain');
    const policy = await keys.getKeyRotationPolicy('plain');
    assert.ok(policy.id.endsWith('/keys/plain/rotationpolicy'), policy.id);
    assert.deepEqual(policy.lifetimeActions, [{ action: 'Notify', timeBeforeExpiry: 'P30D', timeAfterCreate: undefined }]);
    assert.equal(policy.expiresIn, undefined);
    assert.equal(policy.createdOn, undefined);
    await refusal(() => keys.getKeyRotationPolicy('nobody'), 404, 'KeyNotFound');
  });

  it('is kept as it was set, replaced as a whole, and always has a notice', async () => {
    await keys.createRsaKey('ruled');
    const rotate = { action: 'Rotate', timeAfterCreate: 'P2M' };
    const notify = { action: 'Notify', timeBeforeExpiry: 'P10D' };
    const set = await keys.updateKeyRotationPolicy('ruled', { expiresIn: 'P90D', lifetimeActions: [rotate, notify] });
    const found = await keys.getKeyRotationPolicy('ruled');
    assert.deepEqual(found, set);
    assert.equal(found.expiresIn, 'P90D');
    assert.deepEqual(found.lifetimeActions, [
      { ...rotate, timeBeforeExpiry: undefined }, { ...notify, timeAfterCreate: undefined }]);
    assert.ok(found.createdOn instanceof Date && found.updatedOn instanceof Date);

    const replaced = await keys.updateKeyRotationPolicy('ruled', {
      expiresIn: 'P1Y', lifetimeActions: [{ action: 'Rotate', timeBeforeExpiry: 'P30D' }] });
    assert.equal(replaced.expiresIn, 'P1Y');
    assert.deepEqual(replaced.lifetimeActions.map((a) => [a.action, a.timeBeforeExpiry]), [['Rotate', 'P30D'], ['Notify', 'P30D']]);
    assert.equal(replaced.createdOn.getTime(), found.createdOn.getTime());
    const emptied = await keys.updateKeyRotationPolicy('ruled', {});
    assert.equal(emptied.expiresIn, undefined);
    assert.deepEqual(emptied.lifetimeActions.map((a) => a.action), ['Notify']);
    const weeks = await keys.updateKeyRotationPolicy('ruled', { expiresIn: 'P8W' });
    assert.equal(weeks.expiresIn, 'P56D');
  });

  it('beyond its limits is refused, and the old one stays', async () => {
    await keys.createEcKey('limited');
    await keys.updateKeyRotationPolicy('limited', { expiresIn: 'P60D' });
    const before = await keys.getKeyRotationPolicy('limited');
    const rotate = (trigger) => ({ lifetimeActions: [{ action: 'Rotate', ...trigger }] });
    const wrong = {
      'expires before 28 days': { expiresIn: 'P27D' },
      'rotates within 7 days': rotate({ timeAfterCreate: 'P6D' }),
      'rotates less than 7 days before the end': { expiresIn: 'P30D', ...rotate({ timeAfterCreate: 'P24D' }) },
      'rotates on the last day': { expiresIn: 'P30D', ...rotate({ timeBeforeExpiry: 'P1D' }) },
      'rotates before an end that is not there': rotate({ timeBeforeExpiry: 'P30D' }),
      'has both triggers': { expiresIn: 'P1Y', ...rotate({ timeAfterCreate: 'P30D', timeBeforeExpiry: 'P30D' }) },
      'has no trigger': rotate({}),
      'rotates twice': { lifetimeActions: [{ action: 'Rotate', timeAfterCreate: 'P30D' }, { action: 'Rotate', timeAfterCreate: 'P60D' }] },
      'tells after creation': { lifetimeActions: [{ action: 'Notify', timeAfterCreate: 'P30D' }] },
      'does something else': { lifetimeActions: [{ action: 'Explode', timeAfterCreate: 'P30D' }] },
      'has a time of day': { expiresIn: 'P30DT1H' },
      'has no period': { expiresIn: 'soon' },
      'has a period of nothing': { expiresIn: 'P0D' },
    };
    for (const [what, policy] of Object.entries(wrong)) {
      await assert.doesNotReject(refusal(() => keys.updateKeyRotationPolicy('limited', policy), 400, 'BadParameter'), what);
    }
    assert.deepEqual(await keys.getKeyRotationPolicy('limited'), before);
    await refusal(() => keys.updateKeyRotationPolicy('nobody', { expiresIn: 'P60D' }), 404, 'KeyNotFound');
  });
});

describe('a rotated key', () => {
  it('is another of the same kind, under the same terms, beside the old one', async () => {
    for (const [make, same] of [
      [() => keys.createRsaKey('turn-rsa', { keySize: 3072, keyOps: ['sign', 'verify'], tags: { a: 'b' } }), (k) => k.key.n.length],
      [() => keys.createEcKey('turn-ec', { curve: 'P-384', keyOps: ['sign'], tags: { a: 'b' } }), (k) => k.key.crv],
    ]) {
      const first = await make();
      const second = await keys.rotateKey(first.name);
      assert.notEqual(second.properties.version, first.properties.version);
      assert.equal(second.keyType, first.keyType);
      assert.equal(same(second), same(first));
      assert.notDeepEqual(second.key, first.key);
      assert.deepEqual(second.keyOperations, first.keyOperations);
      assert.deepEqual({ ...second.properties.tags }, { a: 'b' });
      assert.equal(second.properties.expiresOn, undefined);
      assert.equal((await keys.getKey(first.name)).id, second.id);
      const alg = first.keyType === 'RSA' ? 'RS256' : 'ES384';
      const digest = Buffer.alloc(first.keyType === 'RSA' ? 32 : 48, 3);
      for (const key of [first, second]) await crypto(key).sign(alg, digest);
    }
    await refusal(() => keys.rotateKey('nobody'), 404, 'KeyNotFound');
  });

  it('expires when its policy says so', async () => {
    await keys.createEcKey('ending');
    await keys.updateKeyRotationPolicy('ending', { expiresIn: 'P90D' });
    const { properties } = await keys.rotateKey('ending');
    assert.equal(properties.expiresOn - properties.createdOn, 90 * day);
    await keys.updateKeyRotationPolicy('ending', { expiresIn: 'P28D' });
    const next = await keys.rotateKey('ending');
    assert.equal(next.properties.expiresOn - next.properties.createdOn, 28 * day);
  });

  it('may have been imported', async () => {
    const { privateKey, publicKey } = makeEc('prime256v1');
    const old = await keys.importKey('turn-imported', sdkJwk(privateKey));
    const next = await keys.rotateKey('turn-imported');
    assert.notDeepEqual(next.key.x, old.key.x);
    await works({ crypto }, await keys.getKey('turn-imported', { version: old.properties.version }), publicKey);
  });

  it('may be a symmetric one', async () => {
    const first = await allowed.keys.createOctKey('turn-oct', { keySize: 192 });
    const second = await allowed.keys.rotateKey('turn-oct');
    assert.equal(second.keyType, 'oct');
    assert.notEqual(second.id, first.id);
    const made = await allowed.crypto(second).encrypt({ algorithm: 'A192GCM', plaintext: data });
    assert.equal(made.result.length, data.length);
  });
});

describe('random octets', () => {
  it('are as many as were asked for, 1 to 128, and not the same twice', async () => {
    for (const count of [1, 16, 128]) assert.equal((await keys.getRandomBytes(count)).length, count);
    const drawn = await Promise.all(Array.from({ length: 20 }, () => keys.getRandomBytes(128)));
    assert.equal(new Set(drawn.map((d) => Buffer.from(d).toString('hex'))).size, drawn.length);
    for (const count of [0, 129, -1, 1e9]) await refusal(() => keys.getRandomBytes(count), 400, 'BadParameter');
  });
});

describe('release and attestation', () => {
  it('are refused for keys of software, without saying more than that', async () => {
    await keys.createRsaKey('stays');
    await refusal(() => keys.getKeyAttestation('stays'), 400, 'BadParameter');
    await refusal(() => keys.releaseKey('stays', 'a.b.c'), 400, 'BadParameter');
    await refusal(() => keys.releaseKey('nobody', 'a.b.c'), 404, 'KeyNotFound');
    await refusal(() => keys.getKeyAttestation('nobody'), 404, 'KeyNotFound');
  });
});

const policyText = JSON.stringify({
  version: '1.0.0', anyOf: [{ authority: 'https://attest.example', allOf: [{ claim: 'x', equals: 'y' }] }] });
const releasePolicy = { encodedPolicy: Buffer.from(policyText), contentType: 'application/json; charset=utf-8' };
const skr = (number) => new RegExp(`^AKV\\.SKR\\.${number}: `);
async function refusedBySkr(number, call) {
  assert.match((await refusal(call, 400, 'BadParameter')).message, skr(number));
}

describe('an exportable key', () => {
  it('is no key of software by default', async () => {
    const exportable = { exportable: true, releasePolicy };
    await refusedBySkr(1006, () => keys.createRsaKey('out', exportable));
    await refusedBySkr(1006, () => keys.createEcKey('out', exportable));
    await refusedBySkr(1006, () => keys.importKey('out', sdkJwk(makeRsa(2048).privateKey), exportable));
    await refusedBySkr(1004, () => keys.createRsaKey('out', { exportable: true }));
    await refusedBySkr(1005, () => keys.createRsaKey('out', { releasePolicy }));
    await refusal(() => keys.getKey('out'), 404, 'KeyNotFound');
  });

  it('has a release policy where a deployment allows it, and keeps it', async () => {
    const { privateKey } = makeRsa(2048);
    for (const [name, make] of [
      ['out-made', () => allowed.keys.createRsaKey('out-made', { exportable: true, releasePolicy })],
      ['out-brought', () => allowed.keys.importKey('out-brought', sdkJwk(privateKey), { exportable: true, releasePolicy })],
    ]) {
      const made = await make();
      for (const key of [made, await allowed.keys.getKey(name)]) {
        assert.equal(key.properties.exportable, true);
        assert.equal(Buffer.from(key.properties.releasePolicy.encodedPolicy).toString(), policyText);
        assert.equal(key.properties.releasePolicy.contentType, releasePolicy.contentType);
        assert.ok(!key.properties.releasePolicy.immutable);
      }
    }
    await refusedBySkr(1004, () => allowed.keys.createRsaKey('out', { exportable: true }));
    await refusedBySkr(1005, () => allowed.keys.createRsaKey('out', { releasePolicy }));
    const blob = await allowed.keys.backupKey('out-made');
    await purge(allowed.keys, 'out-made');
    const restored = await allowed.keys.restoreKeyBackup(blob);
    assert.equal(restored.properties.exportable, true);
    assert.equal(Buffer.from(restored.properties.releasePolicy.encodedPolicy).toString(), policyText);
  });

  it('may get another policy, unless the first is immutable', async () => {
    const other = { encodedPolicy: Buffer.from(policyText.replace('"y"', '"z"')) };
    const made = await allowed.keys.createRsaKey('changing', { exportable: true, releasePolicy });
    const changed = await allowed.keys.updateKeyProperties('changing', { releasePolicy: { ...other, immutable: true } });
    assert.equal(changed.properties.releasePolicy.immutable, true);
    assert.deepEqual(Buffer.from(changed.properties.releasePolicy.encodedPolicy), other.encodedPolicy);
    await refusedBySkr(1020, () => allowed.keys.updateKeyProperties('changing', { releasePolicy }));
    await refusedBySkr(1020, () => allowed.keys.updateKeyProperties('changing', { releasePolicy: other }));
    await refusedBySkr(1016, () => allowed.keys.updateKeyProperties('changing', made.properties.version, { releasePolicy }));
    const plain = await allowed.keys.createRsaKey('fixed');
    await refusedBySkr(1005, () => allowed.keys.updateKeyProperties('fixed', { releasePolicy }));
    assert.equal(plain.properties.exportable, false);
    const kept = await allowed.keys.getKey('changing');
    assert.deepEqual(Buffer.from(kept.properties.releasePolicy.encodedPolicy), other.encodedPolicy);
  });

  it('is released to nobody whose environment cannot be judged', async () => {
    await allowed.keys.createRsaKey('asked-for', { exportable: true, releasePolicy });
    for (const algorithm of [undefined, 'CKM_RSA_AES_KEY_WRAP', 'RSA_AES_KEY_WRAP_256', 'RSA_AES_KEY_WRAP_384']) {
      const call = () => allowed.keys.releaseKey('asked-for', 'a.b.c', { algorithm, nonce: 'n' });
      const refused = await refusal(call, 403, 'Forbidden');
      assert.match(refused.message, /release policy/);
    }
    await refusal(() => allowed.keys.getKeyAttestation('asked-for'), 400, 'BadParameter');
  });
});

describe('a symmetric key', () => {
  it('is for HSMs by default', async () => {
    const refused = await refusal(() => keys.createOctKey('oct', { keySize: 256 }), 400, 'BadParameter');
    assert.match(refused.message, /oct/);
    const jwk = { kty: 'oct', k: randomBytes(32) };
    assert.equal((await refusal(() => keys.importKey('oct', jwk), 400, 'BadParameter')).message, refused.message);
    for (const client of [keys, allowed.keys]) {
      await refusal(() => client.createOctKey('oct', { hsm: true }), 400, 'BadParameter');
    }
    await refusal(() => keys.getKey('oct'), 404, 'KeyNotFound');
  });

  it('has 128, 192 or 256 bits, and shows none of them', async () => {
    for (const keySize of [128, 192, 256, undefined]) {
      const key = await allowed.keys.createOctKey(`made-${keySize}`, { keySize });
      assert.equal(key.keyType, 'oct');
      assert.deepEqual(key.keyOperations, ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey']);
      assertShowsNothingSecret(key);
      const made = await allowed.crypto(key).encrypt({ algorithm: `A${keySize ?? 256}GCM`, plaintext: data });
      const { result } = await allowed.crypto(key).decrypt({
        algorithm: `A${keySize ?? 256}GCM`, ciphertext: made.result, iv: made.iv, authenticationTag: made.authenticationTag });
      assert.deepEqual(Buffer.from(result), data);
    }
    for (const keySize of [64, 129, 512]) {
      await refusal(() => allowed.keys.createOctKey('odd', { keySize }), 400, 'BadParameter');
    }
    for (const size of [8, 15, 33, 64]) {
      await refusal(() => allowed.keys.importKey('odd', { kty: 'oct', k: randomBytes(size) }), 400, 'BadParameter');
    }
    await refusal(() => allowed.keys.createOctKey('odd', { keyOps: ['sign'] }), 400, 'BadParameter');
  });

  for (const bits of [128, 192, 256]) {
    describe(`of ${bits} bits, imported`, () => {
      const k = randomBytes(bits / 8);
      const imported = () => allowed.keys.importKey(`brought-${bits}`, { kty: 'oct', k });

      it(`A${bits}GCM encrypts and decrypts, with associated data and without`, async () => {
        const client = allowed.crypto(await imported());
        const algorithm = `A${bits}GCM`;
        const ivs = new Set();
        for (const aad of [undefined, Buffer.from('seen by all')]) {
          for (const length of [1, 16, 1000]) {
            const plaintext = randomBytes(length);
            const made = await client.encrypt({ algorithm, plaintext, additionalAuthenticatedData: aad });
            assert.equal(made.iv.length, 12);
            assert.equal(made.authenticationTag.length, 16);
            ivs.add(Buffer.from(made.iv).toString('hex'));
            const decipher = createDecipheriv(`aes-${bits}-gcm`, k, made.iv, { authTagLength: 16 });
            decipher.setAuthTag(made.authenticationTag);
            if (aad) decipher.setAAD(aad);
            assert.deepEqual(Buffer.concat([decipher.update(made.result), decipher.final()]), plaintext);

            const iv = randomBytes(12);
            const cipher = createCipheriv(`aes-${bits}-gcm`, k, iv, { authTagLength: 16 });
            if (aad) cipher.setAAD(aad);
            const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
            const sent = { algorithm, ciphertext, iv, authenticationTag: cipher.getAuthTag(), additionalAuthenticatedData: aad };
            assert.deepEqual(Buffer.from((await client.decrypt(sent)).result), plaintext);
            await refusal(() => client.decrypt({ ...sent, additionalAuthenticatedData: Buffer.from('other') }), 400, 'BadParameter');
            await refusal(() => client.decrypt({ ...sent, authenticationTag: randomBytes(16) }), 400, 'BadParameter');
          }
        }
        assert.equal(ivs.size, 6, 'no iv twice');
      });

      for (const [suffix, padded, lengths] of [['CBC', false, [16, 160]], ['CBCPAD', true, [1, 15, 16, 160]]]) {
        it(`A${bits}${suffix} encrypts and decrypts with the caller's iv`, async () => {
          const client = allowed.crypto(await imported());
          const algorithm = `A${bits}${suffix}`;
          for (const length of lengths) {
            const plaintext = randomBytes(length);
            const iv = randomBytes(16);
            const cipher = createCipheriv(`aes-${bits}-cbc`, k, iv).setAutoPadding(padded);
            const expected = Buffer.concat([cipher.update(plaintext), cipher.final()]);
            const made = await client.encrypt({ algorithm, plaintext, iv });
            assert.deepEqual(Buffer.from(made.result), expected);
            const opened = await client.decrypt({ algorithm, ciphertext: expected, iv });
            assert.deepEqual(Buffer.from(opened.result), plaintext);
          }
          // The SDK means to make an iv and does not.
          await refusal(() => client.encrypt({ algorithm, plaintext: randomBytes(16) }), 400, 'BadParameter');
          await refusal(() => client.decrypt({ algorithm, ciphertext: randomBytes(15), iv: randomBytes(16) }), 400, 'BadParameter');
          if (!padded) await refusal(() => client.encrypt({ algorithm, plaintext: randomBytes(17), iv: randomBytes(16) }), 400, 'BadParameter');
        });
      }

      it(`A${bits}KW wraps and unwraps keys`, async () => {
        const client = allowed.crypto(await imported());
        const rfc3394 = Buffer.alloc(8, 0xa6);
        for (const length of [16, 24, 32, 64]) {
          const inner = randomBytes(length);
          const cipher = createCipheriv(`id-aes${bits}-wrap`, k, rfc3394);
          const expected = Buffer.concat([cipher.update(inner), cipher.final()]);
          for (const algorithm of [`A${bits}KW`, 'CKM_AES_KEY_WRAP']) {
            assert.deepEqual(Buffer.from((await client.wrapKey(algorithm, inner)).result), expected);
            assert.deepEqual(Buffer.from((await client.unwrapKey(algorithm, expected)).result), inner);
          }
          const forged = Buffer.from(expected);
          forged[length >> 1] ^= 1;
          await refusal(() => client.unwrapKey(`A${bits}KW`, forged), 400, 'BadParameter');
        }
        for (const length of [8, 15, 17]) {
          await refusal(() => client.wrapKey(`A${bits}KW`, randomBytes(length)), 400, 'BadParameter');
        }
      });

      it('no algorithm of another size or type goes with it', async () => {
        const client = allowed.crypto(await imported());
        for (const algorithm of [`A${bits === 128 ? 256 : 128}GCM`, 'RSA-OAEP', 'A512GCM']) {
          await refusal(() => client.encrypt({ algorithm, plaintext: data }), 400, 'BadParameter');
        }
      });

      it('goes into a backup and comes back from it', async () => {
        const name = `saved-${bits}`;
        const iv = randomBytes(16);
        const old = await allowed.keys.importKey(name, { kty: 'oct', k });
        const made = await allowed.crypto(old).encrypt({ algorithm: `A${bits}CBCPAD`, plaintext: data, iv });
        const blob = await allowed.keys.backupKey(name);
        assert.equal(Buffer.from(blob).indexOf(k), -1, 'it is sealed');
        await purge(allowed.keys, name);
        const restored = await allowed.keys.restoreKeyBackup(blob);
        assert.equal(restored.id, old.id);
        const opened = await allowed.crypto(restored).decrypt({ algorithm: `A${bits}CBCPAD`, ciphertext: made.result, iv });
        assert.deepEqual(Buffer.from(opened.result), data);
      });
    });
  }

  it('neither signs nor verifies', async () => {
    const key = await allowed.keys.createOctKey('mute');
    await assert.rejects(allowed.crypto(key).sign('HS256', Buffer.alloc(32)), /sign/);
  });
});

describe('a cryptography client', () => {
  it('may be had from the key client, by name or by version', async () => {
    const first = await keys.createEcKey('by-name');
    const second = await keys.rotateKey('by-name');
    const digest = Buffer.alloc(32, 9);
    const current = keys.getCryptographyClient('by-name');
    const old = keys.getCryptographyClient('by-name', { keyVersion: first.properties.version });
    const signed = await current.sign('ES256', digest);
    assert.equal(signed.keyID, second.id);
    assert.equal((await old.verify('ES256', digest, signed.result)).result, false);
    assert.equal((await old.verify('ES256', digest, (await old.sign('ES256', digest)).result)).result, true);
    const wrong = await crypto(first).verifyData('ES256', data, signed.result);
    assert.equal(wrong.result, false);
  });

  it('is told apart from one whose key belongs to a certificate', async () => {
    const { certificates } = clients(service);
    const poller = await certificates.beginCreateCertificate('owner', {
      issuerName: 'Self', subject: 'CN=owner', keyType: 'EC', keyCurveName: 'P-256' }, atOnce);
    await poller.pollUntilDone();
    for (const call of [
      () => keys.rotateKey('owner'),
      () => keys.updateKeyRotationPolicy('owner', { expiresIn: 'P60D' }),
      () => keys.importKey('owner', sdkJwk(makeEc('prime256v1').privateKey)),
    ]) {
      assert.equal(innerCode(await refusal(call, 403, 'Forbidden')), 'KeyManagedByKeyVault');
    }
    await crypto(await keys.getKey('owner')).sign('ES256', Buffer.alloc(32));
  });
});
