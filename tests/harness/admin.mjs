// The admin listener: status, events, drills and metrics.
import http from 'node:http';

import { until } from './wait.mjs';

// One plain HTTP exchange: {status, headers, text, json}.
export function ask(method, url, body) {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = payload === undefined ? {} : { 'content-type': 'application/json' };
    const request = http.request(url, { method, headers, agent: false, timeout: 20_000 }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        let json;
        try {
          json = JSON.parse(text);
        } catch {
          json = undefined;
        }
        resolve({ status: answer.statusCode, headers: answer.headers, text, json });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer to ${method} ${url}`)));
    request.on('error', reject);
    request.end(payload);
  });
}

export class Admin {
  constructor(uri) { this.uri = uri; }

  ask(method, path, body) { return ask(method, new URL(path, this.uri), body); }

  async #good(method, path, body) {
    const answer = await this.ask(method, path, body);
    if (answer.status < 200 || answer.status > 299) {
      throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    }
    return answer.json;
  }

  status() { return this.#good('GET', '/v1/status'); }
  async events() { return (await this.#good('GET', '/v1/events')).events; }
  async drills() { return (await this.#good('GET', '/v1/drills')).drills; }
  async metrics() { return (await this.ask('GET', '/metrics')).text; }
  async start(drill) { return (await this.#good('POST', '/v1/drills', drill)).id; }
  end(id) { return this.#good('DELETE', `/v1/drills/${id}`); }

  async region(name) { return (await this.status()).regions.find((r) => r.name === name); }
  async vault(name) { return (await this.status()).vaults.find((v) => v.name === name); }

  // Where the log of events stands: what follows is `since` it.
  async mark() {
    const events = await this.events();
    return events.length ? events.at(-1).seq : 0;
  }

  // The first event later than `mark` that is like `pattern`.
  event(mark, pattern) {
    const alike = (e) => Object.entries(pattern).every(([key, value]) => same(e[key], value));
    return until(`there is an event ${JSON.stringify(pattern)}`, async () =>
      (await this.events()).find((e) => e.seq > mark && alike(e)));
  }

  mode(vault, mode) {
    return until(`vault ${vault} is ${mode}`, async () => {
      const found = await this.vault(vault);
      return found.mode === mode && found;
    });
  }

  // All zones of the region serve and have everything.
  healthy(region) {
    return until(`${region} is whole`, async () => {
      const found = await this.region(region);
      return found.state === 'up' && found.zones.every((z) => z.state === 'up' && z.in_sync) && found;
    });
  }

  // Both tokens of the region are in use.
  hsmsUp(region) {
    return until(`all tokens of ${region} are up`, async () => {
      const { hsms } = await this.region(region);
      return hsms.length === 2 && hsms.every((h) => h.state === 'up') && hsms;
    });
  }

  // The paired region has everything that the primary had acknowledged before this was called:
  // it has since begun to ask, and was told that it lacks nothing.
  async replicated(primary, secondary) {
    let since = Date.now();
    for (let asked = 0; asked < 2; ++asked) {
      since = await until(`${secondary} has everything of ${primary}`, async () => {
        const { replication } = await this.region(secondary);
        const synced = Date.parse(replication?.last_sync_time);
        return replication?.source === primary && replication.lag_revisions === 0 && synced > since && synced;
      });
    }
  }

  // Starts a drill, runs `work`, ends the drill whatever comes.
  async during(drill, work) {
    const id = await this.start(drill);
    let outcome;
    try {
      outcome = await work(id);
    } catch (error) {
      await this.end(id).catch(() => {});
      throw error;
    }
    await this.end(id);
    return outcome;
  }
}

// Zones are numbers or the texts of numbers.
const same = (found, wanted) =>
  wanted instanceof RegExp ? wanted.test(found) : String(found) === String(wanted);
