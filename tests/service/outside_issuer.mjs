// Somebody else's issuer, on this machine: its keys, its OpenID configuration and its key set over
// HTTPS under a CA of its own. Counts who asks for what, and does what it is told wrong.
import { execFileSync } from 'node:child_process';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';

import { newDirectory } from '../harness/service.mjs';
import { b64 } from './expect.mjs';

const part = (value) => b64(JSON.stringify(value));
export const now = () => Math.floor(Date.now() / 1000);

// A CA and a certificate of it for localhost; the openssl command is a build dependency.
function makeAuthority() {
  const directory = newDirectory();
  const at = (name) => path.join(directory, name);
  const openssl = (...args) => execFileSync('openssl', args, { stdio: 'ignore', cwd: directory });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=outside', '-days', '2');
  openssl('req', '-x509', ...key, '-keyout', 'server.key', '-out', 'server.pem', '-subj', '/CN=localhost', '-days', '2',
    '-CA', 'ca.pem', '-CAkey', 'ca.key', '-addext', 'subjectAltName=DNS:localhost',
    '-addext', 'basicConstraints=critical,CA:FALSE');
  return { file: at('ca.pem'), key: readFileSync(at('server.key')), cert: readFileSync(at('server.pem')) };
}

export class OutsideIssuer {
  keys = [];  // published; the last one signs
  fetches = { '/openid': 0, '/keys': 0 };
  name = 'https://outside.example/';
  changes = {};  // by path: what is answered instead, (answer) => {}

  static async open({ tenant, kind = 'rsa' }) {
    const issuer = new OutsideIssuer();
    Object.assign(issuer, { tenant, kind, ca: makeAuthority() });
    issuer.rotate();
    await issuer.listen(0);
    return issuer;
  }

  async listen(port) {
    this.server = https.createServer(this.ca, (request, answer) => this.#serve(request, answer));
    await new Promise((resolve, reject) => {
      this.server.on('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
    this.port = this.server.address().port;
    this.openid = `https://localhost:${this.port}/openid`;
  }

  async close() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  // Reachable again where it was.
  back() { return this.listen(this.port); }

  #serve(request, answer) {
    this.fetches[request.url] = (this.fetches[request.url] ?? 0) + 1;
    const change = this.changes[request.url];
    if (change) return change(answer);
    const send = (body) => answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/openid') {
      return send({ issuer: this.name, jwks_uri: `https://localhost:${this.port}/keys`, id_token_signing_alg_values_supported: ['RS256'] });
    }
    if (request.url === '/keys') return send({ keys: this.keys.map((k) => k.jwk) });
    return answer.writeHead(404).end();
  }

  // A new key; `keep`: the old ones are still published.
  rotate({ keep = true } = {}) {
    const pair = this.kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kid = `${this.tenant.slice(0, 2)}-${this.made = (this.made ?? 0) + 1}`;
    const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid, use: 'sig' };
    this.keys = [...(keep ? this.keys : []), { kid, jwk, ...pair }];
  }

  // A token of this issuer; `by` one of its keys, or another's.
  token(claims = {}, { kid, by = this.keys.at(-1) } = {}) {
    const alg = this.kind === 'rsa' ? 'RS256' : 'ES256';
    const all = {
      iss: this.name, aud: 'https://vault.azure.net', tid: this.tenant, oid: this.owner, sub: this.owner,
      appid: 'app', nbf: now() - 10, iat: now() - 10, exp: now() + 600, ...claims,
    };
    const input = `${part({ alg, typ: 'JWT', kid: kid ?? by.kid })}.${part(all)}`;
    const dsaEncoding = alg === 'ES256' ? 'ieee-p1363' : undefined;
    return `${input}.${b64(createSign('sha256').update(input).sign({ key: by.privateKey, dsaEncoding }))}`;
  }
}
