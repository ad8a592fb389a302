// Every operation of certificates through CertificateClient, read-write.
import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey, sign, verify } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { after, describe, it } from 'node:test';

import { Service } from '../harness/service.mjs';
import { all, atOnce, clients, innerCode, refusal } from './clients.mjs';

const service = await Service.start();
after(() => service.stop());
const { certificates, keys, secrets, crypto } = clients(service);
const issuerCa = await (await fetch(`${service.ready.admin_uri}/v1/issuer-ca.pem`)).text();

const ec = { keyType: 'EC', keyCurveName: 'P-256' };
const selfSigned = { issuerName: 'Self', subject: 'CN=self.example', ...ec };
const pem = { contentType: 'application/x-pem-file' };
const secretBytes = async (name) => Buffer.from((await secrets.getSecret(name)).value, 'base64');

async function make(name, policy = selfSigned, options = {}) {
  const poller = await certificates.beginCreateCertificate(name, policy, { ...atOnce, ...options });
  return poller.pollUntilDone();
}

function openssl(args, input) {
  return execFileSync('openssl', args, { input, encoding: 'utf8' });
}

describe('a self-signed certificate', () => {
  it('is made while its maker polls, with the defaults of Azure', async () => {
    const made = await make('self', { issuerName: 'Self', subject: 'CN=self.example' });
    assert.equal(made.name, 'self');
    assert.equal(made.properties.enabled, true);
    assert.equal(made.policy.keyType, 'RSA');
    assert.equal(made.policy.keySize, 2048);
    assert.equal(made.policy.exportable, true);
    assert.equal(made.policy.contentType, 'application/x-pkcs12');
    assert.equal(made.policy.validityInMonths, 12);
    assert.deepEqual(made.policy.keyUsage, ['digitalSignature', 'keyEncipherment']);
    assert.deepEqual(made.policy.lifetimeActions, [{ action: 'AutoRenew', lifetimePercentage: 80, daysBeforeExpiry: undefined }]);
    const x509 = new X509Certificate(made.cer);
    assert.equal(x509.subject, 'CN=self.example');
    assert.ok(x509.verify(x509.publicKey));
    assert.deepEqual(Buffer.from(made.properties.x509Thumbprint), Buffer.from(x509.fingerprint.replaceAll(':', ''), 'hex'));
    assert.equal(made.properties.expiresOn.getTime(), new Date(x509.validTo).getTime());
    const { version } = made.properties;
    assert.equal(new URL(made.keyId).pathname, `/keys/self/${version}`);
    assert.equal(new URL(made.secretId).pathname, `/secrets/self/${version}`);
  });

  it('has alternative names, usages, and the validity that was asked for', async () => {
    const made = await make('named', {
      ...selfSigned, validityInMonths: 3, keyUsage: ['digitalSignature'], enhancedKeyUsage: ['1.3.6.1.5.5.7.3.1'],
      subjectAlternativeNames: { dnsNames: ['a.example', '*.b.example'], emails: ['x@example'], userPrincipalNames: ['u@example'] },
    });
    const x509 = new X509Certificate(made.cer);
    for (const name of ['DNS:a.example', 'DNS:*.b.example', 'email:x@example']) {
      assert.ok(x509.subjectAltName.includes(name), x509.subjectAltName);
    }
    assert.deepEqual(made.policy.subjectAlternativeNames.dnsNames, ['a.example', '*.b.example']);
    const months = (new Date(x509.validTo) - new Date(x509.validFrom)) / 86_400_000 / 30;
    assert.equal(Math.round(months), 3);
  });

  it('is accepted by openssl verify', async () => {
    const made = await make('verified', { ...selfSigned, ...pem });
    const file = path.join(service.directory, 'self.pem');
    writeFileSync(file, new X509Certificate(made.cer).toString());
    assert.match(openssl(['verify', '-CAfile', file, file]), /OK/);
  });

  it('gives its key and its secret, which cannot be changed on their own', async () => {
    const made = await make('whole', { ...selfSigned, ...pem });
    const secret = await secrets.getSecret('whole');
    assert.equal(secret.properties.contentType, 'application/x-pem-file');
    assert.equal(secret.properties.managed, true);
    assert.equal(secret.properties.version, made.properties.version);
    const key = await keys.getKey('whole');
    assert.equal(key.properties.managed, true);
    const digest = Buffer.alloc(32, 5);
    const { result } = await crypto(key).sign('ES256', digest);
    assert.equal((await crypto(key).verify('ES256', digest, result)).result, true);
    const data = Buffer.from('signed outside');
    const outside = sign('sha256', data, createPrivateKey(secret.value));
    assert.ok(verify('sha256', data, new X509Certificate(made.cer).publicKey, outside));

    for (const [call, code] of [
      [() => keys.beginDeleteKey('whole', atOnce), 'KeyManagedByKeyVault'],
      [() => keys.updateKeyProperties('whole', { enabled: false }), 'KeyManagedByKeyVault'],
      [() => keys.createEcKey('whole'), 'KeyManagedByKeyVault'],
      [() => keys.rotateKey('whole'), 'KeyManagedByKeyVault'],
      [() => keys.backupKey('whole'), 'KeyManagedByKeyVault'],
      [() => secrets.setSecret('whole', 'x'), 'SecretManagedByKeyVault'],
      [() => secrets.beginDeleteSecret('whole', atOnce), 'SecretManagedByKeyVault'],
      [() => secrets.updateSecretProperties('whole', made.properties.version, { tags: {} }), 'SecretManagedByKeyVault'],
    ]) {
      assert.equal(innerCode(await refusal(call, 403, 'Forbidden')), code);
    }
  });

  it('without an exportable key gives a secret without it', async () => {
    await make('kept', { ...selfSigned, ...pem, exportable: false });
    const { value } = await secrets.getSecret('kept');
    assert.match(value, /BEGIN CERTIFICATE/);
    assert.doesNotMatch(value, /PRIVATE KEY/);
  });

  it('as PKCS#12 is read by openssl, and can be had as PEM', async () => {
    await make('pfx');
    const file = path.join(service.directory, 'made.pfx');
    writeFileSync(file, await secretBytes('pfx'));
    const text = openssl(['pkcs12', '-in', file, '-passin', 'pass:', '-nodes', '-legacy']);
    assert.match(text, /BEGIN PRIVATE KEY/);
    assert.match(text, /BEGIN CERTIFICATE/);
  });
});

describe('versions, properties and policy', () => {
  it('are kept, listed and changed', async () => {
    const first = await make('many');
    const second = await make('many', { ...selfSigned, subject: 'CN=second' }, { tags: { a: 'b' } });
    assert.notEqual(first.properties.version, second.properties.version);
    const old = await certificates.getCertificateVersion('many', first.properties.version);
    assert.deepEqual(old.cer, first.cer);
    assert.equal((await all(certificates.listPropertiesOfCertificateVersions('many'))).length, 2);
    const listed = (await all(certificates.listPropertiesOfCertificates())).find((c) => c.name === 'many');
    assert.deepEqual({ ...listed.tags }, { a: 'b' });
    const updated = await certificates.updateCertificateProperties('many', second.properties.version, { enabled: false, tags: { c: 'd' } });
    assert.equal(updated.properties.enabled, false);
    assert.deepEqual({ ...updated.properties.tags }, { c: 'd' });
    assert.equal(innerCode(await refusal(() => secrets.getSecret('many'), 403, 'Forbidden')), 'SecretDisabled');
    const policy = await certificates.getCertificatePolicy('many');
    assert.equal(policy.subject, 'CN=second');
    // The SDK's own answer is empty: it drops what the service sends.
    await certificates.updateCertificatePolicy('many', { issuerName: 'Self', subject: 'CN=third', validityInMonths: 6 });
    const changed = await certificates.getCertificatePolicy('many');
    assert.equal(changed.subject, 'CN=third');
    assert.equal(changed.validityInMonths, 6);
    assert.equal(changed.keyCurveName, 'P-256');
  });

  it('of an unknown certificate are not found', async () => {
    await refusal(() => certificates.getCertificate('nobody'), 404, 'CertificateNotFound');
    await refusal(() => certificates.getCertificatePolicy('nobody'), 404, 'CertificateNotFound');
    await refusal(() => certificates.deleteCertificateOperation('nobody'), 404, 'PendingCertificateNotFound');
  });
});

describe('an outside authority', () => {
  const key = path.join(service.directory, 'outside.key');
  const ca = path.join(service.directory, 'outside.pem');
  openssl(['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key,
    '-out', ca, '-subj', '/CN=Outside', '-days', '30']);

  async function request(name) {
    await certificates.beginCreateCertificate(name, { issuerName: 'Unknown', subject: `CN=${name}`, ...ec, ...pem }, atOnce);
    const poller = await certificates.getCertificateOperation(name, atOnce);
    return poller.getOperationState().certificateOperation;
  }

  it('signs the request, and its answer is merged', async () => {
    const operation = await request('merged');
    assert.equal(operation.status, 'inProgress');
    assert.equal(innerCode(await refusal(() => secrets.getSecret('merged'), 403, 'Forbidden')), 'SecretDisabled');
    const csr = `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(operation.csr).toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
    const leaf = openssl(['x509', '-req', '-CA', ca, '-CAkey', key, '-CAcreateserial', '-days', '10'], csr);
    const merged = await certificates.mergeCertificate('merged', [new X509Certificate(leaf).raw]);
    assert.equal(merged.properties.enabled, true);
    assert.deepEqual(Buffer.from(merged.cer), new X509Certificate(leaf).raw);
    assert.match((await secrets.getSecret('merged')).value, /PRIVATE KEY/);
    await refusal(() => certificates.mergeCertificate('merged', [merged.cer]), 404, 'PendingCertificateNotFound');
  });

  it('cannot bring the certificate of another key', async () => {
    await request('other');
    const foreign = new X509Certificate(openssl(['x509', '-in', ca]));
    const refused = await refusal(
      () => certificates.mergeCertificate('other', [foreign.raw]), 400, 'BadParameter');
    assert.match(refused.message, /public key/);
  });

  it('is not asked twice at once, and can be given up', async () => {
    await request('given-up');
    const refused = await refusal(() => make('given-up', { issuerName: 'Unknown', subject: 'CN=x', ...ec }), 409, 'Conflict');
    assert.match(refused.message, /inProgress/);
    const poller = await certificates.getCertificateOperation('given-up', atOnce);
    await poller.cancelOperation();
    const deleted = await certificates.deleteCertificateOperation('given-up');
    assert.equal(deleted.cancellationRequested, true);
    await refusal(() => certificates.deleteCertificateOperation('given-up'), 404, 'PendingCertificateNotFound');
    assert.equal((await make('given-up')).properties.enabled, true);
  });
});

describe('the built-in authority', () => {
  it('issues certificates that a TLS server and its client accept', async () => {
    await certificates.createIssuer('house', 'Twinkeep');
    const made = await make('server', {
      issuerName: 'house', subject: 'CN=server.example', ...ec, ...pem, subjectAlternativeNames: { dnsNames: ['server.example'] },
    });
    const x509 = new X509Certificate(made.cer);
    assert.ok(x509.verify(new X509Certificate(issuerCa).publicKey));
    const file = path.join(service.directory, 'server.pem');
    const root = path.join(service.directory, 'issuer-ca.pem');
    writeFileSync(file, x509.toString());
    writeFileSync(root, issuerCa);
    assert.match(openssl(['verify', '-purpose', 'sslserver', '-verify_hostname', 'server.example', '-CAfile', root, file]), /OK/);

    const { value } = await secrets.getSecret('server');
    const server = tls.createServer({ key: value, cert: value }, (socket) => socket.end('hello'));
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    try {
      const text = await new Promise((done, failed) => {
        const socket = tls.connect({ port: server.address().port, host: '127.0.0.1', servername: 'server.example', ca: issuerCa });
        let got = '';
        socket.on('data', (d) => { got += d; });
        socket.on('end', () => done(got));
        socket.on('error', failed);
      });
      assert.equal(text, 'hello');
    } finally {
      server.close();
    }
  });

  it('is no substitute for an authority that nobody here can ask', async () => {
    await certificates.createIssuer('elsewhere', 'DigiCert', { accountId: 'a', password: 'secret-password' });
    await assert.rejects(make('unreachable', { issuerName: 'elsewhere', subject: 'CN=x', ...ec }), /elsewhere/);
    await refusal(() => make('lost', { issuerName: 'nobody', subject: 'CN=x', ...ec }), 400, 'BadParameter');
  });
});

describe('issuers and contacts', () => {
  it('are set, read, changed, listed and deleted', async () => {
    const contacts = [{ email: 'a@example', name: 'A', phone: '1' }, { email: 'b@example', name: undefined, phone: undefined }];
    await refusal(() => certificates.getContacts(), 404, 'ContactsNotFound');
    await certificates.setContacts(contacts);
    assert.deepEqual((await certificates.getContacts()).map((c) => c.email), ['a@example', 'b@example']);
    await certificates.deleteContacts();  // the SDK shows none of what the service answers
    await refusal(() => certificates.deleteContacts(), 404, 'ContactsNotFound');

    await certificates.createIssuer('test', 'Test', { accountId: 'one', administratorContacts: [{ email: 'x@example', firstName: 'X' }] });
    const issuer = await certificates.getIssuer('test');
    assert.equal(issuer.provider, 'Test');
    assert.equal(issuer.accountId, 'one');
    assert.equal(issuer.password, undefined);
    assert.equal(issuer.administratorContacts[0].email, 'x@example');
    assert.equal((await certificates.updateIssuer('test', { accountId: 'two' })).accountId, 'two');
    assert.ok((await all(certificates.listPropertiesOfIssuers())).some((i) => i.id.endsWith('/issuers/test') && i.provider === 'Test'));
    assert.ok((await certificates.deleteIssuer('test')).id.endsWith('/issuers/test'));
    await refusal(() => certificates.getIssuer('test'), 404, 'CertificateIssuerNotFound');
  });
});

describe('an imported certificate', () => {
  const key = path.join(service.directory, 'imported.key');
  const cert = path.join(service.directory, 'imported.pem');
  const pfx = path.join(service.directory, 'imported.pfx');
  openssl(['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-subj', '/CN=imported.example', '-days', '30']);
  openssl(['pkcs12', '-export', '-inkey', key, '-in', cert, '-out', pfx, '-passout', 'pass:open sesame']);
  const pemText = () => Buffer.from(openssl(['pkcs8', '-topk8', '-nocrypt', '-in', key]) + openssl(['x509', '-in', cert]));
  const pfxBytes = () => Buffer.from(openssl(['base64', '-A', '-in', pfx]), 'base64');

  it('may be PEM', async () => {
    const made = await certificates.importCertificate('from-pem', pemText(), { policy: { contentType: 'application/x-pem-file' } });
    assert.equal(made.policy.subject, 'CN=imported.example');
    assert.equal(made.policy.issuerName, 'Unknown');
    assert.match((await secrets.getSecret('from-pem')).value, /BEGIN PRIVATE KEY/);
    const { result } = await crypto(await keys.getKey('from-pem')).sign('RS256', Buffer.alloc(32, 1));
    assert.equal(result.length, 256);
  });

  it('may be PKCS#12, with its password', async () => {
    const made = await certificates.importCertificate('from-pfx', pfxBytes(), { password: 'open sesame' });
    assert.deepEqual(Buffer.from(made.cer), new X509Certificate(openssl(['x509', '-in', cert])).raw);
    const wrong = await refusal(() => certificates.importCertificate('wrong', pfxBytes(), { password: 'no' }), 400, 'BadParameter');
    assert.match(wrong.message, /password/i);
    await refusal(() => certificates.importCertificate('junk', Buffer.from('no certificate')), 400, 'BadParameter');
  });
});

describe('a deleted certificate', () => {
  it('takes its key and secret along, and brings them back', async () => {
    await make('gone', { ...selfSigned, ...pem });
    const { value } = await secrets.getSecret('gone');
    const deleted = await (await certificates.beginDeleteCertificate('gone', atOnce)).pollUntilDone();
    assert.ok(deleted.scheduledPurgeDate > deleted.deletedOn);
    await refusal(() => certificates.getCertificate('gone'), 404, 'CertificateNotFound');
    await refusal(() => keys.getKey('gone'), 404, 'KeyNotFound');
    await refusal(() => secrets.getSecret('gone'), 404, 'SecretNotFound');
    const refused = await refusal(() => make('gone'), 409, 'Conflict');
    assert.equal(innerCode(refused), 'ObjectIsDeletedButRecoverable');
    assert.equal((await certificates.getDeletedCertificate('gone')).name, 'gone');
    assert.ok((await all(certificates.listDeletedCertificates())).some((c) => c.name === 'gone'));
    await (await certificates.beginRecoverDeletedCertificate('gone', atOnce)).pollUntilDone();
    assert.equal((await secrets.getSecret('gone')).value, value);
    await keys.getKey('gone');
  });

  it('can be purged, and restored from its backup with key and secret', async () => {
    const made = await make('backed-up', { ...selfSigned, ...pem });
    const { value } = await secrets.getSecret('backed-up');
    const backup = await certificates.backupCertificate('backed-up');
    await refusal(() => certificates.restoreCertificateBackup(backup), 409, 'Conflict');
    await (await certificates.beginDeleteCertificate('backed-up', atOnce)).pollUntilDone();
    await certificates.purgeDeletedCertificate('backed-up');
    await refusal(() => certificates.getDeletedCertificate('backed-up'), 404, 'CertificateNotFound');
    const restored = await certificates.restoreCertificateBackup(backup);
    assert.equal(restored.properties.version, made.properties.version);
    assert.equal((await secrets.getSecret('backed-up')).value, value);
    const broken = Buffer.from(backup);
    broken[broken.length - 1] ^= 1;
    const refused = await refusal(() => certificates.restoreCertificateBackup(broken), 400, 'BadParameter');
    assert.equal(refused.message, 'Backup blob contains invalid or corrupt version.');
  });
});
