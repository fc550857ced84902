import {
  CancellationScope,
  condition,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
  type ApplicationFailure,
} from '@temporalio/workflow';
import type { FailureDetails } from '../contract/result.js';
import {
  FLEET_ATTRIBUTES,
  FLEET_FIELDS,
  FLEET_MEMO,
  keyword,
  type FleetEntry,
  type FleetField,
  type FleetPlace,
} from '../contract/search-attributes.js';
import type { Provision } from '../activities/index.js';

/**
 * What a run writes of itself for the list of all runs: into search attributes, or into its memo.
 *
 * Each write is one event, so there is at most one in a workflow task: what changes during a task is written at its end.
 * Only what changed since the last write counts. The engine hands search attributes on to the continuation of a run; a memo
 * it does not, so the continuation writes it again.
 */
export class FleetRecord {
  readonly #place: FleetPlace;
  #written: FleetEntry;
  #entry: FleetEntry;

  /** @param entry - What is known at the start. Nothing is written before the first phase. */
  constructor(place: FleetPlace, entry: FleetEntry) {
    this.#place = place;
    this.#written = place === 'memo' ? writtenMemo() : writtenAttributes();
    this.#entry = this.#written;
    this.learn(entry);
    // A condition is looked at when everything else that a task brought about is done; without a timeout it writes no event.
    void CancellationScope.nonCancellable(() => this.#writeAtTheEndOfEachTask());
  }

  /** The last phase, as it is listed. */
  get phase(): string | undefined {
    return this.#entry.phase;
  }

  /** More is known of what the run is about. Written with the next phase. */
  learn(fields: FleetEntry): void {
    const known = Object.entries(fields).map(([field, text]: [string, string]) => [field, keyword(text)]);
    this.#entry = { ...this.#entry, ...(Object.fromEntries(known) as FleetEntry) };
  }

  /** The run moved to a phase. One that is refused again and again stays `parked`, however often it tries. */
  enter(phase: string): void {
    if (phase === 'creating' && this.#entry.phase === 'parked') return;
    this.learn({ phase });
  }

  /** The run moved to its last phase. Written at once: it may close in this very task. */
  end(phase: string): void {
    this.learn({ phase });
    this.#write();
  }

  async #writeAtTheEndOfEachTask(): Promise<never> {
    for (;;) {
      await condition(() => this.#entry.phase !== this.#written.phase);
      this.#write();
    }
  }

  #write(): void {
    const changed = FLEET_FIELDS.filter((field) => this.#entry[field] !== this.#written[field]);
    if (changed.length === 0) return;
    this.#written = this.#entry;
    if (this.#place === 'memo') upsertMemo({ [FLEET_MEMO]: this.#entry });
    else
      upsertSearchAttributes(changed.map((field) => ({ key: attributeKey(field), value: this.#entry[field] ?? null })));
  }
}

/**
 * Start the record of a run.
 *
 * @param place - As `parseInput` says; absent in the histories of versions that kept no record, which write none.
 * @param memory - Of the run that this one continues.
 */
export function startFleetRecord(
  place: FleetPlace | undefined,
  entry: FleetEntry,
  memory: { readonly listedPhase?: string } = {},
): FleetRecord | undefined {
  if (place === undefined) return undefined;
  const { listedPhase: phase } = memory;
  return new FleetRecord(place, { ...entry, ...(phase === undefined ? {} : { phase }) });
}

/** What a provision is about. */
export function fleetEntry({ account, request }: Pick<Provision, 'account' | 'request'>): FleetEntry {
  const { RegionId, VpcId, ServiceId, ServiceName } = request;
  const service = ServiceId ?? ServiceName;
  return { account, RegionId, VpcId, ...(service === undefined ? {} : { ServiceId: service }) };
}

/** What there is to know of a failure: its class, and an endpoint that was found only at the end. */
export function failedEntry({ details }: ApplicationFailure): FleetEntry {
  const [first] = (details ?? []) as [Partial<FailureDetails>?];
  // Of the failures only a wrong input has no class.
  const { class: failureClass = 'invalid', endpointId } = first ?? {};
  return { failureClass, ...(endpointId === undefined ? {} : { EndpointId: endpointId }) };
}

function attributeKey(field: FleetField) {
  return { name: FLEET_ATTRIBUTES[field], type: 'KEYWORD' } as const;
}

function writtenMemo(): FleetEntry {
  return (workflowInfo().memo?.[FLEET_MEMO] as FleetEntry | undefined) ?? {};
}

function writtenAttributes(): FleetEntry {
  const { typedSearchAttributes } = workflowInfo();
  const fields = FLEET_FIELDS.map((field) => [field, typedSearchAttributes.get(attributeKey(field))] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}
