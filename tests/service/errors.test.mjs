// Every refusal of the contract's table (9.1) that this service knows: its status, code, inner code
// and the words that tools look for (11.2). A row is a request; the codes are read from their source.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { Service, newDirectory, quickTimings, root } from '../harness/service.mjs';
import { assertError, assertHeaders, assertStatus, b64 } from './expect.mjs';
import { Http } from './http.mjs';
import { Management } from './management.mjs';

// Another issuer's caller, who owns nothing here.
const issuer = 'https://issuer.example/';
const tenant = '11111111-2222-3333-4444-555555555555';
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keySetFile = path.join(newDirectory(), 'keys.json');
writeFileSync(keySetFile, JSON.stringify({
  keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }] }));
function strangersToken() {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, aud: 'https://vault.example', tid: tenant, oid: 'somebody', appid: 'app', nbf: now - 10, exp: now + 3000 };
  const input = [{ alg: 'RS256', typ: 'JWT', kid: 'k' }, claims].map((p) => b64(JSON.stringify(p))).join('.');
  return `${input}.${b64(createSign('sha256').update(input).sign(pair.privateKey))}`;
}

// A vault with a pair, one that purges nothing, and one without a pair. What is asked of an
// authority is answered long after the end of this test.
const config = `
built_in_issuer = true
audiences = ["https://vault.example"]
tenant = "${tenant}"
[[issuers]]
issuer = "${issuer}"
tenant = "${tenant}"
key_set_file = "${keySetFile}"
[[regions]]
name = "eastus2"
[[regions]]
name = "centralus"
[[regions]]
name = "westus3"
[[vaults]]
name = "demo"
region = "eastus2"
[[vaults]]
name = "protected"
region = "eastus2"
purge_protection = true
[[vaults]]
name = "west"
region = "westus3"
[keys]
exportable = true
symmetric = true
[certificates]
issue_after = "1h"
${quickTimings()}`;
const service = await Service.start({ config });
const http = await Http.of(service);
const { admin } = service;
after(async () => {
  http.close();
  await service.stop();
});
await admin.healthy('eastus2');
await admin.healthy('centralus');
await admin.healthy('westus3');

const management = await Management.of(service);
after(() => management.close());
await management.make('by-role', { enableRbacAuthorization: true });
await management.make('walled', { networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '203.0.113.7' }] } });
await management.make('private', { publicNetworkAccess: 'Disabled' });
const vaults = {
  demo: http, protected: http.vault('protected'), west: http.vault('west'), byRole: http.vault('by-role'),
  walled: http.vault('walled'), private: http.vault('private'),
};
const ok = async (promise) => assertStatus(await promise, 200);

// ---- what the rows find ----

const digest = b64(createHash('sha256').update('x').digest());
const ecKey = { kty: 'EC', crv: 'P-256' };
const releasePolicy = { data: b64(JSON.stringify({ version: '1.0.0', anyOf: [] })) };
const openssl = (args) => execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });
const file = path.join(service.directory, 'outside');
openssl(['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${file}.key`,
  '-out', `${file}.pem`, '-subj', '/CN=Outside', '-days', '30']);
const bundle = readFileSync(`${file}.key`, 'utf8') + readFileSync(`${file}.pem`, 'utf8');
const der = readFileSync(`${file}.pem`, 'utf8').replace(/-----[^-]*-----|\s/g, '');
const certificateOf = (issuer) => ({
  policy: { issuer: { name: issuer }, key_props: ecKey, x509_props: { subject: 'CN=x' } } });

await ok(http.put('/secrets/secret', { value: 'v' }));
await ok(http.put('/secrets/disabled', { value: 'v', attributes: { enabled: false } }));
await ok(http.post('/keys/ec/create', ecKey));
await ok(http.post('/keys/rsa/create', { kty: 'RSA' }));
await ok(http.post('/keys/oct/create', { kty: 'oct', key_size: 256 }));
await ok(http.post('/keys/disabled/create', { ...ecKey, attributes: { enabled: false } }));
await ok(http.post('/keys/early/create', { ...ecKey, attributes: { nbf: 4_000_000_000 } }));
await ok(http.post('/keys/late/create', { ...ecKey, attributes: { nbf: 1_000_000_000, exp: 1_100_000_000 } }));
await ok(http.post('/keys/verifier/create', { ...ecKey, key_ops: ['verify'] }));
await ok(http.post('/keys/exportable/create', { kty: 'RSA', attributes: { exportable: true }, release_policy: { ...releasePolicy, immutable: true } }));
await ok(http.post('/certificates/managed/import', { value: bundle }));
await ok(http.put('/certificates/issuers/house', { provider: 'Twinkeep' }));
for (const [name, issuer] of [['waiting', 'house'], ['unsigned', 'Unknown']]) {
  assertStatus(await http.post(`/certificates/${name}/create`, certificateOf(issuer)), 202);
}
const secretBackup = (await ok(http.post('/secrets/secret/backup'))).value;
const keyBackup = (await ok(http.post('/keys/ec/backup'))).value;
const certificateBackup = (await ok(http.post('/certificates/managed/backup'))).value;
for (const [kind, body] of [['secrets', { value: 'v' }], ['keys', ecKey], ['certificates', { value: bundle }]]) {
  const make = { secrets: ['PUT', ''], keys: ['POST', '/create'], certificates: ['POST', '/import'] }[kind];
  await ok(http.send(make[0], `/${kind}/${kind}-gone${make[1]}`, { body }));
  await ok(http.delete(`/${kind}/${kind}-gone`));
}
await ok(vaults.protected.put('/secrets/kept', { value: 'v' }));
await ok(vaults.protected.delete('/secrets/kept'));
// One more past version than a backup may have.
for (let i = 0; i < 502; ++i) await ok(http.put('/secrets/long', { value: 'v' }));

// ---- the rows ----

const stranger = { token: strangersToken() };
const sign = { alg: 'ES256', value: digest };
const iv = (bytes) => b64(Buffer.alloc(bytes));
const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const notFound = (type) => new RegExp(`^A ${type} with \\(name/id\\) none was not found in this key vault\\. .*fwlink`);
const deletedNotFound = (type) => `Deleted ${type} not found: none`;
const inUse = (type, name) => new RegExp(`^${type} ${name} is currently in a deleted but recoverable state, .*only be recovered or purged\\.$`);
const managed = (verb) => `Operation "${verb}" is not allowed as this object's lifetime is managed by Key Vault.`;
const bad = { status: 400, code: 'BadParameter' };
const forbidden = (inner) => ({ status: 403, code: 'Forbidden', inner });
const missing = (code) => ({ status: 404, code });
const conflict = (inner) => ({ status: 409, code: 'Conflict', inner });
const gone = conflict('ObjectIsDeletedButRecoverable');

// [what, expected, message, method, path, body, options]
const rows = [
  ['a name that is none', bad, /^The request URI contains an invalid name: a_b$/, 'PUT', '/secrets/a_b', { value: 'x' }],
  ['no body', bad, undefined, 'PUT', '/secrets/x'],
  ['a body that is no JSON', bad, undefined, 'PUT', '/secrets/x', '{'],
  ['a member that is missing', bad, /value/, 'PUT', '/secrets/x', {}],
  ['a value that is too long', bad, undefined, 'PUT', '/secrets/x', { value: 'x'.repeat(25_601) }],
  ['too many tags', bad, /tags/, 'PUT', '/secrets/x', { value: 'x', tags: Object.fromEntries([...Array(16).keys()].map((i) => [`t${i}`, ''])) }],
  ['exp before nbf', bad, /exp/, 'PUT', '/secrets/x', { value: 'x', attributes: { nbf: 2, exp: 1 } }],
  ['no api-version', bad, /api-version/, 'GET', '/secrets', undefined, { version: null }],
  ['an unknown api-version', bad, /^The specified version \(9\.9\) is not recognized\. .*\(2025-07-01\)\.$/, 'GET', '/secrets', undefined, { version: '9.9' }],
  ['maxresults beyond 25', bad, /maxresults.*1.*25/, 'GET', '/secrets?maxresults=26'],
  ['a $skiptoken of nobody', bad, /skiptoken/, 'GET', '/secrets?$skiptoken=AAAA'],
  ['key_ops that do not exist', bad, /^Property {2}has invalid value\r\n/, 'POST', '/keys/x/create', { ...ecKey, key_ops: ['fly'] }],
  ['a size of key that is not served', bad, /key_size.*2048, 3072 and 4096/, 'POST', '/keys/x/create', { kty: 'RSA', key_size: 1024 }],
  ['a type of HSMs', bad, /RSA-HSM.*Premium.*Standard/, 'POST', '/keys/x/create', { kty: 'RSA-HSM' }],
  ['an import without private part', bad, /key\.d/, 'PUT', '/keys/x', { key: { ...jwk, d: undefined } }],
  ['an import for an HSM', bad, /-HSM.*Premium.*Standard/, 'PUT', '/keys/x', { key: jwk, Hsm: true }],
  ['a transfer blob that is none', bad, /key_hsm/, 'PUT', '/keys/x', { key: { kty: 'RSA-HSM', key_hsm: iv(16) } }],
  ['an HSM\'s key that is to be released', bad, /^AKV\.SKR\.1001: /, 'POST', '/keys/x/create', { kty: 'EC-HSM', release_policy: releasePolicy, attributes: { exportable: true } }],
  ['an algorithm of nobody', bad, /alg/, 'POST', '/keys/ec//sign', { ...sign, alg: 'none' }],
  ['an algorithm of another key', bad, /incompatible.*ES384/, 'POST', '/keys/ec//sign', { ...sign, alg: 'ES384' }],
  ['a digest of another length', bad, /'value': 31 bytes, required are 32 bytes, encoded with base64url\./, 'POST', '/keys/ec//sign', { ...sign, value: iv(31) }],
  ['a ciphertext that does not open', bad, 'The value could not be decrypted with this key.', 'POST', '/keys/rsa//decrypt', { alg: 'RSA-OAEP', value: iv(256) }],
  ['an iv of another length', bad, /'iv': 8 bytes/, 'POST', '/keys/oct//decrypt', { alg: 'A256GCM', value: iv(1), iv: iv(8), tag: iv(16) }],
  ['CBC without iv', bad, /'iv': 0 bytes/, 'POST', '/keys/oct//encrypt', { alg: 'A256CBC', value: iv(16) }],
  ['too many random octets', bad, /count/, 'POST', '/rng', { count: 129 }],
  ['a rotation policy beyond its limits', bad, /expiryTime/, 'PUT', '/keys/ec/rotationpolicy', { attributes: { expiryTime: 'P1D' } }],
  ['an attestation of software', bad, /attestation/, 'GET', '/keys/ec/attestation'],
  ['the release of what is not exportable', bad, /exportable/, 'POST', '/keys/ec/release', { target: 'a.b.c' }],
  ['exportable without policy', bad, /^AKV\.SKR\.1004: /, 'POST', '/keys/x/create', { ...ecKey, attributes: { exportable: true } }],
  ['a policy without exportable', bad, /^AKV\.SKR\.1005: /, 'POST', '/keys/x/create', { ...ecKey, release_policy: releasePolicy }],
  ['another exportable', bad, /^AKV\.SKR\.1003: /, 'PATCH', '/keys/ec', { attributes: { exportable: true } }],
  ['another immutable policy', bad, /^AKV\.SKR\.1020: /, 'PATCH', '/keys/exportable', { release_policy: { data: b64('{}') } }],
  ['a broken backup of a secret', bad, 'Backup blob contains invalid or corrupt version.', 'POST', '/secrets/restore', { value: secretBackup.slice(0, -4) }],
  ['a broken backup of a key', bad, 'Backup blob contains invalid or corrupt version.', 'POST', '/keys/restore', { value: secretBackup }],
  ['a broken backup of a certificate', bad, 'Backup blob contains invalid or corrupt version.', 'POST', '/certificates/restore', { value: keyBackup }],
  ['a certificate of an unknown issuer', bad, /issuer/i, 'POST', '/certificates/x/create', certificateOf('nobody')],
  ['a certificate without subject', bad, /subject/, 'POST', '/certificates/x/create', { policy: { issuer: { name: 'Self' } } }],
  ['an import that is no certificate', bad, undefined, 'POST', '/certificates/x/import', { value: 'AAAA' }],
  ['a merge of another key', bad, /public key/, 'POST', '/certificates/unsigned/pending/merge', { x5c: [der] }],
  ['an issuer without provider', bad, /provider/, 'PUT', '/certificates/issuers/x', {}],
  ['an issuer of a reserved name', bad, /Self/, 'PUT', '/certificates/issuers/Self', { provider: 'Test' }],
  ['a contact without address', bad, /email/, 'PUT', '/certificates/contacts', { contacts: [{ name: 'A' }] }],

  ['no token', { status: 401, code: 'Unauthorized' }, /^AKV10000: /, 'GET', '/secrets', undefined, { token: '' }],
  ['a token that is none', { status: 401, code: 'Unauthorized' }, /^AKV10001: /, 'GET', '/secrets', undefined, { token: 'x' }],

  ['no permission', forbidden('ForbiddenByPolicy'),
    /^The user, group or application 'appid=.*;oid=.*;numgroups=0;iss=https:\/\/issuer\.example\/' does not have secrets get permission on key vault 'demo;location=eastus2'\. .*fwlink/,
    'GET', '/secrets/x', undefined, stranger],
  ['no permission for keys', forbidden('ForbiddenByPolicy'), /does not have keys wrapKey permission/, 'POST', '/keys/x//wrapkey', {}, stranger],
  ['no permission for certificates', forbidden('ForbiddenByPolicy'), /does not have certificates managecontacts permission/, 'GET', '/certificates/contacts', undefined, stranger],
  ['no role', forbidden('ForbiddenByRbac'),
    /^Caller is not authorized [^]*\r\nCaller: appid=app;oid=somebody;[^]*\r\nAction: 'Microsoft\.KeyVault\/vaults\/secrets\/getSecret\/action'\r\nResource: '\/subscriptions\/[^']*\/vaults\/by-role\/secrets\/x'\r\nAssignment: \(not found\)[^]*\r\nVault: by-role;location=eastus2$/,
    'GET', '/secrets/x', undefined, { ...stranger, vault: 'byRole' }],
  ['another address', forbidden('ForbiddenByFirewall'),
    /^Client address is not authorized [^]*\r\nClient address: 127\.0\.0\.1\r\nCaller: [^]*\r\nVault: walled;location=eastus2$/,
    'GET', '/secrets/x', undefined, { vault: 'walled' }],
  ['a public network', forbidden('ForbiddenByConnection'), /not an approved private link[^]*\r\nVault: private;location=eastus2$/,
    'GET', '/secrets/x', undefined, { vault: 'private' }],
  ['a disabled secret', forbidden('SecretDisabled'), 'Operation get is not allowed on a disabled secret.', 'GET', '/secrets/disabled'],
  ['the secret of an awaited certificate', forbidden('SecretDisabled'), 'Operation get is not allowed on a disabled secret.', 'GET', '/secrets/unsigned'],
  ['a disabled key', forbidden('KeyDisabled'), 'Operation sign is not allowed on a disabled key.', 'POST', '/keys/disabled//sign', sign],
  ['an operation that key_ops lack', forbidden('KeyOperationForbidden'), 'Operation sign is not permitted on this key.', 'POST', '/keys/verifier//sign', sign],
  ['a key before its time', forbidden('KeyNotYetValid'), /^Operation sign is not allowed on a key that is not yet valid/, 'POST', '/keys/early//sign', sign],
  ['a key after its time', forbidden('KeyExpired'), /^Operation sign is not allowed on an expired key/, 'POST', '/keys/late//sign', sign],
  ['the deletion of a certificate\'s key', forbidden('KeyManagedByKeyVault'), managed('delete'), 'DELETE', '/keys/managed'],
  ['the rotation of a certificate\'s key', forbidden('KeyManagedByKeyVault'), managed('rotate'), 'POST', '/keys/managed/rotate'],
  ['the backup of a certificate\'s key', forbidden('KeyManagedByKeyVault'), managed('backup'), 'POST', '/keys/managed/backup'],
  ['a certificate\'s key set anew', forbidden('KeyManagedByKeyVault'), managed('create'), 'POST', '/keys/managed/create', ecKey],
  ['the deletion of a certificate\'s secret', forbidden('SecretManagedByKeyVault'), managed('delete'), 'DELETE', '/secrets/managed'],
  ['a certificate\'s secret set anew', forbidden('SecretManagedByKeyVault'), managed('set'), 'PUT', '/secrets/managed', { value: 'x' }],
  ['a merge of what an issuer has to sign', forbidden(), /house/, 'POST', '/certificates/waiting/pending/merge', { x5c: [der] }],
  ['purging where that is protected', forbidden(), /^Operation "purge" is not allowed because purge protection is enabled.*\r\nVault: protected;location=eastus2$/,
    'DELETE', '/deletedsecrets/kept', undefined, { vault: 'protected' }],
  ['a backup of too many versions', forbidden(), /more than 500 past versions/, 'POST', '/secrets/long/backup'],
  ['a release to an unknown environment', forbidden(), /release policy/, 'POST', '/keys/exportable/release', { target: 'a.b.c' }],

  ['an unknown secret', missing('SecretNotFound'), notFound('secret'), 'GET', '/secrets/none'],
  ['an unknown version', missing('SecretNotFound'), /secret\/0123 was not found in this key vault/, 'GET', '/secrets/secret/0123'],
  ['an unknown key', missing('KeyNotFound'), notFound('key'), 'POST', '/keys/none//sign', sign],
  ['an unknown certificate', missing('CertificateNotFound'), notFound('certificate'), 'GET', '/certificates/none'],
  ['an unknown deleted secret', missing('SecretNotFound'), deletedNotFound('Secret'), 'GET', '/deletedsecrets/none'],
  ['an unknown deleted key', missing('KeyNotFound'), deletedNotFound('Key'), 'DELETE', '/deletedkeys/none'],
  ['an unknown deleted certificate', missing('CertificateNotFound'), deletedNotFound('Certificate'), 'POST', '/deletedcertificates/none/recover'],
  ['the policy of nothing', missing('CertificateNotFound'), notFound('certificate'), 'GET', '/certificates/none/policy'],
  ['the rotation policy of nothing', missing('KeyNotFound'), notFound('key'), 'GET', '/keys/none/rotationpolicy'],
  ['an operation that is none', missing('PendingCertificateNotFound'), 'Pending certificate not found: managed', 'GET', '/certificates/managed/pending'],
  ['an operation of another request', missing('PendingCertificateNotFound'), 'Pending certificate not found: waiting', 'GET', '/certificates/waiting/pending?request_id=0'],
  ['no contacts', missing('ContactsNotFound'), 'Contacts not found', 'GET', '/certificates/contacts'],
  ['no contacts to delete', missing('ContactsNotFound'), 'Contacts not found', 'DELETE', '/certificates/contacts'],
  ['an unknown issuer', missing('CertificateIssuerNotFound'), 'Issuer not found', 'GET', '/certificates/issuers/none'],
  ['an unknown path', missing('NotFound'), undefined, 'GET', '/nothing'],
  ['another method', { status: 405, code: 'MethodNotAllowed' }, undefined, 'POST', '/secrets', {}],
  ['another method of the new paths', { status: 405, code: 'MethodNotAllowed' }, undefined, 'PUT', '/certificates/x/pending', {}],

  ['the name of a deleted secret', gone, inUse('Secret', 'secrets-gone'), 'PUT', '/secrets/secrets-gone', { value: 'x' }],
  ['the name of a deleted key', gone, inUse('Key', 'keys-gone'), 'POST', '/keys/keys-gone/create', ecKey],
  ['an import under the name of a deleted key', gone, inUse('Key', 'keys-gone'), 'PUT', '/keys/keys-gone', { key: jwk }],
  ['the name of a deleted certificate', gone, inUse('Certificate', 'certificates-gone'), 'POST', '/certificates/certificates-gone/create', certificateOf('Self')],
  ['a secret under the name of a deleted certificate', gone, /currently in a deleted but recoverable state/, 'PUT', '/secrets/certificates-gone', { value: 'x' }],
  ['a backup of what is there', conflict(), /conflict restoring the secret/, 'POST', '/secrets/restore', { value: secretBackup }],
  ['a backup of a key that is there', conflict(), /conflict restoring the key/, 'POST', '/keys/restore', { value: keyBackup }],
  ['a backup of a certificate that is there', conflict(), /conflict restoring the certificate/, 'POST', '/certificates/restore', { value: certificateBackup }],
  ['a second request for a certificate', conflict(), /pending key vault certificate's status is inProgress/, 'POST', '/certificates/waiting/create', certificateOf('Self')],
  ['an import during a request', conflict(), /inProgress/, 'POST', '/certificates/waiting/import', { value: bundle }],
  ['a certificate of a secret\'s name', conflict(), /secret/, 'POST', '/certificates/secret/create', certificateOf('Self')],
  ['a certificate of a key\'s name', conflict(), /key/, 'POST', '/certificates/ec/create', certificateOf('Self')],
];

// Codes that no row has, and who shows them instead.
const elsewhere = {
  RequestTimeout: 'takes the service thirty seconds: wire.test.mjs',
  Throttled: 'takes more load than a vault takes: overload.test.mjs',
  InternalServerError: 'is a defect, or a damaged record of which no peer has a good copy: no request leads to it',
};

const reached = new Set();
function meets(answer, { status, code, inner }, message) {
  assertError(answer, status, code, { inner, message });
  reached.add(code);
  if (inner) reached.add(inner);
}

describe('a refusal for', () => {
  for (const [what, expected, message, method, target, body, { vault = 'demo', ...options } = {}] of rows) {
    it(`${what} is ${expected.status} ${expected.inner ?? expected.code}`, async () => {
      const answer = await vaults[vault].send(method, target, { body, ...options });
      meets(answer, expected, message);
      assertHeaders(answer);
    });
  }

  it('too large a body is 413 RequestEntityTooLarge', async () => {
    const wire = await http.connect();
    wire.write(http.head('PUT', '/secrets/x?api-version=7.4', [`Content-Length: ${1024 * 1024 + 1}`]) + 'x'.repeat(65_536));
    meets(await wire.answer(), { status: 413, code: 'RequestEntityTooLarge' });
    wire.destroy();
  });

  it('too large a head is 431 RequestHeaderFieldsTooLarge', async () => {
    const wire = await http.connect();
    wire.write(http.head('GET', '/secrets?api-version=7.4', [`X-Long: ${'v'.repeat(70_000)}`]));
    meets(await wire.answer(), { status: 431, code: 'RequestHeaderFieldsTooLarge' });
    wire.destroy();
  });

  it('a vault whose region is lost, without a pair, is 503 ServiceUnavailable', async () => {
    await admin.during({ fault: 'region_down', region: 'westus3' }, async () => {
      await admin.mode('west', 'unavailable');
      meets(await vaults.west.get('/secrets'), { status: 503, code: 'ServiceUnavailable' }, /\r\nVault: west;location=westus3$/);
    });
  });

  it('a write to a vault that is failed over is 403 VaultReadOnly', async () => {
    await admin.replicated('eastus2', 'centralus');
    await admin.during({ fault: 'region_down', region: 'eastus2' }, async () => {
      await admin.mode('demo', 'read_only');
      const answer = await http.put('/secrets/secret', { value: 'x' });
      meets(answer, forbidden('VaultReadOnly'),
        'Operation "set" is not allowed: the vault is read-only while it is failed over from eastus2 to centralus.\r\n'
        + 'Vault: demo;location=eastus2');
      assert.ok(Number(answer.headers['retry-after']) > 0);
      assertHeaders(answer, 'centralus');
    });
  });
});

describe('the tables of codes', () => {
  const source = readFileSync(path.join(root, 'protocol/errors.cpp'), 'utf8');
  const codes = [...source.matchAll(/\{error_code::\w+, (\d+), "(\w+)"\}/g)].map((m) => [m[2], Number(m[1])]);
  const inners = [...source.matchAll(/\{inner_code::\w+, "(\w+)"\}/g)].map((m) => m[1]);

  it('are reached, each row of them, or there is a reason', () => {
    assert.ok(codes.length >= 18 && inners.length >= 10, `${codes.length} codes, ${inners.length} inner codes`);
    const all = [...codes.map(([code]) => code), ...inners];
    for (const code of all) assert.ok(reached.has(code) || elsewhere[code], `${code} was not reached`);
    for (const code of Object.keys(elsewhere)) {
      assert.ok(all.includes(code), `${code} is in no table`);
      assert.ok(!reached.has(code), `${code} was reached after all`);
    }
  });

  it('have the statuses that the rows expect', () => {
    for (const [, { status, code }] of rows) assert.equal(new Map(codes).get(code), status, code);
  });
});
