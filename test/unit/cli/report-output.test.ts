import { describe, expect, test } from 'vitest';
import type { RunReport } from '../../../src/client/run-report.js';
import { reportOutput } from '../../../src/cli/report-output.js';
import { REPORT, STATE } from './fixture.js';

const OPEN: RunReport = {
  ...Object.fromEntries(Object.entries(REPORT).filter(([name]) => name !== 'closedAt' && name !== 'failure')),
  status: 'RUNNING',
} as unknown as RunReport;

describe('the report of a run, as text', () => {
  test('can be pasted into a ticket: who, what, how it ended, every call with its RequestId, and what it waited for', () => {
    expect(reportOutput(REPORT, 'text')).toBe(
      `workflow id        order-17
run id             run-2
runs               run-1, run-2
status             FAILED
account            default
region             cn-huhehaote
request            RegionId cn-huhehaote, VpcId vpc-1, SecurityGroupId sg-1 + sg-2, Zone cn-huhehaote-b/vsw-1
not shown          PolicyDocument, Tag
started            2026-01-01T00:00:00.000Z
closed             2026-01-02T01:00:00.000Z
failed as          AccessDenied
message            NoPermission: no (action CreateVpcEndpoint, RequestId REQ-2)
code               NoPermission
class              denied
RequestId          REQ-2
may exist          no
what to do         Allow it. Then start the same workflow id again.
denied             privatelink:CreateVpcEndpoint on acs:privatelink:cn-huhehaote:*:vpcendpoint/*
whose turn         whoever manages the RAM policies of the account
missing statement  {"Effect":"Allow","Action":["privatelink:CreateVpcEndpoint"],"Resource":["acs:privatelink:cn-huhehaote:*:vpcendpoint/*"]}

The last 3 calls (times by the clock of the worker):
time                      action                   answer           RequestId  epoch  client token
2026-01-01T00:00:01.000Z  ListVpcEndpoints         0 found          REQ-0      1      -
2026-01-01T00:00:02.000Z  CreateVpcEndpoint        QuotaMisMatched  REQ-1      1      token.1
2026-01-02T00:59:59.000Z  GetVpcEndpointAttribute  ECONNRESET       -          -      -

parked  150 times for QuotaMisMatched, from 2026-01-01T00:00:03.000Z to 2026-01-02T00:50:00.000Z`,
    );
  });

  test('of an open run says what it waits for now, since when that fails, and whose turn it is', () => {
    const text = reportOutput(
      {
        ...OPEN,
        state: STATE,
        pending: {
          activityId: 'wait-active',
          attempt: 9,
          attempts: [],
          lastFailure: 'EndpointServiceNotAuthorized: no (action GetVpcEndpointAttribute)',
          nextAttemptAt: '2026-01-02T02:00:00.000Z',
          failing: { code: 'EndpointServiceNotAuthorized', since: '2026-01-02T01:50:00.000Z', times: 9 },
          advice: 'Ask the owner.',
          denied: { action: 'privatelink:GetVpcEndpointAttribute', resource: ['*'], turn: 'serviceOwner' },
        },
      },
      'text',
    );
    expect(text.split('\n\n').at(-1)).toBe(
      `parked       150 times for QuotaMisMatched, from 2026-01-01T00:00:03.000Z to 2026-01-02T00:50:00.000Z
waits for    ep-1 to become Active
last answer  EndpointServiceNotAuthorized: no (action GetVpcEndpointAttribute)
failing      EndpointServiceNotAuthorized since 2026-01-02T01:50:00.000Z (9 times)
what to do   Ask the owner.
denied       privatelink:GetVpcEndpointAttribute on *
whose turn   the owner of the endpoint service
next try     2026-01-02T02:00:00.000Z
deadline     2026-01-01T00:30:00.000Z`,
    );
  });

  test('of an open run that no worker answers for says so', () => {
    expect(reportOutput(OPEN, 'text')).toMatch(/^waits for +a worker \(no worker answered\)$/m);
  });

  test('says that older runs are missing, and what a termination cut off', () => {
    const text = reportOutput(
      { ...REPORT, olderRunsMissing: true, terminatedFor: 'wrong VPC', cutOff: 'create.3', attempts: [], parked: [] },
      'text',
    );
    expect(text).toMatch(/^runs +run-1, run-2, and older ones that the server does not keep$/m);
    expect(text).toMatch(/^terminated for +wrong VPC$/m);
    expect(text).toMatch(/^cut off in +create\.3; what it called last is not known$/m);
    expect(text).toContain('No call is known.');
  });

  test('steers no terminal with what a server sent', () => {
    const attempts = [{ at: 'now', action: 'A', code: 'x\u001b[31m\ny', activityId: 'create.1' }];
    expect(reportOutput({ ...REPORT, attempts }, 'text')).toContain('x[31m y');
  });
});
