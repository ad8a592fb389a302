// What keys.test.mjs and crypto.test.mjs leave out of KeyClient and CryptographyClient, as a vault
// comes: imports, rotation, random octets, what is refused. Node's own crypto is the judge.
import assert from 'node:assert/strict';
import { constants, createHash, publicEncrypt, randomBytes, verify } from 'node:crypto';
import { after, describe, it } from 'node:test';

import { Service } from '../harness/service.mjs';
import { atOnce, clients, innerCode, refusal } from './clients.mjs';
import { assertShowsNothingSecret, bytes, makeEc, makeRsa, purge, sdkJwk } from './key_kit.mjs';

const service = await Service.start();
after(() => service.stop());
const { keys, crypto } = clients(service);

const data = Buffer.from('what is to be signed');
const day = 86_400_000;

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
    ]) {
      const key = await keys.createKey(`any-${type}`, type, { ...options, tags: { type } });
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

  it('must be one: consistent, private, of a size that is served, for no HSM in a Standard vault', async () => {
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
