// What an HSM does to the rest of the service when it does not answer.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, it } from 'node:test';

import { Service } from '../harness/service.mjs';
import { Tokens, slowSofthsm } from '../harness/softhsm.mjs';
import { until } from '../harness/wait.mjs';
import { assertError, assertStatus, b64 } from './expect.mjs';
import { Http } from './http.mjs';

const tokens = new Tokens([{ region: 'westus3', zone: 1 }, { region: 'westus3', zone: 2 }], slowSofthsm);
const config = tokens.premium();
tokens.provision(config);
// How many milliseconds longer each call of the module takes.
const delay = path.join(tokens.directory, 'delay');
process.env.TWINKEEP_FAULTY_PKCS11 = delay;
const hang = () => writeFileSync(delay, '10000');
const recover = () => writeFileSync(delay, '0');
recover();

const service = await Service.start({ config });
const { admin } = service;
const http = await Http.of(service);
after(() => http.close());
const states = async () => (await admin.region('westus3')).hsms.map((h) => h.state);
await admin.hsmsUp('westus3');

const digest = b64(Buffer.alloc(32, 7));
const sign = (key) => http.send('POST', `/keys/${key}/sign`, { body: { alg: 'ES256', value: digest } });
assertStatus(await http.send('POST', '/keys/hard/create', { body: { kty: 'EC-HSM' } }), 200);
assertStatus(await http.send('POST', '/keys/soft/create', { body: { kty: 'EC' } }), 200);
assertStatus(await http.send('PUT', '/secrets/s', { body: { value: 'v' } }), 200);
assertStatus(await sign('hard'), 200);

async function medianOf(count) {
  const took = [];
  for (let i = 0; i < count; ++i) {
    const began = performance.now();
    assertStatus(await http.send('GET', '/secrets/s'), 200);
    assertStatus(await sign('soft'), 200);
    took.push(performance.now() - began);
  }
  return took.sort((a, b) => a - b)[count >> 1];
}

it('a module that hangs holds up nobody who does not need it', async () => {
  const before = await medianOf(300);
  hang();
  let answered = 0;
  const waiting = Array.from({ length: 32 }, () => sign('hard').then((answer) => { answered += 1; return answer; }));
  await until('the signatures are under way', async () => answered === 0);
  const during = await medianOf(300);
  console.log(`get and sign: ${before.toFixed(2)} ms before, ${during.toFixed(2)} ms while ${32 - answered} wait for a module that hangs`);
  // Both tokens are behind the one module: those who need it are told so, by their deadline.
  for (const answer of await Promise.all(waiting)) {
    assertError(answer, 503);
    assert.ok(Number(answer.headers['retry-after']) > 0);
  }
  recover();
  await until('it signs again', async () => (await sign('hard')).status === 200);
});

it('nor does it keep the service from ending', async () => {
  hang();
  const lost = sign('hard').catch(() => {});
  await until('a token hangs', async () => (await states()).includes('down'));
  await service.stop();
  await lost;
  recover();
});
