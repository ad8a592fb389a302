// Keys made outside of the service, for the tests that bring them.
import assert from 'node:assert/strict';
import { constants, createCipheriv, createPublicKey, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';

import { atOnce } from './clients.mjs';

const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 't'];
const rsaPrivate = ['d', 'p', 'q', 'dp', 'dq', 'qi'];
export const bytes = (text) => Buffer.from(text, 'base64url');

// A JWK of Node's in the shape of the SDK's: numbers as bytes, and Azure's name of secp256k1.
export function sdkJwk(privateKey, only) {
  const jwk = privateKey.export({ format: 'jwk' });
  const shown = { kty: jwk.kty };
  if (jwk.crv) shown.crv = jwk.crv === 'secp256k1' ? 'P-256K' : jwk.crv;
  for (const name of ['n', 'e', 'x', 'y', ...rsaPrivate]) {
    if (jwk[name] && (!only || only.includes(name))) shown[name] = bytes(jwk[name]);
  }
  return shown;
}

export const makeRsa = (modulusLength) => generateKeyPairSync('rsa', { modulusLength });
export const makeEc = (namedCurve) => generateKeyPairSync('ec', { namedCurve });

// What an HSM's vendor makes of a key that is to be brought into `exchange`'s vault: CKM_RSA_AES_KEY_WRAP.
export function transferBlob(exchange, privateKey) {
  const jwk = { kty: 'RSA' };
  for (const name of ['n', 'e']) jwk[name] = Buffer.from(exchange.key[name]).toString('base64url');
  const aes = randomBytes(32);
  const wrapped = publicEncrypt({
    key: createPublicKey({ key: jwk, format: 'jwk' }), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1',
  }, aes);
  const cipher = createCipheriv('id-aes256-wrap-pad', aes, Buffer.from('A65959A6', 'hex'));
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  return Buffer.from(JSON.stringify({
    schema_version: '1.0.0',
    header: { kid: exchange.id, alg: 'dir', enc: 'CKM_RSA_AES_KEY_WRAP' },
    ciphertext: Buffer.concat([wrapped, cipher.update(pkcs8), cipher.final()]).toString('base64url'),
    generator: 'a test',
  }));
}

export function assertShowsNothingSecret(key) {
  for (const member of secretMembers) assert.equal(key.key[member], undefined, member);
}

export async function purge(client, name) {
  await (await client.beginDeleteKey(name, atOnce)).pollUntilDone();
  await client.purgeDeletedKey(name);
}
