// The audit log: a line for every request, nothing secret in it, and what becomes of requests when
// it cannot be written.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import {
  chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { Service, newDirectory, quickTimings, twinkeepd } from '../harness/service.mjs';
import { bounded, until } from '../harness/wait.mjs';
import { assertError, assertStatus, b64 } from './expect.mjs';
import { Http, latest } from './http.mjs';

const claim = {
  oid: 'http://schemas.microsoft.com/identity/claims/objectidentifier',
};
const tail = `[[regions]]
name = "eastus2"
[[regions]]
name = "centralus"
[[vaults]]
name = "demo"
region = "eastus2"
${quickTimings()}`;
const directory = newDirectory();
const file = path.join(directory, 'audit.json');
const service = await Service.start({
  config: `subscription = "sub-one"\n[audit]\nfile = "${file}"\n${tail}`,
});
const http = await Http.of(service);
const { admin } = service;
await admin.healthy('eastus2');
await admin.healthy('centralus');
after(async () => {
  http.close();
  await service.stop();
});

const text = () => readFileSync(file, 'utf8');
const lines = () => text().split('\n').filter(Boolean).map((line) => JSON.parse(line));
// The lines whose correlation id is one of a request that was told apart by it.
const lineOf = (id) => until(`there is a line of ${id}`, () => {
  const found = lines().filter((line) => line.correlationId === id);
  return found.length > 0 && (assert.equal(found.length, 1), found[0]);
});
async function audited(send) {
  const id = randomUUID();
  const answer = await send({ 'x-ms-client-request-id': id, 'user-agent': 'probe/1 "quoted"' });
  return { answer, line: await lineOf(id) };
}

describe('a line of the audit log', () => {
  it('tells who did what to which object, from where, and what came of it', async () => {
    const { answer, line } = await audited((headers) =>
      http.put('/secrets/name-1', { value: 'never told' }, { headers }));
    assertStatus(answer, 200);
    assert.match(line.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
    assert.ok(Math.abs(Date.parse(line.time) - Date.now()) < 120_000);
    assert.match(line.durationMs, /^\d+$/);
    const { time, durationMs, correlationId, ...rest } = line;
    const origin = `https://${http.host}`;
    assert.deepEqual(rest, {
      resourceId: '/SUBSCRIPTIONS/SUB-ONE/RESOURCEGROUPS/TWINKEEP/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/DEMO',
      operationName: 'SecretSet', operationVersion: latest, category: 'AuditEvent',
      resultType: 'Success', resultSignature: 'OK', resultDescription: '',
      callerIpAddress: '127.0.0.1',
      identity: { claim: { [claim.oid]: rest.identity.claim[claim.oid], appid: service.ready.client_id } },
      properties: {
        httpStatusCode: 200, clientInfo: 'probe/1 "quoted"',
        requestUri: `${origin}/secrets/name-1?api-version=${latest}`, id: `${origin}/secrets/name-1`,
        requestId: answer.headers['x-ms-request-id'], region: 'eastus2', vaultMode: 'read_write',
        isReadOnly: false, addrAuthType: 'PublicIP',
      },
    });
    assert.ok(rest.identity.claim[claim.oid]);
  });

  it('is there for every way in which a request can end', async () => {
    const key = assertStatus(await http.post('/keys/signer/create', { kty: 'EC', crv: 'P-256' }), 200);
    const version = key.key.kid.split('/').at(-1);
    const cases = [
      [(headers) => http.get('/secrets/name-1', { headers }), 'SecretGet', 200, '', 'OK', '/secrets/name-1'],
      [(headers) => http.get('/secrets/missing', { headers }), 'SecretGet', 404, 'SecretNotFound', 'Not Found', '/secrets/missing'],
      [(headers) => http.post(`/keys/signer/${version}/sign`, { alg: 'ES256', value: b64(randomBytes(32)) }, { headers }),
        'KeySign', 200, '', 'OK', `/keys/signer/${version}`],
      [(headers) => http.put('/secrets/name-1', {}, { headers }), 'SecretSet', 400, 'BadParameter', 'Bad Request', '/secrets/name-1'],
      [(headers) => http.get('/secrets', { headers, version: '1.0' }), 'Unknown', 400, 'BadParameter', 'Bad Request', ''],
      [(headers) => http.get('/nowhere', { headers }), 'Unknown', 404, 'NotFound', 'Not Found', ''],
      [(headers) => http.get('/secrets/name-1', { headers, token: '' }), 'Authentication', 401, 'Unauthorized', 'Unauthorized', ''],
      [(headers) => http.get('/secrets/name-1', { headers, token: 'a.b.c' }), 'Authentication', 401, 'Unauthorized', 'Unauthorized', ''],
      [(headers) => http.delete('/secrets/name-1', { headers }), 'SecretDelete', 200, '', 'OK', '/secrets/name-1'],
      [(headers) => http.get('/deletedsecrets/name-1', { headers }), 'SecretGetDeleted', 200, '', 'OK', '/secrets/name-1'],
    ];
    for (const [send, operation, status, code, signature, object] of cases) {
      const { answer, line } = await audited(send);
      const where = `${operation} ${status} ${JSON.stringify(line)}`;
      assert.equal(answer.status, status, where);
      assert.equal(line.operationName, operation, where);
      assert.equal(line.properties.httpStatusCode, status, where);
      assert.equal(line.resultType, status < 400 ? 'Success' : 'Failed', where);
      assert.equal(line.resultSignature, signature, where);
      assert.equal(line.resultDescription, code, where);
      assert.equal(line.properties.id, `https://${http.host}${object}`, where);
      assert.equal(line.properties.requestId, answer.headers['x-ms-request-id'], where);
      assert.equal(Object.keys(line.identity.claim).length, status === 401 ? 0 : 2, where);
    }
  });

  it('names the region that answered while the vault is failed over, and the refusal of a write', async () => {
    assertStatus(await http.put('/secrets/over', { value: 'v' }), 200);
    await admin.replicated('eastus2', 'centralus');
    await admin.during({ fault: 'region_down', region: 'eastus2' }, async () => {
      await admin.mode('demo', 'read_only');
      const read = await audited((headers) => http.get('/secrets/over', { headers }));
      assertStatus(read.answer, 200);
      assert.equal(read.line.properties.region, 'centralus');
      assert.equal(read.line.properties.vaultMode, 'read_only');
      assert.equal(read.line.properties.isReadOnly, true);
      const write = await audited((headers) => http.put('/secrets/over', { value: 'w' }, { headers }));
      assert.equal(write.answer.status, 403);
      assert.equal(write.line.operationName, 'SecretSet');
      assert.equal(write.line.resultSignature, 'Forbidden');
      assert.equal(write.line.resultDescription, 'Forbidden, VaultReadOnly');
    });
    await admin.mode('demo', 'read_write');
  });

  it('takes the id of the request where the client sent no GUID, and cannot be forged', async () => {
    const forged = 'x","operationName":"Forged","y":"';
    const answer = await http.get(`/secrets/${encodeURIComponent('a\n{"operationName":"Forged"}')}`, {
      headers: { 'x-ms-client-request-id': forged, 'user-agent': `${forged}\u00e9\u0085` },
    });
    const line = await lineOf(answer.headers['x-ms-request-id']);
    assert.equal(line.operationName, 'Unknown');
    assert.ok(line.properties.clientInfo.startsWith(forged));
    assert.ok(lines().every((l) => l.operationName !== 'Forged'));
    assert.match(text(), /^[\x20-\x7e\n]*$/);
  });

  it('leaves out of the query what it does not know', async () => {
    const { line } = await audited((headers) =>
      http.get('/secrets?maxresults=1&$skiptoken=hidden&access_token=hidden', { headers }));
    assert.equal(line.properties.requestUri,
      `https://${http.host}/secrets?maxresults=1&api-version=${latest}`);
  });

  it('is not written for probes', async () => {
    const before = randomUUID();
    const probe = await http.get('/healthstatus', { headers: { 'x-ms-client-request-id': before } });
    assertStatus(probe, 200);
    await audited((headers) => http.get('/secrets', { headers }));
    assert.ok(lines().every((line) => line.correlationId !== before));
  });
});

describe('nothing secret', () => {
  it('gets into the audit log, the service\'s log, metrics, events or the status', async () => {
    const planted = { secret: `planted-${randomBytes(24).toString('hex')}` };
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = privateKey.export({ format: 'jwk' });
    for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi']) planted[`key's ${part}`] = jwk[part];
    planted['bearer token'] = http.token;
    planted['its signature'] = http.token.split('.')[2];
    planted['client secret'] = service.ready.client_secret;
    planted['wrong client secret'] = `wrong-${randomBytes(24).toString('hex')}`;
    planted['bad token'] = `bad${randomBytes(24).toString('hex')}`;

    assertStatus(await http.put('/secrets/planted', { value: planted.secret, tags: { t: 'x' } }), 200);
    assertStatus(await http.get('/secrets/planted'), 200);
    assertStatus(await http.put('/secrets/planted', `{"value":"${planted.secret}",`), 400);
    assertStatus(await http.put('/keys/planted', { key: { ...jwk, kty: 'RSA' } }), 200);
    assertStatus(await http.put('/keys/planted', { key: { ...jwk, n: 'AQAB', kty: 'RSA' } }), 400);
    assertStatus(await http.post('/secrets/planted/backup'), 200);
    assertStatus(await http.get('/secrets/planted', { token: planted['bad token'] }), 401);
    const { tenant_id, client_id } = service.ready;
    const wrong = await http.form(`/${tenant_id}/oauth2/v2.0/token`, {
      grant_type: 'client_credentials', client_id, client_secret: planted['wrong client secret'],
      scope: 'https://vault.localhost/.default',
    });
    assertStatus(wrong, 401);
    await http.authenticate();
    const signIn = await until('both sign-ins are written', () => {
      const found = lines().filter((l) => l.operationName === 'Authentication' && /token/.test(l.properties.requestUri));
      return found.some((l) => l.resultType === 'Success') && found.find((l) => l.resultType === 'Failed');
    });
    assert.equal(signIn.properties.httpStatusCode, 401);
    await audited((headers) => http.get('/secrets', { headers }));

    const places = {
      'audit log': text(), log: service.log(), metrics: await admin.metrics(),
      events: JSON.stringify(await admin.events()), status: JSON.stringify(await admin.status()),
    };
    assert.match(places.metrics, /^twinkeep_audit_lines_total\{outcome="written"\} [1-9]/m);
    for (const [place, content] of Object.entries(places)) {
      assert.ok(content.length > 0, place);
      for (const [what, secret] of Object.entries(planted)) {
        assert.ok(secret.length >= 20, what);
        assert.ok(!content.includes(secret), `the ${what} is in the ${place}`);
      }
    }
  });

  // Told by a program that may dump core and does, in the same place and in the same way. Of one
  // that may not, /proc belongs to root, so both run as somebody else.
  it('is left in a core file', async () => {
    const here = mkdtempSync(path.join(tmpdir(), 'twinkeep-core-'));
    const root = process.getuid() === 0;
    const nobody = 65534;
    const user = root ? nobody : process.getuid();
    if (root) chownSync(here, nobody, nobody);
    const prefix = root ? ['setpriv', '--reuid', `${nobody}`, '--regid', `${nobody}`, '--clear-groups'] : [];
    const abort = async (program, look) => {
      const script = 'ulimit -c unlimited; exec "$@"';
      const [command, ...args] = [...prefix, 'bash', '-c', script, 'bash', ...program];
      const child = spawn(command, args, { cwd: here, stdio: 'ignore' });
      const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal)));
      try {
        await look(`/proc/${child.pid}`);
      } finally {
        child.kill('SIGABRT');
      }
      assert.equal(await bounded(ended, `${program[0]} ends`), 'SIGABRT');
    };
    const owner = (proc) => statSync(`${proc}/environ`).uid;
    const cores = () => readdirSync(here).filter((name) => /^core(\.|$)/.test(name));
    try {
      const ready = path.join(here, 'ready.json');
      await abort([twinkeepd, '--data', path.join(here, 'data'), '--ready-file', ready,
        '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'], async (proc) => {
        await until('it is ready', () => existsSync(ready));
        assert.match(readFileSync(`${proc}/limits`, 'utf8'), /^Max core file size +0 +0 /m);
        assert.equal(owner(proc), 0);
      });
      assert.deepEqual(cores(), []);
      await abort(['sleep', '600'], async (proc) => {
        await until('it sleeps', () => readFileSync(`${proc}/comm`, 'utf8') === 'sleep\n');
        assert.equal(owner(proc), user);
      });
      // Where the system hands cores to a program of its own, none is a file here.
      const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
      if (pattern === 'core') assert.equal(cores().length, 1);
    } finally {
      rmSync(here, { recursive: true, force: true });
    }
  });
});

describe('an audit log that takes nothing', () => {
  const config = (settings) => `[audit]\nfile = "/dev/full"\n${settings}\n${tail}`;

  it('is told of, and requests go on where it is not required', async () => {
    const other = await Service.start({ config: config('') });
    try {
      const client = await Http.of(other);
      const failing = await other.admin.event(0, { kind: 'audit_failing', detail: /\/dev\/full: No space left/ });
      assert.ok(failing);
      assertStatus(await client.put('/secrets/a', { value: 'v' }), 200);
      const { audit } = await other.admin.status();
      assert.equal(audit.state, 'failing');
      assert.equal(audit.written, 0);
      assert.match(audit.why, /No space left/);
      assert.match(await other.admin.metrics(), /^twinkeep_audit_failing 1$/m);
      assert.match(other.log(), /audit_failing/);
      assert.equal(other.log().match(/audit_failing/g).length, 1);
      client.close();
    } finally {
      await other.stop();
    }
    // What could not be written in the end is told as well.
    assert.match(other.log(), /audit_lost: \/dev\/full: [1-9]\d* lines/);
  });

  it('stops the service where it is required, and is tried again', async () => {
    const here = newDirectory();
    const log = path.join(here, 'logs', 'audit.json');
    mkdirSync(path.dirname(log));
    const other = await Service.start({
      config: `[audit]\nfile = "${log}"\nrequired = true\n${tail}`,
    });
    const limit = (bytes) => execFileSync('prlimit', ['--pid', String(other.pid), `--fsize=${bytes}:unlimited`]);
    try {
      const client = await Http.of(other);
      assertStatus(await client.put('/secrets/a', { value: 'v' }), 200);
      const mark = await other.admin.mark();
      // No file of the process may grow beyond what the log has: the stores have nothing to write now.
      await until('the line is there', () => /SecretSet/.test(readFileSync(log, 'utf8')));
      limit(1);
      const refused = await until('a request is refused', async () => {
        const answer = await client.get('/secrets/a');
        return answer.status === 503 && answer;
      });
      assertError(refused, 503, 'ServiceUnavailable', { message: /audit log/ });
      await other.admin.event(mark, { kind: 'audit_failing' });
      assertStatus(await client.get('/healthstatus'), 503);
      limit('unlimited');
      await other.admin.event(mark, { kind: 'audit_restored', detail: /: 0 lines lost, [1-9]\d* requests refused/ });
      const id = randomUUID();
      assertStatus(await client.get('/secrets/a', { headers: { 'x-ms-client-request-id': id } }), 200);
      await until('its line is there', () => readFileSync(log, 'utf8').includes(id));
      const { audit } = await other.admin.status();
      assert.equal(audit.state, 'working');
      assert.equal(audit.required, true);
      assert.equal(audit.lost, 0);
      assert.ok(audit.refused > 0);
      // Whole lines, each once.
      const written = readFileSync(log, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
      assert.equal(new Set(written.map((l) => l.properties.requestId)).size, written.length);
      client.close();
    } finally {
      await other.stop();
    }
  });

  it('is a mistake of the configuration if its file cannot be opened', async () => {
    const { code, output } = await Service.refused({
      config: `[audit]\nfile = "/dev/null/audit.json"\n${tail}`,
    });
    assert.equal(code, 1);
    assert.match(output, /audit log \/dev\/null\/audit\.json: Not a directory/);
  });
});

describe('the audit log of a service that ends', () => {
  it('has every line, and is on standard output where that is wanted', async () => {
    const other = await Service.start({ config: `[audit]\nto = "stdout"\n${tail}` });
    const client = await Http.of(other);
    const ids = Array.from({ length: 20 }, () => randomUUID());
    for (const id of ids) {
      assertStatus(await client.get('/secrets', { headers: { 'x-ms-client-request-id': id } }), 200);
    }
    client.close();
    await other.stop();
    const written = other.log();
    for (const id of ids) assert.ok(written.includes(`"correlationId":"${id}"`), id);
  });
});
