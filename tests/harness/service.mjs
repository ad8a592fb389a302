// Runs twinkeepd for a test: in a directory of its own, on free ports, with its log kept.
import { spawn } from 'node:child_process';
import { existsSync, openSync, closeSync, readFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Admin } from './admin.mjs';
import { bounded, fatal, until } from './wait.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const built = (name) => path.join(root, 'build/release', name);
export const twinkeepd = process.env.TWINKEEPD ?? built('twinkeepd');
export const twinkeep = process.env.TWINKEEP ?? built('twinkeep');

// What is slowed by sanitizers waits longer before it takes silence for death.
const slowness = Number(process.env.TWINKEEP_SLOWNESS ?? 1);

// Quick, but not so quick that a busy machine's pauses look like dead regions.
export function quickTimings(changes = {}) {
  const ms = (n) => `"${n * slowness}ms"`;
  const timings = {
    heartbeat_every: ms(100),
    detect_after: ms(2500),
    lease: ms(1700),
    hedge_after: ms(50),
    zone_timeout: ms(700),
    failback_after: ms(1000),
    replicate_every: ms(30),
    ...changes,
  };
  const lines = Object.entries(timings).map(([key, value]) => `${key} = ${value}`);
  return `[failover]\n${lines.join('\n')}\n`;
}

// Everything of one run is below one directory: run.mjs makes it, and shows the logs if need be.
const runDirectory = process.env.TWINKEEP_RUN ?? mkdtempSync(path.join(tmpdir(), 'twinkeep-test-'));
// A data directory of a first start, whose CA this process trusts.
const template = path.join(runDirectory, 'template');
let made = 0;

export const newDirectory = () => {
  const directory = path.join(runDirectory, `${process.pid}-${++made}`);
  mkdirSync(directory);
  return directory;
};

export class Service {
  #child;
  #exit;

  // `data`: a directory of an earlier service; by default a copy of the template's.
  static async start({ data, config = quickTimings(), args = [], empty = false } = {}) {
    const service = new Service();
    service.directory = newDirectory();
    service.data = data ?? path.join(service.directory, 'data');
    if (!data && !empty && existsSync(template)) {
      await cp(path.join(template, 'data'), service.data, { recursive: true });
    }
    await service.#launch(config, args);
    return service;
  }

  // Starts and expects it to refuse; its exit code and what it said.
  static async refused({ data, config = quickTimings(), args = [] }) {
    const service = new Service();
    service.directory = newDirectory();
    service.data = data ?? path.join(service.directory, 'data');
    await service.#spawn(config, args);
    const { code, signal } = await bounded(service.#exit, 'a refusing service ends');
    return { code, signal, output: service.log(), ready: existsSync(service.readyFile) };
  }

  async #spawn(config, args) {
    await mkdir(this.directory, { recursive: true });
    this.readyFile = path.join(this.directory, 'ready.json');
    this.logFile = path.join(this.directory, 'twinkeepd.log');
    await rm(this.readyFile, { force: true });
    const own = ['--data', this.data, '--ready-file', this.readyFile];
    if (config) {
      const file = path.join(this.directory, 'twinkeep.toml');
      await writeFile(file, config);
      own.push('--config', file);
    }
    if (!/^listen *=/m.test(config)) own.push('--listen', '127.0.0.1:0');
    own.push('--admin', '127.0.0.1:0');
    const log = openSync(this.logFile, 'a');
    // If this process dies, the service shall not outlive it.
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', twinkeepd, ...own, ...args], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#exit = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('exit', (code, signal) => resolve({ code, signal }));
    });
    this.#exit.then((end) => (this.ended = end), () => {});
  }

  async #launch(config, args) {
    this.ended = undefined;
    await this.#spawn(config, args);
    const text = await until(`${twinkeepd} writes its ready file`, () => {
      if (this.ended) {
        throw fatal(`twinkeepd ended at once: ${JSON.stringify(this.ended)}\n${this.log()}`);
      }
      return existsSync(this.readyFile) && readFileSync(this.readyFile, 'utf8');
    });
    this.ready = JSON.parse(text);
    this.admin = new Admin(this.ready.admin_uri);
  }

  get pid() { return this.#child.pid; }
  get ca() { return readFileSync(this.ready.ca_file, 'utf8'); }
  vault(name) { return this.ready.vaults.find((v) => v.name === name); }
  log() { return readFileSync(this.logFile, 'utf8'); }

  // Asks it to end; it must do so, cleanly.
  async stop() {
    if (!this.ended) this.#child.kill('SIGTERM');
    const end = await bounded(this.#exit, `twinkeepd ends after SIGTERM\n${this.log()}`);
    if (end.code !== 0) {
      throw new Error(`twinkeepd ended with ${JSON.stringify(end)}\n${this.log().slice(-8000)}`);
    }
  }

  async kill() {
    this.#child.kill('SIGKILL');
    await this.#exit;
  }

  // The same data, again.
  async restart({ config = quickTimings(), args = [] } = {}) {
    await this.#launch(config, args);
  }
}

// A port that is free on both loopbacks at this moment.
export async function freePort() {
  const listen = (host, port) =>
    new Promise((resolve, reject) => {
      const server = net.createServer();
      server.on('error', reject);
      server.listen({ host, port }, () => resolve(server));
    });
  return until('a port is free on 127.0.0.1 and ::1', async () => {
    const four = await listen('127.0.0.1', 0);
    try {
      const { port } = four.address();
      (await listen('::1', port)).close();
      return port;
    } finally {
      four.close();
    }
  });
}
