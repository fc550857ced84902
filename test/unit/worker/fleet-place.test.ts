import { describe, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../../src/contract/search-attributes.js';
import { chooseFleetPlace } from '../../../src/worker/fleet-place.js';

const KEYWORD = 2;
const ALL = Object.fromEntries(Object.keys(SEARCH_ATTRIBUTES).map((name) => [name, KEYWORD]));

async function chosen(registered: Record<string, number> | Error) {
  const logged: { message: string; meta: unknown }[] = [];
  const namespaces: string[] = [];
  const connection = {
    withDeadline: (_: number | Date, call: () => Promise<unknown>) => call(),
    operatorService: {
      listSearchAttributes: async ({ namespace }: { namespace: string }) => {
        namespaces.push(namespace);
        if (registered instanceof Error) throw registered;
        return { customAttributes: registered };
      },
    },
  } as unknown as Parameters<typeof chooseFleetPlace>[0];
  const place = await chooseFleetPlace(connection, 'orders', {
    info: (message, meta) => logged.push({ message, meta }),
  });
  return { place, logged, namespaces };
}

describe('where runs keep their record', () => {
  it('is in search attributes when the namespace has all of them', async () => {
    const { place, namespaces } = await chosen({ ...ALL, Owner: 1 });
    expect({ place, namespaces }).toEqual({ place: 'searchAttributes', namespaces: ['orders'] });
  });

  it.each([
    { registered: {}, reason: 'there are none' },
    { registered: { ...ALL, PvlPhase: 1 }, reason: 'one is of another type' },
    {
      registered: Object.fromEntries(Object.entries(ALL).filter(([name]) => name !== 'PvlVpcId')),
      reason: 'one is missing',
    },
  ])('is in the memo when $reason, and the log says why', async ({ registered }) => {
    const { place, logged } = await chosen(registered);
    expect(place).toBe('memo');
    expect(logged).toHaveLength(1);
    const lacking = logged[0]?.meta as { missing: string[]; ofAnotherType: string[] };
    expect([...lacking.missing, ...lacking.ofAnotherType].length).toBeGreaterThan(0);
  });

  it('is in the memo when the server does not tell, and the worker starts all the same', async () => {
    const { place, logged } = await chosen(new Error('7 PERMISSION_DENIED: Request unauthorized.'));
    expect(place).toBe('memo');
    expect(logged).toMatchObject([{ meta: { reason: '7 PERMISSION_DENIED: Request unauthorized.' } }]);
  });
});
