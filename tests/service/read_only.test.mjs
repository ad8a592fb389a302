// The operation table, walked over HTTP while the region is failed over: what reads and uses keys
// goes on at the pair, what changes anything is refused, and nothing is changed.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, it } from 'node:test';

import { Service } from '../harness/service.mjs';
import { assertError, assertHeaders, assertStatus, b64 } from './expect.mjs';
import { Http } from './http.mjs';
import { operationTable } from './operations.mjs';

const service = await Service.start();
const http = await Http.of(service);
const { admin } = service;

const digest = b64(createHash('sha256').update('x').digest());
const ok = async (promise) => assertStatus(await promise, 200);

await admin.healthy('eastus2');
await admin.healthy('centralus');

// What the rows need: an object that lives and one that is deleted, of each kind.
await ok(http.put('/secrets/alive', { value: 'v' }));
await ok(http.put('/secrets/gone', { value: 'v' }));
await ok(http.put('/secrets/away', { value: 'v' }));
const key = await ok(http.post('/keys/alive/create', { kty: 'RSA' }));
await ok(http.post('/keys/gone/create', { kty: 'EC', crv: 'P-256' }));
await ok(http.post('/keys/away/create', { kty: 'EC', crv: 'P-256' }));
const backups = {};
for (const kind of ['secrets', 'keys']) {
  backups[kind] = (await ok(http.post(`/${kind}/away/backup`))).value;
  for (const name of ['gone', 'away']) await ok(http.delete(`/${kind}/${name}`));
  assert.equal((await http.delete(`/deleted${kind}/away`)).status, 204);
}
const plain = { alg: 'RSA-OAEP', value: b64(Buffer.from('text')) };
const encrypted = await ok(http.post('/keys/alive//encrypt', plain));
const signed = await ok(http.post('/keys/alive//sign', { alg: 'RS256', value: digest }));
const sealed = { alg: 'RSA-OAEP', value: encrypted.value };

// Bodies by operation; those that are absent need none.
const bodies = {
  secret_set: { value: 'new' },
  secret_update: { tags: { changed: 'yes' } },
  secret_restore: { value: backups.secrets },
  key_create: { kty: 'EC', crv: 'P-256' },
  key_update: { tags: { changed: 'yes' } },
  key_restore: { value: backups.keys },
  key_encrypt: plain,
  key_decrypt: sealed,
  key_wrap: plain,
  key_unwrap: sealed,
  key_sign: { alg: 'RS256', value: digest },
  key_verify: { alg: 'RS256', digest, value: signed.value },
};
const { rows, declared } = operationTable();

function send(row, version = '') {
  const name = row.path.startsWith('/deleted') ? 'gone' : 'alive';
  const path = row.path.replace('{name}', name).replace('{version?}', version);
  return http.send(row.method, path, { body: bodies[row.id] });
}

// Everything that a client can see of the vault.
async function image() {
  const seen = {};
  for (const path of ['/secrets', '/keys', '/deletedsecrets', '/deletedkeys', '/secrets/alive', '/keys/alive',
    '/secrets/alive/versions', '/keys/alive/versions', '/deletedsecrets/gone', '/deletedkeys/gone']) {
    seen[path] = await ok(http.get(path));
  }
  return seen;
}

const before = await image();
await admin.replicated('eastus2', 'centralus');
const drill = await admin.start({ fault: 'region_down', region: 'eastus2' });
await admin.mode('demo', 'read_only');
after(async () => {
  http.close();
  await service.stop();
});

describe('the operation table', () => {
  it('is read completely from the source', () => {
    assert.deepEqual(rows.map((r) => r.id), declared);
    assert.ok(rows.length >= 30);
    for (const id of Object.keys(bodies)) assert.ok(declared.includes(id), id);
  });
});

describe('while failed over', () => {
  for (const row of rows) {
    it(`${row.name} ${row.allowedInReadOnly ? 'is served by the pair' : 'is refused'}`, async () => {
      for (const version of row.path.includes('{version?}') && row.id.startsWith('key')
        ? ['', key.key.kid.split('/').pop()] : ['']) {
        const answer = await send(row, version);
        if (row.allowedInReadOnly) {
          assertStatus(answer, 200);
        } else {
          assertError(answer, 403, 'Forbidden', {
            inner: 'VaultReadOnly',
            message: `Operation "${row.verb}" is not allowed: the vault is read-only while it is failed `
              + 'over from eastus2 to centralus.\r\nVault: demo;location=eastus2',
          });
          assert.ok(Number(answer.headers['retry-after']) > 0);
        }
        assertHeaders(answer, 'centralus');
      }
    });
  }

  it('what does not exist is not found, and changing it is refused all the same', async () => {
    assertError(await http.get('/secrets/never'), 404, 'SecretNotFound');
    assertError(await http.delete('/secrets/never'), 403, 'Forbidden', { inner: 'VaultReadOnly' });
    assertError(await http.delete('/deletedkeys/never'), 403, 'Forbidden', { inner: 'VaultReadOnly' });
  });

  it('a token is asked for as ever', async () => {
    assertError(await http.put('/secrets/alive', { value: 'x' }, { token: '' }), 401, 'Unauthorized');
  });

  it('the pair shows what the primary had', async () => {
    assert.deepEqual(await image(), before);
  });
});

describe('after failback', () => {
  it('nothing that was refused has happened, and the same requests are carried out', async () => {
    await admin.end(drill);
    await admin.mode('demo', 'read_write');
    assert.deepEqual(await image(), before);
    const order = ['secret_purge', 'key_purge', 'secret_delete', 'key_delete', 'secret_recover', 'key_recover'];
    const mutations = rows.filter((r) => !r.allowedInReadOnly && !order.includes(r.id));
    for (const row of mutations) {
      const answer = await send(row);
      assertStatus(answer, 200);
      assertHeaders(answer, 'eastus2');
    }
    for (const row of rows.filter((r) => /_recover$/.test(r.id))) assertStatus(await send(row), 200);
    for (const row of rows.filter((r) => /_delete$/.test(r.id))) assertStatus(await send(row), 200);
    for (const kind of ['secrets', 'keys']) await ok(http.delete(`/${kind}/gone`));
    for (const row of rows.filter((r) => /_purge$/.test(r.id))) assert.equal((await send(row)).status, 204);
  });
});
