// The seal of the key-encryption key: a service starts with what opens it and with nothing else, and
// the seal is changed while it does not run.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { Service, newDirectory, quickTimings, twinkeepd } from '../harness/service.mjs';
import { slowSofthsm, softhsm } from '../harness/softhsm.mjs';
import { until } from '../harness/wait.mjs';
import { secretsOf } from './secrets_kit.mjs';

const own = newDirectory();
const secretFile = (name, content, mode = 0o600) => {
  const file = path.join(own, name);
  writeFileSync(file, content, { mode });
  chmodSync(file, mode);
  return file;
};
const underPassphrase = (file) => `${quickTimings()}[seal]\ntype = "passphrase"\npassphrase_file = "${file}"\n`;
const underFile = quickTimings();

const passphrases = { first: 'correct horse battery staple', second: 'troubador & 3' };
const first = underPassphrase(secretFile('first', `${passphrases.first}\n`));
const second = underPassphrase(secretFile('second', passphrases.second));

// A token of SoftHSM's in this test's own directory.
const pin = '648219';
const inToken = (changes = {}) => {
  const settings = { type: 'pkcs11', module: softhsm, token: 'barrier', pin_file: secretFile('pin', `${pin}\n`), ...changes };
  return `${quickTimings()}[seal]\n${Object.entries(settings).map(([k, v]) => `${k} = "${v}"`).join('\n')}\n`;
};
function makeToken(label) {
  mkdirSync(path.join(own, 'tokens'), { recursive: true });
  process.env.SOFTHSM2_CONF = path.join(own, 'softhsm2.conf');
  writeFileSync(process.env.SOFTHSM2_CONF, `directories.tokendir = ${own}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n`);
  execFileSync('softhsm2-util', ['--init-token', '--free', '--label', label, '--so-pin', '12345678', '--pin', pin]);
}
const objectsIn = (label) => execFileSync('pkcs11-tool',
  ['--module', softhsm, '--token-label', label, '--login', '--pin', pin, '--list-objects', '--type', 'secrkey'], { encoding: 'utf8' });

let made = 0;
const configFile = (config) => secretFile(`config-${++made}.toml`, config);
const keyring = () => readFileSync(path.join(service.data, 'keyring.key'));

// Runs `twinkeepd rotate-seal` as an operator would.
const rotate = (from, to, data = service.data) => new Promise((resolve) => {
  const args = ['rotate-seal', '--data', data];
  if (to) args.push('--config', configFile(to));
  if (from) args.push('--from', configFile(from));
  execFile(twinkeepd, args, (error, stdout, stderr) => resolve({ code: error ? error.code : 0, output: stdout + stderr }));
});

async function rotated(from, to) {
  await service.stop();
  const { code, output } = await rotate(from, to);
  assert.equal(code, 0, output);
  for (const text of [...Object.values(passphrases), pin]) assert.ok(!output.includes(text), output);
  await service.restart({ config: to ?? underFile });
}

async function refuses(config, expected) {
  const refused = await Service.refused({ data: service.data, config });
  assert.ok(refused.code > 0, JSON.stringify(refused));
  assert.equal(refused.ready, false);
  assert.match(refused.output, expected);
  for (const text of [...Object.values(passphrases), pin]) assert.ok(!refused.output.includes(text), refused.output);
}

// Under a passphrase from its first start on.
const service = await Service.start({ config: first, empty: true });
const { write, read } = secretsOf(service);
after(() => service.stop());

describe('a deployment under a passphrase', () => {
  it('says so, and what was written is there after a restart', async () => {
    assert.match(service.log(), /under the seal passphrase \(scrypt with N = 2\^17, r = 8, p = 1\)/);
    assert.equal(keyring().toString('latin1', 0, 15), 'twinkeep kek 2\n');
    await write('kept');
    await service.stop();
    await service.restart({ config: first });
    await read('kept');
  });

  it('does not start with another one, and says why', async () => {
    await service.stop();
    const before = keyring();
    await refuses(second, /keyring\.key: the passphrase is wrong\n/);
    await refuses(underFile, /expected one under the seal "file", found one under "passphrase".*rotate-seal/);
    for (const [name, content, mode, expected] of [
      ['open', passphrases.first, 0o644, /passphrase .*open to others: expected mode 0600/],
      ['empty', '\n', 0o600, /passphrase .*it is empty/],
    ]) await refuses(underPassphrase(secretFile(name, content, mode)), expected);
    await refuses(underPassphrase(path.join(own, 'absent')), /passphrase .*absent: there is no such file/);
    await refuses(`${quickTimings()}[seal]\ntype = "passphrase"\npassphrase_env = "TWINKEEP_NOT_SET"\n`,
      /passphrase: the environment variable TWINKEEP_NOT_SET is not set/);
    assert.deepEqual(keyring(), before);
    await service.restart({ config: first });
    await read('kept');
  });

  it('takes the passphrase from the environment as well', async () => {
    await service.stop();
    process.env.TWINKEEP_TEST_PASSPHRASE = passphrases.first;
    try {
      await service.restart({ config: `${quickTimings()}[seal]\ntype = "passphrase"\npassphrase_env = "TWINKEEP_TEST_PASSPHRASE"\n` });
    } finally {
      delete process.env.TWINKEEP_TEST_PASSPHRASE;
    }
    await read('kept');
  });
});

describe('rotation', () => {
  it('is refused while the service runs', async () => {
    const before = keyring();
    const { code, output } = await rotate(first, second);
    assert.ok(code > 0);
    assert.match(output, /in use by another process/);
    assert.deepEqual(keyring(), before);
  });

  it('to another passphrase: the old one opens nothing any more', async () => {
    await rotated(first, second);
    await read('kept');
    await service.stop();
    await refuses(first, /the passphrase is wrong/);
    await service.restart({ config: second });
  });

  it('to the same one makes a new salt', async () => {
    const before = keyring();
    await rotated(second, second);
    assert.notDeepEqual(keyring(), before);
    await read('kept');
  });

  it('to a file and back', async () => {
    await rotated(second, undefined);
    assert.match(service.log(), /under the seal file/);
    await read('kept');
    await rotated(undefined, first);
    await read('kept');
    await write('after');
    await read('after');
  });

  it('with the wrong old seal changes nothing', async () => {
    await service.stop();
    const before = keyring();
    for (const [from, expected] of [
      [second, /keyring\.key: the passphrase is wrong/],
      [undefined, /expected one under the seal "file", found one under "passphrase"; --from names/],
    ]) {
      const { code, output } = await rotate(from, second);
      assert.ok(code > 0, output);
      assert.match(output, expected);
    }
    assert.match((await rotate(undefined, undefined)).output, /both seals are "file"/);
    assert.match((await rotate(first, second, path.join(own, 'nowhere'))).output, /nowhere: there is none/);
    assert.deepEqual(keyring(), before);
    await service.restart({ config: first });
    await read('kept');
  });
});

describe('a deployment whose seal is in an HSM', () => {
  it('is sealed by a key that does not leave the token, and starts again', async () => {
    makeToken('barrier');
    await rotated(first, inToken());
    assert.match(service.log(), /under the seal pkcs11 \(key "twinkeep seal" in token "barrier" of /);
    await read('kept');
    await service.stop();
    await service.restart({ config: inToken() });
    await read('after');
    const objects = objectsIn('barrier');
    assert.match(objects, /AES length 32/);
    assert.match(objects, /label: +twinkeep seal/);
    assert.match(objects, /sensitive, always sensitive, never extractable/);
  });

  it('does not start with a wrong PIN, another token, or another key', async () => {
    await service.stop();
    const before = keyring();
    await refuses(inToken({ pin_file: secretFile('wrong-pin', '111111') }), /token "barrier": the PIN is wrong/);
    await refuses(inToken({ token: 'gone' }), /there is no token "gone"/);
    await refuses(inToken({ module: '/nonexistent.so' }), /module \/nonexistent\.so: No such file/);
    await refuses(inToken({ key: 'other' }), /expected one sealed by the HSM key "other", found one by "twinkeep seal"/);
    makeToken('empty');
    await refuses(inToken({ token: 'empty' }), /token "empty": there is no key "twinkeep seal" with id [0-9a-f]{24}/);
    await refuses(first, /expected one under the seal "passphrase", found one under "pkcs11"/);
    assert.deepEqual(keyring(), before);
    await service.restart({ config: inToken() });
  });

  it('says what it waits for while the HSM does not answer', async () => {
    await service.stop();
    process.env.TWINKEEP_FAULTY_PKCS11 = secretFile('delay', '600000');
    const starting = service.restart({ config: inToken({ module: slowSofthsm }) });
    const ended = assert.rejects(starting, /SIGKILL/);
    await until('it says so', () => /opening .* under the seal pkcs11 .*libfaulty_pkcs11\.so/.test(service.log()));
    await service.kill();
    await ended;
    delete process.env.TWINKEEP_FAULTY_PKCS11;
    await service.restart({ config: inToken() });
    await read('kept');
  });

  it('gets a new HSM key by rotation, also in another token', async () => {
    const before = keyring();
    await rotated(inToken(), inToken());
    assert.notDeepEqual(keyring(), before);
    assert.equal(objectsIn('barrier').match(/label: +twinkeep seal/g).length, 2);
    await read('kept');
    await rotated(inToken(), inToken({ token: 'empty', key: 'of another label' }));
    await read('kept');
    await rotated(inToken({ token: 'empty', key: 'of another label' }), second);
    await read('kept');
  });
});

it('no other file is left behind', () => {
  const left = readdirSync(service.data).filter((name) => name.startsWith('keyring'));
  assert.deepEqual(left, ['keyring.key']);
});
