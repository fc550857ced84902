import { ApplicationFailure, CancellationScope, condition, setHandler } from '@temporalio/workflow';
import { durationMs } from '../model/duration.js';
import type { Goal } from '../model/endpoint.js';
import { extensionProblems, optionChangeProblems, type ExtendableWait } from '../model/run-changes.js';
import { problemsText, type Problem } from '../model/request-rules.js';
import {
  acceptedUpdate,
  changeOptionsUpdate,
  extendDeadlineUpdate,
  INVALID_UPDATE,
  NOT_APPLICABLE,
  retryNowUpdate,
  stateQuery,
  type AcceptedAnswer,
  type ChangeableOptions,
  type DeadlineExtension,
  type ExtendedDeadline,
} from '../contract/messages.js';
import type { Provision } from '../activities/index.js';
import type { RunState } from './run-state.js';
import { DEFAULT_CONNECTED_MS } from './wait-until.js';

/** A checked input whose options callers may change. Whoever reads it reads what holds now. */
type LiveProvision = Omit<Provision, 'until' | 'onFailure' | 'onCancel' | 'timeouts'> & {
  until?: Goal;
  onFailure?: ChangeableOptions['onFailure'];
  onCancel?: ChangeableOptions['onCancel'];
  timeouts: Provision['timeouts'];
};

/** Phases of a run that the service has not accepted yet. */
const BEFORE_ACCEPTANCE: readonly string[] = ['checking', 'creating', 'parked'];

/**
 * What callers may ask of a run, and change in it, while it is under way.
 *
 * Every change is checked by a validator, so that one that is refused leaves no event.
 */
export class RunControls {
  readonly #run: RunState;
  #provision: LiveProvision | undefined;

  constructor(run: RunState) {
    this.#run = run;
  }

  /** Register all handlers. Called before anything is awaited: none may come too early. */
  register(): void {
    const run = this.#run;
    setHandler(stateQuery, () => run.snapshot(), { description: 'Where the run stands and what it waits for' });
    setHandler(retryNowUpdate, () => run.wake(), {
      validator: () => run.expectParked(),
      description: 'End the pause of a parked run',
    });
    setHandler(acceptedUpdate, () => this.#accepted(), {
      description: 'Wait until the service has accepted the request, the run is parked, or it has ended',
    });
    setHandler(extendDeadlineUpdate, (extension) => this.#extend(extension), {
      validator: (extension: DeadlineExtension) => this.#expectExtendable(extension),
      description: 'Give a wait more time: {"wait": "accepted"|"active"|"connected"|"parked", "by": "30m"}',
    });
    setHandler(changeOptionsUpdate, (change) => this.#change(change), {
      validator: (change: Partial<ChangeableOptions>) => this.#expectChangeable(change),
      description: 'Change options: {"until"?, "onFailure"?, "onCancel"?}',
    });
  }

  /** The input is checked. @returns The same, as callers change it from now on. */
  begin(provision: Provision): Provision {
    this.#provision = { ...provision };
    return this.#provision;
  }

  /** Shielded from a cancellation, which does not end the run at once: whoever asks learns how it ended. */
  #accepted(): Promise<AcceptedAnswer> {
    return CancellationScope.nonCancellable(async () => {
      for (;;) {
        const answer = this.#run.acceptedAnswer;
        if (answer !== undefined) return answer;
        await condition(() => this.#run.acceptedAnswer !== undefined);
      }
    });
  }

  #extend({ wait, by }: DeadlineExtension): ExtendedDeadline {
    const provision = this.#live();
    const run = this.#run;
    const byMs = durationMs(by);
    const isCurrent = isUnderWay(run, wait);
    if (wait === 'parked') run.extendParking(run.parkedFor ?? 'status', byMs);
    else provision.timeouts = extended(provision.timeouts, wait, byMs);
    if (isCurrent) run.postponeDeadline(byMs);
    const withinMs = wait === 'parked' ? undefined : limitOf(provision.timeouts, wait);
    return {
      wait,
      ...(withinMs === undefined ? {} : { withinMs }),
      ...(isCurrent && run.deadline !== undefined ? { deadline: run.deadline } : {}),
    };
  }

  #expectExtendable(extension: DeadlineExtension): void {
    expectNone(extensionProblems(extension));
    const provision = this.#expectLive();
    const { phase, acceptedAs } = this.#run;
    const { wait } = extension;
    const passed = { parked: !this.#run.isParked, accepted: acceptedAs !== undefined, active: phase === 'connecting' };
    if (wait === 'connected' && provision.until !== 'Connected') {
      throw notApplicable('the run does not wait for its connection: change its option "until" first');
    }
    if (wait === 'parked' && this.#run.parkedFor === 'conflict') {
      throw notApplicable('a collision is over in seconds, and part of the wait "accepted": extend that');
    }
    if (wait !== 'connected' && passed[wait]) throw notApplicable(`the run is not in this wait (phase ${phase})`);
    if (wait !== 'accepted' && wait !== 'parked' && provision.dryRun) {
      throw notApplicable('a dry run makes no endpoint that it could wait for');
    }
  }

  #change(change: Partial<ChangeableOptions>): ChangeableOptions {
    const provision = this.#live();
    const { until = provision.until, onFailure = provision.onFailure, onCancel = provision.onCancel } = change;
    const options = { until: until ?? 'Active', onFailure: onFailure ?? 'keep', onCancel: onCancel ?? 'keep' } as const;
    Object.assign(provision, options);
    this.#run.onChange();
    return options;
  }

  #expectChangeable(change: Partial<ChangeableOptions>): void {
    expectNone(optionChangeProblems(change));
    if (this.#expectLive().dryRun) throw notApplicable('a dry run has no options that could be changed');
  }

  #expectLive(): LiveProvision {
    const { hasEnded, phase } = this.#run;
    if (hasEnded || phase === 'cleaningUp') throw notApplicable(`the run has come to its end (phase ${phase})`);
    if (this.#provision === undefined) throw notApplicable('the input is still being checked: try again in a moment');
    return this.#provision;
  }

  #live(): LiveProvision {
    // The validator saw one.
    if (this.#provision === undefined) throw new Error('The run has no checked input');
    return this.#provision;
  }
}

/** Whether a run is in a wait now, so that its deadline is the one that is shown. */
function isUnderWay({ phase }: RunState, wait: ExtendableWait): boolean {
  switch (wait) {
    case 'parked':
      return phase === 'parked';
    case 'accepted':
      // While it is parked this deadline stands still.
      return phase !== 'parked' && BEFORE_ACCEPTANCE.includes(phase);
    case 'active':
      return phase === 'waiting';
    case 'connected':
      return phase === 'connecting';
  }
}

function limitOf(timeouts: Provision['timeouts'], wait: Exclude<ExtendableWait, 'parked'>): number {
  switch (wait) {
    case 'accepted':
      return timeouts.acceptedMs;
    case 'active':
      return timeouts.activeMs;
    case 'connected':
      return timeouts.connectedMs ?? DEFAULT_CONNECTED_MS;
  }
}

function extended(
  timeouts: Provision['timeouts'],
  wait: Exclude<ExtendableWait, 'parked'>,
  byMs: number,
): Provision['timeouts'] {
  return { ...timeouts, [`${wait}Ms`]: limitOf(timeouts, wait) + byMs };
}

function expectNone(problems: readonly Problem[]): void {
  if (problems.length > 0) throw ApplicationFailure.nonRetryable(problemsText(problems), INVALID_UPDATE);
}

function notApplicable(why: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`Not now: ${why}`, NOT_APPLICABLE);
}
