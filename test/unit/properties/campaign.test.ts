import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportText, runCampaign, type CampaignOptions } from '../../properties/campaign.js';

/** Lists of small numbers, and a law that is broken on purpose: none holds a number from 7 up. */
const LISTS = fc.array(fc.nat({ max: 20 }), { maxLength: 12 });
const tooLarge = async (list: readonly number[]) =>
  list.filter((one) => one >= 7).map((one) => ({ law: 'small', seen: `${one} is too large` }));

const campaign = (options: Partial<CampaignOptions<number[]>> = {}) =>
  runCampaign({ values: LISTS, check: tooLarge, runs: 200, seed: 17, concurrency: 8, ...options });

describe('a campaign of random values', () => {
  it('finds nothing, and says how much it tried, where every law holds', async () => {
    const report = await campaign({ check: async () => [] });
    expect(report).toEqual({ seed: 17, runs: 200, failures: [] });
    expect(reportText(report, {})).toBe('200 sequences of seed 17: every law held.');
  });

  it('makes a failing value as small as it can be', async () => {
    const { failures } = await campaign();
    expect(failures).toMatchObject([{ law: 'small', minimal: [7], seen: ['7 is too large'], again: true }]);
    expect(failures[0]?.times).toBeGreaterThan(1);
    expect(failures[0]?.shrinks).toBeGreaterThan(0);
  });

  it('comes to the same value again by its seed and path, with nothing else tried', async () => {
    const { failures } = await campaign();
    const tried: number[][] = [];
    const again = await campaign({
      path: failures[0]?.path ?? '',
      shrunk: 0,
      check: async (list) => {
        tried.push(list);
        return tooLarge(list);
      },
    });
    expect(tried).toEqual([[7]]);
    expect(again.failures[0]).toMatchObject({ law: 'small', minimal: [7], path: failures[0]?.path });
  });

  it('tries the same values in the same order for the same seed, however many are under way', async () => {
    const triedWith = async (concurrency: number) => {
      const tried: string[] = [];
      await campaign({ concurrency, check: async (list) => (tried.push(JSON.stringify(list)), []) });
      return tried;
    };
    const [one, many] = [await triedWith(1), await triedWith(16)];
    expect(many).toEqual(one);
    expect(new Set(one).size).toBeGreaterThan(100);
  });

  it('keeps as many under way as it is told, and no more', async () => {
    let [underWay, most] = [0, 0];
    await campaign({
      concurrency: 5,
      check: async () => {
        most = Math.max(most, (underWay += 1));
        await Promise.resolve();
        underWay -= 1;
        return [];
      },
    });
    expect(most).toBe(5);
  });

  it('stays with the law that was broken while it makes a value small', async () => {
    const check = async (list: readonly number[]) => [
      ...(await tooLarge(list)),
      ...(list.length >= 3 ? [{ law: 'short', seen: `${list.length} numbers` }] : []),
    ];
    const { failures } = await campaign({ check });
    expect(failures.find(({ law }) => law === 'small')?.minimal).toEqual([7]);
    expect(failures.find(({ law }) => law === 'short')?.minimal).toEqual([0, 0, 0]);
  });

  it('tells of a failure that does not come again, with the value as it was', async () => {
    const failing = new Set<string>();
    const once = async (list: readonly number[]) => {
      const text = JSON.stringify(list);
      if (failing.size > 0 || list.length < 2) return [];
      failing.add(text);
      return [{ law: 'fleeting', seen: 'it failed once' }];
    };
    const report = await campaign({ check: once });
    expect(report.failures).toMatchObject([{ law: 'fleeting', times: 1, shrinks: 0, again: false }]);
    expect(failing).toContain(JSON.stringify(report.failures[0]?.minimal));
    expect(reportText(report, {})).toContain('did not fail again');
  });

  it('ends with the error of a check that breaks down, instead of counting it as a success', async () => {
    const check = async () => Promise.reject(new Error('the server is gone'));
    await expect(campaign({ check })).rejects.toThrow('the server is gone');
  });

  it('prints seed, path and the minimal value as JSON that can be pasted back', async () => {
    const report = await campaign();
    const text = reportText(report, { small: 'Numbers are small.' });
    expect(text).toContain('small: Numbers are small.');
    expect(text).toContain(`--seed 17 --path ${report.failures[0]?.path ?? '?'}`);
    const pasted = /--replay '(.+)'/.exec(text)?.[1] ?? '';
    expect(JSON.parse(pasted)).toEqual([7]);
  });
});
