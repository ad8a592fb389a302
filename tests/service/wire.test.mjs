// HTTP as it should not be: smuggling, half requests, too much of everything, odd connections.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import net from 'node:net';
import tls from 'node:tls';

import { Service } from '../harness/service.mjs';
import { bounded } from '../harness/wait.mjs';
import { assertError, assertStatus } from './expect.mjs';
import { Http } from './http.mjs';

const service = await Service.start();
const http = await Http.of(service);
after(async () => {
  http.close();
  await service.stop();
});

const works = async () => assertStatus(await http.put('/secrets/works', { value: 'x' }), 200);
const put = (name, lines) => http.head('PUT', `/secrets/${name}?api-version=2025-07-01`, lines);
const body = '{"value":"x"}';
// A whole request of its own, for where it could be taken for the next one.
const smuggled = put('smuggled', [`Content-Length: ${body.length}`]) + body;

describe('a request that two readers could read differently', () => {
  const forms = {
    'both lengths': put('a', ['Content-Length: 4', 'Transfer-Encoding: chunked']) + '0\r\n\r\n',
    'both lengths, the other way round': put('a', ['Transfer-Encoding: chunked', 'Content-Length: 4']) + '0\r\n\r\n',
    'two lengths': put('a', ['Content-Length: 2', 'Content-Length: 13']) + body,
    'a list of lengths': put('a', ['Content-Length: 13, 2']) + body,
    'a negative length': put('a', ['Content-Length: -1']),
    'a length with a sign': put('a', ['Content-Length: +13']) + body,
    'a hexadecimal length': put('a', ['Content-Length: 0xd']) + body,
    'a length that overflows': put('a', ['Content-Length: 18446744073709551629']) + body,
    'an unknown coding': put('a', ['Transfer-Encoding: xchunked']) + '0\r\n\r\n',
    'chunked not last': put('a', ['Transfer-Encoding: chunked, identity']) + '0\r\n\r\n',
    'a blank before the colon': put('a', ['Transfer-Encoding : chunked']) + '0\r\n\r\n',
    'a folded header': put('a', ['X-Folded: a', ' Content-Length: 13']) + body,
    'a header without colon': put('a', ['nonsense', 'Content-Length: 13']) + body,
    'a null in a header': put('a', ['X-Null: a\0b', 'Content-Length: 13']) + body,
    'a negative chunk': put('a', ['Transfer-Encoding: chunked']) + '-1\r\nx\r\n0\r\n\r\n',
    'a chunk that overflows': put('a', ['Transfer-Encoding: chunked']) + 'ffffffffffffffff1\r\nx\r\n0\r\n\r\n',
    'a chunk without end': put('a', ['Transfer-Encoding: chunked']) + 'd\r\n' + body + 'XX0\r\n\r\n',
    'a target with a blank': http.head('GET', '/secrets/a b?api-version=7.4'),
    'a version of the future': http.head('GET', '/secrets?api-version=7.4').replace('HTTP/1.1', 'HTTP/9.9'),
    'no HTTP at all': '\x16\x03\x01garbage \r\n\r\n',
    'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  };
  for (const [form, bytes] of Object.entries(forms)) {
    it(`${form}: is refused, and what follows is not read`, async () => {
      const wire = await http.connect();
      wire.write(Buffer.from(bytes + smuggled, 'latin1'));
      const answer = await wire.answer();
      if (answer) assert.ok(answer.status >= 400 && answer.status < 600 && answer.status !== 500, answer.line);
      assert.equal(await wire.closed(), true, 'one answer and no more');
      assertError(await http.get('/secrets/smuggled'), 404, 'SecretNotFound');
    });
  }
});

describe('a request whose end is clear, but not whom it is for', () => {
  const forms = {
    'no host': `GET /secrets?api-version=7.4 HTTP/1.1\r\nAuthorization: Bearer ${http.token}\r\n\r\n`,
    'two hosts': http.head('GET', '/secrets?api-version=7.4', ['Host: west.vault.localhost']),
    'a host that is none': http.head('GET', '/secrets?api-version=7.4').replace(/Host: .*/, 'Host: a b/c@d'),
    'a target of another host': http.head('GET', 'https://west.vault.localhost/secrets?api-version=7.4'),
    'a target without slash': http.head('GET', 'secrets?api-version=7.4'),
  };
  for (const [form, bytes] of Object.entries(forms)) {
    it(`${form}: is refused`, async () => {
      const wire = await http.connect();
      assert.ok([400, 404, 421].includes((await wire.write(bytes).answer()).status));
      wire.destroy();
    });
  }
});

describe('a connection', () => {
  it('carries requests one after the other, answered in order', async () => {
    const wire = await http.connect();
    const names = ['one', 'two', 'three', 'four'];
    wire.write(names.map((n) => put(`pipe-${n}`, [`Content-Length: ${body.length}`]) + body).join(''));
    for (const name of names) {
      assert.match(assertStatus(await wire.answer(), 200).id, new RegExp(`/pipe-${name}/`));
    }
    wire.destroy();
  });

  it('stays open after a refusal that HTTP can go on from', async () => {
    const wire = await http.connect();
    const bad = '{"value":';
    wire.write(put('kept', [`Content-Length: ${bad.length}`]) + bad);
    assertError(await wire.answer(), 400, 'BadParameter');
    wire.write(http.head('GET', '/secrets/none?api-version=7.4'));
    assertError(await wire.answer(), 404, 'SecretNotFound');
    wire.write(http.head('GET', '/secrets?api-version=7.4', ['Connection: close']));
    const last = await wire.answer();
    assert.equal(last.status, 200);
    assert.equal(last.headers.connection, 'close');
    assert.ok(await wire.closed());
  });

  it('takes a chunked body, and one that is announced first', async () => {
    const wire = await http.connect();
    wire.write(put('chunked', ['Transfer-Encoding: chunked']) + '5\r\n{"val\r\n8;x=y\r\nue":"x"}\r\n0\r\nTrailer: t\r\n\r\n');
    assert.equal(assertStatus(await wire.answer(), 200).value, 'x');
    wire.write(put('announced', [`Content-Length: ${body.length}`, 'Expect: 100-continue']));
    assert.equal((await wire.answer()).status, 100);
    wire.write(body);
    assertStatus(await wire.answer(), 200);
    wire.destroy();
  });

  it('comes byte by byte if it must', async () => {
    const wire = await http.connect();
    for (const byte of put('slow', [`Content-Length: ${body.length}`]) + body) {
      await new Promise((resolve) => wire.socket.write(byte, resolve));
    }
    assertStatus(await wire.answer(), 200);
    wire.destroy();
  });

  it('that was cut off in the middle leaves nothing', async () => {
    for (const end of [1, 30, -1]) {
      const wire = await http.connect();
      wire.write((put('half', [`Content-Length: ${body.length}`]) + body).slice(0, end));
      wire.destroy();
    }
    assertError(await http.get('/secrets/half'), 404, 'SecretNotFound');
  });

  it('is not held open by clients that never finish, nor do they hold up others', async () => {
    const starts = ['', 'G', 'PUT /secrets/x HTTP/1.1\r\nHost: ', put('slow', ['Content-Length: 100']) + '{"val'];
    const idle = await Promise.all(Array.from({ length: 40 }, async (_, i) => {
      const wire = await http.connect();
      return wire.write(starts[i % starts.length]);
    }));
    await works();
    // Those that began a request and never end it are given up. One that began none may stay.
    for (const [i, wire] of idle.entries()) {
      if (starts[i % starts.length] === '') continue;
      const answer = await wire.answer();
      if (answer) assert.equal(answer.status, 408);
      await wire.closed();
    }
    for (const wire of idle) wire.destroy();
    await works();
  });

  it('without TLS, or with a TLS that is too old, is refused', async () => {
    const plain = net.connect({ host: '127.0.0.1', port: http.port });
    plain.write('GET /secrets HTTP/1.1\r\nHost: x\r\n\r\n');
    const received = [];
    plain.on('data', (chunk) => received.push(chunk)).on('error', () => {});
    await bounded(new Promise((resolve) => plain.on('close', resolve)), 'the end of a plain connection');
    assert.ok(!Buffer.concat(received).toString('latin1').includes('200 OK'));
    const old = tls.connect({
      host: '127.0.0.1', port: http.port, ca: http.ca, servername: '', minVersion: 'TLSv1', maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });
    await bounded(new Promise((resolve, reject) => {
      old.on('error', resolve).on('secureConnect', () => reject(new Error('TLS 1.1 was accepted')));
    }), 'the refusal of TLS 1.1');
    for (const version of ['TLSv1.2', 'TLSv1.3']) {
      const wire = await http.connect({ minVersion: version, maxVersion: version });
      assert.equal(wire.socket.getProtocol(), version);
      wire.destroy();
    }
  });
});

describe('too much', () => {
  it('of a header, or of headers, or of a target is refused', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => `X-${i}: ${'v'.repeat(60)}`);
    for (const request of [
      http.head('GET', '/secrets?api-version=7.4', [`X-Long: ${'v'.repeat(300_000)}`]),
      http.head('GET', '/secrets?api-version=7.4', many),
      http.head('GET', `/secrets/${'n'.repeat(300_000)}?api-version=7.4`),
      http.head('GET', '/secrets?api-version=7.4').replace('Bearer ', `Bearer ${'t'.repeat(300_000)}`),
    ]) {
      const wire = await http.connect();
      wire.write(request);
      const answer = await wire.answer();
      if (answer) assert.ok([400, 401, 414, 431].includes(answer.status), answer.line);
      await wire.closed();
    }
    await works();
  });

  it('of empty lines, of segments, of parameters does no harm', async () => {
    for (const target of [`/${'/'.repeat(5000)}`, `/secrets${'/a'.repeat(2000)}`,
      `/secrets?${'a=b&'.repeat(3000)}api-version=7.4`, `/secrets?${'%61'.repeat(3000)}`]) {
      const answer = await http.get(target);
      assert.ok([200, 400, 404, 414, 431].includes(answer.status), `${answer.status}`);
    }
    await works();
  });
});
