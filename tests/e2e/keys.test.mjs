// Every key operation but the cryptographic ones through KeyClient.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { after, describe, it } from 'node:test';

import { Service } from '../harness/service.mjs';
import { all, atOnce, clients, innerCode, refusal } from './clients.mjs';

const service = await Service.start();
after(() => service.stop());
const { keys, crypto } = clients(service);

const digest = Buffer.alloc(32, 7);
const b64 = (bytes) => Buffer.from(bytes).toString('base64url');

describe('a created key', () => {
  for (const size of [2048, 3072, 4096]) {
    it(`RSA ${size}`, async () => {
      const key = await keys.createRsaKey(`rsa-${size}`, { keySize: size });
      assert.equal(key.keyType, 'RSA');
      assert.equal(key.key.n.length, size / 8);
      assert.deepEqual([...key.key.e], [1, 0, 1]);
      assert.deepEqual(key.keyOperations, ['encrypt', 'decrypt', 'sign', 'verify', 'wrapKey', 'unwrapKey']);
      const parsed = createPublicKey({ format: 'jwk', key: { kty: 'RSA', n: b64(key.key.n), e: b64(key.key.e) } });
      assert.equal(parsed.asymmetricKeyDetails.modulusLength, size);
    });
  }

  for (const [curve, jwk, bytes] of [
    ['P-256', 'P-256', 32], ['P-384', 'P-384', 48], ['P-521', 'P-521', 66], ['P-256K', 'secp256k1', 32],
  ]) {
    it(`EC ${curve}`, async () => {
      const key = await keys.createEcKey(`ec-${curve}`, { curve });
      assert.equal(key.keyType, 'EC');
      assert.equal(key.key.crv, curve);
      assert.equal(key.key.x.length, bytes);
      assert.equal(key.key.y.length, bytes);
      assert.deepEqual([...key.keyOperations].sort(), ['sign', 'verify']);
      // Throws unless the point lies on the curve.
      createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: jwk, x: b64(key.key.x), y: b64(key.key.y) } });
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.equal(key.key[secret], undefined);
    });
  }

  it('of the same name is a new version', async () => {
    const first = await keys.createEcKey('twice');
    const second = await keys.createEcKey('twice');
    assert.notEqual(first.properties.version, second.properties.version);
    assert.equal((await keys.getKey('twice')).properties.version, second.properties.version);
    const { version } = first.properties;
    assert.deepEqual((await keys.getKey('twice', { version })).key.x, first.key.x);
    assert.equal((await all(keys.listPropertiesOfKeyVersions('twice'))).length, 2);
  });

  it('must be of a kind that exists', async () => {
    await refusal(() => keys.createRsaKey('odd', { keySize: 1024 }), 400, 'BadParameter');
    await refusal(() => keys.createEcKey('odd', { curve: 'P-192' }), 400, 'BadParameter');
    await refusal(() => keys.createKey('odd', 'DSA'), 400, 'BadParameter');
    await refusal(() => keys.getKey('odd'), 404, 'KeyNotFound');
  });
});

describe('attributes', () => {
  it('are kept, changed and listed', async () => {
    const expiresOn = new Date('2031-05-06T00:00:00Z');
    const { properties } = await keys.createEcKey('attributes', { expiresOn, tags: { a: 'b' } });
    assert.equal(properties.expiresOn.getTime(), expiresOn.getTime());
    assert.equal(properties.recoverableDays, 90);
    const updated = await keys.updateKeyProperties('attributes', properties.version, {
      enabled: false, tags: { c: 'd' }, keyOps: ['sign'],
    });
    assert.equal(updated.properties.enabled, false);
    assert.deepEqual(updated.keyOperations, ['sign']);
    assert.deepEqual({ ...updated.properties.tags }, { c: 'd' });
    const listed = (await all(keys.listPropertiesOfKeys())).find((k) => k.name === 'attributes');
    assert.equal(listed.enabled, false);
    assert.equal(listed.expiresOn.getTime(), expiresOn.getTime());
  });

  it('of a disabled key forbid its use, not its reading', async () => {
    const key = await keys.createEcKey('disabled');
    const client = crypto(key);  // made while it was enabled: the SDK's own checks let it pass
    await client.sign('ES256', digest);
    await keys.updateKeyProperties('disabled', key.properties.version, { enabled: false });
    const refused = await refusal(() => client.sign('ES256', digest), 403, 'Forbidden');
    assert.equal(innerCode(refused), 'KeyDisabled');
    assert.equal(refused.message, 'Operation sign is not allowed on a disabled key.');
    assert.equal((await keys.getKey('disabled')).properties.enabled, false);
  });

  it('of time forbid signing, not verifying', async () => {
    const key = await keys.createEcKey('expired');
    const client = crypto(key);
    const { result } = await client.sign('ES256', digest);
    const past = { notBefore: new Date('2020-01-01T00:00:00Z'), expiresOn: new Date('2021-01-01T00:00:00Z') };
    await keys.updateKeyProperties('expired', key.properties.version, past);
    assert.equal(innerCode(await refusal(() => client.sign('ES256', digest), 403)), 'KeyExpired');
    assert.equal((await client.verify('ES256', digest, result)).result, true);
    const future = { notBefore: new Date('2035-01-01T00:00:00Z'), expiresOn: new Date('2036-01-01T00:00:00Z') };
    await keys.updateKeyProperties('expired', key.properties.version, future);
    assert.equal(innerCode(await refusal(() => client.sign('ES256', digest), 403)), 'KeyNotYetValid');
  });

  it('key_ops forbid what they do not name', async () => {
    const key = await keys.createRsaKey('ops', { keyOps: ['sign', 'verify', 'encrypt', 'decrypt'] });
    const client = crypto(key);
    await keys.updateKeyProperties('ops', key.properties.version, { keyOps: ['verify'] });
    const refused = await refusal(() => client.sign('RS256', digest), 403, 'Forbidden');
    assert.equal(innerCode(refused), 'KeyOperationForbidden');
    assert.equal(refused.message, 'Operation sign is not permitted on this key.');
  });
});

describe('a deleted key', () => {
  it('cannot be used, and works again once recovered', async () => {
    const key = await keys.createEcKey('lost');
    const client = crypto(key);
    const signed = await client.sign('ES256', digest);
    const deleted = await (await keys.beginDeleteKey('lost', atOnce)).pollUntilDone();
    assert.ok(deleted.properties.recoveryId.endsWith('/deletedkeys/lost'));
    await refusal(() => client.sign('ES256', digest), 404, 'KeyNotFound');
    await refusal(() => keys.getKey('lost'), 404, 'KeyNotFound');
    assert.deepEqual((await keys.getDeletedKey('lost')).key.x, key.key.x);
    assert.ok((await all(keys.listDeletedKeys())).some((k) => k.name === 'lost'));
    assert.equal(innerCode(await refusal(() => keys.createEcKey('lost'), 409)), 'ObjectIsDeletedButRecoverable');
    await (await keys.beginRecoverDeletedKey('lost', atOnce)).pollUntilDone();
    assert.equal((await client.verify('ES256', digest, signed.result)).result, true);
    await client.sign('ES256', digest);
  });

  it('is purged for ever', async () => {
    await keys.createEcKey('purged');
    await (await keys.beginDeleteKey('purged', atOnce)).pollUntilDone();
    await keys.purgeDeletedKey('purged');
    await refusal(() => keys.getDeletedKey('purged'), 404, 'KeyNotFound');
    await keys.createEcKey('purged');
    assert.equal((await all(keys.listPropertiesOfKeyVersions('purged'))).length, 1);
  });
});

describe('a backup', () => {
  it('restores a key that signs as before', async () => {
    const old = await keys.createEcKey('saved');
    await keys.createRsaKey('saved');
    const blob = await keys.backupKey('saved');
    await refusal(() => keys.restoreKeyBackup(blob), 409, 'Conflict');
    const signed = await crypto(old).sign('ES256', digest);
    await (await keys.beginDeleteKey('saved', atOnce)).pollUntilDone();
    await keys.purgeDeletedKey('saved');
    const restored = await keys.restoreKeyBackup(blob);
    assert.equal(restored.keyType, 'RSA');
    const again = crypto((await keys.getKey('saved', { version: old.properties.version })));
    assert.equal((await again.verify('ES256', digest, signed.result)).result, true);
    await again.sign('ES256', digest);
  });

  it('that was changed is refused', async () => {
    await keys.createEcKey('forged');
    const blob = Uint8Array.from(await keys.backupKey('forged'));
    blob[blob.length >> 1] ^= 4;
    const refused = await refusal(() => keys.restoreKeyBackup(blob), 400, 'BadParameter');
    assert.equal(refused.message, 'Backup blob contains invalid or corrupt version.');
  });
});

describe('lists of keys', () => {
  it('go over pages, each key once', async () => {
    const wanted = Array.from({ length: 27 }, (_, i) => `page-${String(i).padStart(2, '0')}`);
    await Promise.all(wanted.map((name) => keys.createEcKey(name)));
    const listed = (await all(keys.listPropertiesOfKeys())).map((k) => k.name);
    assert.deepEqual(listed.filter((n) => n.startsWith('page-')).sort(), wanted);
    assert.equal(new Set(listed).size, listed.length);
  });
});
