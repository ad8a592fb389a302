// Role assignments of the configuration, and whose word about the client's address counts.
import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { Service, newDirectory, quickTimings } from '../harness/service.mjs';
import { assertError, assertStatus, b64 } from './expect.mjs';
import { Http } from './http.mjs';

const issuer = 'https://issuer.example/';
const tenant = '11111111-2222-3333-4444-555555555555';
const reader = 'aaaaaaaa-0000-0000-0000-000000000001';
const officerOfOne = 'aaaaaaaa-0000-0000-0000-000000000002';
const team = 'aaaaaaaa-0000-0000-0000-000000000003';
const subscription = '/subscriptions/s-1';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keySetFile = path.join(newDirectory(), 'keys.json');
const jwk = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'r1', alg: 'RS256', use: 'sig' };
writeFileSync(keySetFile, JSON.stringify({ keys: [jwk] }));

const config = `
built_in_issuer = true
tenant = "${tenant}"
subscription = "s-1"
audiences = ["https://vault.example"]
trusted_proxies = ["127.0.0.1", "10.0.0.0/8"]

[[issuers]]
issuer = "${issuer}"
tenant = "${tenant}"
key_set_file = "${keySetFile}"

[[regions]]
name = "eastus2"

[[regions]]
name = "centralus"

[[vaults]]
name = "demo"
region = "eastus2"
rbac_authorization = true

[[role_assignments]]
principal = "${reader}"
role = "Key Vault Secrets User"

[[role_assignments]]
principal = "${officerOfOne}"
role = "Key Vault Secrets Officer"
scope = "${subscription}/resourceGroups/twinkeep/providers/Microsoft.KeyVault/vaults/demo/secrets/one"

[[role_assignments]]
principal = "${team}"
principal_type = "Group"
role = "Key Vault Crypto User"

${quickTimings()}`;

const service = await Service.start({ config });
const http = await Http.of(service);
after(async () => {
  http.close();
  await service.stop();
});
await http.put('/secrets/one', { value: '1' });
await http.put('/secrets/two', { value: '2' });

function tokenOf(oid, more = {}) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer, aud: 'https://vault.example', tid: tenant, oid, appid: 'app', nbf: now - 10,
    iat: now - 10, exp: now + 600, ...more,
  };
  const part = (value) => b64(JSON.stringify(value));
  const input = `${part({ alg: 'RS256', typ: 'JWT', kid: 'r1' })}.${part(claims)}`;
  return `${input}.${b64(createSign('sha256').update(input).sign(rsa.privateKey))}`;
}

describe('a vault whose rights are roles', () => {
  it('lets in what a role says, and names the assignment', async () => {
    const token = tokenOf(reader);
    for (let i = 0; i < 2; ++i) {
      const answer = await http.get('/secrets/one', { token });
      assert.equal(assertStatus(answer, 200).value, '1');
      assert.match(answer.headers['x-ms-keyvault-rbac-assignment-id'], /^[0-9a-f]{32}$/);
    }
    const refused = await http.send('PUT', '/secrets/one', { token, body: { value: 'x' } });
    assertError(refused, 403, 'Forbidden', { inner: 'ForbiddenByRbac' });
    assert.match(refused.json.error.message,
      /Action: 'Microsoft.KeyVault\/vaults\/secrets\/setSecret\/action'/);
    assert.equal(refused.headers['x-ms-keyvault-rbac-assignment-id'], undefined);
  });

  it('lets an owner of the configuration in, by no assignment', async () => {
    const answer = await http.get('/secrets/one');
    assertStatus(answer, 200);
    assert.equal(answer.headers['x-ms-keyvault-rbac-assignment-id'], undefined);
  });

  it('asks for each object again where a role is for one alone', async () => {
    const token = tokenOf(officerOfOne);
    assertStatus(await http.send('PUT', '/secrets/one', { token, body: { value: '1' } }), 200);
    for (const name of ['one', 'two', 'one']) {
      const answer = await http.get(`/secrets/${name}`, { token });
      if (name === 'one') assertStatus(answer, 200);
      else assertError(answer, 403, 'Forbidden', { inner: 'ForbiddenByRbac' });
    }
    assertError(await http.get('/secrets', { token }), 403, 'Forbidden',
      { inner: 'ForbiddenByRbac' });
  });

  it('counts groups, and nobody else', async () => {
    const member = tokenOf('someone', { groups: [team] });
    assertStatus(await http.get('/keys', { token: member }), 200);
    for (const token of [tokenOf('someone'), tokenOf(team.toUpperCase().replace('3', '4'))]) {
      assertError(await http.get('/keys', { token }), 403, 'Forbidden',
        { inner: 'ForbiddenByRbac' });
    }
  });
});

describe('a trusted proxy', () => {
  const through = async (header) => http.get('/secrets/one', {
    headers: header === undefined ? {} : { 'x-forwarded-for': header },
  });
  const address = (answer) => /addr=([^;]*);/.exec(answer.headers['x-ms-keyvault-network-info'])[1];

  it('says whose request it brings', async () => {
    assert.equal(address(await through('203.0.113.7')), '203.0.113.7');
    assert.equal(address(await through('6.6.6.6, 203.0.113.7:99, 10.0.0.2')), '203.0.113.7');
    assert.equal(address(await through('[2001:db8::1]:443')), '2001:db8::1');
    assert.equal(address(await through(undefined)), '127.0.0.1');
  });

  it('is not taken for its client when it says something else', async () => {
    for (const header of ['unknown', '203.0.113.7, ', '1.2.3.4, for=10.0.0.2']) {
      const answer = await through(header);
      assertError(answer, 400, 'BadParameter', { message: /^X-Forwarded-For: expected/ });
      assert.equal(answer.headers['x-ms-keyvault-network-info'], undefined);
    }
    assertStatus(await through('203.0.113.7'), 200);
  });
});
