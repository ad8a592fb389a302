// Outside issuers: their keys over HTTPS and from files, as these change; vaults of several tenants.
import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { Service, newDirectory, quickTimings } from '../harness/service.mjs';
import { until } from '../harness/wait.mjs';
import { assertError, assertStatus } from './expect.mjs';
import { Http } from './http.mjs';
import { OutsideIssuer } from './outside_issuer.mjs';

const tenants = ['11111111-2222-3333-4444-555555555555', '22222222-2222-3333-4444-555555555555', '33333333-2222-3333-4444-555555555555'];
const owner = 'aaaaaaaa-0000-0000-0000-000000000001';
// One whose keys are fetched rarely, one often, one from a file.
const [rare, often, filed] = await Promise.all([
  OutsideIssuer.open({ tenant: tenants[0] }), OutsideIssuer.open({ tenant: tenants[1], kind: 'ec' }),
  OutsideIssuer.open({ tenant: tenants[2] }),
]);
rare.name = `https://sts.windows.net/${tenants[0]}/`;
often.name = `https://often.example/${tenants[1]}/v2.0`;
filed.name = 'https://filed.example/';
for (const issuer of [rare, often, filed]) issuer.owner = owner;
const file = path.join(newDirectory(), 'keys.json');
const publish = () => {
  writeFileSync(`${file}.new`, JSON.stringify({ keys: filed.keys.map((k) => k.jwk) }));
  renameSync(`${file}.new`, file);
};
publish();

const configure = ({ ca = rare.ca.file } = {}) => `
${[rare, often].map((issuer) => `[[issuers]]
issuer = "${issuer.name}"
tenant = "${issuer.tenant}"
openid = "${issuer.openid}"
ca_file = "${issuer === rare ? ca : issuer.ca.file}"
refresh_every = "${issuer === rare ? '1h' : '1s'}"
`).join('')}
[[issuers]]
issuer = "${filed.name}"
tenant = "${filed.tenant}"
key_set_file = "${file}"
[failed_authentication]
per_address = 0
per_caller = 0
[[regions]]
name = "eastus2"
[[regions]]
name = "centralus"
${['demo', 'second', 'third'].map((name, i) => `[[vaults]]
name = "${name}"
region = "eastus2"
owners = ["${owner}"]
tenant = "${tenants[i].toUpperCase()}"
`).join('')}
${quickTimings()}`;

// It starts while nobody can be reached.
await Promise.all([rare.close(), often.close()]);
const service = await Service.start({ config: configure() });
const http = new Http(service);
const vaults = { demo: http, second: http.vault('second'), third: http.vault('third') };
after(async () => {
  for (const vault of Object.values(vaults)) vault.close();
  await service.stop();
  await Promise.all([rare, often, filed].map((issuer) => issuer.close().catch(() => {})));
});
const use = (vault, token) => vaults[vault].get('/secrets', { token });
const served = (vault, token) => until(`${vault} serves`, async () => (await use(vault, token)).status === 200);
const unknown = (answer) => assertError(answer, 401, 'Unauthorized', { message: /^AKV10046: / });
const fetched = (issuer) => issuer.fetches['/keys'];

describe('an issuer that cannot be reached', () => {
  it('does not hold up the start, and the log tells of it', async () => {
    assertStatus(await use('third', filed.token()), 200);
    unknown(await use('demo', rare.token()));
    await until('the log tells', () => /issuer https:\/\/sts\.windows\.net\/.*: its keys cannot be had: localhost:\d+\/openid: connecting: /.test(service.log()));
  });

  it('is tried again until it is there', async () => {
    await Promise.all([rare.back(), often.back()]);
    await served('demo', rare.token());
    await served('second', often.token());
    assert.match(service.log(), /issuer https:\/\/sts\.windows\.net\/[^ ]*: 1 keys: 11-1/);
    assert.equal(fetched(rare), 1);
  });
});

describe('a key that is not known', () => {
  it('is fetched once for all who wait for it, and serves them', async () => {
    rare.rotate();
    const before = fetched(rare);
    const tokens = Array.from({ length: 24 }, (_, i) => rare.token({ jti: `${i}` }));
    const answers = await Promise.all(tokens.map((token) => use('demo', token)));
    for (const answer of answers) assertStatus(answer, 200);
    assert.equal(fetched(rare), before + 1);
  });

  it('makes no storm', async () => {
    const before = fetched(rare);
    const stranger = await OutsideIssuer.open({ tenant: tenants[0] });
    const bad = Array.from({ length: 60 }, (_, i) => rare.token({ jti: `${i}` }, { kid: `none-${i}`, by: stranger.keys[0] }));
    for (const answer of await Promise.all(bad.map((token) => use('demo', token)))) unknown(answer);
    // Nor does one that says it is from elsewhere.
    unknown(await use('demo', rare.token({ iss: 'https://evil.example/' }, { kid: 'none' })));
    assert.equal(fetched(rare), before);
    await stranger.close();
    // The keys that are known still count.
    assertStatus(await use('demo', rare.token()), 200);
  });
});

describe('a key that is withdrawn', () => {
  it('takes with it what was verified by it, and no other', async () => {
    const old = often.token();
    assertStatus(await use('second', old), 200);
    often.rotate();
    const next = often.token();
    await served('second', next);
    assertStatus(await use('second', old), 200);
    often.keys.shift();
    await until('the old token is refused', async () => (await use('second', old)).status === 401);
    unknown(await use('second', old));
    assertStatus(await use('second', next), 200);
  });

  it('stays while the issuer is down or answers nonsense', async () => {
    const token = often.token({ jti: 'stays' });
    for (const nonsense of [
      (answer) => answer.writeHead(500).end(),
      (answer) => answer.writeHead(302, { location: '/elsewhere' }).end(),
      (answer) => answer.writeHead(200).end('{"keys":[]}'),
      (answer) => answer.writeHead(200).end('nonsense'),
      (answer) => answer.writeHead(200).end(JSON.stringify({ keys: [], x: 'x'.repeat(1100 * 1024) })),
      (answer) => answer.destroy(),
    ]) {
      often.changes['/keys'] = nonsense;
      const before = fetched(often);
      await until('it was fetched', () => fetched(often) >= before + 2);
      assertStatus(await use('second', often.token({ jti: `${before}` })), 200);
    }
    assert.equal(often.fetches['/elsewhere'], undefined);
    delete often.changes['/keys'];
    await often.close();
    assertStatus(await use('second', token), 200);
    await often.back();
    often.rotate({ keep: false });
    await served('second', often.token());
    unknown(await use('second', token));
  });

  it('is that of a file, too', async () => {
    const old = filed.token();
    assertStatus(await use('third', old), 200);
    filed.rotate({ keep: false });
    publish();
    await served('third', filed.token());
    unknown(await use('third', old));
    writeFileSync(file, 'nonsense');
    await until('the log tells', () => /issuer https:\/\/filed\.example\/: its keys cannot be had: /.test(service.log()));
    assertStatus(await use('third', filed.token({ jti: 'after' })), 200);
    publish();
  });
});

describe('an OpenID configuration', () => {
  it('of another issuer gives no keys', async () => {
    const { name } = often;
    often.rotate({ keep: false });
    often.changes['/openid'] = (answer) => answer.writeHead(200).end(JSON.stringify({
      issuer: 'https://evil.example/', jwks_uri: `https://localhost:${often.port}/keys`,
    }));
    await until('the log tells', () => service.log().includes('the OpenID configuration is of another issuer: https://evil.example/'));
    unknown(await use('second', often.token()));
    // Nor does one that leads out of TLS.
    often.changes['/openid'] = (answer) => answer.writeHead(200).end(JSON.stringify({
      issuer: name, jwks_uri: `http://127.0.0.1:${often.port}/keys`,
    }));
    await until('the log tells', () => service.log().includes('jwks_uri: expected an https URL, found http://127.0.0.1'));
    unknown(await use('second', often.token()));
    // One for all tenants, as Azure has it, does.
    often.changes['/openid'] = (answer) => answer.writeHead(200).end(JSON.stringify({
      issuer: name.replace(tenants[1], '{tenantid}'), jwks_uri: `https://localhost:${often.port}/keys`,
    }));
    await served('second', often.token());
  });
});

describe("a vault's tenant", () => {
  it('is the only one whose tokens count', async () => {
    const tokens = { demo: rare.token(), second: often.token(), third: filed.token() };
    for (const [vault, place] of [['demo', 'https://login.microsoftonline.com'], ['second', 'https://often.example'], ['third', 'https://filed.example']]) {
      const tenant = tenants[Object.keys(tokens).indexOf(vault)].toUpperCase();
      for (const [of, token] of Object.entries(tokens)) {
        const answer = await use(vault, token);
        if (of === vault) {
          assertStatus(answer, 200);
          continue;
        }
        assertError(answer, 401, 'Unauthorized', { message: /^AKV10032: Invalid issuer\. Expected one of https:/ });
        assert.ok(answer.headers['www-authenticate'].startsWith(`Bearer authorization="${place}/${tenant}", `), answer.headers['www-authenticate']);
      }
      const none = await use(vault, '');
      assertError(none, 401, 'Unauthorized', { message: /^AKV10000: / });
      assert.ok(none.headers['www-authenticate'].startsWith(`Bearer authorization="${place}/${tenant}", `));
    }
  });
});

describe('who waits for keys', () => {
  it('is sent home when the service ends', async () => {
    let asked;
    const arrived = new Promise((resolve) => { asked = resolve; });
    const restarted = await Service.start({ config: configure() });
    const here = new Http(restarted);
    await until('it serves', async () => (await here.get('/secrets', { token: rare.token() })).status === 200);
    rare.rotate();
    rare.changes['/openid'] = () => asked();  // and never answers
    const waiting = here.get('/secrets', { token: rare.token() });
    await arrived;
    const stopped = restarted.stop();
    unknown(await waiting);
    await stopped;
    here.close();
    delete rare.changes['/openid'];
  });

  it('needs an issuer that the configured authority vouches for', async () => {
    const other = await Service.start({ config: configure({ ca: filed.ca.file }) });
    const there = new Http(other);
    const before = { ...rare.fetches };
    await until('the log tells', () => /sts\.windows\.net.*: its keys cannot be had: localhost:\d+\/openid: TLS: /.test(other.log()));
    unknown(await there.get('/secrets', { token: rare.token() }));
    assert.deepEqual(rare.fetches, before);
    there.close();
    await other.stop();
    const refused = await Service.refused({ config: configure({ ca: '/nowhere/ca.pem' }) });
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /\[\[issuers\]\] https:\/\/sts\.windows\.net.*\/nowhere\/ca\.pem/);
  });
});
