// Bodies that are wrong: malformed, too deep, too large, of the wrong shape, tampered with.
import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { after, describe, it } from 'node:test';

import { Service } from '../harness/service.mjs';
import { assertError, assertStatus, b64 } from './expect.mjs';
import { Http } from './http.mjs';
import { operationTable } from './operations.mjs';

const service = await Service.start();
const http = await Http.of(service);
after(async () => {
  http.close();
  await service.stop();
});

const works = async () => assertStatus(await http.put('/secrets/works', { value: 'x' }), 200);

describe('a body', () => {
  it('that is no JSON object is refused', async () => {
    const bodies = ['', ' ', '{', '}', '[]', 'null', '"x"', '1', 'true', '{"value":"x"', '{"value":"x"}}',
      '{"value":"x"} x', '{value:"x"}', "{'value':'x'}", '{"value":"x",}', '{"value":"\\x"}',
      '{"value":"\\ud800"}', '{"value":"a\nb"}', '{"value":', '\u0000', '{"value":"x"\u0000}',
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), Buffer.from('{"value":"\xff\xfe"}', 'latin1')];
    for (const body of bodies) {
      const answer = await http.send('PUT', '/secrets/malformed', { body });
      assertError(answer, 400, 'BadParameter');
    }
    assertError(await http.get('/secrets/malformed'), 404, 'SecretNotFound');
    await works();
  });

  it('that is no JSON object is refused by every operation that takes one', async () => {
    const rows = operationTable().rows.filter((r) => r.hasBody);
    assert.ok(rows.length > 25);
    for (const row of rows) {
      const target = row.path.replace('{name}', 'none').replace('{version?}', '');
      for (const body of ['', '{', '[]', 'null', '"x"', '{"value":"x"}}', '{"a":', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])]) {
        const answer = await http.send(row.method, target, { body });
        assert.equal(answer.status, 400, `${row.name} ${body}: ${answer.status} ${answer.text}`);
        assertError(answer, 400, 'BadParameter');
      }
    }
    await works();
  });

  it('may have a byte order mark, unknown members and nulls', async () => {
    const bodies = ['\ufeff{"value":"ok"}', '{"value":"ok","future":{"a":[1,{"b":null}]}}',
      '{"value":"ok","tags":null,"attributes":null,"contentType":null}', ' {"value" : "ok" }\r\n'];
    for (const body of bodies) {
      assert.equal(assertStatus(await http.send('PUT', '/secrets/lenient', { body }), 200).value, 'ok');
    }
  });

  it('of another content type is read all the same', async () => {
    const headers = { 'content-type': 'text/plain' };
    const answer = await http.send('PUT', '/secrets/lenient', { body: '{"value":"ok"}', headers });
    assert.ok([200, 415].includes(answer.status));
  });

  it('that is nested too deep is refused', async () => {
    for (const [open, close] of [['[', ']'], ['{"a":', '}']]) {
      for (const depth of [100, 10_000, 100_000]) {
        const middle = open.repeat(depth) + '1' + close.repeat(depth);
        for (const body of [middle, `{"value":"x","tags":${middle}}`, `{"value":"x","other":${middle}}`,
          open.repeat(depth)]) {
          assertError(await http.send('PUT', '/secrets/deep', { body }), 400, 'BadParameter');
        }
      }
    }
    await works();
  });

  it('of the wrong shape is refused', async () => {
    const tags = (n) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`t${i}`, 'v']));
    const bodies = [{}, { value: null }, { value: 1 }, { value: ['x'] }, { value: { a: 1 } },
      { value: 'x', tags: [] }, { value: 'x', tags: { a: 1 } }, { value: 'x', tags: tags(16) },
      { value: 'x', tags: { a: 'v'.repeat(513) } }, { value: 'x', tags: { ['n'.repeat(513)]: '' } },
      { value: 'x', contentType: 'c'.repeat(256) }, { value: 'x', contentType: {} },
      { value: 'x', attributes: 'x' }, { value: 'x', attributes: { enabled: 'yes' } },
      { value: 'x', attributes: { exp: 'tomorrow' } }, { value: 'x', attributes: { exp: 1e300 } },
      { value: 'x', attributes: { nbf: 200, exp: 100 } }, { value: 'x'.repeat(25_601) }];
    for (const body of bodies) {
      assertError(await http.put('/secrets/shape', body), 400, 'BadParameter');
    }
    assertStatus(await http.put('/secrets/shape', { value: 'x', tags: tags(15) }), 200);
  });

  it('larger than a megabyte is refused, and the service goes on', async () => {
    for (const size of [1024 * 1024 + 1, 8 * 1024 * 1024]) {
      const wire = await http.connect();
      wire.write(http.head('PUT', '/secrets/large?api-version=2025-07-01', [`Content-Length: ${size}`]));
      wire.write('x'.repeat(64 * 1024));
      assertError(await wire.answer(), 413, 'RequestEntityTooLarge');
      wire.destroy();
    }
    const chunked = await http.connect();
    chunked.write(http.head('PUT', '/secrets/large?api-version=2025-07-01', ['Transfer-Encoding: chunked']));
    for (let i = 0; i < 20; ++i) chunked.write(`10000\r\n${'x'.repeat(0x10000)}\r\n`);
    assertError(await chunked.answer(), 413, 'RequestEntityTooLarge');
    chunked.destroy();
    await works();
  });

  it('of keys is checked as well', async () => {
    const bodies = [{}, { kty: 'rsa' }, { kty: 'oct' }, { kty: 'RSA-HSM' }, { kty: 'RSA', key_size: 2047 },
      { kty: 'RSA', key_size: 1e9 }, { kty: 'RSA', key_size: -2048 }, { kty: 'RSA', key_size: '2048' },
      { kty: 'EC', crv: 'P-255' }, { kty: 'EC', key_ops: ['encrypt'] }, { kty: 'EC', key_ops: ['fly'] },
      { kty: 'EC', key_ops: 'sign' }, { kty: 'EC', attributes: { exportable: true } }];
    for (const body of bodies) {
      assertError(await http.post('/keys/shape/create', body), 400, 'BadParameter');
    }
    assertStatus(await http.post('/keys/shape/create', { kty: 'EC', crv: 'P-256' }), 200);
    const digest = b64(Buffer.alloc(32));
    for (const body of [{}, { alg: 'ES256' }, { value: digest }, { alg: 'ES256', value: digest.slice(1) },
      { alg: 'ES256', value: '*'.repeat(43) }, { alg: 'none', value: digest }, { alg: 1, value: digest },
      { alg: 'ES256', value: b64(Buffer.alloc(33)) }, { alg: 'ES256', value: '' }]) {
      assertError(await http.post('/keys/shape//sign', body), 400, 'BadParameter');
    }
    const padded = Buffer.alloc(32).toString('base64');
    assertStatus(await http.post('/keys/shape//sign', { alg: 'ES256', value: padded }), 200);
  });
});

describe('a backup', () => {
  it('that was tampered with is refused, whatever was changed', async () => {
    await http.put('/secrets/saved', { value: 'a secret that must not come out' });
    await http.post('/keys/saved/create', { kty: 'EC', crv: 'P-256' });
    const secret = assertStatus(await http.post('/secrets/saved/backup'), 200).value;
    const key = assertStatus(await http.post('/keys/saved/backup'), 200).value;
    const blob = Buffer.from(secret, 'base64url');
    assert.equal(blob.indexOf('must not come out'), -1, 'it is sealed');
    for (const kind of ['secrets', 'keys']) {
      await http.delete(`/${kind}/saved`);
      await http.delete(`/deleted${kind}/saved`);
    }
    const broken = [...Array(40)].map(() => {
      const changed = Buffer.from(blob);
      changed[randomInt(blob.length)] ^= 1 << randomInt(8);
      return b64(changed);
    });
    broken.push('', 'x', '====', secret.slice(0, -4), secret + 'AAAA', b64(randomBytes(300)), key,
      b64(Buffer.alloc(0)), b64(Buffer.from('{}')), b64(blob.subarray(1)), `${secret}.${secret}`);
    for (const value of broken) {
      assertError(await http.post('/secrets/restore', { value }), 400, 'BadParameter');
    }
    assertError(await http.post('/keys/restore', { value: secret }), 400, 'BadParameter');
    assertError(await http.get('/secrets/saved'), 404, 'SecretNotFound');
    assertStatus(await http.post('/secrets/restore', { value: secret }), 200);
    assertStatus(await http.post('/keys/restore', { value: key }), 200);
  });

  it('restores in another vault of the same geography', async () => {
    await http.put('/secrets/travels', { value: 'far' });
    const { value } = assertStatus(await http.post('/secrets/travels/backup'), 200);
    const west = http.vault('west');
    assertStatus(await west.post('/secrets/restore', { value }), 200);
    assert.equal(assertStatus(await west.get('/secrets/travels'), 200).value, 'far');
  });
});
