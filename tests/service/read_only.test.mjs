// The operation table, walked over HTTP while the region is failed over: what reads and uses keys
// goes on at the pair, what changes anything is refused, and nothing is changed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate, createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { Service } from '../harness/service.mjs';
import { until } from '../harness/wait.mjs';
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
await ok(http.put('/keys/alive/rotationpolicy', { attributes: { expiryTime: 'P60D' } }));
await ok(http.post('/keys/gone/create', { kty: 'EC', crv: 'P-256' }));
await ok(http.post('/keys/away/create', { kty: 'EC', crv: 'P-256' }));

// Certificates hold their names as keys and as secrets too.
const policy = (issuer, name) => ({
  policy: { issuer: { name: issuer }, key_props: { kty: 'EC', crv: 'P-256' }, x509_props: { subject: `CN=${name}` } },
});
async function certificate(issuer, name) {
  assertStatus(await http.post(`/certificates/${name}/create`, policy(issuer, name)), 202);
  if (issuer === 'Unknown') return ok(http.get(`/certificates/${name}/pending`));
  return until(`${name} is issued`, async () => {
    const operation = await ok(http.get(`/certificates/${name}/pending`));
    return operation.status === 'completed' && operation;
  });
}
for (const name of ['cert-alive', 'cert-gone', 'cert-away']) await certificate('Self', name);
for (const name of ['cert-pending', 'cert-cancelled', 'cert-dropped']) await certificate('Unknown', name);
const asked = await certificate('Unknown', 'cert-merged');
await ok(http.put('/certificates/issuers/house', { provider: 'Twinkeep' }));
await ok(http.put('/certificates/contacts', { contacts: [{ email: 'a@example' }] }));

const backups = {};
for (const [kind, prefix] of [['secrets', ''], ['keys', ''], ['certificates', 'cert-']]) {
  backups[kind] = (await ok(http.post(`/${kind}/${prefix}away/backup`))).value;
  for (const name of ['gone', 'away']) await ok(http.delete(`/${kind}/${prefix}${name}`));
  assert.equal((await http.delete(`/deleted${kind}/${prefix}away`)).status, 204);
}
const plain = { alg: 'RSA-OAEP', value: b64(Buffer.from('text')) };
const encrypted = await ok(http.post('/keys/alive//encrypt', plain));
const signed = await ok(http.post('/keys/alive//sign', { alg: 'RS256', value: digest }));
const sealed = { alg: 'RSA-OAEP', value: encrypted.value };

// Somebody outside signs what the service asks for, and makes a certificate of its own.
const outside = path.join(service.directory, 'outside');
const openssl = (args, input) => execFileSync('openssl', args, { input, encoding: 'utf8', stdio: 'pipe' });
openssl(['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${outside}.key`,
  '-out', `${outside}.pem`, '-subj', '/CN=Outside', '-days', '30']);
const csr = `-----BEGIN CERTIFICATE REQUEST-----\n${asked.csr}\n-----END CERTIFICATE REQUEST-----\n`;
const leaf = openssl(['x509', '-req', '-CA', `${outside}.pem`, '-CAkey', `${outside}.key`, '-CAcreateserial', '-days', '9'], csr);
const bundle = readFileSync(`${outside}.key`, 'utf8') + readFileSync(`${outside}.pem`, 'utf8');
const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });

// Bodies by operation; those that are absent need none.
const bodies = {
  secret_set: { value: 'new' },
  secret_update: { tags: { changed: 'yes' } },
  secret_restore: { value: backups.secrets },
  key_create: { kty: 'EC', crv: 'P-256' },
  key_import: { key: jwk },
  key_update: { tags: { changed: 'yes' } },
  key_restore: { value: backups.keys },
  key_encrypt: plain,
  key_decrypt: sealed,
  key_wrap: plain,
  key_unwrap: sealed,
  key_sign: { alg: 'RS256', value: digest },
  key_verify: { alg: 'RS256', digest, value: signed.value },
  key_set_rotation_policy: { attributes: { expiryTime: 'P90D' } },
  key_release: { target: 'a.b.c' },
  random_bytes: { count: 16 },
  certificate_create: policy('Self', 'new'),
  certificate_import: { value: bundle },
  certificate_update: { tags: { changed: 'yes' } },
  certificate_restore: { value: backups.certificates },
  certificate_update_policy: { x509_props: { validity_months: 5 } },
  certificate_cancel_pending: { cancellation_requested: true },
  certificate_merge: { x5c: [new X509Certificate(leaf).raw.toString('base64')] },
  contacts_set: { contacts: [{ email: 'b@example' }] },
  issuer_set: { provider: 'Test' },
  issuer_update: { credentials: { account_id: 'changed' } },
};
// Names by operation, where it is not the one that lives, or that is deleted, of its kind.
const names = {
  key_import: 'imported',
  certificate_create: 'cert-new',
  certificate_import: 'cert-imported',
  certificate_get_pending: 'cert-pending',
  certificate_cancel_pending: 'cert-cancelled',
  certificate_delete_pending: 'cert-dropped',
  certificate_merge: 'cert-merged',
  issuer_get: 'house',
  issuer_set: 'other',
  issuer_update: 'house',
  issuer_delete: 'house',
};
// What a mutation or a refusal of keys of software answers when the vault may be written.
const statuses = {
  certificate_create: 202, certificate_merge: 201, key_release: 400, key_get_attestation: 400,
  secret_purge: 204, key_purge: 204, certificate_purge: 204,
};
const { rows, declared } = operationTable();

function nameOf(row) {
  const kind = row.path.includes('certificates/') ? 'cert-' : '';
  return names[row.id] ?? kind + (row.path.startsWith('/deleted') ? 'gone' : 'alive');
}

function send(row, version = '') {
  const target = row.path.replace('{name}', nameOf(row)).replace('{version?}', version);
  return http.send(row.method, target, { body: bodies[row.id] });
}

// Everything that a client can see of the vault.
async function image() {
  const seen = {};
  for (const target of ['/secrets', '/keys', '/deletedsecrets', '/deletedkeys', '/secrets/alive', '/keys/alive',
    '/secrets/alive/versions', '/keys/alive/versions', '/deletedsecrets/gone', '/deletedkeys/gone',
    '/keys/alive/rotationpolicy', '/certificates', '/certificates?includePending=true', '/deletedcertificates',
    '/certificates/cert-alive', '/certificates/cert-alive/versions', '/certificates/cert-alive/policy',
    '/certificates/cert-alive/pending', '/keys/cert-alive', '/secrets/cert-alive', '/certificates/cert-pending',
    '/certificates/cert-pending/pending', '/certificates/cert-cancelled/pending', '/certificates/cert-dropped/pending',
    '/certificates/cert-merged/pending', '/deletedcertificates/cert-gone', '/certificates/contacts',
    '/certificates/issuers', '/certificates/issuers/house']) {
    seen[target] = await ok(http.get(target));
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
    assert.ok(rows.length >= 64);
    for (const id of [bodies, names, statuses].flatMap(Object.keys)) assert.ok(declared.includes(id), id);
    assert.deepEqual(rows.filter((r) => r.hasBody).map((r) => r.id), declared.filter((id) => bodies[id]));
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

async function carriedOut(row) {
  const answer = await send(row);
  assert.equal(answer.status, statuses[row.id] ?? 200, `${row.name}: ${answer.status} ${answer.text}`);
  assertHeaders(answer, 'eastus2');
}

describe('after failback', () => {
  it('nothing that was refused has happened, and the same requests are carried out', async () => {
    await admin.end(drill);
    await admin.mode('demo', 'read_write');
    assert.deepEqual(await image(), before);
    // What was deleted is recovered, then deleted again together with what lives, then purged.
    const ofObjects = (verb) => ['secret', 'key', 'certificate'].map((kind) => rows.find((r) => r.id === `${kind}_${verb}`));
    const later = [...ofObjects('recover'), ...ofObjects('delete')];
    const last = ofObjects('purge');
    const first = rows.filter((r) => !r.allowedInReadOnly && !later.includes(r) && !last.includes(r));
    for (const row of [...first, ...later]) await carriedOut(row);
    for (const target of ['/secrets/gone', '/keys/gone', '/certificates/cert-gone']) await ok(http.delete(target));
    for (const row of last) await carriedOut(row);
  });
});
