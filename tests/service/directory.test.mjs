// The data directory: one process at a time, known formats only, damage that peers repair; and the
// configuration file, refused with line and key.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { Service, quickTimings } from '../harness/service.mjs';
import { assertStatus } from './expect.mjs';
import { Http } from './http.mjs';
import { secretsOf, withHttp } from './secrets_kit.mjs';

const service = await Service.start();
after(() => service.stop());

const files = (directory) => readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
  const file = path.join(directory, entry.name);
  return entry.isDirectory() ? files(file) : [file];
});
const stores = () => files(service.data).filter((f) => path.basename(f) === 'FORMAT' && !f.includes('.corrupt-')).map((f) => path.dirname(f)).sort();
const storeOf = (region, zone) => {
  const found = stores().filter((d) => d.includes(region));
  assert.equal(found.length, 3, `three stores of ${region} in ${stores().join(' ')}`);
  return found[zone - 1];
};

const { write, read } = secretsOf(service);

describe('a second process on the same directory', () => {
  it('says so and ends, and the first goes on', async () => {
    await write('first');
    const second = await Service.refused({ data: service.data });
    assert.ok(second.code > 0, JSON.stringify(second));
    assert.equal(second.ready, false);
    assert.match(second.output, /another|in use|already|lock/i);
    assert.ok(second.output.includes(service.data), second.output);
    await read('first');
  });
});

describe('a directory', () => {
  it('is for its owner only', () => {
    for (const file of [service.data, ...files(service.data)]) {
      if (/ca.*\.(pem|crt|cert)$/.test(file)) continue;
      const { mode } = statSync(file);
      assert.equal(mode & 0o022, 0, `${file} ${mode.toString(8)}`);
      if (/key|secret|client/i.test(path.basename(file))) assert.equal(mode & 0o077, 0, file);
    }
    assert.equal(statSync(service.data).mode & 0o007, 0);
  });

  it('holds no value in the clear', async () => {
    const value = 'clear-0123456789-text';
    await withHttp(service, (http) => http.put('/secrets/clear', { value, tags: { t: value } }));
    await service.stop();
    for (const file of files(service.data)) {
      assert.equal(readFileSync(file).indexOf(value), -1, file);
    }
    await service.restart();
  });

  it('of an unknown format is refused, and left as it is', async () => {
    await service.stop();
    const format = path.join(storeOf('eastus2', 1), 'FORMAT');
    const known = readFileSync(format);
    for (const unknown of ['twinkeep store 999\n', 'something else', '']) {
      writeFileSync(format, unknown);
      const refused = await Service.refused({ data: service.data });
      assert.ok(refused.code > 0, JSON.stringify(refused));
      assert.ok(refused.output.includes('FORMAT') && refused.output.includes('expected'), refused.output);
      assert.equal(readFileSync(format, 'utf8'), unknown);
    }
    writeFileSync(format, known);
    await service.restart();
    await read('first');
  });
});

describe('one zone\'s store', () => {
  const damage = {
    'is gone': (directory) => rmSync(directory, { recursive: true }),
    'lost its log': (directory) => {
      for (const file of files(directory).filter((f) => f.endsWith('.log'))) truncateSync(file, 0);
    },
    'is full of rubbish': (directory) => {
      for (const file of files(directory).filter((f) => /\.(sst|log)$|MANIFEST/.test(f))) {
        const bytes = readFileSync(file);
        for (let i = 0; i < bytes.length; i += 37) bytes[i] ^= 0xa5;
        writeFileSync(file, bytes);
      }
    },
    'has no engine any more': (directory) => writeFileSync(path.join(directory, 'CURRENT'), 'nonsense'),
  };
  for (const [what, harm] of Object.entries(damage)) {
    it(`${what}: it catches up from its peers, and nothing is lost`, async () => {
      const name = what.replace(/[^a-z]/g, '-');
      await write(name);
      await service.kill();
      const zone = 2;
      harm(storeOf('eastus2', zone));
      await service.restart();
      await read(name);
      const { revision, zones } = await service.admin.healthy('eastus2');
      assert.ok(zones.every((z) => z.revision >= revision - 1));
      // The one that was repaired now carries a write together with one other.
      await service.admin.during({ fault: 'zone_down', region: 'eastus2', zone: 1 }, async () => {
        await write(`${name}-after`);
        await read(name);
      });
      await service.admin.healthy('eastus2');
    });
  }
});

describe('a configuration file', () => {
  it('with a mistake is refused with its line and key', async () => {
    for (const [config, line, expected] of [
      ['listem = ["127.0.0.1:0"]', 1, /listem/],
      ['\n[failover]\ndetect_after = "soon"\n', 3, /failover\.detect_after/],
      ['[[regions]]\nname = "eastus3"\n', 2, /regions\.name/],
      ['[[regions]]\nname = "eastus2"\n[[vaults]]\nname = "x"\nregion = "eastus2"\n', 4, /vaults\.name/],
      ['[failover\n', 1, /TOML/],
    ]) {
      const refused = await Service.refused({ config });
      assert.ok(refused.code > 0, refused.output);
      assert.match(refused.output, new RegExp(`twinkeep\\.toml:${line}: `), refused.output);
      assert.match(refused.output, expected);
    }
  });

  it('may have more names and vaults; the CA stays, and so does what was there', async () => {
    const ca = service.ca;
    await service.stop();
    await service.restart({
      config: `suffixes = ["vault.localhost", "vault.azure.net"]\nserver_names = ["keep.example"]
[[regions]]\nname = "eastus2"\n[[regions]]\nname = "centralus"
[[vaults]]\nname = "demo"\nregion = "eastus2"\n[[vaults]]\nname = "another"\nregion = "centralus"\n${quickTimings()}`,
    });
    assert.equal(service.ca, ca);
    await read('first');
    const http = await Http.of(service);
    const wire = await http.connect();
    const certificate = wire.socket.getPeerX509Certificate();
    for (const name of ['demo.vault.azure.net', 'keep.example', 'demo.vault.localhost']) {
      assert.ok(certificate.checkHost(name), name);
    }
    wire.destroy();
    const azure = new Http(service, { host: 'demo.vault.azure.net' });
    azure.token = http.token;
    const got = assertStatus(await azure.get('/secrets/first'), 200);
    assert.ok(got.id.startsWith('https://demo.vault.azure.net/'), got.id);
    const challenge = await azure.get('/secrets/first', { token: '' });
    assert.match(challenge.headers['www-authenticate'], /resource="https:\/\/vault\.azure\.net"$/);
    for (const h of [http, azure]) h.close();
  });

  it('that takes a command line with nonsense is not asked', async () => {
    assert.ok((await Service.refused({ args: ['--frobnicate'] })).code > 0);
    assert.ok((await Service.refused({ args: ['--config', '/nonexistent/twinkeep.toml'], config: '' })).code > 0);
  });
});
