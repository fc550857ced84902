import { describe, expect, it } from 'vitest';
import { reportOutput } from '../../src/cli/report-output.js';
import { ProvisioningClient, type RunReport } from '../../src/client/index.js';
import { advance } from '../support/virtual-time.js';
import {
  CACHE_MODES,
  eventually,
  failedProvision,
  newId,
  provision,
  scenario,
  startProvision,
  useBench,
} from '../support/provision-bench.js';

describe.each(CACHE_MODES)('explaining a run, $name', ({ cache }) => {
  const bench = useBench(cache);

  const explain = (workflowId: string): Promise<RunReport> =>
    new ProvisioningClient({ client: bench.client }).explain(workflowId);

  /** RequestIds of the calls that the twin answered in a region, in order. */
  const answered = (region: string) =>
    bench.twin.journal.requests
      .filter(({ parameters }) => parameters['RegionId'] === region)
      .map(({ requestId }) => requestId);

  it('tells every call of a run that ended ready, with its RequestId, and the token of its create call', async () => {
    const { workflowId, request } = scenario(bench);
    const result = await provision(bench, { request }, workflowId);
    const report = await explain(workflowId);
    expect(report).toMatchObject({
      workflowId,
      status: 'COMPLETED',
      outcome: 'created',
      account: 'default',
      region: request.RegionId,
      endpointId: result.endpoint?.EndpointId,
      parked: [],
      olderRunsMissing: false,
    });
    expect(report.attempts.map(({ at, action, code, RequestId }) => ({ at, action, code, RequestId }))).toEqual(
      result.attempts,
    );
    expect(report.attempts.map(({ RequestId }) => RequestId)).toEqual(answered(request.RegionId));
    expect(report.attempts.map(({ activityId }) => activityId)).toEqual([
      'create.1',
      'create.1',
      'wait-active',
      'wait-active',
      'wait-active',
      'wait-active',
      'wait-active',
    ]);
    expect(report.attempts[1]).toMatchObject({ epoch: 1, clientToken: result.create?.ClientToken });
    expect(report.closedAt).toBeDefined();
    expect(report).not.toHaveProperty('failure');
    expect(report).not.toHaveProperty('state');
  });

  it('tells why a run failed and what it was parked for, with the epoch of each call', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' }, 2);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'IncorrectStatus.VpcEndpointService' });
    fault('CreateVpcEndpoint', { kind: 'code', code: 'NoPermission' });
    const failure = await failedProvision(bench, { request }, workflowId);
    const report = await explain(workflowId);
    const { attempts, ...details } = failure.details;
    expect(attempts).toHaveLength(report.attempts.length);
    expect(report.failure).toEqual({ type: 'AccessDenied', message: failure.message, details });
    expect(report.parked).toMatchObject([
      { code: 'QuotaMisMatched', times: 2 },
      { code: 'IncorrectStatus.VpcEndpointService', times: 1 },
    ]);
    const creates = report.attempts.filter(({ action }) => action === 'CreateVpcEndpoint');
    expect(creates.map(({ epoch, code }) => `${epoch ?? 0} ${code}`)).toEqual([
      '1 QuotaMisMatched',
      '2 QuotaMisMatched',
      '3 IncorrectStatus.VpcEndpointService',
      '4 NoPermission',
    ]);
    expect(new Set(creates.map(({ clientToken }) => clientToken)).size).toBe(4);
    const text = reportOutput(report, 'text');
    for (const { RequestId } of report.attempts) expect(text).toContain(RequestId);
    expect(text).toContain('2 times for QuotaMisMatched');
  });

  it('keeps the last 20 calls', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' }, 25);
    await provision(bench, { request }, workflowId);
    const report = await explain(workflowId);
    expect(report.attempts).toHaveLength(20);
    expect(report.attempts.map(({ RequestId }) => RequestId)).toEqual(answered(request.RegionId).slice(-20));
    expect(report.parked).toMatchObject([{ code: 'QuotaMisMatched', times: 25 }]);
  });

  it('tells what a parked run waits for', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' }, 'always');
    const handle = await startProvision(bench, { request }, workflowId);
    const report = await eventually('it is parked', async () => {
      const seen = await explain(workflowId);
      return seen.state?.phase === 'parked' && seen;
    });
    expect(report.parked).toMatchObject([{ code: 'QuotaMisMatched', times: 1 }]);
    expect(report.state?.waitingFor).toContain('QuotaMisMatched to pass');
    expect(report).not.toHaveProperty('closedAt');
    await handle.terminate();
  });

  it('tells the calls of a wait that is under way, and why its looks fail', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('GetVpcEndpointAttribute', { kind: 'code', code: 'NoPermission' }, 'always');
    const handle = await startProvision(bench, { request, timeouts: { active: '2h' } }, workflowId);
    await eventually('a look failed', async () => (await explain(workflowId)).pending?.failing);
    await advance(bench.connection, workflowId, 150_000);
    const report = await eventually('it failed twice', async () => {
      const seen = await explain(workflowId);
      return (seen.pending?.failing?.times ?? 0) > 1 && seen;
    });
    const looks = report.attempts.filter(({ activityId }) => activityId === 'wait-active');
    expect(looks.length).toBeGreaterThan(1);
    expect(looks.every(({ code, RequestId }) => code === 'NoPermission' && RequestId !== undefined)).toBe(true);
    expect(reportOutput(report, 'text')).toMatch(/^failing +NoPermission since /m);
    bench.twin.faults.clear();
    await handle.terminate('the wrong VPC');
    expect(await explain(workflowId)).toMatchObject({
      status: 'TERMINATED',
      terminatedFor: 'the wrong VPC',
      cutOff: 'wait-active',
    });
  });

  it('tells the calls that failed until a deadline', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'throttle' }, 'always');
    const failure = await failedProvision(bench, { request, timeouts: { accepted: '20m' } }, workflowId);
    const report = await explain(workflowId);
    expect(report.failure?.type).toBe('DeadlineExceeded');
    // The engine keeps the whole log of an activity only while it runs; of its last failure it keeps the end.
    expect(report.attempts.map(({ RequestId }) => RequestId)).toEqual(
      failure.details.attempts.map(({ RequestId }) => RequestId),
    );
    const throttled = report.attempts.filter(({ code }) => code === 'Throttling.User');
    expect(throttled.length).toBeGreaterThan(1);
    expect(throttled.every(({ epoch }) => epoch === 1)).toBe(true);
  });

  it('tells what a cancelled run left behind', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' }, 'always');
    const handle = await startProvision(bench, { request }, workflowId);
    await eventually('it is parked', async () => (await explain(workflowId)).state?.phase === 'parked');
    await handle.cancel();
    await handle.result().catch(() => undefined);
    expect(await explain(workflowId)).toMatchObject({
      status: 'CANCELLED',
      cancelOutcome: { outcome: 'nothingCreated' },
      attempts: [{ action: 'ListVpcEndpoints' }, { code: 'QuotaMisMatched' }],
    });
  });

  it('shows no free text of the request, and of a wrong input no value at all', async () => {
    const { workflowId, request } = scenario(bench);
    const texts = {
      EndpointDescription: 'planted in a description',
      Tag: [{ Key: 'planted-key', Value: 'planted in a tag' }],
      PolicyDocument: '{"planted": "in a policy"}',
    };
    await provision(bench, { request: { ...request, ...texts }, extraParameters: { New: 'planted' } }, workflowId);
    const report = await explain(workflowId);
    expect(report.withheld).toEqual([...Object.keys(texts), 'extraParameters.New']);
    expect(report.request).toEqual(request);
    expect(JSON.stringify(report)).not.toContain('planted');

    const wrong = newId();
    const mixedUp = {
      account: 'planted-secret',
      request: { ...request, VpcId: 'planted-secret', Whatever: 'planted' },
    };
    await failedProvision(bench, mixedUp, wrong);
    const ofWrong = await explain(wrong);
    expect(ofWrong).toMatchObject({ request: {}, failure: { type: 'InvalidInput' }, attempts: [] });
    expect(ofWrong.withheld).toContain('Whatever');
    expect(JSON.stringify(ofWrong)).not.toContain('planted');
  });

  it('says that a workflow id belongs to something else', async () => {
    const workflowId = newId();
    const other = await bench.client.workflow.start('somethingElse', { taskQueue: 'nobody-polls-this', workflowId });
    await expect(explain(workflowId)).rejects.toMatchObject({
      name: 'ProvisionNotFoundError',
      message: expect.stringContaining('another type: somethingElse') as string,
    });
    await other.terminate();
    await expect(explain(newId())).rejects.toMatchObject({ name: 'ProvisionNotFoundError' });
  });
});

describe('explaining a run that went on as another one', () => {
  const bench = useBench();

  it('tells the whole chain as one run', async () => {
    const { workflowId, request, fault, tokens } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' }, 170);
    await provision(bench, { request, retry: { quota: { timeout: '7d' } } }, workflowId);
    const report = await new ProvisioningClient({ client: bench.client }).explain(workflowId);
    expect(report.runs.length).toBeGreaterThan(1);
    expect(report.runs.at(-1)?.runId).toBe(report.runId);
    expect(report.olderRunsMissing).toBe(false);
    expect(report.startedAt).toBe(report.runs[0]?.startedAt);
    expect(report.parked).toMatchObject([{ code: 'QuotaMisMatched', times: 170 }]);
    expect(report.outcome).toBe('created');
    const created = report.attempts.find(({ code }) => code === 'Accepted');
    expect(created).toMatchObject({ epoch: 171, clientToken: tokens().at(-1) });
  });
});
