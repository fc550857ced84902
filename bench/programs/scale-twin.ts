/** A twin with a control port that answers as slowly as it is told, and that may hold endpoints of long ago. */
import { setMaxListeners } from 'node:events';
import {
  DEFAULT_ACCOUNT,
  NO_LIMITS,
  parseSettingsChange,
  startSimulator,
  type FaultRule,
} from '../../src/simulator/index.js';
import { ownerTags } from '../../src/model/owner-tags.js';
import { programArgument, readyUntilLetGo } from '../forked-program.js';

/** What the twin is like. */
export interface ScaleTwinArgument {
  /** As the control port takes them. */
  readonly settings: unknown;
  readonly seed: number;
  /** What each call takes. */
  readonly callMs: number;
  /** What each page of ListVpcEndpoints takes instead. */
  readonly listMs: number;
  /** Endpoints that runs of this installation made an hour ago, all Active. */
  readonly old: { readonly count: number; readonly RegionId: string; readonly installation: string };
}

/** Where it is. */
export interface ScaleTwinReady {
  readonly url: string;
  readonly controlUrl: string;
}

const HOUR_MS = 3_600_000;

// Each call that takes its time listens for the end of the twin: hundreds of them at a time are no leak.
setMaxListeners(0);
const { settings, seed, callMs, listMs, old } = programArgument() as ScaleTwinArgument;
const change = parseSettingsChange(settings);
let behindMs = HOUR_MS;
const faults: FaultRule[] = [
  { action: 'ListVpcEndpoints', times: 'always', effect: { kind: 'delayMs', ms: listMs } },
  { action: '*', times: 'always', effect: { kind: 'delayMs', ms: callMs } },
];
const twin = await startSimulator({ seed, faults, control: true, now: () => Date.now() - behindMs });
makeOld();
behindMs = 0;
twin.engine.configure(change);
twin.journal.clear();
const ready: ScaleTwinReady = { url: twin.url, controlUrl: twin.controlUrl ?? '' };
await readyUntilLetGo(ready);
await twin.close();

function makeOld(): void {
  twin.engine.configure({ limits: NO_LIMITS, timeToActive: { afterMs: 0 }, connectMs: 0 });
  for (let made = 0; made < old.count; made += 1) {
    const tags = ownerTags({ installation: old.installation, workflowId: `old/${made}` });
    const { status } = twin.engine.call({
      action: 'CreateVpcEndpoint',
      accountId: DEFAULT_ACCOUNT.accountId,
      parameters: {
        RegionId: old.RegionId,
        VpcId: `vpc-old-${Math.floor(made / 500)}`,
        ServiceId: 'epsrv-old',
        EndpointName: `old-${made}`,
        'SecurityGroupId.1': 'sg-old',
        ...Object.fromEntries(
          tags.flatMap(({ Key, Value }, index) => [
            [`Tag.${index + 1}.Key`, Key],
            [`Tag.${index + 1}.Value`, Value],
          ]),
        ),
      },
    });
    if (status !== 200) throw new Error(`An old endpoint was refused with status ${status}`);
  }
}
