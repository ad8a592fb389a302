// A vault that is failed over, by every method of the SDK's clients: what Azure allows works at the
// pair with the same values, everything else is refused, and time causes nothing there.
import assert from 'node:assert/strict';
import { X509Certificate, createHash, createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { Service, quickTimings } from '../harness/service.mjs';
import { until } from '../harness/wait.mjs';
import { all, atOnce, clients, innerCode, noRetries, refusal } from './clients.mjs';

// Long enough for a region to be lost between a request for a certificate and its issuing.
const issueAfterMs = 5000;
const config = `${quickTimings()}[keys]\nsymmetric = true\n[certificates]\nissue_after = "${issueAfterMs}ms"\n`;
const service = await Service.start({ config });
after(() => service.stop());
const { admin } = service;
await admin.healthy('eastus2');
await admin.healthy('centralus');

// Who has answered since this was last emptied.
const regions = new Set();
const watching = {
  name: 'watching',
  async sendRequest(request, next) {
    const answer = await next(request);
    regions.add(answer.headers.get('x-ms-keyvault-region'));
    return answer;
  },
};
const { secrets, keys, certificates, crypto } = clients(service, {
  ...noRetries, additionalPolicies: [{ policy: watching, position: 'perCall' }],
});

const data = Buffer.from('signed, sealed and wrapped');
const digest = createHash('sha256').update(data).digest();
const iv = randomBytes(16);
const ec = { keyType: 'EC', keyCurveName: 'P-256' };
const openssl = (args, input) => execFileSync('openssl', args, { input, encoding: 'utf8', stdio: 'pipe' });
const b64 = (bytes) => Buffer.from(bytes).toString('base64');

async function create(name, issuerName = 'Self') {
  const poller = await certificates.beginCreateCertificate(name, { issuerName, subject: `CN=${name}`, ...ec }, atOnce);
  return issuerName === 'Unknown' ? poller : poller.pollUntilDone();
}

async function remove(kind, name) {
  const of = { Secret: secrets, Key: keys, Certificate: certificates }[kind];
  await (await of[`beginDelete${kind}`](name, atOnce)).pollUntilDone();
}

async function operationOf(name) {
  const poller = await certificates.getCertificateOperation(name, atOnce);
  return poller.getOperationState().certificateOperation;
}

// ---- what the vault holds before its region is lost ----

const firstSecret = await secrets.setSecret('secret', 'one', { tags: { a: 'b' }, contentType: 'text/plain' });
await secrets.setSecret('secret', 'two', { expiresOn: new Date('2035-01-01T00:00:00Z') });
const rsa = await keys.createRsaKey('rsa');
const firstEc = await keys.createEcKey('ec');
const lastEc = await keys.rotateKey('ec');
const oct = await keys.createOctKey('oct');
await keys.updateKeyRotationPolicy('ec', { expiresIn: 'P1Y', lifetimeActions: [{ action: 'Rotate', timeBeforeExpiry: 'P30D' }] });
await certificates.createIssuer('issuer', 'Twinkeep', { accountId: 'account', password: 'not to be seen' });
await certificates.setContacts([{ email: 'a@example', name: 'A', phone: '1' }]);
for (const name of ['pending', 'merging']) await create(name, 'Unknown');
const [certificate] = await Promise.all([create('certificate'), create('gone')]);
await secrets.setSecret('gone-too', 'x');
await keys.createEcKey('gone-too');
const backups = {
  secret: await secrets.backupSecret('gone-too'),
  key: await keys.backupKey('gone-too'),
  certificate: await certificates.backupCertificate('gone'),
};
await remove('Secret', 'gone-too');
await remove('Key', 'gone-too');
await remove('Certificate', 'gone');

const sealed = {
  rsa: (await crypto(rsa).encrypt({ algorithm: 'RSA-OAEP', plaintext: data })).result,
  cbc: (await crypto(oct).encrypt({ algorithm: 'A256CBCPAD', plaintext: data, iv })).result,
  wrapped: (await crypto(oct).wrapKey('A256KW', digest)).result,
};
const signature = (await crypto(lastEc).sign('ES256', digest)).result;

const outside = path.join(service.directory, 'outside');
openssl(['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${outside}.key`,
  '-out', `${outside}.pem`, '-subj', '/CN=Outside', '-days', '30']);
const { csr } = await operationOf('merging');
const request = `-----BEGIN CERTIFICATE REQUEST-----\n${b64(csr)}\n-----END CERTIFICATE REQUEST-----\n`;
const leaf = new X509Certificate(openssl(['x509', '-req', '-CA', `${outside}.pem`, '-CAkey', `${outside}.key`,
  '-CAcreateserial', '-days', '9'], request)).raw;
const bundle = Buffer.from(openssl(['pkey', '-in', `${outside}.key`]) + openssl(['x509', '-in', `${outside}.pem`]));

const outsideKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const importable = { kty: 'EC', crv: 'P-256' };
for (const member of ['x', 'y', 'd']) importable[member] = Buffer.from(outsideKey[member], 'base64url');

// ---- every method of the clients: what it gives, or that it is refused ----

const version = (of) => of.properties.version;
const isBackup = async (call) => (await call).length > 100;
function signedByEc({ result }) {
  const key = createPublicKey({ format: 'jwk', key: {
    kty: 'EC', crv: 'P-256', x: Buffer.from(lastEc.key.x).toString('base64url'), y: Buffer.from(lastEc.key.y).toString('base64url') } });
  return verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, result);
}
const opened = async (call) => Buffer.from((await call).result).toString('hex');

const allowed = {
  'secrets.getSecret': async () => [
    await secrets.getSecret('secret'), await secrets.getSecret('secret', { version: version(firstSecret) }),
    await secrets.getSecret('certificate')],
  'secrets.listPropertiesOfSecrets': () => all(secrets.listPropertiesOfSecrets()),
  'secrets.listPropertiesOfSecretVersions': () => all(secrets.listPropertiesOfSecretVersions('secret')),
  'secrets.getDeletedSecret': () => secrets.getDeletedSecret('gone-too'),
  'secrets.listDeletedSecrets': () => all(secrets.listDeletedSecrets()),
  'secrets.backupSecret': () => isBackup(secrets.backupSecret('secret')),

  'keys.getKey': async () => [
    await keys.getKey('rsa'), await keys.getKey('ec', { version: version(firstEc) }), await keys.getKey('oct'),
    await keys.getKey('certificate')],
  'keys.listPropertiesOfKeys': () => all(keys.listPropertiesOfKeys()),
  'keys.listPropertiesOfKeyVersions': () => all(keys.listPropertiesOfKeyVersions('ec')),
  'keys.getDeletedKey': () => keys.getDeletedKey('gone-too'),
  'keys.listDeletedKeys': () => all(keys.listDeletedKeys()),
  'keys.getKeyRotationPolicy': () => keys.getKeyRotationPolicy('ec'),
  'keys.backupKey': () => isBackup(keys.backupKey('ec')),
  'keys.getCryptographyClient': async () => signedByEc(await keys.getCryptographyClient('ec').sign('ES256', digest)),

  'certificates.getCertificate': async () => [
    await certificates.getCertificate('certificate'), await certificates.getCertificate('pending')],
  'certificates.getCertificateVersion': () => certificates.getCertificateVersion('certificate', version(certificate)),
  'certificates.listPropertiesOfCertificates': async () => [
    await all(certificates.listPropertiesOfCertificates()),
    await all(certificates.listPropertiesOfCertificates({ includePending: true }))],
  'certificates.listPropertiesOfCertificateVersions': () => all(certificates.listPropertiesOfCertificateVersions('certificate')),
  'certificates.getDeletedCertificate': () => certificates.getDeletedCertificate('gone'),
  'certificates.listDeletedCertificates': () => all(certificates.listDeletedCertificates()),
  'certificates.getCertificatePolicy': () => certificates.getCertificatePolicy('certificate'),
  'certificates.getCertificateOperation': async () => [await operationOf('pending'), await operationOf('certificate')],
  'certificates.getContacts': () => certificates.getContacts(),
  'certificates.getIssuer': () => certificates.getIssuer('issuer'),
  'certificates.listPropertiesOfIssuers': () => all(certificates.listPropertiesOfIssuers()),
  'certificates.backupCertificate': () => isBackup(certificates.backupCertificate('certificate')),

  'crypto.encrypt': async () => [
    await opened(crypto(oct).encrypt({ algorithm: 'A256CBCPAD', plaintext: data, iv })),
    (await crypto(oct).encrypt({ algorithm: 'A256GCM', plaintext: data })).result.length],
  'crypto.decrypt': async () => [
    await opened(crypto(oct).decrypt({ algorithm: 'A256CBCPAD', ciphertext: sealed.cbc, iv })),
    await opened(crypto(rsa).decrypt({ algorithm: 'RSA-OAEP', ciphertext: sealed.rsa }))],
  'crypto.wrapKey': () => opened(crypto(oct).wrapKey('A256KW', digest)),
  'crypto.unwrapKey': async () => [
    await opened(crypto(oct).unwrapKey('A256KW', sealed.wrapped)), await opened(crypto(rsa).unwrapKey('RSA-OAEP', sealed.rsa))],
  'crypto.sign': async () => [
    signedByEc(await crypto(lastEc).sign('ES256', digest)), await opened(crypto(rsa).sign('RS256', digest))],
  'crypto.signData': async () => signedByEc(await crypto(lastEc).signData('ES256', data)),
  'crypto.verify': async () => (await crypto(lastEc).verify('ES256', digest, signature)).result,
  'crypto.verifyData': async () => (await crypto(lastEc).verifyData('ES256', data, signature)).result,
};

const refused = {
  'secrets.setSecret': () => secrets.setSecret('secret', 'three'),
  'secrets.updateSecretProperties': () => secrets.updateSecretProperties('secret', '', { tags: {} }),
  'secrets.beginDeleteSecret': () => secrets.beginDeleteSecret('secret', atOnce),
  'secrets.beginRecoverDeletedSecret': () => secrets.beginRecoverDeletedSecret('gone-too', atOnce),
  'secrets.purgeDeletedSecret': () => secrets.purgeDeletedSecret('gone-too'),
  'secrets.restoreSecretBackup': () => secrets.restoreSecretBackup(backups.secret),

  'keys.createKey': () => keys.createKey('new', 'EC'),
  'keys.createRsaKey': () => keys.createRsaKey('new'),
  'keys.createEcKey': () => keys.createEcKey('new'),
  'keys.createOctKey': () => keys.createOctKey('new'),
  'keys.importKey': () => keys.importKey('new', importable),
  'keys.rotateKey': () => keys.rotateKey('ec'),
  'keys.updateKeyProperties': () => keys.updateKeyProperties('ec', { enabled: false }),
  'keys.updateKeyRotationPolicy': () => keys.updateKeyRotationPolicy('ec', { expiresIn: 'P60D' }),
  'keys.beginDeleteKey': () => keys.beginDeleteKey('ec', atOnce),
  'keys.beginRecoverDeletedKey': () => keys.beginRecoverDeletedKey('gone-too', atOnce),
  'keys.purgeDeletedKey': () => keys.purgeDeletedKey('gone-too'),
  'keys.restoreKeyBackup': () => keys.restoreKeyBackup(backups.key),
  'keys.getRandomBytes': () => keys.getRandomBytes(8),
  'keys.releaseKey': () => keys.releaseKey('rsa', 'a.b.c'),
  'keys.getKeyAttestation': () => keys.getKeyAttestation('rsa'),

  'certificates.beginCreateCertificate': () => create('new'),
  'certificates.importCertificate': () => certificates.importCertificate('new', bundle),
  'certificates.mergeCertificate': () => certificates.mergeCertificate('merging', [leaf]),
  'certificates.updateCertificateProperties': () => certificates.updateCertificateProperties('certificate', '', { enabled: false }),
  'certificates.updateCertificatePolicy': () => certificates.updateCertificatePolicy('certificate', { issuerName: 'Self', subject: 'CN=y' }),
  'certificates.deleteCertificateOperation': () => certificates.deleteCertificateOperation('pending'),
  'certificates.beginDeleteCertificate': () => certificates.beginDeleteCertificate('certificate', atOnce),
  'certificates.beginRecoverDeletedCertificate': () => certificates.beginRecoverDeletedCertificate('gone', atOnce),
  'certificates.purgeDeletedCertificate': () => certificates.purgeDeletedCertificate('gone'),
  'certificates.restoreCertificateBackup': () => certificates.restoreCertificateBackup(backups.certificate),
  'certificates.setContacts': () => certificates.setContacts([{ email: 'b@example' }]),
  'certificates.deleteContacts': () => certificates.deleteContacts(),
  'certificates.createIssuer': () => certificates.createIssuer('other', 'Test'),
  'certificates.updateIssuer': () => certificates.updateIssuer('issuer', { accountId: 'x' }),
  'certificates.deleteIssuer': () => certificates.deleteIssuer('issuer'),
  'the operation\'s cancelOperation': async () => (await certificates.getCertificateOperation('pending', atOnce)).cancelOperation(),
};

// Members of the SDK's classes that its documentation does not show.
const internal = new Set(['constructor', 'vaultUrl', 'keyID', 'disambiguateUpdateKeyPropertiesArgs', 'initializeIV',
  'disambiguateEncryptArguments', 'disambiguateDecryptArguments', 'getKeyMaterial', 'fetchKey', 'getProvider', 'ensureValid']);

async function everything() {
  const found = {};
  for (const [name, call] of Object.entries(allowed)) {
    // Without the SDK's own marks on the objects, whichever they are.
    found[name] = JSON.parse(JSON.stringify(await call().catch((error) => {
      error.message = `${name}: ${error.message}`;
      throw error;
    })));
  }
  return found;
}

const before = await everything();

describe('the tables of this test', () => {
  it('name every method of the clients', () => {
    const named = { secrets, keys, certificates, crypto: crypto(rsa) };
    for (const [client, instance] of Object.entries(named)) {
      for (const method of Object.getOwnPropertyNames(Object.getPrototypeOf(instance))) {
        const name = `${client}.${method}`;
        assert.ok(internal.has(method) || name in allowed || name in refused, `${name} is neither allowed nor refused`);
      }
    }
  });
});

describe('a vault whose region is lost', () => {
  let drill;
  it('is served by the pair, with the same values from every method that only reads or uses keys', async () => {
    await admin.replicated('eastus2', 'centralus');
    drill = await admin.start({ fault: 'region_down', region: 'eastus2' });
    await admin.mode('demo', 'read_only');
    regions.clear();
    assert.deepEqual(await everything(), before);
    assert.deepEqual([...regions], ['centralus']);
  });

  for (const [name, call] of Object.entries(refused)) {
    it(`${name} is refused`, async () => {
      const error = await refusal(call, 403, 'Forbidden');
      assert.equal(innerCode(error), 'VaultReadOnly');
      assert.match(error.message, /read-only while it is failed over from eastus2 to centralus/);
      assert.equal(error.response.headers.get('x-ms-keyvault-region'), 'centralus');
    });
  }

  it('has everything when it is back, and can be written', async () => {
    assert.deepEqual(await everything(), before);
    const taken = await certificates.backupCertificate('certificate');
    await admin.end(drill);
    await admin.mode('demo', 'read_write');
    regions.clear();
    assert.deepEqual(await everything(), before);
    assert.deepEqual([...regions], ['eastus2']);

    assert.equal((await secrets.setSecret('secret', 'three')).value, 'three');
    assert.notEqual(version(await keys.rotateKey('ec')), version(lastEc));
    assert.equal((await keys.getRandomBytes(8)).length, 8);
    assert.deepEqual(Buffer.from((await certificates.mergeCertificate('merging', [leaf])).cer), leaf);
    await remove('Certificate', 'certificate');
    await certificates.purgeDeletedCertificate('certificate');
    const restored = await certificates.restoreCertificateBackup(taken);
    assert.deepEqual(restored.cer, certificate.cer, 'from a backup that the pair made');
  });
});

describe('a certificate that was asked for just before the loss', () => {
  it('is issued after the failback, not before, and once', async () => {
    await admin.healthy('eastus2');
    await create('late', 'Unknown');  // another that waits, for whom nothing may happen either
    const asked = Date.now();
    const poller = await certificates.beginCreateCertificate('awaited', { issuerName: 'Self', subject: 'CN=awaited', ...ec }, atOnce);
    await admin.replicated('eastus2', 'centralus');
    const drill = await admin.start({ fault: 'region_down', region: 'eastus2' });
    const first = await certificates.getCertificate('awaited').catch(() => undefined);
    await admin.mode('demo', 'read_only');
    const awaited = await certificates.getCertificate('awaited');
    if (first) assert.equal(version(first), version(awaited));

    // At the pair it is overdue, again and again.
    await until('the certificate is long overdue at the pair', async () => {
      const operation = await operationOf('awaited');
      assert.equal(operation.status, 'inProgress');
      return Date.now() > asked + 2 * issueAfterMs;
    });
    const still = await certificates.getCertificate('awaited');
    assert.deepEqual([still.cer, still.properties.enabled], [awaited.cer, false]);
    assert.equal(innerCode(await refusal(() => secrets.getSecret('awaited'), 403, 'Forbidden')), 'SecretDisabled');

    await admin.end(drill);
    await admin.mode('demo', 'read_write');
    // Sooner than the minute after which a vault looks for what is due anyway.
    await until('the certificate is issued', async () => (await operationOf('awaited')).status === 'completed', 30_000);
    const made = await poller.pollUntilDone();
    assert.equal(version(made), version(awaited), 'it is the version that was announced');
    assert.equal((await operationOf('awaited')).status, 'completed');
    assert.equal((await operationOf('late')).status, 'inProgress');
    const ofIt = await all(certificates.listPropertiesOfCertificateVersions('awaited'));
    assert.deepEqual(ofIt.map((v) => v.version), [version(made)]);
    for (const versions of [keys.listPropertiesOfKeyVersions('awaited'), secrets.listPropertiesOfSecretVersions('awaited')]) {
      assert.deepEqual((await all(versions)).map((v) => v.version), [version(made)]);
    }
    // The pair learns of it in the ordinary way.
    await admin.healthy('eastus2');
    await admin.replicated('eastus2', 'centralus');
    await admin.during({ fault: 'region_down', region: 'eastus2' }, async () => {
      await admin.mode('demo', 'read_only');
      assert.deepEqual((await certificates.getCertificate('awaited')).cer, made.cer);
    });
    await admin.mode('demo', 'read_write');
  });
});
