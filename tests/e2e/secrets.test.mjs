// Every secret operation through SecretClient.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { Service } from '../harness/service.mjs';
import { all, atOnce, clients, innerCode, refusal, regionOf } from './clients.mjs';

const service = await Service.start();
after(() => service.stop());
const { secrets } = clients(service);

const names = (items) => items.map((item) => item.name).sort();

describe('a secret', () => {
  it('comes back as it was set, with what the service adds', async () => {
    const expiresOn = new Date('2030-01-01T00:00:00Z');
    const set = await secrets.setSecret('plain', 'a value', {
      contentType: 'text/plain', tags: { a: 'b' }, expiresOn, enabled: true,
    });
    assert.match(set.properties.version, /^[0-9a-f]{32}$/);
    const got = await secrets.getSecret('plain');
    assert.equal(got.value, 'a value');
    const { properties } = got;
    assert.equal(properties.contentType, 'text/plain');
    assert.deepEqual({ ...properties.tags }, { a: 'b' });
    assert.equal(properties.expiresOn.getTime(), expiresOn.getTime());
    assert.equal(properties.enabled, true);
    assert.equal(properties.version, set.properties.version);
    assert.equal(properties.recoveryLevel, 'Recoverable+Purgeable');
    assert.equal(properties.recoverableDays, 90);
    assert.ok(properties.createdOn instanceof Date && properties.updatedOn instanceof Date);
  });

  it('may be any text, up to 25 600 bytes', async () => {
    const values = ['', ' ', '\u0000\u0001\u001f"\\/', 'ä€😀\u2028', '{"a":[1]}', 'x'.repeat(25_600)];
    for (const [i, value] of values.entries()) {
      await secrets.setSecret(`text-${i}`, value);
      assert.equal((await secrets.getSecret(`text-${i}`)).value ?? '', value);
    }
    await refusal(() => secrets.setSecret('too-long', 'x'.repeat(25_601)), 400, 'BadParameter');
    await refusal(() => secrets.getSecret('too-long'), 404, 'SecretNotFound');
  });

  it('keeps every version', async () => {
    const versions = [];
    for (const value of ['one', 'two', 'three']) {
      versions.push((await secrets.setSecret('versions', value)).properties.version);
    }
    assert.equal((await secrets.getSecret('versions')).value, 'three');
    for (const [i, version] of versions.entries()) {
      assert.equal((await secrets.getSecret('versions', { version })).value, ['one', 'two', 'three'][i]);
    }
    const listed = await all(secrets.listPropertiesOfSecretVersions('versions'));
    assert.deepEqual(listed.map((p) => p.version).sort(), [...versions].sort());
    await refusal(() => secrets.getSecret('versions', { version: '0'.repeat(32) }), 404, 'SecretNotFound');
  });

  it('has properties that an update changes, its value not', async () => {
    const { properties } = await secrets.setSecret('update', 'kept', { tags: { a: '1', b: '2' } });
    const updated = await secrets.updateSecretProperties('update', properties.version, {
      tags: { c: '3' }, contentType: 'text/x', notBefore: new Date('2020-01-01T00:00:00Z'),
    });
    assert.deepEqual({ ...updated.tags }, { c: '3' });
    assert.equal(updated.contentType, 'text/x');
    const got = await secrets.getSecret('update');
    assert.equal(got.value, 'kept');
    assert.deepEqual({ ...got.properties.tags }, { c: '3' });
    assert.equal(got.properties.notBefore.getTime(), Date.parse('2020-01-01T00:00:00Z'));
    const cleared = await secrets.updateSecretProperties('update', properties.version, { tags: {} });
    assert.deepEqual({ ...cleared.tags }, {});
  });

  it('that is disabled is not given out', async () => {
    const { properties } = await secrets.setSecret('disabled', 'x', { enabled: false });
    const refused = await refusal(() => secrets.getSecret('disabled'), 403, 'Forbidden');
    assert.equal(refused.message, 'Operation get is not allowed on a disabled secret.');
    assert.equal(innerCode(refused), 'SecretDisabled');
    await secrets.updateSecretProperties('disabled', properties.version, { enabled: true });
    assert.equal((await secrets.getSecret('disabled')).value, 'x');
  });

  it('is looked up without case and keeps the case of its first setting', async () => {
    await secrets.setSecret('CamelCase', 'x');
    const got = await secrets.getSecret('camelcase');
    assert.equal(got.name, 'CamelCase');
  });

  it('names the region that serves it', async () => {
    const { region } = await regionOf((o) => secrets.getSecret('plain', o));
    assert.equal(region, 'eastus2');
  });

  it('that was never set is not found', async () => {
    const refused = await refusal(() => secrets.getSecret('nothing'), 404, 'SecretNotFound');
    assert.match(refused.message, /^A secret with \(name\/id\) nothing was not found in this key vault\./);
  });
});

describe('lists', () => {
  it('go over pages, each secret once', async () => {
    const wanted = [];
    for (let i = 0; i < 30; ++i) wanted.push(`page-${String(i).padStart(2, '0')}`);
    await Promise.all(wanted.map((name) => secrets.setSecret(name, name)));
    await Promise.all(wanted.map((name) => secrets.setSecret(name, `${name} again`)));
    const listed = names(await all(secrets.listPropertiesOfSecrets()));
    assert.deepEqual(listed.filter((n) => n.startsWith('page-')), wanted);
    assert.equal(new Set(listed).size, listed.length);
  });

  it('have the page size that was asked for', async () => {
    const pages = [];
    for await (const page of secrets.listPropertiesOfSecrets().byPage({ maxPageSize: 7 })) pages.push(names(page));
    assert.ok(pages.length > 4);
    for (const page of pages.slice(0, -1)) assert.equal(page.length, 7);
    assert.equal(new Set(pages.flat()).size, pages.flat().length);
  });

  it('of versions go over pages too', async () => {
    for (let i = 0; i < 26; ++i) await secrets.setSecret('many', `${i}`);
    const listed = await all(secrets.listPropertiesOfSecretVersions('many'));
    assert.equal(new Set(listed.map((p) => p.version)).size, 26);
  });
});

describe('a deleted secret', () => {
  it('is gone, can be seen among the deleted, and comes back with all versions', async () => {
    await secrets.setSecret('lost', 'one');
    const { properties } = await secrets.setSecret('lost', 'two', { tags: { t: '1' } });
    const deleted = await (await secrets.beginDeleteSecret('lost', atOnce)).pollUntilDone();
    assert.equal(deleted.name, 'lost');
    assert.ok(deleted.recoveryId.endsWith('/deletedsecrets/lost'));
    const days = (deleted.scheduledPurgeDate - deleted.deletedOn) / 86_400_000;
    assert.equal(days, 90);
    await refusal(() => secrets.getSecret('lost'), 404, 'SecretNotFound');
    assert.ok(!names(await all(secrets.listPropertiesOfSecrets())).includes('lost'));
    assert.ok(names(await all(secrets.listDeletedSecrets())).includes('lost'));
    assert.equal((await secrets.getDeletedSecret('lost')).properties.version, properties.version);
    const reused = await refusal(() => secrets.setSecret('lost', 'x'), 409, 'Conflict');
    assert.equal(innerCode(reused), 'ObjectIsDeletedButRecoverable');

    const back = await (await secrets.beginRecoverDeletedSecret('lost', atOnce)).pollUntilDone();
    assert.equal(back.name, 'lost');
    const got = await secrets.getSecret('lost');
    assert.equal(got.value, 'two');
    assert.deepEqual({ ...got.properties.tags }, { t: '1' });
    assert.equal((await all(secrets.listPropertiesOfSecretVersions('lost'))).length, 2);
    await refusal(() => secrets.getDeletedSecret('lost'), 404, 'SecretNotFound');
  });

  it('is purged for ever, and its name is free again', async () => {
    await secrets.setSecret('purged', 'old');
    await (await secrets.beginDeleteSecret('purged', atOnce)).pollUntilDone();
    await secrets.purgeDeletedSecret('purged');
    await refusal(() => secrets.getDeletedSecret('purged'), 404, 'SecretNotFound');
    await secrets.setSecret('purged', 'new');
    assert.equal((await all(secrets.listPropertiesOfSecretVersions('purged'))).length, 1);
  });
});

describe('a backup', () => {
  it('restores every version of a secret that is gone', async () => {
    const first = await secrets.setSecret('saved', 'one');
    await secrets.setSecret('saved', 'two', { tags: { k: 'v' }, contentType: 'c' });
    const blob = await secrets.backupSecret('saved');
    const conflict = await refusal(() => secrets.restoreSecretBackup(blob), 409, 'Conflict');
    assert.match(conflict.message, /conflict restoring the secret/);
    await (await secrets.beginDeleteSecret('saved', atOnce)).pollUntilDone();
    await secrets.purgeDeletedSecret('saved');
    const restored = await secrets.restoreSecretBackup(blob);
    assert.equal(restored.name, 'saved');
    const got = await secrets.getSecret('saved');
    assert.equal(got.value, 'two');
    assert.deepEqual({ ...got.properties.tags }, { k: 'v' });
    const { version } = first.properties;
    assert.equal((await secrets.getSecret('saved', { version })).value, 'one');
  });

  it('that was changed is refused', async () => {
    await secrets.setSecret('forged', 'x');
    const blob = await secrets.backupSecret('forged');
    for (const at of [0, blob.length >> 1, blob.length - 1]) {
      const bad = Uint8Array.from(blob);
      bad[at] ^= 1;
      const refused = await refusal(() => secrets.restoreSecretBackup(bad), 400, 'BadParameter');
      assert.equal(refused.message, 'Backup blob contains invalid or corrupt version.');
    }
  });
});
