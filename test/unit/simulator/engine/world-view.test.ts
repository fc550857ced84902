import { describe, expect, it } from 'vitest';
import { parseWorld, type SimulatedService } from '../../../../src/simulator/index.js';
import { WorldView } from '../../../../src/simulator/engine/world-view.js';

const USUAL = 'com.aliyuncs.privatelink';
const OWN: readonly SimulatedService[] = [
  { ServiceId: 'epsrv-1', ServiceName: 'com.x.own' },
  { ServiceId: 'epsrv-2', RegionId: 'cn-hangzhou' },
];
const OF_WORLD: readonly SimulatedService[] = [
  { ServiceId: 'epsrv-1', ServiceName: 'com.x.hidden' },
  { ServiceId: 'epsrv-3' },
  { ServiceId: 'epsrv-4', ServiceName: 'com.x.own' },
];

const view = () => new WorldView({ world: { ...parseWorld({}), services: OF_WORLD }, services: OWN, missing: [] });
const idsIn = (world: WorldView, RegionId: string) => world.services(RegionId).map(({ ServiceId }) => ServiceId);

describe('services of a region', () => {
  it('are those of the settings before those of the world, without those of other regions', () => {
    const world = view();
    expect(idsIn(world, 'cn-hangzhou')).toEqual(['epsrv-1', 'epsrv-2', 'epsrv-3', 'epsrv-4']);
    expect(idsIn(world, 'cn-beijing')).toEqual(['epsrv-1', 'epsrv-3', 'epsrv-4']);
  });

  it('are put together once, and anew where calls name more regions than there are', () => {
    const world = view();
    const first = world.services('cn-hangzhou');
    expect(world.services('cn-hangzhou')).toBe(first);
    for (let region = 0; region < 100; region += 1) idsIn(world, `cn-none-${region}`);
    expect(world.services('cn-hangzhou')).not.toBe(first);
    expect(world.services('cn-hangzhou')).toEqual(first);
  });

  it.each<[ServiceId: string | undefined, ServiceName: string | undefined, found: string | undefined]>([
    ['epsrv-3', undefined, 'epsrv-3'],
    ['epsrv-3', `${USUAL}.cn-beijing.epsrv-3`, 'epsrv-3'],
    [undefined, `${USUAL}.cn-beijing.epsrv-3`, 'epsrv-3'],
    [undefined, `${USUAL}.cn-hangzhou.epsrv-3`, undefined],
    [undefined, 'com.x.own', 'epsrv-1'],
    ['epsrv-4', 'com.x.own', 'epsrv-4'],
    ['epsrv-1', 'com.x.hidden', undefined],
    ['epsrv-1', `${USUAL}.cn-beijing.epsrv-1`, undefined],
    ['epsrv-2', undefined, undefined],
    [undefined, undefined, 'epsrv-1'],
  ])('are found by id %s and name %s', (ServiceId, ServiceName, found) => {
    expect(view().service('cn-beijing', ServiceId, ServiceName)?.ServiceId).toBe(found);
  });
});
