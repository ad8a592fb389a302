// More than it can do: what is too much is refused at once or by the deadline, and nothing else.
import assert from 'node:assert/strict';
import { after, it } from 'node:test';

import { Service, quickTimings } from '../harness/service.mjs';
import { until } from '../harness/wait.mjs';
import { assertError, assertStatus } from './expect.mjs';
import { Http } from './http.mjs';

// The gauge of a vault, actors/routing.hpp, and then some.
const connections = 2300;

const service = await Service.start({ config: `request_deadline = "4s"\n${quickTimings()}` });
const http = await Http.of(service);
const west = http.vault('west');
// What was accepted may still be making keys: it is not asked to finish.
after(async () => {
  http.close();
  west.close();
  await service.kill();
});

it('every one of too many requests is answered: done, or 429 or 503 with Retry-After', async () => {
  assertStatus(await west.put('/secrets/calm', { value: 'x' }), 200);
  const body = '{"kty":"RSA"}';
  const wires = [];
  for (let i = 0; i < connections; i += 50) {
    wires.push(...await Promise.all(Array.from({ length: 50 }, () => http.connect())));
  }
  const answers = wires.map((wire, i) => wire
    .write(http.head('POST', `/keys/k${i}/create?api-version=7.4`, [`Content-Length: ${body.length}`]) + body)
    .answer());
  // Meanwhile another vault's readers notice nothing.
  for (let i = 0; i < 50; ++i) assertStatus(await west.get('/secrets/calm'), 200);

  const counts = {};
  for (const answer of await Promise.all(answers)) {
    counts[answer?.status] = (counts[answer?.status] ?? 0) + 1;
    if (answer?.status !== 200) assertError(answer, answer?.status);
  }
  console.log('answers by status', counts);
  for (const status of Object.keys(counts)) assert.ok(['200', '429', '503'].includes(status), status);
  assert.ok((counts[429] ?? 0) + (counts[503] ?? 0) > 0, 'something was refused');
  for (const wire of wires) wire.destroy();
  await until('the vault is served again', async () => (await http.get('/secrets')).status === 200);
  assertStatus(await http.put('/secrets/calm', { value: 'x' }), 200);
});
