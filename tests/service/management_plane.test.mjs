// The management plane on a listener of its own, and what it answers to requests that are wrong.
import assert from 'node:assert/strict';
import https from 'node:https';
import { after, describe, it } from 'node:test';

import { Service, quickTimings } from '../harness/service.mjs';
import { bounded } from '../harness/wait.mjs';
import { Http } from './http.mjs';
import { Management } from './management.mjs';

const service = await Service.start({ config: `management_listen = ["127.0.0.1:0"]\n${quickTimings()}` });
const management = await Management.of(service);
const http = await Http.of(service);
after(async () => {
  http.close();
  management.close();
  await service.stop();
});
const door = new URL(service.ready.management_uri);
const version = 'api-version=2025-05-01';

function ask(method, path, { token = management.http.token, body, headers = {} } = {}) {
  return bounded(new Promise((resolve, reject) => {
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const request = https.request({
      host: door.hostname, port: door.port, servername: '', ca: service.ca, agent: false, method, path,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        ...headers,
      },
    }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: answer.statusCode, headers: answer.headers, text, json: text ? JSON.parse(text) : undefined });
      });
    });
    request.on('error', reject);
    request.end(payload);
  }), `an answer to ${method} ${path}`);
}

function assertRefused(answer, status, code, message) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.error.code, code);
  if (message) assert.match(answer.json.error.message, message);
}

it('each plane is on its own listener alone', async () => {
  assert.notEqual(door.port, new URL(service.ready.vaults[0].alias).port);
  const vault = `${management.idOf('demo')}?${version}`;
  assert.equal((await ask('GET', vault)).status, 200);
  assert.equal((await http.get(management.idOf('demo'), { version: '2025-05-01', token: management.http.token })).status, 401);
  assert.equal((await ask('GET', '/secrets?api-version=7.4')).status, 404);
  const shown = (await ask('GET', vault)).json.properties.vaultUri;
  assert.equal(shown, `https://demo.vault.localhost:${new URL(service.ready.vaults[0].alias).port}/`);
});

describe('a request that is wrong is refused:', () => {
  const vault = management.idOf('fresh');
  const good = {
    location: 'eastus2',
    properties: { tenantId: management.tenant, sku: { family: 'A', name: 'standard' }, accessPolicies: [] },
  };
  const changed = (change) => ({ ...good, properties: { ...good.properties, ...change } });
  const put = (body) => ask('PUT', `${vault}?${version}`, { body });

  it('without a token, with a challenge', async () => {
    const answer = await ask('GET', `${vault}?${version}`, { token: '' });
    assertRefused(answer, 401, 'AuthenticationFailed');
    assert.match(answer.headers['www-authenticate'], /^Bearer authorization_uri="https:\/\/[^"]+"/);
    assertRefused(await ask('GET', `${vault}?${version}`, { token: 'x.y.z' }), 401, 'AuthenticationFailed');
  });

  it('by its path, method or api-version', async () => {
    assertRefused(await ask('GET', `${management.subscription}/nothing?${version}`), 404, 'InvalidResourceType');
    assertRefused(await ask('POST', `${vault}?${version}`), 405, 'MethodNotAllowed');
    assertRefused(await ask('GET', vault), 400, 'MissingApiVersionParameter');
    assertRefused(await ask('GET', `${vault}?api-version=1.0`), 400, 'InvalidApiVersionParameter');
    assertRefused(await ask('GET', `${vault}?${version}`), 404, 'ResourceNotFound');
  });

  const bodies = {
    'no JSON': ['{', 'InvalidRequestContent'],
    'nothing': ['', 'InvalidRequestContent'],
    'no location': [{ ...good, location: undefined }, 'BadRequest', /location/],
    'a tenant that is no GUID': [changed({ tenantId: 'x' }), 'BadRequest', /tenantId/],
    'another tenant': [changed({ tenantId: '99999999-0000-0000-0000-000000000000' }), 'BadRequest', /tenantId/],
    'a sku that does not exist': [changed({ sku: { family: 'A', name: 'gold' } }), undefined, /gold/],
    'a premium vault': [changed({ sku: { family: 'A', name: 'premium' } }), 'SkuNotSupported', /not offered in .*HSMs/],
    'an unknown permission': [changed({ accessPolicies: [{ tenantId: management.tenant, objectId: management.tenant, permissions: { secrets: ['fly'] } }] }), 'BadRequest', /fly/],
    'an IP rule that is none': [changed({ networkAcls: { ipRules: [{ value: '10.0.0.300' }] } }), 'BadRequest', /10\.0\.0\.300/],
    'a retention of a year': [changed({ softDeleteRetentionInDays: 365 }), 'BadRequest', /softDeleteRetentionInDays/],
    'soft delete off': [changed({ enableSoftDelete: false }), 'BadRequest', /enableSoftDelete/],
  };
  for (const [what, [body, code, message]] of Object.entries(bodies)) {
    it(`with ${what}`, async () => {
      const answer = await put(body);
      assert.equal(answer.status, 400, answer.text);
      if (code) assert.equal(answer.json.error.code, code, answer.text);
      if (message) assert.match(answer.json.error.message, message);
      assert.equal((await ask('GET', `${vault}?${version}`)).status, 404);
    });
  }

  it('with a body that is too large', async () => {
    const answer = await put({ ...good, tags: { a: 'x'.repeat(5 << 20) } }).catch((error) => error);
    assert.ok(answer instanceof Error || answer.status === 413, answer.text);
  });
});

it('lists come in pages that lead to the next one', async () => {
  for (const name of ['page-a', 'page-b', 'page-c']) await ask('PUT', `${management.idOf(name)}?${version}`, {
    body: { location: 'centralus', properties: { tenantId: management.tenant, sku: { family: 'A', name: 'standard' }, accessPolicies: [] } },
  });
  const seen = [];
  let next = `${management.subscription}/providers/Microsoft.KeyVault/vaults?${version}&$top=2`;
  while (next) {
    const answer = await ask('GET', next);
    assert.equal(answer.status, 200, answer.text);
    assert.ok(answer.json.value.length <= 2);
    seen.push(...answer.json.value.map((vault) => vault.name));
    next = answer.json.nextLink && new URL(answer.json.nextLink).pathname + new URL(answer.json.nextLink).search;
  }
  assert.deepEqual(seen, ['demo', 'page-a', 'page-b', 'page-c', 'west']);
});

it('what surrounds vaults is there for those who ask', async () => {
  const locations = await ask('GET', `${management.subscription}/locations?api-version=2022-12-01`);
  assert.deepEqual(locations.json.value.map((l) => l.name).sort(), ['centralus', 'eastus2', 'westus3']);
  assert.equal((await ask('GET', '/subscriptions?api-version=2022-12-01')).json.value[0].tenantId, management.tenant);
  const generic = await ask('GET', `${management.subscription}/resources?$filter=${encodeURIComponent("resourceType eq 'Microsoft.KeyVault/vaults'")}&api-version=2015-11-01`);
  assert.ok(generic.json.value.some((vault) => vault.name === 'demo' && vault.id === management.idOf('demo')));
  assert.equal((await ask('GET', `${management.group}?api-version=2021-04-01`)).json.name, service.ready.resource_group);
  // `az keyvault list-deleted` asks for both kinds.
  for (const list of [`${management.group}/providers/Microsoft.KeyVault/managedHSMs`,
    `${management.subscription}/providers/Microsoft.KeyVault/managedHSMs`,
    `${management.subscription}/providers/Microsoft.KeyVault/deletedManagedHSMs`]) {
    assert.deepEqual((await ask('GET', `${list}?${version}`)).json, { value: [] }, list);
  }
});
