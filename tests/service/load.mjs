// Clients that read, sign and write without pause, and remember what they were told.
import assert from 'node:assert/strict';

import { nextLook, until } from '../harness/wait.mjs';
import { b64 } from './expect.mjs';

const digest = b64(Buffer.alloc(32, 3));

export class Load {
  answers = { read: [], sign: [], write: [] };
  acknowledged = [];
  #http;
  #loops = [];
  #stopping = false;
  #count = 0;

  static async start(http, { each = 3 } = {}) {
    const load = new Load();
    load.#http = http;
    await http.put('/secrets/load', { value: 'constant' });
    if ((await http.get('/keys/load')).status !== 200) {
      await http.post('/keys/load/create', { kty: 'EC', crv: 'P-256' });
    }
    await http.service.admin.replicated('eastus2', 'centralus');
    for (let i = 0; i < each; ++i) {
      load.#loops.push(load.#repeat(() => load.#read()), load.#repeat(() => load.#sign()),
        load.#repeat(() => load.#write()));
    }
    await load.progress();
    return load;
  }

  async #repeat(step) {
    while (!this.#stopping) await step();
  }

  async #ask(kind, method, path, body) {
    let answer;
    try {
      answer = await this.#http.send(method, path, { body });
    } catch (error) {
      answer = { status: 0, text: String(error), headers: {} };
    }
    this.answers[kind].push(answer);
    if (answer.status !== 200) await nextLook();
    return answer;
  }

  async #read() {
    const answer = await this.#ask('read', 'GET', '/secrets/load');
    if (answer.status === 200) assert.equal(answer.json.value, 'constant');
  }

  #sign() { return this.#ask('sign', 'POST', '/keys/load//sign', { alg: 'ES256', value: digest }); }

  async #write() {
    const number = ++this.#count;
    const name = `load-${number % 25}`;
    const value = `value ${number}`;
    const answer = await this.#ask('write', 'PUT', `/secrets/${name}`, { value });
    if (answer.status === 200) this.acknowledged.push({ path: new URL(answer.json.id).pathname, value });
  }

  // Until each kind has had `more` answers since this was called.
  async progress(more = 25) {
    const goals = Object.values(this.answers).map((list) => [list, list.length + more]);
    await until('the load has gone on', () => goals.every(([list, goal]) => list.length >= goal));
  }

  async stop() {
    this.#stopping = true;
    await Promise.all(this.#loops);
  }

  assertNoneFailed(...kinds) {
    for (const kind of kinds) {
      const failed = this.answers[kind].filter((a) => a.status !== 200);
      assert.equal(failed.length, 0, `${failed.length} of ${this.answers[kind].length} ${kind}s failed; `
        + `the first: ${failed[0]?.status} ${failed[0]?.text}`);
    }
  }

  async assertAcknowledgedAreThere() {
    for (const { path, value } of this.acknowledged) {
      const answer = await this.#http.get(path);
      assert.equal(answer.json?.value, value, `${path}: ${answer.status} ${answer.text}`);
    }
  }
}
