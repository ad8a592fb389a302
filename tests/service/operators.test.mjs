// What operators have: status, events, drills, metrics, health, the CA, the ready file, the command
// line client, the log.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { X509Certificate, randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { after, describe, it } from 'node:test';

import { Service, twinkeep } from '../harness/service.mjs';
import { until } from '../harness/wait.mjs';
import { assertStatus, b64 } from './expect.mjs';
import { Http } from './http.mjs';

const service = await Service.start();
const http = await Http.of(service);
const { admin, ready } = service;
await admin.healthy('eastus2');
await admin.healthy('centralus');
let stopped = false;
after(async () => {
  http.close();
  if (!stopped) await service.stop();
});

const keysOf = (object) => Object.keys(object).sort();

describe('the ready file', () => {
  it('says how to reach the service', () => {
    assert.equal(ready.pid, service.pid);
    assert.match(ready.admin_uri, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.match(ready.authority, /^https:\/\/127\.0\.0\.1:\d+$/);
    for (const member of ['tenant_id', 'client_id', 'client_secret']) assert.ok(ready[member].length >= 16, member);
    const { port } = new URL(ready.authority);
    assert.deepEqual(ready.vaults, [
      { name: 'demo', region: 'eastus2', uri: `https://demo.vault.localhost:${port}`, alias: `https://127.0.0.1:${port}` },
      { name: 'west', region: 'westus3', uri: `https://west.vault.localhost:${port}` },
    ]);
  });

  it('is for its owner only, as it holds a secret', () => {
    assert.equal(statSync(service.readyFile).mode & 0o077, 0);
  });

  it('names a CA that the admin listener gives out too, and that signed every name', async () => {
    const answer = await admin.ask('GET', '/v1/ca.pem');
    assert.equal(answer.status, 200);
    assert.equal(new X509Certificate(answer.text).fingerprint256, new X509Certificate(service.ca).fingerprint256);
    assert.ok(new X509Certificate(answer.text).ca);
    assert.ok(!/PRIVATE/.test(answer.text));
    const wire = await http.connect();
    const certificate = wire.socket.getPeerX509Certificate();
    for (const name of ['demo.vault.localhost', 'anything.vault.localhost', 'localhost']) {
      assert.ok(certificate.checkHost(name), name);
    }
    for (const address of ['127.0.0.1', '::1']) assert.ok(certificate.checkIP(address), address);
    wire.destroy();
  });
});

describe('the admin listener', () => {
  it('tells the status', async () => {
    await http.put('/secrets/status', { value: 'x' });
    await admin.replicated('eastus2', 'centralus');
    const status = await admin.status();
    assert.deepEqual(keysOf(status), ['audit', 'regions', 'vaults']);
    assert.deepEqual(status.regions.map((r) => r.name).sort(), ['centralus', 'eastus2', 'westus3']);
    const pairs = { eastus2: 'centralus', centralus: 'eastus2' };
    for (const region of status.regions) {
      if (pairs[region.name]) assert.equal(region.pair, pairs[region.name]);
      assert.equal(region.state, 'up');
      assert.ok(Number.isInteger(region.revision));
      assert.deepEqual(region.zones.map((z) => z.id), ['1', '2', '3']);
      for (const zone of region.zones) {
        assert.deepEqual(keysOf(zone), ['id', 'in_sync', 'revision', 'state']);
        assert.equal(zone.state, 'up');
      }
    }
    const { replication } = status.regions.find((r) => r.name === 'centralus');
    assert.deepEqual(keysOf(replication), ['applied', 'lag_revisions', 'lag_seconds', 'last_sync_time', 'source']);
    assert.equal(replication.source, 'eastus2');
    assert.ok(!Number.isNaN(Date.parse(replication.last_sync_time)));
    assert.equal(status.regions.find((r) => r.name === 'westus3').replication ?? undefined, undefined);
    assert.deepEqual(status.vaults, [
      { name: 'demo', region: 'eastus2', serving_region: 'eastus2', mode: 'read_write' },
      { name: 'west', region: 'westus3', serving_region: 'westus3', mode: 'read_write' },
    ]);
  });

  it('is healthy and ready', async () => {
    assert.equal((await admin.ask('GET', '/healthz')).status, 200);
    assert.equal((await admin.ask('GET', '/readyz')).status, 200);
  });

  it('has metrics that Prometheus can read, and they count', async () => {
    const answer = await admin.ask('GET', '/metrics');
    assert.match(answer.headers['content-type'], /^text\/plain/);
    const samples = (text) => text.split('\n').filter((line) => line && !line.startsWith('#'));
    for (const line of samples(answer.text)) {
      assert.match(line, /^[a-zA-Z_:][\w:]*(\{([a-zA-Z_]\w*="[^"]*",?)*\})? [-+]?([\d.]+(e[-+]?\d+)?|NaN|Inf)$/i, line);
    }
    const total = (text) => samples(text).filter((line) => line.includes('SecretGet'))
      .reduce((sum, line) => sum + Number(line.split(' ').pop()), 0);
    await http.get('/secrets/status');
    assert.ok(total(await admin.metrics()) > total(answer.text), 'a request is counted by its operation');
    assert.match(answer.text, /lag/);
  });

  it('starts, lists and ends drills, and tells what came of them', async () => {
    const mark = await admin.mark();
    const id = await admin.start({ fault: 'zone_down', region: 'westus3', zone: '2' });
    const drill = (await admin.drills()).find((d) => d.id === id);
    assert.equal(drill.fault, 'zone_down');
    assert.equal(drill.region, 'westus3');
    assert.equal(String(drill.zone), '2');
    assert.equal(drill.active, true);
    assert.ok(drill.started);
    const out = await admin.event(mark, { kind: 'zone_out', region: 'westus3', zone: 2 });
    assert.ok(Number.isInteger(out.seq) && !Number.isNaN(Date.parse(out.time)));
    assert.equal((await admin.ask('DELETE', `/v1/drills/${id}`)).status, 200);
    await admin.event(mark, { kind: 'zone_in', region: 'westus3', zone: 2 });
    assert.notEqual((await admin.drills()).find((d) => d.id === id)?.active, true);
    const events = await admin.events();
    assert.deepEqual(events.map((e) => e.seq), events.map((e) => e.seq).sort((a, b) => a - b));
    for (const kind of ['drill_started', 'drill_ended']) assert.ok(events.some((e) => e.kind === kind));
  });

  it('refuses what it does not understand, and says why', async () => {
    const drills = [{}, { fault: 'earthquake' }, { fault: 'region_down' }, { fault: 'region_down', region: 'mars' },
      { fault: 'zone_down', region: 'eastus2' }, { fault: 'zone_down', region: 'eastus2', zone: 4 },
      { fault: 'region_down', region: 'eastus2', zone: 1 }, { fault: 'link_cut', from: 'eastus2' },
      { fault: 'link_cut', from: 'eastus2', to: 'eastus2' }, { fault: 'component_crash', component: 'heart' },
      { fault: 'region_down', region: 'eastus2', for_seconds: -1 }, { fault: 'region_down', region: 'eastus2', for_seconds: 'x' }];
    for (const drill of drills) {
      const answer = await admin.ask('POST', '/v1/drills', drill);
      assert.equal(answer.status, 400, `${JSON.stringify(drill)}: ${answer.text}`);
      assert.deepEqual(keysOf(answer.json.error), ['code', 'message']);
    }
    for (const [method, path, status] of [['GET', '/v1/nothing', 404], ['DELETE', '/v1/drills/none', 404],
      ['POST', '/v1/status', 405], ['GET', '/v1/drills/../status', 404]]) {
      const answer = await admin.ask(method, path);
      assert.ok([status, 400].includes(answer.status) || path.includes('..'), `${method} ${path}: ${answer.status}`);
    }
    assert.equal((await admin.vault('demo')).mode, 'read_write');
  });
});

function cli(...args) {
  const env = { ...process.env, TERM: 'dumb' };
  return new Promise((resolve) => {
    execFile(twinkeep, args, { env, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout, stderr }));
  });
}

describe('the command line client', () => {
  const at = ['--admin', ready.admin_uri];

  it('shows the status, for people and for programs', async () => {
    const table = await cli(...at, 'status');
    assert.equal(table.code, 0, table.stderr);
    for (const word of ['REGION', 'eastus2', 'centralus', 'westus3', 'demo', 'read_write']) {
      assert.ok(table.stdout.includes(word), word);
    }
    const json = await cli('--ready-file', service.readyFile, 'status', '--json');
    assert.deepEqual(keysOf(JSON.parse(json.stdout)), ['audit', 'regions', 'vaults']);
  });

  it('starts, lists and ends drills', async () => {
    const started = await cli(...at, 'drill', 'start', 'zone_down', '--region', 'westus3', '--zone', '1', '--for', '10m', '--json');
    assert.equal(started.code, 0, started.stderr);
    const { id } = JSON.parse(started.stdout);
    const listed = await cli(...at, 'drill', 'list');
    assert.match(listed.stdout, new RegExp(`${id}\\s+zone_down\\s+westus3/1\\s+yes`));
    const ended = await cli(...at, 'drill', 'end', String(id));
    assert.equal(ended.code, 0, ended.stderr);
    const wrong = await cli(...at, 'drill', 'start', 'zone_down', '--region', 'mars', '--zone', '1');
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /mars/);
    await admin.healthy('westus3');
  });

  it('goes on watching until it is interrupted', async () => {
    const watching = spawn(twinkeep, [...at, 'status', '--watch', '--json']);
    let seen = '';
    watching.stdout.on('data', (chunk) => { seen += chunk; });
    await until('two looks were shown', () => seen.trim().split('\n').length >= 2);
    watching.kill('SIGINT');
    await once(watching, 'exit');
    for (const line of seen.trim().split('\n')) assert.deepEqual(keysOf(JSON.parse(line)), ['audit', 'regions', 'vaults']);
  });

  it('shows what happened', async () => {
    const events = await cli(...at, 'events');
    assert.match(events.stdout, /zone_out\s+westus3\/1/);
    const lines = (await cli(...at, 'events', '--json')).stdout.trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(lines.some((e) => e.kind === 'zone_in'));
  });

  it('says so when it cannot do what was asked', async () => {
    assert.equal((await cli(...at, 'drill', 'end', 'none')).code, 1);
    assert.equal((await cli('--admin', 'http://127.0.0.1:1', 'status')).code, 1);
    assert.equal((await cli('frobnicate')).code, 2);
  });
});

describe('the log', () => {
  it('holds nothing secret, whatever was asked for', async () => {
    const value = `hush-${randomBytes(12).toString('hex')}`;
    await http.put('/secrets/hushed', { value, tags: { tag: value } });
    await http.get('/secrets/hushed');
    await http.send('PUT', '/secrets/hushed', { body: `{"value":"${value}"` });
    await http.put(`/secrets/${value}_`, { value });
    await http.get(`/secrets/hushed?${value}=${value}`);
    await http.post('/keys/hushed/create', { kty: 'RSA' });
    const text = b64(Buffer.from(value));
    const sealed = await http.post('/keys/hushed//encrypt', { alg: 'RSA-OAEP', value: text });
    const opened = await http.post('/keys/hushed//decrypt', { alg: 'RSA-OAEP', value: sealed.json.value });
    assert.equal(opened.json.value, text);
    const backup = (await http.post('/secrets/hushed/backup')).json.value;
    await http.get('/secrets', { token: `${http.token}x` });
    await http.form(`/${ready.tenant_id}/oauth2/v2.0/token`, {
      grant_type: 'client_credentials', client_id: ready.client_id, client_secret: `${ready.client_secret}-${value}`,
      scope: 'x/.default',
    });
    const visible = [await admin.metrics(), JSON.stringify(await admin.events()), JSON.stringify(await admin.status())];
    http.close();
    await service.stop();
    stopped = true;
    visible.push(service.log());
    for (const hidden of [value, text, backup, ready.client_secret, http.token, http.token.split('.')[2]]) {
      for (const seen of visible) assert.ok(!seen.includes(hidden), `found ${hidden.slice(0, 12)}...`);
    }
  });

  it('says what happened', () => {
    assert.match(service.log(), /zone_out|zone .*out/i);
  });
});
