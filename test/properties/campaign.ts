import fc from 'fast-check';

/** Something that a value of a property shows to be wrong; `law` says which rule, for failures of one cause to be told as one. */
export interface Finding {
  readonly law: string;
  readonly seen: string;
}

/** Which values to try, and how. */
export interface CampaignOptions<Value> {
  readonly values: fc.Arbitrary<Value>;
  /** What is wrong with a value; empty when nothing is. Runs side by side with others. */
  readonly check: (value: Value) => Promise<readonly Finding[]>;
  readonly runs: number;
  readonly seed: number;
  /** fast-check's path to one value of the seed; then only that is tried. */
  readonly path?: string;
  /** Values under way at a time. */
  readonly concurrency: number;
  /** How many failures, of different laws, are made small. Default 3. */
  readonly shrunk?: number;
  /** Told after each value. */
  readonly onProgress?: (done: number, failed: number) => void;
}

/** A law that was broken, and the smallest value that still breaks it. */
export interface Failure<Value> {
  readonly law: string;
  /** How many of the values broke it. */
  readonly times: number;
  /** Leads, with the seed, to the minimal value. */
  readonly path: string;
  readonly minimal: Value;
  readonly seen: readonly string[];
  /** Values that were tried on the way to the minimal one. */
  readonly shrinks: number;
  /** Whether it failed when it was tried again. Timing of this machine may have a part in one that did not. */
  readonly again: boolean;
}

export interface CampaignReport<Value> {
  readonly seed: number;
  readonly runs: number;
  readonly failures: readonly Failure<Value>[];
}

/**
 * Try many values of a property side by side, and make small what fails.
 *
 * All values come from one seed. A failing one is handed back to fast-check by its path, which shrinks it as long as
 * the same law is broken.
 */
export async function runCampaign<Value>(options: CampaignOptions<Value>): Promise<CampaignReport<Value>> {
  const { values, check, seed, path, concurrency, shrunk = 3, onProgress } = options;
  const runs = path === undefined ? options.runs : 1;
  // The arbitrary itself, and without bias: fast-check then draws the same values as it does when it gets a path.
  const tried = fc.sample(values, { seed, numRuns: runs, unbiased: true, ...(path === undefined ? {} : { path }) });

  const found = new Map<string, Found<Value>>();
  let next = 0;
  let done = 0;
  const work = async () => {
    for (let index = next++; index < tried.length; index = next++) {
      for (const value of tried.slice(index, index + 1)) {
        const findings = await check(value);
        for (const law of new Set(findings.map((finding) => finding.law))) {
          const known = found.get(law);
          if (known !== undefined) known.times += 1;
          else found.set(law, { value, path: path ?? String(index), seen: seenOf(findings, law), times: 1 });
        }
      }
      done += 1;
      onProgress?.(done, found.size);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));

  const failures = await Promise.all(
    [...found].map(async ([law, { value, times, ...first }], index): Promise<Failure<Value>> => {
      const smaller = index < shrunk ? await shrink({ values, check, seed }, law, first.path) : undefined;
      return { law, times, ...(smaller ?? { ...first, minimal: value, shrinks: 0, again: false }) };
    }),
  );
  return { seed, runs, failures };
}

/** The first value that broke a law, and how many did. */
interface Found<Value> {
  readonly value: Value;
  readonly path: string;
  readonly seen: readonly string[];
  times: number;
}

/** What was the smallest by then is told. Real time, since each candidate is played. */
const SHRINK_WITHIN_MS = 180_000;

/** Let fast-check make a failing value small; `undefined` when it does not fail again. */
async function shrink<Value>(
  { values, check, seed }: Pick<CampaignOptions<Value>, 'values' | 'check' | 'seed'>,
  law: string,
  path: string,
): Promise<Pick<Failure<Value>, 'path' | 'minimal' | 'seen' | 'shrinks' | 'again'> | undefined> {
  let seen: readonly string[] = [];
  const broken = fc.asyncProperty(values, async (value) => {
    const found = seenOf(await check(value), law);
    if (found.length === 0) return;
    seen = found;
    throw new Error(found.join('; '));
  });
  const details = await fc.check(broken, {
    seed,
    path,
    numRuns: 1,
    unbiased: true,
    interruptAfterTimeLimit: SHRINK_WITHIN_MS,
  });
  if (!details.failed || details.counterexample === null) return undefined;
  return {
    path: details.counterexamplePath,
    minimal: details.counterexample[0],
    seen,
    shrinks: details.numShrinks,
    again: true,
  };
}

function seenOf(findings: readonly Finding[], law: string): string[] {
  return findings.filter((finding) => finding.law === law).map(({ seen }) => seen);
}

/** What a report tells of one failure: so many of its sightings, so many characters of each. */
const TOLD_SEEN = 3;
const TOLD_LENGTH = 400;

/** Tell people what a campaign found, and how to try it again. */
export function reportText<Value>(
  { seed, runs, failures }: CampaignReport<Value>,
  laws: Readonly<Record<string, string>>,
): string {
  if (failures.length === 0) return `${runs} sequences of seed ${seed}: every law held.`;
  const told = failures.map(({ law, times, path, minimal, seen, shrinks, again }) =>
    [
      `${law}: ${laws[law] ?? ''}`,
      `  broken by ${times} of ${runs} sequences${again ? '' : '; not tried again, or it did not fail again'}`,
      ...seen.slice(0, TOLD_SEEN).map((one) => `  seen: ${one.slice(0, TOLD_LENGTH)}`),
      `  minimal, after ${shrinks} shrinks: npm run properties -- --seed ${seed} --path ${path}`,
      `  npm run properties -- --replay '${JSON.stringify(minimal)}'`,
    ].join('\n'),
  );
  return [`Seed ${seed}: ${failures.length} laws broken.`, ...told].join('\n\n');
}
