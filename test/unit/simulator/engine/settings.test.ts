import { describe, expect, it } from 'vitest';
import { parseSettingsChange } from '../../../../src/simulator/index.js';

describe('settings from JSON', () => {
  it('are taken as they are, with Infinity as a text', () => {
    const change = {
      timeToActive: { afterMs: [1, 2] },
      deleteMs: 0,
      deleteReads: 1,
      zoneRemovalMs: 5,
      zoneRemovalReads: 2,
      autoAccept: false,
      missing: ['vpc-1'],
      switches: { rememberRefusals: false, deleteWhileDeleting: 'accepted' },
    };
    expect(parseSettingsChange(change)).toEqual(change);
    expect(parseSettingsChange({ timeToActive: { afterReads: 'Infinity' } })).toEqual({
      timeToActive: { afterReads: Infinity },
    });
    expect(parseSettingsChange({ timeToActive: { afterMs: 5 } })).toEqual({ timeToActive: { afterMs: 5 } });
  });

  it('take account ids of up to 16 digits, and "*" for every user', () => {
    const services = [{ ServiceId: 'epsrv-1', accountId: '1000000000000001', users: ['7', '*'] }];
    expect(parseSettingsChange({ services })).toEqual({ services });
  });

  const malformed: [value: unknown, named: string][] = [
    [null, 'settings'],
    [[], 'settings'],
    [{ speed: 1 }, 'speed'],
    [{ deleteMs: -1 }, 'deleteMs'],
    [{ deleteMs: '1' }, 'deleteMs'],
    [{ deleteMs: 1e300 }, 'deleteMs'],
    [{ timeToActive: { afterMs: 1e300 } }, 'afterMs'],
    [{ world: { accounts: [{ accountId: 'me' }] } }, 'world.accounts[0].accountId is not a text of 1 to 16 digits'],
    [{ services: [{ ServiceId: 'epsrv-1', accountId: '12345678901234567' }] }, 'services[0].accountId'],
    [{ services: [{ ServiceId: 'epsrv-1', accountId: '0042' }] }, 'services[0].accountId'],
    [{ services: [{ ServiceId: 'epsrv-1', users: ['7', 'me'] }] }, 'services[0].users'],
    [{ zoneRemovalReads: -1 }, 'zoneRemovalReads'],
    [{ switches: { removeZoneWhileCreating: true } }, 'removeZoneWhileCreating'],
    [{ autoAccept: 'yes' }, 'autoAccept'],
    [{ missing: [1] }, 'missing'],
    [{ timeToActive: {} }, 'timeToActive'],
    [{ timeToActive: { afterMs: 1, afterReads: 1 } }, 'timeToActive'],
    [{ timeToActive: { afterMs: [2, 1] } }, 'afterMs'],
    [{ timeToActive: { afterMs: [1] } }, 'afterMs'],
    [{ timeToActive: { afterReads: 'x' } }, 'afterReads'],
    [{ timeToActive: { afterDays: 1, afterMs: 1 } }, 'afterDays'],
    [{ switches: { magic: true } }, 'magic'],
    [{ switches: { rememberRefusals: 1 } }, 'rememberRefusals'],
    [{ switches: { deleteWhileDeleting: 'maybe' } }, 'deleteWhileDeleting'],
  ];
  it.each(malformed)('refuse %j and name %s', (value, named) => {
    expect(() => parseSettingsChange(value)).toThrow(named);
  });
});
