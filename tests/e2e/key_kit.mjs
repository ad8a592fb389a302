// Keys made outside of the service, for the tests that bring them.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';

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

export function assertShowsNothingSecret(key) {
  for (const member of secretMembers) assert.equal(key.key[member], undefined, member);
}

export async function purge(client, name) {
  await (await client.beginDeleteKey(name, atOnce)).pollUntilDone();
  await client.purgeDeletedKey(name);
}
