// What is told of new versions and of expiry, to a webhook.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { Service, newDirectory, quickTimings } from '../harness/service.mjs';
import { until } from '../harness/wait.mjs';
import { assertStatus } from './expect.mjs';
import { Http } from './http.mjs';
import { Webhook } from './webhook.mjs';

const day = 86_400;
const hook = await Webhook.open();
const directory = newDirectory();
const authorization = `SharedAccessKey ${randomBytes(16).toString('hex')}`;
const authorizationFile = path.join(directory, 'authorization.txt');
writeFileSync(authorizationFile, `${authorization}\n`, { mode: 0o600 });

const configure = (uri, more = '') => `allow_clock_advance = true\nsubscription = "sub-1"\n${quickTimings()}
[events]\nwebhook = "${uri}"\nauthorization_file = "${authorizationFile}"\n${more}`;
const config = configure(hook.uri);
const service = await Service.start({ config });
let http = await Http.of(service);
after(async () => {
  http.close();
  await service.stop();
  await hook.close();
});

const policy = (more = {}) => ({
  policy: {
    issuer: { name: 'Self' }, key_props: { kty: 'EC', crv: 'P-256', exportable: true, reuse_key: false },
    secret_props: { contentType: 'application/x-pem-file' },
    x509_props: { subject: 'CN=localhost', sans: { dns_names: ['localhost'] }, validity_months: 12 }, ...more,
  },
});
const later = (days) => Math.floor(Date.now() / 1000) + days * day;
// Time is real again after a start.
async function restart(changed = config) {
  http.close();
  if (!service.ended) await service.stop();
  await service.restart({ config: changed });
  http = await Http.of(service);
}
const advance = (days) => service.admin.start({ fault: 'clock_advance', seconds: days * day });
describe('notices', () => {
  it('tell of new versions of secrets, keys and certificates, in the words of Event Grid', async () => {
    const exp = later(60);
    const secret = assertStatus(await http.put('/secrets/Db', { value: 'x', attributes: { exp, nbf: 5 } }), 200);
    await hook.event('Db', 'SecretNewVersionCreated');
    const [request] = hook.requests;
    assert.equal(request.method, 'POST');
    assert.equal(request.path, '/hook?code=1');
    assert.equal(request.headers['content-type'], 'application/json');
    assert.equal(request.headers['aeg-event-type'], 'Notification');
    assert.equal(request.headers.authorization, authorization);
    assert.equal(request.headers.host, new URL(hook.uri).host);
    assert.equal(request.events.length, 1);
    const { id, eventTime, ...event } = request.event;
    assert.match(id, /^[0-9a-f-]{32,36}$/);
    assert.ok(Math.abs(Date.parse(eventTime) / 1000 - secret.attributes.created) <= 1, eventTime);
    const version = secret.id.split('/').at(-1);
    assert.deepEqual(event, {
      topic: '/subscriptions/sub-1/resourceGroups/twinkeep/providers/Microsoft.KeyVault/vaults/demo',
      subject: 'Db', eventType: 'Microsoft.KeyVault.SecretNewVersionCreated',
      data: {
        Id: `${service.vault('demo').uri}/secrets/Db/${version}`, VaultName: 'demo', ObjectType: 'Secret',
        ObjectName: 'Db', Version: version, NBF: 5, EXP: exp,
      },
      dataVersion: '1', metadataVersion: '1',
    });

    const key = assertStatus(await http.post('/keys/k/create', { kty: 'EC', crv: 'P-256' }), 200);
    const ofKey = await hook.event('k', 'KeyNewVersionCreated');
    assert.equal(ofKey.data.Version, key.key.kid.split('/').at(-1));
    assert.equal(ofKey.data.EXP, null);
    assertStatus(await http.post('/certificates/c/create', policy()), 202);
    const ofCertificate = await hook.event('c', 'CertificateNewVersionCreated');
    const certificate = assertStatus(await http.get('/certificates/c'), 200);
    assert.equal(ofCertificate.data.Version, certificate.id.split('/').at(-1));
    assert.equal(ofCertificate.data.EXP, certificate.attributes.exp);
    assert.deepEqual(hook.told('c'), ['CertificateNewVersionCreated']);
    // Reading, changing and deleting make no version.
    await http.patch('/secrets/Db', { tags: { a: 'b' } });
    await http.delete('/keys/k');
    await http.put('/secrets/last', { value: 'x' });
    await hook.event('last', 'SecretNewVersionCreated');
    assert.deepEqual(hook.told('Db'), ['SecretNewVersionCreated']);
    assert.deepEqual(hook.told('k'), ['KeyNewVersionCreated']);
  });

  it('tell that a version expires soon, and that it has expired, each once', async () => {
    const attributes = { exp: later(60) };
    await http.put('/secrets/s', { value: 'x', attributes });
    await http.post('/keys/e/create', { kty: 'EC', crv: 'P-256', attributes });
    await http.post('/certificates/short/create', policy({
      x509_props: { subject: 'CN=short', validity_months: 2 }, lifetime_actions: [],
    }));
    const kinds = [['s', 'Secret'], ['e', 'Key'], ['short', 'Certificate']];
    for (const [name, kind] of kinds) await hook.event(name, `${kind}NewVersionCreated`);
    await advance(32);
    for (const [name, kind] of kinds) await hook.event(name, `${kind}NearExpiry`);
    await advance(1);
    await advance(31);
    for (const [name, kind] of kinds) await hook.event(name, `${kind}Expired`);
    await advance(1);
    await http.put('/secrets/s', { value: 'y' });
    await until('the new version is told', () => hook.told('s').length === 4);
    for (const [name, kind] of kinds) {
      const told = [`${kind}NewVersionCreated`, `${kind}NearExpiry`, `${kind}Expired`];
      assert.deepEqual(hook.told(name).slice(0, 3), told);
      assert.equal(hook.told(name).length, name === 's' ? 4 : 3, `${name}: ${hook.told(name)}`);
    }
    await restart();
  });

  it('are told again until they are taken', async () => {
    hook.status = 500;
    await http.put('/secrets/again', { value: 'x' });
    const tries = () => hook.requests.filter((r) => r.event.subject === 'again').length;
    await until('it is tried again', () => tries() >= 2);
    assert.deepEqual(hook.told('again'), []);
    hook.status = 200;
    await hook.event('again', 'SecretNewVersionCreated');
    await http.put('/secrets/after', { value: 'x' });
    await hook.event('after', 'SecretNewVersionCreated');
    assert.deepEqual(hook.told('again'), ['SecretNewVersionCreated']);
    assert.match(service.log(), /notices cannot be delivered to 127\.0\.0\.1:\d+: status 500/);
    assert.match(service.log(), /notices are delivered to 127\.0\.0\.1:\d+ again/);
    assert.match(await service.admin.metrics(), /twinkeep_notices_total\{outcome="failed"\} [1-9]/);
    assert.match(await service.admin.metrics(), /twinkeep_notices_total\{outcome="delivered"\} [1-9]/);
  });

  it('survive a crash of the service', async () => {
    hook.status = 503;
    await http.put('/secrets/crash', { value: 'x' });
    await until('it was tried', () => hook.requests.some((r) => r.event.subject === 'crash'));
    http.close();
    await service.kill();
    hook.status = 200;
    await restart();
    await hook.event('crash', 'SecretNewVersionCreated');
    assert.deepEqual(hook.told('crash'), ['SecretNewVersionCreated']);
  });

  it('do not come from the paired region', async () => {
    const { admin } = service;
    await http.put('/secrets/away', { value: 'x', attributes: { exp: later(20) } });
    await hook.event('away', 'SecretNewVersionCreated');
    await admin.start({ fault: 'clock_advance', seconds: 1 });  // looks at once
    await hook.event('away', 'SecretNearExpiry');
    await admin.replicated('eastus2', 'centralus');
    await admin.during({ fault: 'region_down', region: 'eastus2' }, async () => {
      await admin.mode('demo', 'read_only');
      await advance(21);
      for (let i = 0; i < 20; ++i) {
        assert.equal((await http.get('/secrets/away')).headers['x-ms-keyvault-region'], 'centralus');
      }
      assert.deepEqual(hook.told('away').slice(-1), ['SecretNearExpiry']);
    });
    await admin.mode('demo', 'read_write');
    await hook.event('away', 'SecretExpired');
    assert.deepEqual(hook.told('away'), ['SecretNewVersionCreated', 'SecretNearExpiry', 'SecretExpired']);
    await restart();
  });

  it('go over TLS to whom the configured authority vouches for, and to nobody else', async () => {
    await http.post('/certificates/hook/create', policy());
    const pem = await until('the certificate is there', async () => (await http.get('/secrets/hook')).json?.value);
    const secure = await Webhook.open({ key: pem, cert: pem });
    await restart(configure(secure.uri));
    await http.put('/secrets/tls', { value: 'x' });
    await until('it is refused', () => /notices cannot be delivered to localhost:\d+: TLS: /.test(service.log()));
    assert.equal(secure.requests.length, 0);
    const ca = path.join(directory, 'hook.pem');
    writeFileSync(ca, pem.replace(/-----BEGIN PRIVATE[^]*?END PRIVATE KEY-----\n?/, ''));
    await restart(configure(secure.uri, `ca_file = "${ca}"\n`));
    const event = await secure.event('tls', 'SecretNewVersionCreated');
    assert.equal(event.data.VaultName, 'demo');
    await secure.close();
    await restart();
  });

  it('leave nothing of the authorization behind', async () => {
    const seen = [service.log(), await service.admin.metrics(), JSON.stringify(await service.admin.events())];
    for (const text of seen) assert.ok(!text.includes(authorization.split(' ')[1]));
  });

  it('need their files', async () => {
    const refused = await Service.refused({ config: configure(hook.uri).replace('authorization.txt', 'none.txt') });
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /\[events\].*none\.txt/);
  });
});
