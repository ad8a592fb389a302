// kill -9 in the midst of writes, again and again: nothing acknowledged is lost.
import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { after, it } from 'node:test';

import { Service } from '../harness/service.mjs';
import { until } from '../harness/wait.mjs';
import { atOnce, clients, noRetries } from './clients.mjs';

const rounds = 12;
const writers = 6;

const service = await Service.start();
after(() => service.stop());

// What one writer, alone with its secret, knows of it: every acknowledged version, the newest state,
// and what was under way when the service died, which may have happened or not.
class Owned {
  versions = new Map();
  state = { value: undefined, tag: undefined, deleted: false };
  underWay = undefined;
  writes = 0;

  constructor(number) { this.name = `owned-${number}`; }

  async step({ secrets }) {
    const next = this.#choose();
    this.underWay = next;
    if (next.kind === 'set') {
      const { properties } = await secrets.setSecret(this.name, next.state.value);
      this.versions.set(properties.version, next.state.value);
    } else if (next.kind === 'tag') {
      await secrets.updateSecretProperties(this.name, '', { tags: { tag: next.state.tag } });
    } else if (next.kind === 'delete') {
      await (await secrets.beginDeleteSecret(this.name, atOnce)).pollUntilDone();
    } else {
      await (await secrets.beginRecoverDeletedSecret(this.name, atOnce)).pollUntilDone();
    }
    this.state = next.state;
    this.underWay = undefined;
    ++this.writes;
  }

  #choose() {
    if (this.state.deleted) return { kind: 'recover', state: { ...this.state, deleted: false } };
    if (this.state.value === undefined || randomInt(10) < 7) {
      const value = randomBytes(randomInt(1, 600)).toString('hex');
      return { kind: 'set', state: { value, tag: undefined, deleted: false } };
    }
    if (randomInt(2)) {
      const tag = randomBytes(6).toString('hex');
      return { kind: 'tag', state: { ...this.state, tag } };
    }
    return { kind: 'delete', state: { ...this.state, deleted: true } };
  }

  async #found({ secrets }) {
    const missing = (error) => { if (error.statusCode !== 404) throw error; };
    const got = await secrets.getSecret(this.name).catch(missing);
    if (got) return { value: got.value, tag: got.properties.tags?.tag, deleted: false };
    const deleted = await secrets.getDeletedSecret(this.name).catch(missing);
    if (!deleted) return { value: undefined, tag: undefined, deleted: false };
    const { value } = this.state;  // of a deleted secret it is not told
    return { value, tag: deleted.properties.tags?.tag, deleted: true };
  }

  async check(client) {
    const found = await this.#found(client);
    const possible = [this.state, ...(this.underWay ? [this.underWay.state] : [])];
    assert.ok(possible.some((state) => sameState(state, found)),
      `${this.name}: expected one of ${show(possible)}, found ${show(found)}`);
    this.state = found;
    this.underWay = undefined;
    if (found.deleted) return;
    for (const [version, value] of this.versions) {
      assert.equal((await client.secrets.getSecret(this.name, { version })).value, value);
    }
  }
}

const sameState = (a, b) => a.value === b.value && a.tag === b.tag && a.deleted === b.deleted;
const show = (what) => JSON.stringify(what, (_, v) => (typeof v === 'string' ? v.slice(0, 12) : v));

const owned = Array.from({ length: writers }, (_, i) => new Owned(i));
const keys = [];

async function warmClient() {
  const client = clients(service, noRetries);
  await client.secrets.listPropertiesOfSecrets().next();
  await client.keys.listPropertiesOfKeys().next();
  return client;
}

async function checkAll() {
  const client = await warmClient();
  await Promise.all(owned.map((o) => o.check(client)));
  for (const { name, x } of keys) {
    assert.deepEqual((await client.keys.getKey(name)).key.x, x);
  }
}

for (let round = 1; round <= rounds; ++round) {
  it(`round ${round} of ${rounds}`, async () => {
    let killed = false;
    const count = () => owned.reduce((sum, o) => sum + o.writes, 0) + keys.length;
    const loops = [];
    const repeat = async (step) => {
      try {
        while (!killed) await step();
      } catch (error) {
        if (!killed) throw error;
      }
    };
    for (const o of owned) {
      const client = await warmClient();
      loops.push(repeat(() => o.step(client)));
    }
    const maker = await warmClient();
    loops.push(repeat(async () => {
      const name = `key-${round}-${keys.length}`;
      keys.push({ name, x: (await maker.keys.createEcKey(name)).key.x });
    }));

    const goal = count() + randomInt(40, 160);
    try {
      await Promise.race([
        until('enough was written', () => count() >= goal),
        Promise.all(loops),  // fails if a writer fails
      ]);
    } finally {
      killed = true;
    }
    await service.kill();
    await Promise.all(loops);
    await service.restart();
    await checkAll();
    const versions = owned.reduce((sum, o) => sum + o.versions.size, 0);
    console.log(`round ${round}: ${versions} versions and ${keys.length} keys, all there`);
  });
}
