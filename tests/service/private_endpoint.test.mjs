// A private endpoint: an address of its own that leads to one vault once its connection is approved,
// and that takes a while to come back after a failover.
import assert from 'node:assert/strict';
import https from 'node:https';
import net from 'node:net';
import { after, describe, it } from 'node:test';

import { Service, quickTimings } from '../harness/service.mjs';
import { bounded, until } from '../harness/wait.mjs';
import { Http, latest } from './http.mjs';

const address = '127.0.0.2';

// A port that is free at this address at this moment.
async function freePort() {
  const server = net.createServer();
  await new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen({ host: address, port: 0 }, resolve);
  });
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const port = await freePort();
const service = await Service.start({
  config: `${quickTimings()}
[private_endpoint]
reestablish_after = "4s"
[[regions]]
name = "eastus2"
[[regions]]
name = "centralus"
[[vaults]]
name = "demo"
region = "eastus2"
[[vaults]]
name = "other"
region = "eastus2"
[[private_endpoints]]
name = "pe"
vault = "demo"
listen = "${address}:${port}"
`,
});
after(() => service.stop());
const { admin } = service;
const http = await Http.of(service);
const management = await managementHttp();
await http.put('/secrets/a', { value: 'b' });
await admin.replicated('eastus2', 'centralus');

async function managementHttp() {
  const client = new Http(service);
  const { tenant_id, client_id, client_secret } = service.ready;
  const answer = await client.form(`/${tenant_id}/oauth2/v2.0/token`, {
    grant_type: 'client_credentials', client_id, client_secret, scope: 'https://management.azure.com/.default',
  });
  client.token = answer.json.access_token;
  return client;
}

const group = `/subscriptions/${service.ready.subscription_id}/resourceGroups/${service.ready.resource_group}`;
const vaultId = `${group}/providers/Microsoft.KeyVault/vaults/demo`;
const connection = `${vaultId}/privateEndpointConnections/pe`;
const armVersion = { version: '2025-05-01' };
const decide = (status) => management.put(connection, {
  properties: { privateLinkServiceConnectionState: { status } },
}, armVersion);

// By the private endpoint; 'refused': the connection came to nothing.
function through(path, host = `demo.vault.localhost:${port}`, method = 'GET', body) {
  return bounded(new Promise((resolve) => {
    const request = https.request({
      host: address, port, servername: host === `${address}:${port}` ? '' : 'demo.vault.localhost', ca: service.ca,
      agent: false, method,
      path: `${path}?api-version=${latest}`,
      headers: { host, authorization: `Bearer ${http.token}` },
    }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({
        status: answer.statusCode, headers: answer.headers, json: JSON.parse(Buffer.concat(chunks).toString() || '{}'),
      }));
    });
    request.on('error', () => resolve('refused'));
    request.end(body);
  }), `an answer by the private endpoint to ${path}`);
}

const state = async () => (await admin.status()).private_endpoints[0].state;
const isRefused = async () => assert.equal(await through('/secrets/a'), 'refused');

describe('a private endpoint', () => {
  it('carries nothing before its connection is approved', async () => {
    assert.equal(await state(), 'pending');
    await isRefused();
    const listed = await management.get(`${vaultId}/privateEndpointConnections`, armVersion);
    assert.equal(listed.json.value[0].properties.privateLinkServiceConnectionState.status, 'Pending');
  });

  it('leads to its vault as soon as it is, and to no other one', async () => {
    assert.equal((await decide('Approved')).status, 200);
    assert.equal(await state(), 'connected');
    const { status, json } = await through('/secrets/a');
    assert.equal(status, 200);
    assert.equal(json.value, 'b');
    assert.equal((await through('/secrets/a', `${address}:${port}`)).json.value, 'b');
    assert.equal((await through('/secrets/a', `other.vault.localhost:${port}`)).status, 404);
    assert.equal((await through(`${vaultId}`)).status, 404);
  });

  it('carries nothing once it is rejected', async () => {
    await decide('Rejected');
    assert.equal(await state(), 'rejected');
    await isRefused();
    await decide('Approved');
    assert.equal((await through('/secrets/a')).status, 200);
  });

  it('is the only way to a vault that has no public access', async () => {
    const close = await management.patch(vaultId, { properties: { publicNetworkAccess: 'Disabled' } }, armVersion);
    assert.equal(close.status, 200);
    const refused = await http.get('/secrets/a');
    assert.equal(refused.status, 403);
    assert.equal(refused.json.error.innererror.code, 'ForbiddenByConnection');
    assert.equal((await through('/secrets/a')).status, 200);
    await management.patch(vaultId, { properties: { publicNetworkAccess: 'Enabled' } }, armVersion);
  });

  it('takes a while to come back after a failover, and is read-only then', async () => {
    const mark = await admin.mark();
    await admin.during({ fault: 'region_down', region: 'eastus2' }, async () => {
      await admin.event(mark, { kind: 'failed_over', region: 'eastus2' });
      await until('the public name is read-only', async () => (await http.get('/secrets/a')).status === 200);
      if (await state() === 'reestablishing') await isRefused();
      const back = await admin.event(mark, { kind: 'private_endpoint_reestablished' });
      console.log(`re-established ${back.took_seconds ?? JSON.stringify(back)} s after the failover`);
      const read = await through('/secrets/a');
      assert.equal(read.status, 200);
      assert.equal(read.headers['x-ms-keyvault-region'], 'centralus');
      const write = await through('/secrets/a', undefined, 'PUT', '{"value":"c"}');
      assert.equal(write.status, 403);
      assert.equal(write.json.error.innererror.code, 'VaultReadOnly');
      assert.equal((await decide('Rejected')).status, 403, 'no decision while the region is lost');
    });
    await admin.mode('demo', 'read_write');
    assert.equal(await state(), 'connected');
    assert.equal((await through('/secrets/a')).status, 200);
  });

  it('is gone for good when its connection is removed', async () => {
    assert.equal((await management.delete(connection, armVersion)).status, 200);
    assert.equal(await state(), 'disconnected');
    await isRefused();
    assert.equal((await management.delete(connection, armVersion)).status, 204);
    assert.equal((await decide('Approved')).status, 404);
    const listed = await management.get(`${vaultId}/privateEndpointConnections`, armVersion);
    assert.deepEqual(listed.json.value, []);
  });
});
