// The Azure SDK's clients, unchanged, pointed at a service of the harness.
import { webcrypto } from 'node:crypto';

import { ClientSecretCredential } from '@azure/identity';
import { CertificateClient } from '@azure/keyvault-certificates';
import { CryptographyClient, KeyClient } from '@azure/keyvault-keys';
import { SecretClient } from '@azure/keyvault-secrets';

// Node 18 lacks this global, which the SDK's HTTP pipeline uses.
globalThis.crypto ??= webcrypto;

// Deleting and recovering are done at once; the SDK's pollers need not pause for two seconds.
export const atOnce = { intervalInMs: 20 };
// A failure of the service shows instead of being tried again by the SDK.
export const noRetries = { retryOptions: { maxRetries: 0 } };
// 127.0.0.1 cannot end with the challenge's resource: the SDK's documented switch.
const byAlias = { disableChallengeResourceVerification: true };

export function credential(service) {
  const { tenant_id, client_id, client_secret, authority } = service.ready;
  return new ClientSecretCredential(tenant_id, client_id, client_secret, {
    authorityHost: authority,
    disableInstanceDiscovery: true,
  });
}

// Clients of the first vault by its alias.
export function clients(service, options = {}) {
  const url = service.ready.vaults[0].alias;
  const trusted = credential(service);
  const all = { ...byAlias, ...options };
  return {
    url,
    secrets: new SecretClient(url, trusted, all),
    keys: new KeyClient(url, trusted, all),
    certificates: new CertificateClient(url, trusted, all),
    crypto: (key) => new CryptographyClient(key, trusted, all),
  };
}

// The headers of the last answer: await regionOf((o) => client.getSecret('a', o)).
export async function regionOf(call) {
  let region;
  const onResponse = (answer) => { region = answer.headers.get('x-ms-keyvault-region') ?? region; };
  const result = await call({ onResponse });
  return { result, region };
}

export async function all(pages) {
  const found = [];
  for await (const item of pages) found.push(item);
  return found;
}

// The refusal that a call must end with.
export async function refusal(call, status, code) {
  let answered;
  try {
    answered = await call();
  } catch (error) {
    if (error.statusCode !== status || (code && error.code !== code)) throw error;
    return error;
  }
  throw new Error(`expected ${status} ${code ?? ''}, got ${String(JSON.stringify(answered)).slice(0, 300)}`);
}

export const innerCode = (error) => error.details?.error?.innerError?.code;
