// What time causes: rotation, renewal, purge, each on time and once; and what too many requests
// cause, in a drill and by Azure's limits.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, describe, it } from 'node:test';

import { Service, quickTimings, twinkeep } from '../harness/service.mjs';
import { until } from '../harness/wait.mjs';
import { assertError, assertStatus } from './expect.mjs';
import { Http } from './http.mjs';

const day = 86_400;
const config = `allow_clock_advance = true\n${quickTimings()}`;
const service = await Service.start({ config });
let http = await Http.of(service);
after(async () => {
  http.close();
  await service.stop();
});

const advance = (days) => service.admin.start({ fault: 'clock_advance', seconds: days * day });
const versions = async (object) => assertStatus(await http.get(`/${object}/versions`), 200).value;
const grows = (object, count) => until(`${object} has ${count} versions`, async () => {
  const found = await versions(object);
  return found.length === count && found;
});
async function restart() {
  http.close();
  await service.stop();
  await service.restart({ config });
  http = await Http.of(service);
}
// Whoever starts looks at once: what was to be done again would be.
async function crashVault() {
  const mark = await service.admin.mark();
  await service.admin.start({ fault: 'component_crash', component: 'vault', region: 'eastus2', vault: 'demo' });
  await service.admin.event(mark, { kind: 'component_restarted', detail: /vault demo/ });
}
const rotating = async (name) => {
  assertStatus(await http.post(`/keys/${name}/create`, { kty: 'EC', crv: 'P-256' }), 200);
  assertStatus(await http.put(`/keys/${name}/rotationpolicy`, {
    lifetimeActions: [{ trigger: { timeAfterCreate: 'P30D' }, action: { type: 'Rotate' } }],
    attributes: { expiryTime: 'P90D' },
  }), 200);
};

describe('time', () => {
  it('rotates a key when its policy says so, once, across a restart', async () => {
    await rotating('r');
    await advance(29);
    await crashVault();
    assert.equal((await versions('keys/r')).length, 1);
    await advance(2);
    const second = (await grows('keys/r', 2)).sort((a, b) => a.attributes.created - b.attributes.created)[1];
    assert.equal(second.attributes.exp - second.attributes.created, 90 * day);
    await crashVault();
    assert.equal((await versions('keys/r')).length, 2);
    // The offset is gone with the process: the second version is of a time to come.
    await restart();
    assert.equal((await versions('keys/r')).length, 2);
    await advance(60);
    await crashVault();
    assert.equal((await versions('keys/r')).length, 2);
    await advance(2);
    await grows('keys/r', 3);
    await restart();
  });

  it('renews a certificate', async () => {
    const policy = {
      issuer: { name: 'Self' }, key_props: { kty: 'EC', crv: 'P-256' },
      x509_props: { subject: 'CN=time', validity_months: 12 },
      lifetime_actions: [{ trigger: { days_before_expiry: 30 }, action: { action_type: 'AutoRenew' } }],
    };
    assertStatus(await http.post('/certificates/c/create', { policy }), 202);
    await until('it is issued', async () => (await http.get('/certificates/c')).json?.cer);
    await advance(330);
    await crashVault();
    assert.equal((await versions('certificates/c')).length, 1);
    await advance(10);
    const both = await grows('certificates/c', 2);
    assert.ok(Math.abs(both[0].attributes.exp - both[1].attributes.exp) > 300 * day);
    await until('the new one is complete', async () => {
      const pending = (await http.get('/certificates/c/pending')).json;
      return pending?.status === 'completed' && (await http.get('/certificates/c')).json?.cer;
    });
    assert.equal((await versions('certificates/c')).length, 2);
    await restart();
  });

  it('purges what was deleted, after its retention', async () => {
    const names = ['secrets/p', 'keys/p', 'certificates/pc'];
    assertStatus(await http.put('/secrets/p', { value: 'x' }), 200);
    assertStatus(await http.post('/keys/p/create', { kty: 'EC' }), 200);
    const policy = { issuer: { name: 'Self' }, key_props: { kty: 'EC' }, x509_props: { subject: 'CN=p' } };
    assertStatus(await http.post('/certificates/pc/create', { policy }), 202);
    await until('it is issued', async () => (await http.get('/certificates/pc')).json?.cer);
    for (const name of names) assertStatus(await http.delete(`/${name}`), 200);
    await advance(89);
    await crashVault();
    for (const name of names) assertStatus(await http.get(`/deleted${name}`), 200);
    await advance(2);
    for (const name of [...names, 'secrets/pc', 'keys/pc']) {
      await until(`${name} is gone`, async () => (await http.get(`/deleted${name}`)).status === 404);
    }
    assertStatus(await http.put('/secrets/p', { value: 'again' }), 200);
    await restart();
  });

  it('does what became due while the region was lost as soon as it is back, and not before', async () => {
    const { admin: now } = service;
    await rotating('f');
    await http.put('/secrets/f', { value: 'x' });
    await http.delete('/secrets/f');
    await now.replicated('eastus2', 'centralus');
    await now.during({ fault: 'region_down', region: 'eastus2' }, async () => {
      await now.mode('demo', 'read_only');
      await advance(91);
      assert.equal((await versions('keys/f')).length, 1);
      assertStatus(await http.get('/deletedsecrets/f'), 200);
    });
    await now.mode('demo', 'read_write');
    await grows('keys/f', 2);
    await until('it is purged', async () => (await http.get('/deletedsecrets/f')).status === 404);
    await restart();
  });

  it('lets tokens be, which clients judge by their own clocks', async () => {
    await advance(365);
    assertStatus(await http.get('/secrets'), 200);
    const other = await Http.of(service);
    assertStatus(await other.get('/secrets'), 200);
    const { exp } = JSON.parse(Buffer.from(other.token.split('.')[1], 'base64url').toString());
    assert.ok(exp < Date.now() / 1000 + day);
    const { headers } = await other.get('/secrets');
    assert.ok(Date.parse(headers.date) < Date.now() + day * 1000);
    const made = assertStatus(await other.put('/secrets/later', { value: 'x' }), 200);
    assert.ok(made.attributes.created > Date.now() / 1000 + 364 * day);
    other.close();
    await restart();
  });

  it('is moved by the command line client, and only where it may be', async () => {
    const cli = (to) => new Promise((resolve) => {
      const args = ['--admin', to.ready.admin_uri, 'drill', 'start', 'clock_advance', '--seconds', '3600'];
      execFile(twinkeep, args, { timeout: 60_000 }, (error, stdout, stderr) =>
        resolve({ code: error ? error.code : 0, stdout, stderr }));
    });
    const moved = await cli(service);
    assert.equal(moved.code, 0, moved.stderr);
    assert.match(moved.stdout, /clock_advance 3600 s/);
    const strict = await Service.start();
    const refused = await strict.admin.ask('POST', '/v1/drills', { fault: 'clock_advance', seconds: 1 });
    assert.equal(refused.status, 403);
    assert.match(refused.json.error.message, /allow_clock_advance/);
    const told = await cli(strict);
    assert.equal(told.code, 1);
    assert.match(told.stderr, /allow_clock_advance/);
    assert.deepEqual(await strict.admin.drills(), []);
    await strict.stop();
  });
});

describe('a throttled vault', () => {
  it('refuses its share of requests, no more and no less, until the drill ends', async () => {
    const { admin: now } = service;
    const refusedOf = async (vault, count) => {
      let refused = 0;
      for (let i = 0; i < count; ++i) {
        const answer = await vault.get('/secrets');
        if (answer.status === 200) continue;
        assertError(answer, 429, 'Throttled');
        ++refused;
      }
      return refused;
    };
    assert.equal(await refusedOf(http, 10), 0);
    const west = http.vault('west');
    await now.during({ fault: 'throttled', vault: 'demo', share: 0.25 }, async () => {
      assert.equal(await refusedOf(http, 100), 25);
      assert.equal(await refusedOf(west, 20), 0);
      // Who has no token is told so, whatever the drill.
      assert.equal((await http.get('/secrets', { token: '' })).status, 401);
    });
    assert.equal(await refusedOf(http, 20), 0);
    west.close();
  });
});

describe("Azure's limits", () => {
  it('let in 20 creations of a key in 10 seconds, and reads all the while', async () => {
    // To make 20 keys takes longer than to refuse the others.
    const limited = await Service.start({ config: `limits = "azure"\nrequest_deadline = "60s"\n${quickTimings()}` });
    const client = await Http.of(limited);
    const create = (i) => client.post(`/keys/k${i}/create`, { kty: 'RSA' });
    const answers = await Promise.all(Array.from({ length: 25 }, (_, i) => create(i)));
    const refused = answers.filter((a) => a.status !== 200);
    assert.equal(refused.length, 5);
    for (const answer of refused) {
      assertError(answer, 429, 'Throttled', { message: /VaultRequestTypeLimitReached/ });
      const seconds = Number(answer.headers['retry-after']);
      assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 10, answer.headers['retry-after']);
    }
    assertStatus(await client.get('/keys'), 200);
    assertStatus(await client.put('/secrets/s', { value: 'x' }), 200);
    assertStatus(await client.get('/secrets/s'), 200);
    await until('keys can be created again', async () => (await create('again')).status === 200);
    client.close();
    await limited.stop();
  });
});
