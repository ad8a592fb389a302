// Keys that come from another HSM (BYOK), as they come to Azure: a key-exchange key, whose public half
// the other HSM wraps its key with, and a transfer blob.
import assert from 'node:assert/strict';
import { verify } from 'node:crypto';
import { after, it } from 'node:test';

import { Service } from '../harness/service.mjs';
import { Tokens } from '../harness/softhsm.mjs';
import { until } from '../harness/wait.mjs';
import { clients, refusal } from './clients.mjs';
import { assertShowsNothingSecret, makeEc, makeRsa, transferBlob } from './key_kit.mjs';

const tokens = new Tokens([
  { region: 'eastus2', zone: 1 }, { region: 'eastus2', zone: 2 },
  { region: 'centralus', zone: 1 }, { region: 'centralus', zone: 2 }]);
const config = tokens.premium();
tokens.provision(config);

const service = await Service.start({ config });
after(() => service.stop());
const { admin } = service;
const { keys, crypto } = clients(service);
for (const region of ['eastus2', 'centralus']) {
  await admin.healthy(region);
  await admin.hsmsUp(region);
}

const exchangeKey = (name) => keys.createRsaKey(name, { hsm: true, keyOps: ['import'] });
const bring = (name, exchange, { privateKey }, key) => keys.importKey(
  name, { keyOps: ['sign', 'verify'], t: transferBlob(exchange, privateKey), ...key });
const assertSigns = async (key, algorithm, { publicKey }) => {
  const data = Buffer.from('data');
  const { result } = await crypto(key).signData(algorithm, data);
  assert.ok(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, result));
};

it('a key is brought and signs here, in both regions', async () => {
  const exchange = await exchangeKey('kek');
  assert.deepEqual(exchange.keyOperations, ['import']);
  const rsa = makeRsa(3072);
  const ec = makeEc('P-256');
  const rsaKey = await bring('rsa', exchange, rsa, { kty: 'RSA-HSM' });
  const ecKey = await bring('ec', exchange, ec, { kty: 'EC-HSM', crv: 'P-256' });
  assert.deepEqual([rsaKey.key.kty, ecKey.key.kty, ecKey.key.crv], ['RSA-HSM', 'EC-HSM', 'P-256']);
  for (const key of [rsaKey, ecKey]) {
    assert.deepEqual(key.keyOperations, ['sign', 'verify']);
    assertShowsNothingSecret(key);
    for (const { label } of tokens.places.slice(0, 2)) {
      assert.ok(tokens.objects(label).includes(`premium/${key.name}/${key.properties.version}`), label);
    }
  }
  const sign = async () => {
    await assertSigns(rsaKey, 'RS256', rsa);
    await assertSigns(ecKey, 'ES256', ec);
  };
  await sign();
  await admin.replicated('eastus2', 'centralus');
  await admin.during({ fault: 'region_down', region: 'eastus2' }, async () => {
    await admin.mode('premium', 'read_only');
    await sign();
    await refusal(() => bring('late', exchange, ec, { kty: 'EC-HSM', crv: 'P-256' }), 403, 'Forbidden');
  });
  await admin.mode('premium', 'read_write');
});

it('one token is enough', async () => {
  const exchange = await exchangeKey('kek-of-one');
  const ec = makeEc('P-384');
  await admin.during({ fault: 'hsm_down', region: 'eastus2', zone: 1 }, async () => {
    await until('it is out', async () => (await admin.region('eastus2')).hsms[0].state === 'down');
    const key = await bring('by-one', exchange, ec, { kty: 'EC-HSM', crv: 'P-384' });
    assert.equal(key.key.crv, 'P-384');
  });
  await admin.hsmsUp('eastus2');
});

it('it is wrapped for a key-exchange key of the vault, and opens', async () => {
  const exchange = await exchangeKey('kek-refusing');
  const plain = await keys.createRsaKey('no-kek', { hsm: true });
  const p256 = { kty: 'EC-HSM', crv: 'P-256' };
  const ec = makeEc('P-256');
  const refuses = async (by, key, message) => {
    const { message: said } = await refusal(() => bring('never', by, ec, key), 400, 'BadParameter');
    assert.match(said, message);
  };
  await refuses(plain, p256, /no key-exchange key/);
  await refuses({ ...exchange, id: exchange.id.replace('kek-refusing', 'kek-other') }, p256, /not a key of this vault/);
  await refuses(exchange, { kty: 'RSA-HSM' }, /does not open/);
  await refuses(exchange, { ...p256, crv: 'P-384' }, /not on the curve/);
  await refuses({ ...exchange, key: plain.key }, p256, /does not open/);
  await refusal(() => keys.getKey('never'), 404);
});
