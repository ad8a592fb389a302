// Zones and regions are lost and come back under a client that goes on working.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { Service } from '../harness/service.mjs';
import { clients, innerCode, noRetries, refusal, regionOf } from './clients.mjs';
import {
  Work, assertAllAcknowledgedAreThere, assertNoneFailed, assertWritesWereHonest,
} from './workers.mjs';

const service = await Service.start();
after(() => service.stop());
const { admin } = service;
await admin.healthy('eastus2');
await admin.healthy('centralus');

async function check(work) {
  assertNoneFailed('reads', work.reads);
  assertNoneFailed('signatures', work.signatures);
  assertWritesWereHonest(work);
  const count = await assertAllAcknowledgedAreThere(work);
  console.log(`${work.reads.length} reads, ${work.signatures.length} signatures, `
    + `${count} of ${work.writes.length} writes acknowledged, all of them there`);
}

describe('a zone that is lost', () => {
  const faults = [['zone_down', true], ['zone_frozen', true], ['zone_wiped', false]];
  for (const [fault, lasts] of faults) {
    it(`by ${fault}, each zone in turn, is noticed by no client`, async () => {
      const done = await Work.during(service, async (work) => {
        for (const zone of [1, 2, 3]) {
          const mark = await admin.mark();
          const id = await admin.start({ fault, region: 'eastus2', zone });
          if (lasts) {
            await admin.event(mark, { kind: 'zone_out', region: 'eastus2', zone });
            await work.progress();
            await admin.end(id);
          }
          await admin.event(mark, { kind: 'zone_in', region: 'eastus2', zone });
          await admin.healthy('eastus2');
          await work.progress();
        }
        assert.equal((await admin.vault('demo')).mode, 'read_write');
      });
      assertNoneFailed('writes', done.writes);
      await check(done);
    });
  }
});

describe('a region that is lost', () => {
  for (const fault of ['region_down', 'region_frozen']) {
    it(`by ${fault} is read from its pair, and everything is there when it is back`, async () => {
      const mark = await admin.mark();
      let failedOverAt, endedAt, backAt;
      const done = await Work.during(service, async (work) => {
        await admin.during({ fault, region: 'eastus2' }, async () => {
          const readOnly = await admin.mode('demo', 'read_only');
          assert.equal(readOnly.serving_region, 'centralus');
          failedOverAt = performance.now();
          await work.progress();
          await refusesEveryWrite();
          await work.progress();
          endedAt = performance.now();
        });
        await admin.mode('demo', 'read_write');
        backAt = performance.now();
        await admin.healthy('eastus2');
        await work.progress();
      });
      await check(done);

      const within = done.writes.filter((w) => w.began >= failedOverAt && w.ended <= endedAt);
      assert.ok(within.length > 0, 'writes were tried while failed over');
      for (const write of within) assert.equal(write.error?.statusCode, 403, 'read-only');
      const meanwhile = done.reads.filter((r) => r.began >= failedOverAt && r.ended <= endedAt);
      assert.ok(meanwhile.length > 0);
      for (const read of meanwhile) assert.equal(read.region, 'centralus');
      assert.ok(done.acknowledged().some((w) => w.began >= backAt), 'writes go on after failback');

      const over = await admin.event(mark, { kind: 'failed_over', region: 'eastus2' });
      const back = await admin.event(mark, { kind: 'failed_back', region: 'eastus2' });
      assert.ok(over.seq < back.seq);
      assert.equal(typeof over.took_seconds, 'number');
      assert.ok(Number.isInteger(over.lag_revisions) && over.lag_revisions >= 0);
    });
  }

  it('twice in a row keeps what was written in between', async () => {
    const { secrets } = clients(service);
    for (const round of ['one', 'two']) {
      await secrets.setSecret('between', round);
      await admin.replicated('eastus2', 'centralus');
      await admin.during({ fault: 'region_down', region: 'eastus2' }, async () => {
        await admin.mode('demo', 'read_only');
        const { result, region } = await regionOf((o) => secrets.getSecret('between', o));
        assert.deepEqual([result.value, region], [round, 'centralus']);
      });
      await admin.mode('demo', 'read_write');
      assert.equal((await secrets.getSecret('between')).value, round);
    }
  });

  it('with no pair to serve it is unavailable, and then back', async () => {
    const { secrets } = clients(service);
    await secrets.setSecret('meanwhile', 'elsewhere');
    await admin.during({ fault: 'region_down', region: 'westus3' }, async () => {
      const lost = await admin.mode('west', 'unavailable');
      assert.equal(lost.serving_region, 'westus3');
      assert.equal((await secrets.getSecret('meanwhile')).value, 'elsewhere');
    });
    await admin.mode('west', 'read_write');
  });

  it('does not keep the pair from serving its own, nor the primary when the pair is lost', async () => {
    const { secrets } = clients(service, noRetries);
    await admin.during({ fault: 'region_down', region: 'centralus' }, async () => {
      await secrets.setSecret('alone', 'x');
      assert.equal((await secrets.getSecret('alone')).value, 'x');
    });
    await admin.healthy('centralus');
    await admin.replicated('eastus2', 'centralus');
  });
});

// By the SDK, and at once: a refusal that the client would try again for a minute helps nobody.
async function refusesEveryWrite() {
  const { secrets, keys } = clients(service);
  const writes = [
    () => secrets.setSecret('refused', 'x'),
    () => secrets.updateSecretProperties('seed-0', '', { tags: { a: 'b' } }),
    () => secrets.beginDeleteSecret('seed-0'),
    () => keys.createEcKey('refused'),
    () => keys.beginDeleteKey('seed-key'),
  ];
  await secrets.getSecret('seed-0');
  for (const write of writes) {
    const refused = await refusal(write, 403, 'Forbidden');
    assert.equal(innerCode(refused), 'VaultReadOnly');
    assert.match(refused.message, /read-only while it is failed over from eastus2 to centralus/);
    assert.equal(refused.response.headers.get('x-ms-keyvault-region'), 'centralus');
  }
}
