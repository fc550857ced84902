import type { Json } from '../../src/privatelink/plain-json.js';
import type { CallParameters } from '../../src/privatelink/port.js';
import { endpointsOf, list, tagsOf } from './harmless.js';
import type { Answer, Lab } from './lab.js';
import { NotMeasured, outcomeOf, shown, stopIfAsked, type Measurement } from './measurement.js';

const VISIBLE_WITHIN_MS = 60_000;
const ACTIVE_WITHIN_MS = 15 * 60_000;
const GONE_WITHIN_MS = 15 * 60_000;
/** A call whose answer was lost may be executed, and listed, that late. */
const DOUBT_WITHIN_MS = 120_000;
const DOUBT_LOOK_MS = 10_000;
const QUICK_MS = 500;
const SLOW_MS = 2_000;

/** The one create call of a recording, kept for those that compare themselves with it. */
interface Creation {
  readonly parameters: CallParameters;
  readonly endpointId: string;
  readonly atMs: number;
}

/** How the removal of what was made went. */
export interface Removal {
  readonly steps: Json;
  /** Ids that are still there, or of which it is not known. */
  readonly leftovers: readonly string[];
}

/** Measurements that make one endpoint and look at it. The first makes it; the others need what it made. */
export function measurementsOfCreation(): readonly Measurement[] {
  let creation: Creation | undefined;
  const made = (): Creation => {
    if (creation === undefined) throw new NotMeasured('no endpoint was made');
    return creation;
  };
  return [
    {
      question: 'What does CreateVpcEndpoint answer?',
      how: 'one CreateVpcEndpoint, which MAKES AN ENDPOINT',
      measure: async (lab) => {
        const parameters = { ...lab.request, ClientToken: lab.newToken() } as unknown as CallParameters;
        const answer = await create(lab, parameters);
        const endpointId = idOf(answer);
        if (endpointId === undefined) throw new NotMeasured(`CreateVpcEndpoint made nothing: ${outcomeOf(answer)}`);
        creation = { parameters, endpointId, atMs: lab.elapsedMs() };
        return shown(answer);
      },
    },
    {
      question: 'When do Get and List show a new endpoint?',
      how: 'GetVpcEndpointAttribute and ListVpcEndpoints, twice a second until both show it, for a minute at most',
      measure: async (lab) => {
        const { endpointId, atMs } = made();
        const seen: Record<string, Json> = {};
        const codes = new Set<string>();
        await poll(lab, QUICK_MS, VISIBLE_WITHIN_MS, async () => {
          const answer = await get(lab, endpointId);
          if (answer.code === undefined) seen['getAfterMs'] ??= lab.elapsedMs() - atMs;
          else codes.add(answer.code);
          const page = await list(lab, { Tag: [lab.mark] });
          if (endpointsOf(page.body).some((item) => item['EndpointId'] === endpointId)) {
            seen['listAfterMs'] ??= lab.elapsedMs() - atMs;
          }
          return 'getAfterMs' in seen && 'listAfterMs' in seen;
        });
        return {
          getAfterMs: 'not within a minute',
          listAfterMs: 'not within a minute',
          ...seen,
          codesOfGetBefore: [...codes],
        };
      },
    },
    {
      question: 'Does the same call with the same ClientToken give the same endpoint?',
      how: 'the same CreateVpcEndpoint again; should it make another endpoint, that is removed too',
      measure: async (lab) => {
        const { parameters, endpointId } = made();
        const answer = await create(lab, parameters);
        const id = idOf(answer);
        return { outcome: outcomeOf(answer), sameEndpoint: id === undefined ? 'no id' : id === endpointId };
      },
    },
    {
      question: 'What does another call with the same ClientToken get?',
      how: 'the CreateVpcEndpoint with another description; should it make another endpoint, that is removed too',
      measure: async (lab) => {
        const { parameters, endpointId } = made();
        const answer = await create(lab, { ...parameters, EndpointDescription: 'changed by record-facts' });
        const id = idOf(answer);
        return { outcome: outcomeOf(answer), ...(id === undefined ? {} : { sameEndpoint: id === endpointId }) };
      },
    },
    {
      question: 'How long does an endpoint take to become Active, and what is seen on the way?',
      how: 'GetVpcEndpointAttribute every 2 s until Active, for 15 minutes at most',
      measure: async (lab) => {
        const { endpointId, atMs } = made();
        const changes: { atMs: number; seen: string }[] = [];
        const isActive = await poll(lab, SLOW_MS, ACTIVE_WITHIN_MS, async () => {
          const { body, code } = await get(lab, endpointId);
          const seen = code ?? [body['EndpointStatus'], body['ConnectionStatus']].map(String).join(', ');
          if (changes.at(-1)?.seen !== seen) changes.push({ atMs: lab.elapsedMs() - atMs, seen });
          return body['EndpointStatus'] === 'Active';
        });
        return { activeAfterMs: isActive ? lab.elapsedMs() - atMs : 'not within 15 minutes', changes };
      },
    },
    {
      question: 'Which EndpointType has an endpoint whose request named none?',
      how: 'one GetVpcEndpointAttribute',
      measure: async (lab) => {
        const { endpointId } = made();
        if (lab.request.EndpointType !== undefined) throw new NotMeasured('the request names an EndpointType');
        const { body, code } = await get(lab, endpointId);
        return code ?? body['EndpointType'] ?? 'the answer has no EndpointType';
      },
    },
  ];
}

/**
 * Remove every endpoint of this recording: those whose ids are known, and those in the list that carry its tag, which
 * nothing else has. Goes on where one cannot be removed, and when somebody asked to stop.
 */
export async function removeEndpoints(lab: Lab): Promise<Removal> {
  const steps: Json[] = [];
  const leftovers: string[] = [];
  for (const id of await allIds(lab, leftovers)) {
    const startMs = lab.elapsedMs();
    let last = '';
    const note = (step: string) => {
      if (step !== last) steps.push({ endpoint: id, afterMs: lab.elapsedMs() - startMs, step });
      last = step;
    };
    const isGone = await pollAlways(lab, SLOW_MS, GONE_WITHIN_MS, async () => {
      const { code, body } = await get(lab, id);
      if (code === 'EndpointNotFound') return true;
      // Asked again while it is there: a delete that came too early is refused, and a change under way locks it.
      if (body['EndpointStatus'] !== 'Deleting') note(await removeOnce(lab, id));
      return false;
    });
    note(isGone ? 'gone' : 'still there');
    if (!isGone) leftovers.push(id);
  }
  return { steps, leftovers };
}

/** Take the next step of a removal: delete, or where the zones are in the way, remove one of them. */
async function removeOnce(lab: Lab, EndpointId: string): Promise<string> {
  const { RegionId } = lab.request;
  const deletion = outcomeOf(await lab.call('DeleteVpcEndpoint', { RegionId, EndpointId }));
  if (deletion !== 'EndpointDependenceViolation') return `DeleteVpcEndpoint: ${deletion}`;
  const ZoneId = (await zonesOf(lab, EndpointId))[0];
  if (ZoneId === undefined) return `DeleteVpcEndpoint: ${deletion}, with no zone in the list`;
  const removal = outcomeOf(await lab.call('RemoveZoneFromVpcEndpoint', { RegionId, EndpointId, ZoneId }));
  return `DeleteVpcEndpoint: ${deletion}; RemoveZoneFromVpcEndpoint ${ZoneId}: ${removal}`;
}

async function zonesOf(lab: Lab, EndpointId: string): Promise<string[]> {
  const { body } = await lab.call('ListVpcEndpointZones', { RegionId: lab.request.RegionId, EndpointId });
  const zones = body['Zones'];
  if (!Array.isArray(zones)) return [];
  return (zones as readonly Readonly<Record<string, Json>>[]).flatMap(({ ZoneId }) =>
    typeof ZoneId === 'string' ? [ZoneId] : [],
  );
}

/**
 * The ids that were told, and those that only the tag tells because an answer was lost; these are looked for as long as a
 * lost call may still be on its way. The filter itself is not trusted.
 */
async function allIds(lab: Lab, leftovers: string[]): Promise<ReadonlySet<string>> {
  const ids = new Set(lab.made);
  const { Key, Value } = lab.mark;
  const look = async () => {
    const { body } = await list(lab, { Tag: [lab.mark], MaxResults: 100 });
    for (const item of endpointsOf(body)) {
      const isOurs = tagsOf(item).some((tag) => tag['Key'] === Key && tag['Value'] === Value);
      if (isOurs && typeof item['EndpointId'] === 'string') ids.add(item['EndpointId']);
    }
    return lab.doubts.length === 0;
  };
  try {
    await pollAlways(lab, DOUBT_LOOK_MS, DOUBT_WITHIN_MS, look);
  } catch (error) {
    if (!(error instanceof NotMeasured)) throw error;
    if (lab.doubts.length > 0) leftovers.push(`whatever carries the tag ${Key}=${Value} (${error.message})`);
  }
  return ids;
}

async function create(lab: Lab, parameters: CallParameters): Promise<Answer> {
  const answer = await lab.call('CreateVpcEndpoint', parameters);
  const id = idOf(answer);
  if (id !== undefined && !lab.made.includes(id)) lab.made.push(id);
  if (id === undefined && (answer.status === undefined || answer.status >= 500 || answer.code === undefined)) {
    lab.doubts.push(answer);
  }
  return answer;
}

function idOf({ body, code }: Answer): string | undefined {
  const id = body['EndpointId'];
  return code === undefined && typeof id === 'string' && id !== '' ? id : undefined;
}

function get(lab: Lab, EndpointId: string): Promise<Answer> {
  return lab.call('GetVpcEndpointAttribute', { RegionId: lab.request.RegionId, EndpointId });
}

/** @throws NotMeasured - Somebody asked to stop. */
function poll(lab: Lab, everyMs: number, withinMs: number, holds: () => Promise<boolean>): Promise<boolean> {
  return pollAlways(lab, everyMs, withinMs, async () => {
    stopIfAsked(lab);
    return holds();
  });
}

/** As {@link poll}, but goes on when somebody asked to stop: what was made has to go. */
async function pollAlways(
  lab: Lab,
  everyMs: number,
  withinMs: number,
  holds: () => Promise<boolean>,
): Promise<boolean> {
  const untilMs = lab.elapsedMs() + withinMs;
  while (!(await holds())) {
    if (lab.elapsedMs() > untilMs) return false;
    await lab.sleep(everyMs);
  }
  return true;
}
