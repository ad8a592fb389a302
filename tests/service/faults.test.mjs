// Drills on the running service, under load: crashed components, cut links, failing disks.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { Service } from '../harness/service.mjs';
import { until } from '../harness/wait.mjs';
import { assertError, assertStatus } from './expect.mjs';
import { Http } from './http.mjs';
import { Load } from './load.mjs';

const service = await Service.start();
const http = await Http.of(service);
const { admin } = service;
await admin.healthy('eastus2');
await admin.healthy('centralus');
after(async () => {
  http.close();
  await service.stop();
});

// None may fail of what `kinds` says, and what was acknowledged is there.
async function underLoad(work, ...kinds) {
  const load = await Load.start(http);
  try {
    await work(load);
  } finally {
    await load.stop();
  }
  load.assertNoneFailed(...kinds);
  await load.assertAcknowledgedAreThere();
  return load;
}

const noFailover = async (mark) => {
  const events = (await admin.events()).filter((e) => e.seq > mark);
  assert.deepEqual(events.filter((e) => e.kind === 'failed_over'), []);
};

describe('a crash is noticed by no client', () => {
  const crashes = [
    { component: 'vault', region: 'eastus2', vault: 'demo' },
    { component: 'vault', region: 'centralus', vault: 'demo' },
    { component: 'crypto', region: 'eastus2' },
    { component: 'zone', region: 'eastus2', zone: 1 },
    { component: 'zone', region: 'eastus2', zone: 2 },
    { component: 'zone', region: 'eastus2', zone: 3 },
    { component: 'replicator', region: 'centralus' },
    { component: 'supervisor' },
  ];
  for (const crash of crashes) {
    it(Object.values(crash).join(' '), async () => {
      await underLoad(async (load) => {
        for (let round = 0; round < 3; ++round) {
          const mark = await admin.mark();
          await admin.start({ fault: 'component_crash', ...crash });
          // A zone that ended comes back as every lost zone does: from its store and its peers.
          const { component, region, zone } = crash;
          await admin.event(mark, component === 'zone' ? { kind: 'zone_in', region, zone } : { kind: 'component_restarted' });
          await load.progress();
          await noFailover(mark);
          await admin.healthy('eastus2');
        }
      }, 'read', 'sign', 'write');
      await admin.replicated('eastus2', 'centralus');
    });
  }
});

describe('a cut link', () => {
  it('is not a dead region: reads and writes go on, the copy falls behind and catches up', async () => {
    const mark = await admin.mark();
    await underLoad(async (load) => {
      await admin.during({ fault: 'link_cut', from: 'eastus2', to: 'centralus' }, async () => {
        await until('the copy is behind', async () => {
          await load.progress();
          return (await admin.region('centralus')).replication.lag_revisions > 20;
        });
        assert.equal((await admin.vault('demo')).mode, 'read_write');
      });
      await admin.during({ fault: 'link_cut', from: 'centralus', to: 'eastus2' }, () => load.progress());
    }, 'read', 'sign', 'write');
    await noFailover(mark);
    await admin.replicated('eastus2', 'centralus');
  });
});

describe('a short pause of a region', () => {
  it('costs no read and moves nothing', async () => {
    const mark = await admin.mark();
    await underLoad(async (load) => {
      const drill = { fault: 'region_frozen', region: 'eastus2', for_seconds: 0.3 };
      const id = await admin.start(drill);
      await until('the drill has ended by itself', async () =>
        (await admin.drills()).find((d) => String(d.id) === String(id))?.active === false);
      await load.progress();
    }, 'read', 'sign');
    await noFailover(mark);
    assert.equal((await admin.vault('demo')).mode, 'read_write');
  });
});

describe('a disk that fails', () => {
  it('in one zone is a lost zone and no more; in two, writes wait and reads go on', async () => {
    const load = await underLoad(async (running) => {
      const mark = await admin.mark();
      await admin.during({ fault: 'fsync_error', region: 'eastus2', zone: 1 }, async () => {
        await admin.event(mark, { kind: 'zone_out', region: 'eastus2', zone: 1 });
        await running.progress();
        running.assertNoneFailed('read', 'sign', 'write');

        await admin.during({ fault: 'fsync_error', region: 'eastus2', zone: 2 }, async () => {
          await admin.event(mark, { kind: 'quorum_lost', region: 'eastus2' });
          await until('a write is refused', async () => (await http.put('/secrets/refused', { value: 'x' })).status === 503);
          for (let i = 0; i < 5; ++i) {
            assertError(await http.put('/secrets/refused', { value: 'x' }), 503, 'ServiceUnavailable');
          }
          await running.progress();
        });
        await until('writes go on', async () => (await http.put('/secrets/again', { value: 'x' })).status === 200);
      });
      await admin.healthy('eastus2');
    }, 'read', 'sign');
    for (const answer of load.answers.write.filter((a) => a.status !== 200)) {
      assertError(answer, 503, 'ServiceUnavailable');
    }
  });
});

describe('a region without a pair that serves', () => {
  it('is unavailable while it is lost: 503 and when to come again', async () => {
    const west = http.vault('west');
    assertStatus(await west.put('/secrets/here', { value: 'x' }), 200);
    await admin.during({ fault: 'region_down', region: 'westus3' }, async () => {
      await admin.mode('west', 'unavailable');
      assertError(await west.get('/secrets/here'), 503, 'ServiceUnavailable');
      assertError(await west.put('/secrets/here', { value: 'y' }), 503, 'ServiceUnavailable');
      assertStatus(await http.get('/secrets/load'), 200);
    });
    await admin.mode('west', 'read_write');
    await until('it is served again', async () => (await west.get('/secrets/here')).status === 200);
    assert.equal((await west.get('/secrets/here')).json.value, 'x');
  });
});
