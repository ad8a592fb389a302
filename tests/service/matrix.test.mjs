// Who is let in: every operation of the table, for every kind of caller, from every kind of place.
// What the table says of an operation is all that lets anybody in.
import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { Service, newDirectory, quickTimings } from '../harness/service.mjs';
import { b64 } from './expect.mjs';
import { Http } from './http.mjs';
import { Management } from './management.mjs';
import { operationTable } from './operations.mjs';

const { rows, declared } = operationTable();
const issuer = 'https://issuer.example/';
const tenant = '11111111-2222-3333-4444-555555555555';
const otherTenant = '99999999-2222-3333-4444-555555555555';
const otherIssuer = 'https://other.example/';
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const guid = (kind, number) => `${kind}-0000-0000-0000-${String(number).padStart(12, '0')}`;
const nobody = guid('dddddddd', 1);
// Of each row a principal whose one permission is the row's.
const holder = (row) => guid('aaaaaaaa', rows.indexOf(row) + 1);

const directory = newDirectory();
function keySet(name, pair) {
  const file = path.join(directory, name);
  writeFileSync(file, JSON.stringify({ keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }] }));
  return file;
}

const service = await Service.start({ config: `
built_in_issuer = true
tenant = "${tenant}"
audiences = ["https://vault.example"]
[[issuers]]
issuer = "${issuer}"
tenant = "${tenant}"
key_set_file = "${keySet('keys.json', keys)}"
[[issuers]]
issuer = "${otherIssuer}"
tenant = "${otherTenant}"
key_set_file = "${keySet('other.json', otherKeys)}"
[[regions]]
name = "eastus2"
[[regions]]
name = "centralus"
[[vaults]]
name = "demo"
region = "eastus2"
[failed_authentication]              # not what is tested here
per_address = 0
per_caller = 0
${quickTimings()}` });
const management = await Management.of(service);
const http = new Http(service);
after(async () => {
  http.close();
  management.close();
  await service.stop();
});

const part = (value) => b64(JSON.stringify(value));
function token(oid, { tid = tenant, iss = issuer, pair = keys } = {}) {
  const now = Math.floor(Date.now() / 1000);
  const input = `${part({ alg: 'RS256', typ: 'JWT', kid: 'k' })}.${part({
    iss, aud: 'https://vault.example', tid, oid, appid: oid, idtyp: 'app', nbf: now - 10, iat: now - 10, exp: now + 3600,
  })}`;
  return `${input}.${b64(createSign('sha256').update(input).sign(pair.privateKey))}`;
}

const kinds = { secret: 'secrets', key: 'keys', certificate: 'certificates' };
await management.make('policies', {
  accessPolicies: rows.map((row) => ({
    tenantId: tenant, objectId: holder(row), permissions: { [kinds[row.kind]]: [row.permission] },
  })),
});
await management.make('roles', { enableRbacAuthorization: true });
const vault = (name) => http.vault(name);
const policies = vault('policies');
const roles = vault('roles');

// A request of the row that changes nothing even if it is let in: names that nothing has, bodies
// that lack what is needed.
function ask(at, row, text) {
  const target = row.path.replace('{name}', 'nothing').replace('/{version?}', '');
  return at.send(row.method, target, { token: text, body: row.hasBody ? '{}' : undefined });
}

const refusals = ['ForbiddenByPolicy', 'ForbiddenByRbac', 'ForbiddenByFirewall', 'ForbiddenByConnection'];
// 'in', or why not.
function verdict(answer) {
  if (answer.status === 401) return 'unauthorized';
  const inner = answer.json?.error?.innererror?.code;
  if (answer.status === 403 && refusals.includes(inner)) return inner;
  assert.ok(answer.status < 500 && ![403, 429].includes(answer.status), `${answer.status} ${answer.text}`);
  return 'in';
}

const strange = token(nobody, { tid: otherTenant, iss: otherIssuer, pair: otherKeys });
const forged = token(nobody, { pair: otherKeys });
const callers = {
  'no token': () => '',
  'a bad token': () => forged,
  'the wrong tenant': () => strange,
  'no right': () => token(nobody),
  'the right': (row) => token(holder(row)),
};
const places = {
  open: { networkAcls: { defaultAction: 'Allow' }, publicNetworkAccess: 'Enabled' },
  'ip refused': { networkAcls: { defaultAction: 'Deny', bypass: 'None', ipRules: [{ value: '203.0.113.7' }] }, publicNetworkAccess: 'Enabled' },
  'private only': { networkAcls: { defaultAction: 'Allow' }, publicNetworkAccess: 'Disabled' },
};
const outcome = {
  'no token': { open: 'unauthorized', 'ip refused': 'unauthorized', 'private only': 'unauthorized' },
  'a bad token': { open: 'unauthorized', 'ip refused': 'unauthorized', 'private only': 'unauthorized' },
  'the wrong tenant': { open: 'unauthorized', 'ip refused': 'unauthorized', 'private only': 'unauthorized' },
  'no right': { open: 'ForbiddenByPolicy', 'ip refused': 'ForbiddenByFirewall', 'private only': 'ForbiddenByConnection' },
  'the right': { open: 'in', 'ip refused': 'ForbiddenByFirewall', 'private only': 'ForbiddenByConnection' },
};

it('the table is read whole', () => {
  assert.deepEqual(rows.map((row) => row.id), declared);
  assert.ok(rows.length >= 64);
});

describe('every operation, for every caller, from everywhere', () => {
  for (const [place, network] of Object.entries(places)) {
    it(place, async () => {
      await management.patch('policies', network);
      let asked = 0;
      for (const [caller, tokenOf] of Object.entries(callers)) {
        await Promise.all(rows.map(async (row) => {
          const answer = await ask(policies, row, tokenOf(row));
          assert.equal(verdict(answer), outcome[caller][place], `${row.name} for ${caller}, ${place}: ${answer.text}`);
          asked += 1;
        }));
      }
      console.log(`${place}: ${asked} requests`);
    });
  }
});

it('a permission lets in the operations that need it and no other one', async () => {
  await management.patch('policies', places.open);
  let let_in = 0;
  for (const holding of rows) {
    const text = token(holder(holding));
    await Promise.all(rows.map(async (row) => {
      const answer = await ask(policies, row, text);
      // Random bytes need any right on keys (CONTRACT 10).
      const suits = row.kind === holding.kind && (row.permission === holding.permission || row.id === 'random_bytes');
      assert.equal(verdict(answer), suits ? 'in' : 'ForbiddenByPolicy', `${row.name} with ${holding.permission}: ${answer.text}`);
      let_in += suits ? 1 : 0;
    }));
  }
  console.log(`${rows.length ** 2} requests, ${let_in} let in`);
});

// CONTRACT 10, last table; written out.
const asRole = {
  Administrator: ['00482a5a-887f-4fb3-b363-3b7fe8e74483', () => true],
  Reader: ['21090545-7ca7-4776-b22c-e363652d74d2', (a) => a.endsWith('/read') || a === 'secrets/readMetadata/action'],
  'Secrets User': ['4633458b-17de-408a-b874-0445c86b69e6', (a) => ['secrets/getSecret/action', 'secrets/readMetadata/action'].includes(a)],
  'Secrets Officer': ['b86a8fe4-44ce-4948-aee5-eccb2c155cd7', (a) => a.startsWith('secrets/')],
  'Crypto User': ['12338af0-0e69-4776-bea7-57ae8d297424', (a) => a === 'keys/read'
    || /^keys\/(update|backup|encrypt|decrypt|wrap|unwrap|sign|verify)\/action$/.test(a)],
  'Crypto Officer': ['14b46e9e-c2b7-41b4-b07b-48a6ebf60603', (a) => a.startsWith('keys/') || a.startsWith('keyrotationpolicies/')],
  'Crypto Service Encryption User': ['e147488a-f6f5-4113-8e2d-b22465e65bf6', (a) => /^keys\/(read|wrap\/action|unwrap\/action)$/.test(a)],
  'Certificates Officer': ['a4417e6f-fecd-4de8-b567-7b0420556985', (a) => a.startsWith('certificates/') || a.startsWith('certificatecas/')
    || a === 'certificatecontacts/write'],
  'Certificate User': ['db79e9a7-68ee-4b58-9aeb-b90e7c24fcba', (a) => ['certificates/read', 'secrets/getSecret/action',
    'secrets/readMetadata/action', 'keys/read'].includes(a)],
};

it('a role lets in what its data actions say, and no other role counts', async () => {
  let number = 0;
  for (const [name, [role, allows]] of Object.entries(asRole)) {
    const principal = guid('bbbbbbbb', ++number);
    await management.assign(management.idOf('roles'), guid('cccccccc', number), role, principal);
    const text = token(principal);
    await Promise.all(rows.map(async (row) => {
      const answer = await ask(roles, row, text);
      assert.equal(verdict(answer), allows(row.dataAction) ? 'in' : 'ForbiddenByRbac', `${row.name} as ${name}: ${answer.text}`);
    }));
  }
});

it('a role on one object lets in for that object alone', async () => {
  const principal = guid('bbbbbbbb', 100);
  const [secretsUser] = asRole['Secrets User'];
  await management.assign(`${management.idOf('roles')}/secrets/Mine`, guid('cccccccc', 100), secretsUser, principal);
  const text = token(principal);
  const get = async (name) => verdict(await roles.get(`/secrets/${name}`, { token: text }));
  assert.equal(await get('mine'), 'in');
  assert.equal(await get('other'), 'ForbiddenByRbac');
  assert.equal(await get('mine-too'), 'ForbiddenByRbac');
  assert.equal(verdict(await roles.get('/secrets', { token: text })), 'ForbiddenByRbac');
});

it('a token is for vaults or for the management plane, also once it is known', async () => {
  const forVaults = await Http.of(service);
  const path = management.idOf('policies');
  const asks = { data: (token) => forVaults.get('/secrets', { token }), arm: (token) => forVaults.get(path, { token, version: '2025-05-01' }) };
  for (const [own, foreign, token] of [['data', 'arm', forVaults.token], ['arm', 'data', management.http.token]]) {
    assert.equal((await asks[own](token)).status, 200);
    const refused = await asks[foreign](token);
    assert.equal(refused.status, 401, `${foreign} with a token for ${own}: ${refused.text}`);
    assert.match(refused.json.error.message, /^AKV10022: Invalid audience\./);
  }
  forVaults.close();
});
