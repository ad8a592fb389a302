// Secrets as witnesses of what a service keeps: each has its name for a value.
import assert from 'node:assert/strict';

import { assertStatus } from './expect.mjs';
import { Http } from './http.mjs';

export async function withHttp(service, work) {
  const http = await Http.of(service);
  try {
    return await work(http);
  } finally {
    http.close();
  }
}

// The service may be started anew in between: every call has a connection and a token of its own.
export const secretsOf = (service) => ({
  write: (name) => withHttp(service, async (http) =>
    assertStatus(await http.put(`/secrets/${name}`, { value: name }), 200)),
  read: (name) => withHttp(service, async (http) =>
    assert.equal(assertStatus(await http.get(`/secrets/${name}`), 200).value, name)),
});
