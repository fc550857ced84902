import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTIONS, parseAction } from '../../src/simulator/engine/action-shapes.js';
import { deviations } from '../support/answer-shape.js';
import { CLIENTS, Drivers, isInstalled } from './clients.js';
import { comparedBy, playStory, type PlayedStep } from './play.js';
import { STORY } from './story.js';

describe('a service and an endpoint, from their creation to their end', () => {
  const drivers = new Drivers();
  const [first, ...others] = CLIENTS;
  let reference: readonly PlayedStep[];

  beforeAll(async () => {
    if (first === undefined) throw new Error('There are no clients');
    reference = await playStory(drivers, first);
  });
  afterAll(() => drivers.stop());

  it('uses every action with success', () => {
    const used = new Set(STORY.filter(({ refusal }) => refusal === undefined).map(({ action }) => action));
    expect([...used].sort()).toEqual([...ACTIONS.keys()].sort());
  });

  it('finds what an answer has beyond its declaration, or of another type', () => {
    const row = { writes: false, parameters: '', answer: 'TotalCount Zones[{ZoneId}]', errors: '' };
    const shape = parseAction('Some', row).answer;
    expect(deviations({ TotalCount: '1', Zones: [{ ZoneId: 'a' }] }, shape)).toEqual([]);
    const wrong = deviations({ TotalCount: 1, Zones: { Zone: [] }, Extra: true }, shape);
    expect(wrong).toEqual([
      'answer.TotalCount is not a text: 1',
      'answer.Zones is not a list: {"Zone":[]}',
      'answer has no Extra',
    ]);
  });

  for (const client of others) {
    it.skipIf(!isInstalled(client))(`is the same for ${client.name}`, async () => {
      const played = await playStory(drivers, client);
      expect(comparedBy(client, played)).toEqual(comparedBy(client, reference));
    });
  }
});
