import { FAILURE_TYPES } from '../../src/contract/result.js';
import { classifyCode } from '../../src/model/error-catalogue.js';
import type { ErrorClass } from '../../src/model/error-class.js';
import type { Answer, CallRecord, Making, Observation, RunRecord } from './observation.js';
import type { Deed } from './sequence.js';

/** What every run owes, whatever happens to it. */
export const LAWS = {
  ends: 'A run ends ready, with one typed failure whose details are complete, or cancelled with one of four outcomes.',
  oneEndpoint: 'A request has one endpoint at a time, and a run that knew one never makes another.',
  ready: 'A run that ends ready names an endpoint that exists and is Active.',
  mayExist: 'endpointMayExist and nothingCreated never deny an endpoint that exists.',
  endpointId: 'A failed or cancelled run names the endpoint that it was told of.',
  tokens: 'A token is repeated until a definite refusal, and never after one; epochs rise by one.',
  nothingDeleted: 'Nothing is deleted that nobody asked to have deleted.',
  attempts: 'A failure holds its last calls, with the RequestIds that the service gave.',
  passes: 'A run that only meets what passes by itself ends ready.',
  starters: 'A second starter of a running id is refused.',
  history: 'A history is bounded, holds no secret, and no workflow task of it failed.',
} as const;
export type Law = keyof typeof LAWS;

/** One law that a sequence saw broken. */
export interface Breach {
  readonly law: Law;
  /** What was seen. */
  readonly seen: string;
}

/** Events that one run may write: a run without faults has 18, each step and each wait that is skipped adds some. */
const MAX_EVENTS = 400;

/** Every law that an observation breaks. Judges by what the twin and the engine say, never by our own logs. */
export function breaches(observation: Observation): Breach[] {
  const said: Breach[] = [];
  const breach = (law: Law) => (seen: string) => said.push({ law, seen });
  const { runs, actions, secondStarts } = observation;
  for (const run of runs) {
    checkEnd(observation, run, breach('ends'));
    checkReady(observation, run, breach('ready'));
    checkMayExist(observation, run, breach('mayExist'));
    checkEndpointId(observation, run, breach('endpointId'));
    checkTokens(observation, run, breach('tokens'));
    checkAttempts(observation, run, breach('attempts'));
    checkHistory(run, breach('history'));
  }
  checkOneEndpoint(observation, breach('oneEndpoint'));
  checkPasses(observation, breach('passes'));
  const writes = actions.filter((action) => !/^(Create|Get|List)/.test(action));
  if (writes.length > 0) breach('nothingDeleted')(writes.join(', '));
  if (secondStarts.includes('started')) breach('starters')('a second run began beside the first');
  return said;
}

type Say = (seen: string) => void;

function callsOf({ calls }: Observation, { runId }: RunRecord): readonly CallRecord[] {
  return calls.filter((call) => call.runId === runId);
}

function met(calls: readonly CallRecord[], ...kinds: readonly Deed['kind'][]): boolean {
  return calls.some(({ does }) => does !== undefined && kinds.includes(does.kind));
}

function checkEnd(observation: Observation, run: RunRecord, say: Say): void {
  const { end } = run;
  const calls = callsOf(observation, run);
  switch (end.kind) {
    case 'ready':
      return;
    case 'terminated':
      if (!met(calls, 'terminate')) say('terminated, and nobody asked for it');
      return;
    case 'cancelled': {
      if (!met(calls, 'cancel')) say('cancelled, and nobody asked for it');
      const outcome = end.outcome?.outcome ?? '(none)';
      if (!['nothingCreated', 'kept', 'unknown'].includes(outcome)) say(`cancelled with the outcome ${outcome}`);
      return;
    }
    case 'failed': {
      const { type, message, details = {} } = end;
      if (!Object.hasOwn(FAILURE_TYPES, type) || type === 'InvalidInput')
        say(`a failure of type "${type}": ${message}`);
      const missing = [
        typeof details.class === 'string' ? '' : 'class',
        typeof details.code === 'string' && details.code !== '' ? '' : 'code',
        typeof details.advice === 'string' && details.advice.trim() !== '' ? '' : 'advice',
        typeof details.endpointMayExist === 'boolean' ? '' : 'endpointMayExist',
        typeof details.retryable === 'boolean' ? '' : 'retryable',
        Array.isArray(details.attempts) ? '' : 'attempts',
      ].filter((name) => name !== '');
      if (missing.length > 0) say(`${type} without ${missing.join(', ')}`);
      if (details.code === 'ActivityFailed') say(`an activity of ours failed: ${message}`);
      return;
    }
    case 'other':
      say(end.what);
  }
}

function checkReady(observation: Observation, run: RunRecord, say: Say): void {
  if (run.end.kind !== 'ready') return;
  const { result } = run.end;
  const id = result.endpoint?.EndpointId;
  if (result.endpoint?.EndpointStatus !== 'Active') say(`the result shows ${String(result.endpoint?.EndpointStatus)}`);
  const calls = callsOf(observation, run);
  const lastGet = calls.findLastIndex(
    ({ action, answer }) => action === 'GetVpcEndpointAttribute' && isSuccess(answer),
  );
  const told = calls[lastGet]?.answer?.endpoints[0];
  if (told?.EndpointId !== id || told?.EndpointStatus !== 'Active') {
    say(`${String(id)} is the result; the last Get showed ${JSON.stringify(told)}`);
  }
  // What the world does after the last look, no run can know.
  if (met(calls.slice(lastGet + 1), 'vanish', 'force', 'deleteByOthers')) return;
  const there = run.endpoints.find(({ EndpointId }) => EndpointId === id);
  if (there?.EndpointStatus !== 'Active')
    say(`${String(id)} is the result, and is ${there?.EndpointStatus ?? 'absent'}`);
}

function checkMayExist(observation: Observation, run: RunRecord, say: Say): void {
  const denies =
    (run.end.kind === 'failed' && run.end.details?.endpointMayExist === false) ||
    (run.end.kind === 'cancelled' && run.end.outcome?.outcome === 'nothingCreated');
  if (!denies) return;
  const what = run.end.kind === 'failed' ? `${run.end.type} (${String(run.end.details?.code)})` : 'nothingCreated';
  // Without tags nobody can know what another run of the id made; and what another run made and somebody deletes is
  // nobody's any more (docs/contract.md).
  const counts = ({ EndpointId, EndpointStatus }: (typeof run.endpoints)[number]) =>
    makingsOf(observation, run).some((making) => making.EndpointId === EndpointId) ||
    (observation.sequence.ownerTags && EndpointStatus !== 'Deleting');
  for (const { EndpointId, EndpointStatus } of run.endpoints.filter(counts)) {
    say(`${what} denies ${EndpointId}, which is ${EndpointStatus}`);
  }
  for (const late of makingsOf(observation, run).filter(
    ({ afterCalls }) => afterCalls > lastCallOf(observation, run),
  )) {
    say(`${what} denies ${late.EndpointId}, which a call of the run made later`);
  }
}

function makingsOf({ makings }: Observation, { runId }: RunRecord): readonly Making[] {
  return makings.filter((making) => making.runId === runId);
}

/** How many calls of the sequence there were when the run ended. */
function lastCallOf({ calls }: Observation, { runId }: RunRecord): number {
  return calls.findLastIndex((call) => call.runId === runId) + 1;
}

function checkEndpointId(observation: Observation, run: RunRecord, say: Say): void {
  const named =
    run.end.kind === 'failed'
      ? run.end.details?.endpointId
      : run.end.kind === 'cancelled'
        ? run.end.outcome?.endpointId
        : undefined;
  if (run.end.kind !== 'failed' && run.end.kind !== 'cancelled') return;
  const told = toldOf(observation, run);
  const everMade = observation.makings.map(({ EndpointId }) => EndpointId);
  if (named !== undefined && !everMade.includes(named)) say(`${named} is named, and was never made`);
  const [known] = told;
  // A cancelled run that cannot look may say unknown, but not when it was told.
  if (known !== undefined && named === undefined) say(`${known} was shown to the run, and its end does not name it`);
}

/**
 * Calls whose answers were lost with the attempt that made them: it died at that call or at a later one. Not before: the
 * create after patient scans is another activity of the same id, whose attempts are counted from 1 again.
 */
function unheard(calls: readonly CallRecord[]): Set<CallRecord> {
  const died = calls.filter((call) => met([call], 'dieBefore', 'dieAfter'));
  return new Set(
    calls.filter((call, index) => died.some((end) => end.attempt === call.attempt && calls.indexOf(end) >= index)),
  );
}

/** Endpoints that an answer named to a run as living, in attempts whose word reached it. */
function toldOf(observation: Observation, run: RunRecord): readonly string[] {
  const calls = callsOf(observation, run);
  const lost = unheard(calls);
  if (run.end.kind === 'failed' && run.end.type === 'DeadlineExceeded') {
    // The deadline may have come between the answer and the end of the attempt.
    const last = calls.findLast(({ attempt }) => attempt.startsWith('create.'));
    for (const call of calls) if (call.attempt === last?.attempt) lost.add(call);
  }
  return calls
    .filter((call) => !lost.has(call))
    .flatMap(({ answer }) => answer?.endpoints ?? [])
    .filter(({ EndpointStatus }) => EndpointStatus !== 'Deleting')
    .map(({ EndpointId }) => EndpointId);
}

function checkOneEndpoint(observation: Observation, say: Say): void {
  const { makings, calls, sequence, runs } = observation;
  for (const [index, making] of makings.entries()) {
    const earlier = makings.slice(0, index);
    const ofThisRun = earlier.filter(({ runId }) => runId === making.runId);
    if (sequence.ownerTags) {
      const living = making.beside.filter(({ EndpointStatus }) => EndpointStatus !== 'Deleting');
      if (living.length > 0)
        say(`${making.EndpointId} was made beside ${living.map((one) => one.EndpointId).join(', ')}`);
      const run = runs.find(({ runId }) => runId === making.runId);
      const before = { ...observation, calls: calls.slice(0, making.afterCalls - 1) };
      const told = run === undefined ? [] : toldOf(before, run);
      const known = earlier.find(({ EndpointId }) => told.includes(EndpointId));
      if (known !== undefined) say(`${making.EndpointId} was made by a run that knew ${known.EndpointId}`);
    } else if (ofThisRun.length > 0 && !lostAndRefused(calls.slice(0, making.afterCalls), making.runId)) {
      say(`${making.EndpointId} is the second of one run, and no lost call was followed by a refusal`);
    }
  }
}

/** The one way to a second endpoint that is documented for a run without tags. */
function lostAndRefused(calls: readonly CallRecord[], runId: string): boolean {
  const verdicts = calls
    .filter((call) => call.runId === runId && call.action === 'CreateVpcEndpoint')
    .map(({ answer }) => verdictOf(answer));
  const lost = verdicts.indexOf('open');
  return lost >= 0 && verdicts.indexOf('refused', lost) >= 0;
}

/** What an answer to a create call says: nothing certain, done, refused, or not even tried. */
type Verdict = 'open' | 'done' | 'refused';

const OPEN: readonly ErrorClass[] = ['unknown', 'inFlight', 'throttled'];

function verdictOf(answer: Answer | undefined): Verdict {
  if (answer === undefined) return 'open';
  if (answer.code === undefined) return isSuccess(answer) ? 'done' : 'open';
  return OPEN.includes(classifyCode(answer.code, answer.status)) ? 'open' : 'refused';
}

function isSuccess(answer: Answer | undefined): boolean {
  return answer !== undefined && answer.code === undefined && answer.status < 300 && answer.requestId !== undefined;
}

function checkTokens(observation: Observation, run: RunRecord, say: Say): void {
  const calls = callsOf(observation, run);
  const lost = unheard(calls);
  const creates = calls.filter(({ action }) => action === 'CreateVpcEndpoint');
  const verdicts = creates.map((call) => (lost.has(call) ? 'open' : verdictOf(call.answer)));
  const base = observation.sequence.ownToken ? 'callers-own' : run.runId;
  const epochs = creates.map(({ clientToken = '' }) => {
    const [, epoch] = new RegExp(`^${base}\\.([1-9]\\d*)$`).exec(clientToken) ?? [];
    return Number(epoch);
  });
  const text = () => verdicts.map((verdict, index) => `${epochs[index] ?? '?'}:${verdict}`).join(' ');
  if (epochs.some((epoch) => Number.isNaN(epoch))) {
    say(`a token is not <base>.<epoch> on ${base}`);
    return;
  }
  if (epochs.length > 0 && epochs[0] !== 1) say(`the first epoch is not 1: ${text()}`);
  for (const [index, verdict] of verdicts.slice(0, -1).entries()) {
    const step = (epochs[index + 1] ?? 0) - (epochs[index] ?? 0);
    if (verdict === 'done') say(`a create call follows one that succeeded: ${text()}`);
    if (verdict === 'open' && step !== 0) say(`a new token directly after an open outcome: ${text()}`);
    if (verdict === 'refused' && step !== 1) say(`not the next token after a refusal: ${text()}`);
  }
}

function checkAttempts(observation: Observation, run: RunRecord, say: Say): void {
  if (run.end.kind !== 'failed') return;
  const { attempts = [], requestId, code } = run.end.details ?? {};
  const answers = callsOf(observation, run).flatMap(({ answer }) => answer ?? []);
  const given = new Set(answers.map((answer) => answer.requestId));
  for (const attempt of attempts) {
    if (attempt.RequestId !== undefined && !given.has(attempt.RequestId)) {
      say(`${attempt.action} ${attempt.code} has the RequestId ${attempt.RequestId}, which nobody gave`);
    }
    const unanswered = ['ECONNRESET', 'MalformedResponse'].includes(attempt.code);
    if (attempt.RequestId === undefined && !unanswered) say(`${attempt.action} ${attempt.code} has no RequestId`);
  }
  // The code of a failure is the service's, or a type of ours where no answer alone led to it.
  const ofService = code !== undefined && !Object.hasOwn(FAILURE_TYPES, code);
  if (
    requestId !== undefined &&
    !answers.some((one) => one.requestId === requestId && (!ofService || one.code === code))
  ) {
    say(`${String(code)} has the RequestId ${requestId}, which nobody gave it`);
  }
  if (requestId !== undefined && !run.end.message.includes(requestId)) say('the message lacks the RequestId');
  // What an attempt that died had seen is lost with it.
  const lost = met(callsOf(observation, run), 'dieBefore', 'dieAfter');
  if (attempts.length === 0 && answers.length > 0 && !lost) say('no attempt is told of, and there were answers');
}

function checkHistory({ historyEvents, failedTasks, leaks }: RunRecord, say: Say): void {
  if (historyEvents > MAX_EVENTS) say(`${historyEvents} events`);
  for (const task of failedTasks) say(`a workflow task failed: ${task}`);
  for (const secret of leaks) say(`it holds ${secret}`);
}

/** Classes that a create call survives, as long as they do not last. */
const PASSING: readonly ErrorClass[] = ['quota', 'status', 'conflict', 'unlisted', 'unknown', 'inFlight', 'throttled'];

/** More of these in a row may use up the two minutes that a code which nobody knows is given. */
const FEW = 4;

function passes({ on, does }: { on: string; does: Deed }): boolean {
  switch (does.kind) {
    case 'code':
      // Reads that are denied are repeated, but for the look-up before a create.
      return PASSING.includes(classifyCode(does.code, 400)) || (on.startsWith('GetVpc') && isDenied(does.code));
    case 'loseResponse':
    case 'resetBefore':
    case 'errorAfter':
    case 'throttle':
    case 'late':
    case 'twice':
    case 'duplicate':
    case 'dieBefore':
    case 'dieAfter':
    case 'pass':
    case 'flap':
    case 'secondStart':
      return true;
    default:
      return false;
  }
}

function isDenied(code: string): boolean {
  return classifyCode(code, 403) === 'denied';
}

function checkPasses({ sequence, runs }: Observation, say: Say): void {
  const { retry, timeouts, steps } = sequence;
  if (retry !== 'default' || timeouts !== 'default' || steps.length > FEW || !steps.every(passes)) return;
  for (const { end } of runs) if (end.kind !== 'ready') say(`it ended ${end.kind}: ${JSON.stringify(end)}`);
}
