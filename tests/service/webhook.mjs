// A webhook on this machine: keeps what it was sent, answers as it is told.
import http from 'node:http';
import https from 'node:https';

import { until } from '../harness/wait.mjs';

export class Webhook {
  status = 200;
  requests = [];  // in the order of their arrival: {path, headers, status, event}

  // `tls`: key and certificate, PEM.
  static async open(tls) {
    const hook = new Webhook();
    const serve = (request, answer) => hook.#take(request, answer);
    hook.server = tls ? https.createServer(tls, serve) : http.createServer(serve);
    await new Promise((resolve, reject) => {
      hook.server.on('error', reject);
      hook.server.listen(0, '127.0.0.1', resolve);
    });
    hook.uri = `${tls ? 'https://localhost' : 'http://127.0.0.1'}:${hook.server.address().port}/hook?code=1`;
    return hook;
  }

  #take(request, answer) {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const { status } = this;
      const events = JSON.parse(Buffer.concat(chunks).toString());
      this.requests.push({
        method: request.method, path: request.url, headers: request.headers, status, events, event: events[0],
      });
      answer.writeHead(status).end();
    });
  }

  // What was taken of one object, in order: "SecretNewVersionCreated". An event that came twice,
  // as it may when the service ends between the taking and the note of it, counts once.
  told(subject) {
    const ids = new Set();
    return this.requests
      .filter(({ status, event }) => status === 200 && event.subject === subject && !ids.has(event.id) && ids.add(event.id))
      .map(({ event }) => event.eventType.replace('Microsoft.KeyVault.', ''));
  }

  // The event, once it was taken.
  event(subject, type) {
    return until(`${type} of ${subject} is told`, () => this.requests.find((r) =>
      r.status === 200 && r.event.subject === subject && r.event.eventType === `Microsoft.KeyVault.${type}`)?.event);
  }

  async close() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
