// A working client: readers, signers and writers that go on while things break, and remember.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';

import { nextLook, until } from '../harness/wait.mjs';
import { clients, noRetries, regionOf } from './clients.mjs';

const digest = createHash('sha256').update('work').digest();

export class Work {
  // Each list grows by one entry an attempt: {began, ended, region, error?, ...}.
  reads = [];
  signatures = [];
  writes = [];
  #stopping = false;
  #workers = [];
  #written = 0;

  // Works while `drill(work)` goes on, and stops whatever becomes of that.
  static async during(service, drill) {
    const work = await Work.#seeded(service);
    try {
      await work.#start();
      await work.progress();
      await drill(work);
    } finally {
      await work.#stop();
    }
    return work;
  }

  // What the readers ask for must have reached the paired region before anything breaks.
  static async #seeded(service) {
    const work = new Work();
    work.service = service;
    // The first answer of a fresh client is a challenge; its first call shall stand alone.
    work.seeds = new Map();
    const { secrets, keys } = clients(service);
    for (let i = 0; i < 12; ++i) {
      const value = randomBytes(20).toString('hex');
      await secrets.setSecret(`seed-${i}`, value);
      work.seeds.set(`seed-${i}`, value);
    }
    work.key = await keys.createEcKey('seed-key');
    await service.admin.replicated('eastus2', 'centralus');
    return work;
  }

  async #start({ readers = 3, signers = 2, writers = 3 } = {}) {
    const loops = [
      ...Array(readers).fill((c) => this.#read(c)),
      ...Array(signers).fill((c) => this.#sign(c)),
      ...Array(writers).fill((c) => this.#write(c)),
    ];
    for (const loop of loops) {
      const own = clients(this.service, noRetries);
      await own.secrets.getSecret('seed-0');
      own.cryptography = own.crypto(this.key);
      await own.cryptography.sign('ES256', digest);
      this.#workers.push(this.#repeat(() => loop(own)));
    }
  }

  async #stop() {
    this.#stopping = true;
    await Promise.all(this.#workers);
  }

  // Until every kind of worker has had `more` answers that it had not when this was called.
  async progress(more = 20) {
    const goals = [this.reads, this.signatures, this.writes].map((list) => [list, list.length + more]);
    await until('the workers have gone on', () => goals.every(([list, goal]) => list.length >= goal));
  }

  acknowledged() { return this.writes.filter((w) => !w.error); }

  async #repeat(step) {
    while (!this.#stopping) await step();
  }

  async #attempt(list, facts, call) {
    const entry = { ...facts, began: performance.now() };
    try {
      const { result, region } = await regionOf(call);
      Object.assign(entry, { region, result });
    } catch (error) {
      entry.error = error;
      entry.region = error.response?.headers.get('x-ms-keyvault-region');
    }
    entry.ended = performance.now();
    list.push(entry);
    return entry;
  }

  async #read({ secrets }) {
    const names = [...this.seeds.keys()];
    const name = names[this.reads.length % names.length];
    const read = await this.#attempt(this.reads, { name }, (o) => secrets.getSecret(name, o));
    if (!read.error) assert.equal(read.result.value, this.seeds.get(name));
  }

  async #sign({ cryptography }) {
    const entry = await this.#attempt(this.signatures, {}, (o) => cryptography.sign('ES256', digest, o));
    if (!entry.error) assert.equal(entry.result.result.length, 64);
  }

  async #write({ secrets }) {
    const name = `written-${this.#written++ % 40}`;
    const value = randomBytes(8).toString('hex');
    const write = await this.#attempt(this.writes, { name, value }, (o) => secrets.setSecret(name, value, o));
    if (write.error) await nextLook();
    else write.version = write.result.properties.version;
  }
}

export function assertNoneFailed(what, entries) {
  const failed = entries.filter((e) => e.error);
  assert.ok(entries.length > 0, `there were ${what}`);
  assert.equal(failed.length, 0,
    `${failed.length} of ${entries.length} ${what} failed; the first: ${failed[0]?.error.stack}`);
}

// A write is acknowledged by its home only; what else it can be told is told by 403 or 503.
export function assertWritesWereHonest(work) {
  for (const write of work.writes) {
    if (!write.error) {
      assert.equal(write.region, 'eastus2', 'only the primary acknowledges a write');
    } else if (write.error.statusCode === 403) {
      assert.equal(write.error.details.error.innerError.code, 'VaultReadOnly');
      assert.equal(write.region, 'centralus');
    } else {
      assert.equal(write.error.statusCode, 503, write.error.stack);
      assert.ok(Number(write.error.response.headers.get('retry-after')) > 0);
    }
  }
}

export async function assertAllAcknowledgedAreThere(work) {
  const { secrets } = clients(work.service);
  await secrets.getSecret('seed-0');
  const acknowledged = work.acknowledged();
  for (let i = 0; i < acknowledged.length; i += 16) {
    await Promise.all(acknowledged.slice(i, i + 16).map(async ({ name, value, version }) => {
      assert.equal((await secrets.getSecret(name, { version })).value, value);
    }));
  }
  return acknowledged.length;
}
