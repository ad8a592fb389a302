// A Premium vault's HSM keys, in real tokens: two of three zones in each region of a pair.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate, createHash, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { Service } from '../harness/service.mjs';
import { Tokens } from '../harness/softhsm.mjs';
import { nextLook, until } from '../harness/wait.mjs';
import { assertError, b64 } from '../service/expect.mjs';
import { Http } from '../service/http.mjs';
import { all, atOnce, clients, noRetries, refusal, regionOf } from './clients.mjs';
import { assertShowsNothingSecret, purge, sdkJwk } from './key_kit.mjs';
import { manager, often, vaultParameters } from './management_kit.mjs';

const home = [{ region: 'eastus2', zone: 1 }, { region: 'eastus2', zone: 3 }];
const tokens = new Tokens([...home, { region: 'centralus', zone: 1 }, { region: 'centralus', zone: 2 }]);
const config = tokens.premium(`[[vaults]]
name = "standard"
region = "eastus2"
[[vaults]]
name = "other"
region = "centralus"
sku = "premium"
`);
console.log(tokens.provision(config));

const service = await Service.start({ config });
after(() => service.stop());
const { admin } = service;
const client = clients(service);
const http = await Http.of(service);
after(() => http.close());
await admin.healthy('eastus2');
await admin.healthy('centralus');

const digest = createHash('sha256').update('what is to be signed').digest();
const hsmsOf = async (region) => (await admin.region(region)).hsms;
const holds = (token, label) => until(`${token} holds ${label}`, () =>
  tokens.objects(token).includes(label));
const letsGo = (token, label) => until(`${token} has let ${label} go`, () =>
  !tokens.objects(token).includes(label));
const labelOf = (key) => `premium/${key.name}/${key.properties.version}`;
await admin.hsmsUp('eastus2');
await admin.hsmsUp('centralus');

describe('a key of an HSM', () => {
  for (const keySize of [2048, 3072, 4096]) {
    it(`of RSA with ${keySize} bits signs, wraps and decrypts`, async () => {
      const key = await client.keys.createRsaKey(`rsa-${keySize}`, { hsm: true, keySize });
      assert.equal(key.key.kty, 'RSA-HSM');
      assertShowsNothingSecret(key);
      const crypto = client.crypto(key);
      for (const algorithm of ['RS256', 'PS256']) {
        const { result } = await crypto.sign(algorithm, digest);
        assert.equal((await crypto.verify(algorithm, digest, result)).result, true, algorithm);
      }
      const text = randomBytes(32);
      for (const algorithm of ['RSA1_5', 'RSA-OAEP']) {
        const { result } = await crypto.encrypt({ algorithm, plaintext: text });
        assert.deepEqual(Buffer.from((await crypto.decrypt({ algorithm, ciphertext: result })).result), text);
        const wrapped = await crypto.wrapKey(algorithm, text);
        assert.deepEqual(Buffer.from((await crypto.unwrapKey(algorithm, wrapped.result)).result), text);
      }
    });
  }

  const curves = { 'P-256': 'ES256', 'P-256K': 'ES256K', 'P-384': 'ES384', 'P-521': 'ES512' };
  for (const [curve, algorithm] of Object.entries(curves)) {
    it(`of ${curve} signs`, async () => {
      const key = await client.keys.createEcKey(`ec-${curve}`, { hsm: true, curve });
      assert.equal(key.key.kty, 'EC-HSM');
      assertShowsNothingSecret(key);
      const hash = createHash(`sha${algorithm.slice(2, 5)}`).update('x').digest();
      const crypto = client.crypto(key);
      const { result } = await crypto.sign(algorithm, hash);
      assert.equal((await crypto.verify(algorithm, hash, result)).result, true);
    });
  }

  it('of AES encrypts and wraps', async () => {
    const key = await client.keys.createOctKey('oct-256', { hsm: true, keySize: 256 });
    assert.equal(key.key.kty, 'oct-HSM');
    assertShowsNothingSecret(key);
    const crypto = client.crypto(key);
    const plaintext = randomBytes(48);
    const sealed = await crypto.encrypt({ algorithm: 'A256GCM', plaintext });
    const opened = await crypto.decrypt({
      algorithm: 'A256GCM', ciphertext: sealed.result, iv: sealed.iv, authenticationTag: sealed.authenticationTag,
    });
    assert.deepEqual(Buffer.from(opened.result), plaintext);
    const wrapped = await crypto.wrapKey('A256KW', plaintext.subarray(0, 32));
    assert.deepEqual(Buffer.from((await crypto.unwrapKey('A256KW', wrapped.result)).result), plaintext.subarray(0, 32));
  });

  it('can be brought along', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = await client.keys.importKey('brought', sdkJwk(privateKey), { hardwareProtected: true });
    assert.equal(key.key.kty, 'RSA-HSM');
    const { result } = await client.crypto(key).signData('RS256', Buffer.from('data'));
    assert.ok(verify('sha256', Buffer.from('data'), publicKey, result));
  });

  it('is rotated into the HSMs', async () => {
    await client.keys.createEcKey('turning', { hsm: true });
    const rotated = await client.keys.rotateKey('turning');
    assert.equal(rotated.key.kty, 'EC-HSM');
    for (const { label } of tokens.places.slice(0, 2)) await holds(label, labelOf(rotated));
  });

  it('is in both tokens before it is acknowledged, and nowhere in the clear', async () => {
    const key = await client.keys.createRsaKey('where', { hsm: true });
    const secret = await client.keys.createOctKey('where-secret', { hsm: true });
    for (const { label } of tokens.places.slice(0, 2)) {
      const listed = tokens.objects(label);
      for (const made of [key, secret]) {
        const entry = listed.split(/^(?=\S)/m).find((o) => o.includes(labelOf(made)));
        assert.ok(entry, `${label} has it at once:\n${listed}`);
        assert.match(entry, /Access: *.*sensitive/);
        assert.doesNotMatch(entry.replace('never extractable', ''), /extractable/);
      }
      const { size, said } = tokens.extract(label, labelOf(secret));
      assert.equal(size, 0, said);
      assert.match(said, /failed|sensitive|error/i);
    }
    await admin.replicated('eastus2', 'centralus');
    for (const { label } of tokens.places.slice(2)) await holds(label, labelOf(key));
  });

  it('is refused by a Standard vault', async () => {
    for (const body of [{ kty: 'RSA-HSM' }, { kty: 'EC-HSM' }, { kty: 'oct-HSM' }]) {
      const answer = await http.vault('standard').send('POST', '/keys/k/create', { body });
      assertError(answer, 400, 'BadParameter', { message: /Standard|premium/i });
    }
  });

  it('goes with the sku that the management plane sets', async () => {
    const management = manager(service);
    const parameters = (name) => vaultParameters(service, { sku: { family: 'A', name }, enableRbacAuthorization: true });
    const create = () => http.vault('changing').send('POST', '/keys/k/create', { body: { kty: 'EC-HSM' } });
    const set = (name) => management.vaults.beginCreateOrUpdateAndWait('team', 'changing', parameters(name), often);
    await set('standard');
    await admin.mode('changing', 'read_write');
    assertError(await create(), 400, 'BadParameter');
    await set('premium');
    assert.equal((await create()).json.key.kty, 'EC-HSM');
    await set('standard');
    assertError(await create(), 400, 'BadParameter');
    const used = await http.vault('changing').send('POST', '/keys/k/sign', { body: { alg: 'ES256', value: b64(digest) } });
    assert.equal(used.status, 200, 'what is there can still be used');
  });

  it('comes back from a backup, in another region of its geography too', async () => {
    const key = await client.keys.createEcKey('kept', { hsm: true });
    const { result: before } = await client.crypto(key).sign('ES256', digest);
    const blob = await client.keys.backupKey('kept');
    await purge(client.keys, 'kept');
    for (const { label } of tokens.places.slice(0, 2)) await letsGo(label, labelOf(key));
    const restored = await client.keys.restoreKeyBackup(blob);
    assert.equal(restored.properties.version, key.properties.version);
    for (const { label } of tokens.places.slice(0, 2)) assert.ok(tokens.objects(label).includes(labelOf(key)));
    assert.equal((await client.crypto(restored).verify('ES256', digest, before)).result, true);
    await client.crypto(restored).sign('ES256', digest);

    const value = b64(blob);
    const elsewhere = await http.vault('other').send('POST', '/keys/restore', { body: { value } });
    assert.equal(elsewhere.status, 200, elsewhere.text);
    for (const { label } of tokens.places.slice(2)) {
      assert.ok(tokens.objects(label).includes(`other/kept/${key.properties.version}`)
        || tokens.objects(label).includes(labelOf(key)), label);
    }
    const signed = await http.vault('other').send('POST', '/keys/kept/sign', { body: { alg: 'ES256', value: b64(digest) } });
    assert.equal((await client.crypto(restored).verify('ES256', digest, Buffer.from(signed.json.value, 'base64url'))).result, true);
    const refused = await http.vault('standard').send('POST', '/keys/restore', { body: { value } });
    assertError(refused, 400, 'BadParameter');
  });
});

describe('a certificate of an HSM key', () => {
  const pem = 'application/x-pem-file';
  const make = async (name, policy) => {
    const poller = await client.certificates.beginCreateCertificate(name, { issuerName: 'Self', subject: `CN=${name}`, ...policy }, atOnce);
    return poller.pollUntilDone();
  };
  const labelIn = (certificate) => `premium/${certificate.name}/${certificate.properties.version}`;
  // Used by its key, and never shown by its secret.
  const checkUse = async (made, algorithm, hash) => {
    const key = await client.keys.getKey(made.name);
    assert.equal(key.key.kty, made.policy.keyType);
    assert.equal(key.properties.version, made.properties.version);
    const x509 = new X509Certificate(made.cer);
    const { result } = await client.crypto(key).signData(algorithm, Buffer.from('data'));
    const how = { key: x509.publicKey, dsaEncoding: 'ieee-p1363' };
    assert.ok(verify(hash, Buffer.from('data'), how, result));
    const { value, properties } = await client.secrets.getSecret(made.name);
    if (properties.contentType === pem) {
      assert.match(value, /BEGIN CERTIFICATE/);
      assert.doesNotMatch(value, /PRIVATE/);
    } else {
      const said = execFileSync('openssl', ['pkcs12', '-legacy', '-nodes', '-passin', 'pass:'], { input: Buffer.from(value, 'base64'), encoding: 'utf8' });
      assert.match(said, /BEGIN CERTIFICATE/);
      assert.doesNotMatch(said, /PRIVATE/);
    }
    return x509;
  };

  for (const [keyType, more, algorithm, hash] of [
    ['RSA-HSM', { keySize: 3072 }, 'RS256', 'sha256'], ['EC-HSM', { keyCurveName: 'P-384', contentType: pem }, 'ES384', 'sha384'],
    ['EC-HSM', { keyCurveName: 'P-521' }, 'ES512', 'sha512'], ['EC-HSM', { keyCurveName: 'P-256K' }, 'ES256K', 'sha256'],
  ]) {
    it(`of the type ${keyType} ${Object.values(more)[0]} signs itself, and is in the tokens of both regions`, async () => {
      const made = await make(`own-${algorithm.toLowerCase()}`, { keyType, ...more });
      assert.equal(made.policy.keyType, keyType);
      assert.equal(made.policy.exportable, false);
      const x509 = await checkUse(made, algorithm, hash);
      const own = path.join(service.directory, `${made.name}.pem`);
      writeFileSync(own, x509.toString());
      assert.match(execFileSync('openssl', ['verify', '-CAfile', own, own], { encoding: 'utf8' }), /OK/);
      for (const { label } of tokens.places.slice(0, 2)) assert.ok(tokens.objects(label).includes(labelIn(made)), label);
      for (const { label } of tokens.places.slice(2)) await holds(label, labelIn(made));
    });
  }

  it('is issued by the built-in authority, or by another to whom its request is brought', async () => {
    await client.certificates.createIssuer('ca', 'Twinkeep');
    const issued = await make('issued', { issuerName: 'ca', keyType: 'EC-HSM', keyCurveName: 'P-256' });
    const root = new X509Certificate(await (await fetch(`${service.ready.admin_uri}/v1/issuer-ca.pem`)).text());
    assert.ok((await checkUse(issued, 'ES256', 'sha256')).verify(root.publicKey));

    await client.certificates.beginCreateCertificate('signed-elsewhere', { issuerName: 'Unknown', subject: 'CN=e', keyType: 'RSA-HSM' }, atOnce);
    const poller = await client.certificates.getCertificateOperation('signed-elsewhere', atOnce);
    const { csr } = poller.getOperationState().certificateOperation;
    const file = (name) => path.join(service.directory, name);
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', file('ca.key'), '-out', file('ca.pem'), '-subj', '/CN=outside'], { stdio: 'ignore' });
    execFileSync('openssl', ['x509', '-req', '-inform', 'DER', '-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-out', file('leaf.pem')], { input: Buffer.from(csr), stdio: ['pipe', 'ignore', 'ignore'] });
    await client.certificates.mergeCertificate('signed-elsewhere', [new X509Certificate(readFileSync(file('leaf.pem'))).raw]);
    const merged = await client.certificates.getCertificate('signed-elsewhere');
    assert.equal((await checkUse(merged, 'RS256', 'sha256')).issuer, 'CN=outside');
  });

  it('is brought along, and comes back from a backup', async () => {
    const file = (name) => path.join(service.directory, name);
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', file('own.key'), '-out', file('own.pem'), '-subj', '/CN=own'], { stdio: 'ignore' });
    const value = readFileSync(file('own.key'), 'utf8') + readFileSync(file('own.pem'), 'utf8');
    // The SDK for JavaScript takes a policy here, and does not send it.
    const answer = await http.vault('premium').send('POST', '/certificates/brought-along/import', {
      body: { value, policy: { key_props: { kty: 'RSA-HSM' }, secret_props: { contentType: pem } } },
    });
    assert.equal(answer.status, 200, answer.text);
    const brought = await client.certificates.getCertificate('brought-along');
    assert.equal(brought.policy.keyType, 'RSA-HSM');
    await checkUse(brought, 'RS256', 'sha256');

    const blob = await client.certificates.backupCertificate('brought-along');
    await (await client.certificates.beginDeleteCertificate('brought-along', atOnce)).pollUntilDone();
    await client.certificates.purgeDeletedCertificate('brought-along');
    for (const { label } of tokens.places.slice(0, 2)) await letsGo(label, labelIn(brought));
    await client.certificates.restoreCertificateBackup(blob);
    for (const { label } of tokens.places.slice(0, 2)) assert.ok(tokens.objects(label).includes(labelIn(brought)), label);
    await checkUse(await client.certificates.getCertificate('brought-along'), 'RS256', 'sha256');
  });

  it('is made while one HSM zone is lost, and given up it leaves the tokens', async () => {
    const [one, other] = tokens.places.map((place) => place.label);
    const made = await admin.during({ fault: 'hsm_down', region: 'eastus2', zone: 1 }, async () => {
      await until('it is out', async () => (await hsmsOf('eastus2'))[0].state === 'down');
      return make('made-by-one', { keyType: 'EC-HSM', contentType: pem });
    });
    await admin.hsmsUp('eastus2');
    await holds(one, labelIn(made));
    await client.certificates.beginCreateCertificate('given-up', { issuerName: 'Unknown', subject: 'CN=e', keyType: 'EC-HSM' }, atOnce);
    for (const label of [one, other]) await holds(label, 'premium/given-up/');
    await client.certificates.deleteCertificateOperation('given-up');
    for (const label of [one, other]) await letsGo(label, 'premium/given-up/');
  });

  it('is refused by a Standard vault, and never exportable', async () => {
    const create = (vault, key_props) => http.vault(vault).send('POST', '/certificates/no/create', {
      body: { policy: { key_props, issuer: { name: 'Self' }, x509_props: { subject: 'CN=no' } } },
    });
    assertError(await create('standard', { kty: 'RSA-HSM' }), 400, 'BadParameter', { message: /Premium/ });
    assertError(await create('premium', { kty: 'RSA-HSM', exportable: true }), 400, 'BadParameter', { message: /exportable/ });
  });
});

// Signs with two keys for as long as it runs, and keeps what failed.
class Signing {
  done = 0;
  failed = [];
  #stopping = false;

  // While `work(signing)` goes on; none may have failed.
  static async during(work) {
    const signing = await Signing.#start();
    try {
      await work(signing);
    } finally {
      await signing.#stop();
    }
    const { failed, done } = signing;
    assert.equal(failed.length, 0, `${failed.length} failed beside ${done}: ${failed[0]?.stack}`);
    console.log(`${done} signatures`);
  }

  static async #start() {
    const signing = new Signing();
    const rsa = await client.keys.createRsaKey('busy-rsa', { hsm: true });
    const ec = await client.keys.createEcKey('busy-ec', { hsm: true });
    await admin.replicated('eastus2', 'centralus');
    const loops = [];
    for (const [key, algorithm] of [[rsa, 'RS256'], [ec, 'ES256'], [rsa, 'PS256'], [ec, 'ES256']]) {
      // The first answer of a fresh client is a challenge; its first call stands alone.
      const crypto = clients(service, noRetries).crypto(key);
      await crypto.sign(algorithm, digest);
      loops.push(signing.#repeat(() => crypto.sign(algorithm, digest)));
    }
    signing.loops = loops;
    return signing;
  }

  async #repeat(step) {
    while (!this.#stopping) {
      try {
        await step();
        this.done += 1;
      } catch (error) {
        this.failed.push(error);
        await nextLook();
      }
    }
  }

  async progress(more = 30) {
    const goal = this.done + more;
    await until('signatures go on', () => this.done >= goal);
  }

  async #stop() {
    this.#stopping = true;
    await Promise.all(this.loops);
  }
}

describe('the loss of one HSM zone', () => {
  for (const fault of ['hsm_down', 'zone_down', 'zone_frozen']) {
    it(`by ${fault} fails no operation`, () => Signing.during(async (signing) => {
      await signing.progress();
      for (const { zone } of home) {
        const mark = await admin.mark();
        const id = await admin.start({ fault, region: 'eastus2', zone });
        await admin.event(mark, { kind: 'hsm_out', region: 'eastus2', zone });
        await signing.progress();
        const key = await client.keys.createEcKey(`made-without-${zone}-${fault.replace('_', '-')}`, { hsm: true });
        await admin.end(id);
        await admin.event(mark, { kind: 'hsm_in', region: 'eastus2', zone });
        await admin.hsmsUp('eastus2');
        await holds(`eastus2-${zone}`, labelOf(key));
        await signing.progress();
      }
    }));
  }

  it('of a zone without HSM is not even noticed by them', async () => {
    const mark = await admin.mark();
    await admin.during({ fault: 'zone_down', region: 'eastus2', zone: 2 }, async () => {
      await admin.event(mark, { kind: 'zone_out', region: 'eastus2', zone: 2 });
      await client.keys.createEcKey('undisturbed', { hsm: true });
    });
    await admin.healthy('eastus2');
    assert.ok(!(await admin.events()).some((e) => e.seq > mark && e.kind === 'hsm_out'));
  });
});

it('a vault that went while a token was out leaves it when it is back', async () => {
  const { vaults } = manager(service);
  const parameters = vaultParameters(service, { sku: { family: 'A', name: 'premium' }, enableRbacAuthorization: true });
  await vaults.beginCreateOrUpdateAndWait('team', 'leaving', parameters, often);
  await admin.mode('leaving', 'read_write');
  const made = await http.vault('leaving').send('POST', '/keys/k/create', { body: { kty: 'EC-HSM' } });
  assert.equal(made.status, 200, made.text);
  const label = `leaving/k/${made.json.key.kid.split('/').at(-1)}`;
  const [out, other] = tokens.places.map((place) => place.label);
  for (const token of [out, other]) await holds(token, label);
  await admin.during({ fault: 'hsm_down', region: 'eastus2', zone: 1 }, async () => {
    await until('it is out', async () => (await hsmsOf('eastus2'))[0].state === 'down');
    await vaults.delete('team', 'leaving');
    await vaults.beginPurgeDeletedAndWait('leaving', 'eastus2', often);
    await letsGo(other, label);
    assert.ok(tokens.objects(out).includes(label));
  });
  await letsGo(out, label);
  await admin.hsmsUp('eastus2');
});

it('the loss of both HSM zones refuses HSM operations, and nothing else', async () => {
  const own = clients(service, noRetries);
  const hsm = own.crypto(await client.keys.createEcKey('lost-twice', { hsm: true }));
  const software = own.crypto(await client.keys.createEcKey('software'));
  await own.secrets.setSecret('plain', 'x');
  await hsm.sign('ES256', digest);
  const drills = [];
  for (const { zone } of home) drills.push(await admin.start({ fault: 'hsm_down', region: 'eastus2', zone }));
  await until('both are down', async () => (await hsmsOf('eastus2')).every((h) => h.state === 'down'));
  for (const call of [
    () => hsm.sign('ES256', digest),
    () => own.keys.createEcKey('in-vain', { hsm: true }),
  ]) {
    const refused = await refusal(call, 503);
    assert.ok(Number(refused.response.headers.get('retry-after')) > 0);
  }
  await software.sign('ES256', digest);
  await own.keys.createEcKey('software');
  await own.secrets.setSecret('plain', 'y');
  assert.equal((await own.secrets.getSecret('plain')).value, 'y');
  assert.equal((await own.keys.getKey('lost-twice')).key.kty, 'EC-HSM');
  for (const id of drills) await admin.end(id);
  await admin.hsmsUp('eastus2');
  await hsm.sign('ES256', digest);
  await refusal(() => own.keys.getKey('in-vain'), 404);
});

it('a token that was wiped is filled again', async () => {
  const [{ label }] = tokens.places;
  const before = (await all(client.keys.listPropertiesOfKeys())).length;
  assert.ok(before > 10);
  await Signing.during(async (signing) => {
    const mark = await admin.mark();
    tokens.initialize(label);
    await admin.event(mark, { kind: 'hsm_out', region: 'eastus2', zone: 1 });
    await signing.progress();
    tokens.provision(config);
    await admin.event(mark, { kind: 'hsm_in', region: 'eastus2', zone: 1 });
    await until('it has what the other one has', async () => {
      const [filled, other] = await admin.hsmsUp('eastus2');
      return filled.keys === other.keys && filled.missing === 0;
    });
  });
  // And by itself it does.
  await admin.during({ fault: 'hsm_down', region: 'eastus2', zone: 3 }, async () => {
    await until('one is left', async () => (await hsmsOf('eastus2'))[1].state === 'down');
    await client.crypto(await client.keys.getKey('where')).sign('RS256', digest);
  });
  await admin.hsmsUp('eastus2');
});

it('a region that is lost has its HSM keys used at its pair, read-only', async () => {
  const rsa = await client.keys.createRsaKey('abroad', { hsm: true });
  const certified = clients(service, noRetries).crypto(await client.keys.getKey('own-es384'));
  const own = clients(service, noRetries);
  const crypto = own.crypto(rsa);
  const text = randomBytes(20);
  const { result: ciphertext } = await crypto.encrypt({ algorithm: 'RSA-OAEP', plaintext: text });
  const { result: wrapped } = await crypto.wrapKey('RSA-OAEP', text);
  await Signing.during(async (signing) => {
    await admin.replicated('eastus2', 'centralus');
    await admin.during({ fault: 'region_down', region: 'eastus2' }, async () => {
      await admin.mode('premium', 'read_only');
      const { region } = await regionOf((o) => crypto.sign('RS256', digest, o));
      assert.equal(region, 'centralus');
      assert.deepEqual(Buffer.from((await crypto.decrypt({ algorithm: 'RSA-OAEP', ciphertext })).result), text);
      assert.deepEqual(Buffer.from((await crypto.unwrapKey('RSA-OAEP', wrapped)).result), text);
      await certified.signData('ES384', text);
      await refusal(() => own.keys.createRsaKey('not-now', { hsm: true }), 403);
      await signing.progress();
      // One of the pair's tokens is enough as well.
      await admin.during({ fault: 'hsm_down', region: 'centralus', zone: 1 }, () => signing.progress());
    });
    await admin.mode('premium', 'read_write');
    await signing.progress();
  });
});
