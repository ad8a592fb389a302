// Keys that a vault has only where its deployment allows it, [keys] in the configuration: exportable
// ones with a release policy, and symmetric ones. Node's own crypto is the judge.
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { after, describe, it } from 'node:test';

import { Service, quickTimings } from '../harness/service.mjs';
import { clients, refusal } from './clients.mjs';
import { assertShowsNothingSecret, makeRsa, purge, sdkJwk } from './key_kit.mjs';

// As it comes, and with everything that a deployment can allow.
const service = await Service.start();
const generous = await Service.start({ config: `${quickTimings()}[keys]\nsymmetric = true\nexportable = true\n` });
after(() => Promise.all([service.stop(), generous.stop()]));
const { keys } = clients(service);
const allowed = clients(generous);

const data = Buffer.from('what is to be sealed');
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
      const standard = await refusal(() => client.createOctKey('oct', { hsm: true }), 400, 'BadParameter');
      assert.match(standard.message, /oct-HSM.*Premium/);
    }
    await refusal(() => keys.getKey('oct'), 404, 'KeyNotFound');
  });

  it('has 128, 192 or 256 bits, and shows none of them', async () => {
    for (const keySize of [128, 192, 256, undefined]) {
      const key = await allowed.keys.createKey(`made-${keySize}`, 'oct', { keySize });
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

  it('may be rotated', async () => {
    const first = await allowed.keys.createOctKey('turn-oct', { keySize: 192 });
    const second = await allowed.keys.rotateKey('turn-oct');
    assert.equal(second.keyType, 'oct');
    assert.notEqual(second.id, first.id);
    const made = await allowed.crypto(second).encrypt({ algorithm: 'A192GCM', plaintext: data });
    assert.equal(made.result.length, data.length);
  });

  it('neither signs nor verifies', async () => {
    const key = await allowed.keys.createOctKey('mute');
    await assert.rejects(allowed.crypto(key).sign('HS256', Buffer.alloc(32)), /sign/);
  });
});
