import { describe, expect, it } from 'vitest';
import { readConnection } from '../../../src/model/endpoint.js';

const zones = (...statuses: string[]) => statuses.map((ZoneStatus, index) => ({ ZoneId: `z-${index}`, ZoneStatus }));

describe('the connection of an Active endpoint', () => {
  it('is there with all its zones', () => {
    const connection = { ConnectionStatus: 'Connected' };
    expect(readConnection(connection, zones('Connected', 'Connected'), false)).toEqual({ kind: 'connected' });
    expect(readConnection(connection, [], false)).toEqual({ kind: 'connected' });
    expect(readConnection(connection, zones('Connected', 'Wait', 'Connecting'), true)).toEqual({
      kind: 'pending',
      missing: 'zone z-1 is Wait, zone z-2 is Connecting',
    });
  });

  it('is waited for while it is Disconnected, until somebody has accepted it', () => {
    expect(readConnection({ ConnectionStatus: 'Disconnected' }, [], false)).toMatchObject({ kind: 'pending' });
    expect(readConnection({ ConnectionStatus: 'Disconnected' }, [], true)).toEqual({ kind: 'rejected' });
  });

  it.each(['Pending', 'Connecting', 'Disconnecting', 'Deleting'])('is on its way while it is %s', (status) => {
    expect(readConnection({ ConnectionStatus: status }, [], true)).toEqual({
      kind: 'pending',
      missing: `its connection is ${status}`,
    });
  });

  it('is neither there nor lost with a status that nobody knows', () => {
    expect(readConnection({ ConnectionStatus: 'New' }, [], true)).toEqual({ kind: 'unknownStatus', status: 'New' });
    expect(readConnection({}, [], true)).toEqual({ kind: 'unknownStatus', status: '(none)' });
  });
});
