// Plain HTTPS to a service of the harness: well-formed through node:https, everything else by hand.
import https from 'node:https';
import tls from 'node:tls';

import { bounded } from '../harness/wait.mjs';

export const latest = '2025-07-01';

export class Http {
  #agent;

  constructor(service, { host, keepAlive = true } = {}) {
    this.service = service;
    const alias = new URL(service.ready.vaults[0].alias);
    this.port = Number(alias.port);
    // Who is asked for, in the Host header; the connection goes to 127.0.0.1 all the same.
    this.host = host ?? `127.0.0.1:${this.port}`;
    this.ca = service.ca;
    this.#agent = keepAlive ? new https.Agent({ keepAlive: true, maxSockets: 256 }) : false;
  }

  close() { this.#agent?.destroy(); }

  // `${name}.vault.localhost`, without needing to resolve it.
  vault(name) {
    const other = new Http(this.service, { host: `${name}.vault.localhost:${this.port}` });
    other.token = this.token;
    return other;
  }

  // A token of the built-in issuer.
  async authenticate() {
    const { tenant_id, client_id, client_secret } = this.service.ready;
    const answer = await this.form(`/${tenant_id}/oauth2/v2.0/token`, {
      grant_type: 'client_credentials', client_id, client_secret,
      scope: 'https://vault.localhost/.default',
    });
    if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.text}`);
    this.token = answer.json.access_token;
    return this;
  }

  static of(service, options) { return new Http(service, options).authenticate(); }

  // One exchange: {status, headers, rawHeaders, text, json}. `version: null`: none is sent.
  send(method, path, { body, headers = {}, token = this.token, version = latest } = {}) {
    const query = version === null ? '' : `${path.includes('?') ? '&' : '?'}api-version=${version}`;
    const all = { host: this.host, ...headers };
    if (token) all.authorization = `Bearer ${token}`;
    let payload = body;
    if (body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body)) {
      payload = JSON.stringify(body);
    }
    if (payload !== undefined) {
      all['content-type'] ??= 'application/json';
      all['content-length'] = Buffer.byteLength(payload);
    } else if (method !== 'GET') {
      all['content-length'] = 0;
    }
    return bounded(this.#exchange(method, path + query, all, payload), `${method} ${path}`);
  }

  #exchange(method, path, headers, payload) {
    return new Promise((resolve, reject) => {
      const request = https.request({
        host: '127.0.0.1', port: this.port, servername: '', ca: this.ca, agent: this.#agent,
        method, path, headers,
      }, (answer) => {
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: answer.statusCode, headers: answer.headers, rawHeaders: answer.rawHeaders,
            text, json: parsed(text),
          });
        });
      });
      request.on('error', reject);
      request.end(payload);
    });
  }

  get(path, options) { return this.send('GET', path, options); }
  put(path, body, options) { return this.send('PUT', path, { ...options, body }); }
  post(path, body, options) { return this.send('POST', path, { ...options, body }); }
  patch(path, body, options) { return this.send('PATCH', path, { ...options, body }); }
  delete(path, options) { return this.send('DELETE', path, options); }

  form(path, fields) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' };
    const body = new URLSearchParams(fields).toString();
    return this.send('POST', path, { body, headers, token: '', version: null });
  }

  // A connection on which bytes go as they are given.
  connect(options = {}) { return Wire.open({ port: this.port, ca: this.ca, ...options }); }

  // The head of a request, every line of which may be wrong.
  head(method, target, lines = []) {
    return [`${method} ${target} HTTP/1.1`, `Host: ${this.host}`, `Authorization: Bearer ${this.token}`,
      ...lines, '', ''].join('\r\n');
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// One TLS connection, answers taken apart by hand.
export class Wire {
  #received = Buffer.alloc(0);
  #waiting = [];
  #ended = false;

  static async open({ port, ca, ...options }) {
    const socket = tls.connect({ host: '127.0.0.1', port, ca, servername: '', ...options });
    const wire = new Wire();
    wire.socket = socket;
    await bounded(new Promise((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    }), 'a TLS connection');
    socket.on('data', (chunk) => {
      wire.#received = Buffer.concat([wire.#received, chunk]);
      wire.#wake();
    });
    const end = () => { wire.#ended = true; wire.#wake(); };
    socket.on('end', end).on('close', end).on('error', end);
    return wire;
  }

  #wake() { for (const wake of this.#waiting.splice(0)) wake(); }
  #more() { return new Promise((resolve) => this.#waiting.push(resolve)); }

  write(bytes) {
    if (!this.socket.destroyed) this.socket.write(bytes);
    return this;
  }

  // The next answer on this connection; undefined: it was closed before one came.
  answer({ toHead = false } = {}) { return bounded(this.#answer(toHead), 'an answer, or the end of the connection'); }

  async #answer(toHead) {
    for (;;) {
      const end = this.#received.indexOf('\r\n\r\n');
      if (end >= 0) {
        const lines = this.#received.subarray(0, end).toString('latin1').split('\r\n');
        const headers = Object.fromEntries(lines.slice(1).map((line) => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
        }));
        const size = toHead ? 0 : Number(headers['content-length'] ?? 0);
        if (this.#received.length >= end + 4 + size) {
          const text = this.#received.subarray(end + 4, end + 4 + size).toString();
          this.#received = this.#received.subarray(end + 4 + size);
          return { status: Number(lines[0].split(' ')[1]), line: lines[0], headers, text, json: parsed(text) };
        }
      }
      if (this.#ended) {
        if (this.#received.length) throw new Error(`half an answer: ${this.#received.toString('latin1')}`);
        return undefined;
      }
      await this.#more();
    }
  }

  // Resolves once the service has closed.
  closed() { return bounded(this.#closed(), 'the service closes the connection'); }
  async #closed() {
    while (!this.#ended) await this.#more();
    this.socket.destroy();
    return this.#received.length === 0;
  }

  destroy() { this.socket.destroy(); }
}
