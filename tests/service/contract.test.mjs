// Headers, the challenge, api-versions, paths and error bodies, as clients observe them.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { Service } from '../harness/service.mjs';
import { assertError, assertHeaders, assertStatus, b64 } from './expect.mjs';
import { Http } from './http.mjs';

const service = await Service.start();
const http = await Http.of(service);
after(async () => {
  http.close();
  await service.stop();
});
const demo = http.vault('demo');
const west = http.vault('west');

describe('every answer', () => {
  it('has the headers of the contract', async () => {
    assertHeaders(await http.put('/secrets/headers', { value: 'x' }));
    assertHeaders(await http.get('/secrets/headers'));
    assertHeaders(await http.get('/secrets/none'));
    assertHeaders(await http.get('/secrets/headers', { token: '' }));
    assertHeaders(await west.get('/secrets'), 'westus3');
    await http.delete('/secrets/headers');
    const purged = await http.delete('/deletedsecrets/headers');
    assert.equal(purged.status, 204);
    assert.equal(purged.text, '');
    assert.equal(purged.headers['content-type'], undefined);
    assertHeaders(purged);
  });

  it('has an id of its own, and the client\'s echoed byte for byte', async () => {
    const headers = { 'x-ms-client-request-id': 'aB-"whatever" 7' };
    const one = await http.get('/secrets', { headers });
    const two = await http.get('/secrets', { headers });
    assert.equal(one.headers['x-ms-client-request-id'], headers['x-ms-client-request-id']);
    assert.notEqual(one.headers['x-ms-request-id'], two.headers['x-ms-request-id']);
  });
});

describe('without a token', () => {
  const port = new URL(service.ready.vaults[0].uri).port;
  const challenge = (answer) => answer.headers['www-authenticate'];

  it('everything is answered by the challenge, before anything else is looked at', async () => {
    const { tenant_id, authority } = service.ready;
    for (const [method, path, version] of [
      ['GET', '/secrets/x'], ['PUT', '/secrets/x'], ['GET', '/secrets/x', null],
      ['POST', '/keys/none/create'], ['DELETE', '/deletedkeys/none'], ['PATCH', '/secrets/a/b', 'never'],
    ]) {
      const answer = await demo.send(method, path, { token: '', version });
      assertError(answer, 401, 'Unauthorized', {
        message: 'AKV10000: Request is missing a Bearer or PoP token.',
      });
      const found = /^Bearer authorization="([^" ]+)", resource="([^" ]+)"$/.exec(challenge(answer));
      assert.ok(found, challenge(answer));
      assert.equal(new URL(found[1]).pathname, `/${tenant_id}`);
      assert.equal(new URL(found[1]).port, new URL(authority).port);
      assert.equal(found[2], `https://vault.localhost:${port}`);
    }
  });

  it('what is not a bearer token is none', async () => {
    for (const authorization of ['Basic YTpi', 'Bearer', 'Bearer ', 'token', '']) {
      const answer = await http.get('/secrets', { token: '', headers: { authorization } });
      assert.equal(answer.status, 401, authorization);
      assert.ok(challenge(answer));
    }
  });

  it('/healthstatus answers', async () => {
    assert.equal((await http.get('/healthstatus', { token: '', version: null })).status, 200);
  });
});

describe('the api-version', () => {
  it('may be any of those that SDKs send', async () => {
    for (const version of ['2015-06-01', '2016-10-01', '7.0', '7.1', '7.2', '7.3', '7.4', '7.5',
      '7.6-preview.2', '7.6', '2025-07-01']) {
      assertStatus(await http.get('/secrets', { version }), 200);
    }
  });

  it('must be there and known', async () => {
    assertError(await http.get('/secrets', { version: null }), 400, 'BadParameter',
      { message: /api-version/ });
    assertError(await http.get('/secrets', { version: '9.9' }), 400, 'BadParameter', {
      message: 'The specified version (9.9) is not recognized. Consider using the latest supported '
        + 'version (2025-07-01).',
    });
  });

  it('may have an encoded name', async () => {
    assertStatus(await http.get('/secrets?api%2Dversion=2025-07-01', { version: null }), 200);
  });
});

describe('paths', () => {
  it('may end with an empty version, or have one in the middle, or start twice', async () => {
    const set = assertStatus(await http.put('/secrets/path', { value: 'v' }), 200);
    for (const path of ['/secrets/path', '/secrets/path/', '//secrets/path', '/SECRETS/PATH']) {
      assert.equal(assertStatus(await http.get(path), 200).id, set.id);
    }
    const key = assertStatus(await http.post('/keys/path/create', { kty: 'EC', crv: 'P-256' }), 200);
    for (const path of ['/keys/path//sign', '/keys/path/sign', new URL(`${key.key.kid}/sign`).pathname]) {
      const signed = assertStatus(await http.post(path, { alg: 'ES256', value: b64(Buffer.alloc(32)) }), 200);
      assert.equal(signed.kid, key.key.kid);
    }
  });

  it('that no operation has are not found, wrong methods not allowed', async () => {
    for (const path of ['/', '/nothing', '/secrets/a/b/c', '/keys/a/b/c/d']) {
      assertError(await http.get(path), 404, 'NotFound');
    }
    assertError(await http.post('/secrets', {}), 405, 'MethodNotAllowed');
    assertError(await http.delete('/secrets/a/0123'), 405, 'MethodNotAllowed');
    for (const method of ['HEAD', 'OPTIONS', 'TRACE', 'BREW']) {
      const wire = await http.connect();
      wire.write(http.head(method, '/secrets?api-version=2025-07-01', ['Content-Length: 0']));
      const answer = await wire.answer({ toHead: method === 'HEAD' });
      assert.ok([400, 405, 501].includes(answer.status), `${method}: ${answer.line}`);
      wire.destroy();
    }
  });

  it('have names of letters, digits and hyphens', async () => {
    for (const name of ['a_b', 'a.b', 'a%20b', '%C3%A4', '%C3', 'x'.repeat(128), 'a%2Fb', '%00', '%']) {
      assertError(await http.put(`/secrets/${name}`, { value: 'x' }), 400, 'BadParameter');
    }
    assertStatus(await http.put(`/secrets/${'x'.repeat(127)}`, { value: 'x' }), 200);
  });
});

describe('hosts', () => {
  it('choose the vault', async () => {
    assertStatus(await demo.put('/secrets/mine', { value: 'demo' }), 200);
    assertError(await west.get('/secrets/mine'), 404, 'SecretNotFound');
    const upper = new Http(service, { host: `DEMO.Vault.LocalHost:${http.port}` });
    upper.token = http.token;
    assert.equal(assertStatus(await upper.get('/secrets/mine'), 200).value, 'demo');
    const { id } = assertStatus(await demo.get('/secrets/mine'), 200);
    assert.ok(id.startsWith(`https://demo.vault.localhost:${http.port}/secrets/mine/`), id);
  });

  it('that are no vault are told nothing about those that are', async () => {
    for (const host of ['other.vault.localhost', 'example.com', 'vault.localhost', 'a.demo.vault.localhost']) {
      const other = new Http(service, { host: `${host}:${http.port}` });
      const answer = await other.get('/secrets', { token: http.token });
      assert.ok(answer.status >= 400 && answer.status < 500, `${host}: ${answer.status}`);
      assert.ok(!/\b(demo|west)\b/i.test(answer.text), answer.text);
      other.close();
    }
  });
});

describe('lists', () => {
  it('are pages with an absolute link to the next', async () => {
    for (let i = 0; i < 3; ++i) await west.put(`/secrets/page-${i}`, { value: 'x' });
    const first = assertStatus(await west.get('/secrets?maxresults=2'), 200);
    assert.equal(first.value.length, 2);
    assert.ok(first.value.every((item) => !('value' in item)));
    const next = new URL(first.nextLink);
    assert.equal(next.host, `west.vault.localhost:${http.port}`);
    const second = assertStatus(await west.get(next.pathname + next.search, { version: null }), 200);
    assert.equal(second.value.length, 1);
    assert.equal(second.nextLink, null);
    const empty = assertStatus(await west.get('/keys'), 200);
    assert.deepEqual(empty, { value: [], nextLink: null });
  });

  it('refuse page sizes and positions that are none', async () => {
    for (const size of ['0', '26', '-1', 'x', '1e1', '99999999999999999999']) {
      assertError(await http.get(`/secrets?maxresults=${size}`), 400, 'BadParameter');
    }
    assertError(await http.get('/secrets?$skiptoken=nonsense'), 400, 'BadParameter');
  });
});
