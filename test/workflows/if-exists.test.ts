import { describe, expect, it } from 'vitest';
import { retryNowUpdate } from '../../src/contract/messages.js';
import {
  CACHE_MODES,
  endpointsOf,
  failedProvision,
  inPhase,
  provision,
  scenario,
  startProvision,
  untilParked,
  useBench,
} from '../support/provision-bench.js';
import { advance } from '../support/virtual-time.js';

describe.each(CACHE_MODES)('ifExists, $name', ({ cache }) => {
  const bench = useBench(cache);

  describe('"adopt"', () => {
    it('takes the one endpoint of the name that fits, though it is not ours, and creates nothing', async () => {
      const s = scenario(bench);
      const foreign = await bench.privateLink.createVpcEndpoint(s.request);
      const result = await provision(bench, { request: s.request, ifExists: 'adopt' }, s.workflowId);
      expect(result).toMatchObject({ outcome: 'adopted', endpoint: { EndpointId: foreign.EndpointId } });
      expect(result.create).not.toHaveProperty('RequestId');
      expect(s.endpoints()).toHaveLength(1);
      expect(s.tokens()).toEqual([]);
    });

    it('creates where no endpoint has the name, or only one that is being deleted', async () => {
      const s = scenario(bench);
      const other = await bench.privateLink.createVpcEndpoint({ ...s.request, EndpointName: 'invoices' });
      const leaving = await bench.privateLink.createVpcEndpoint(s.request);
      bench.twin.engine.setEndpoint(leaving.EndpointId, { EndpointStatus: 'Deleting' });
      const result = await provision(bench, { request: s.request, ifExists: 'adopt' }, s.workflowId);
      expect(result.outcome).toBe('created');
      expect([other.EndpointId, leaving.EndpointId]).not.toContain(result.endpoint?.EndpointId);
    });

    it('prefers its own by tag to another one of the name', async () => {
      const s = scenario(bench);
      const first = await provision(bench, { request: s.request }, s.workflowId);
      await bench.privateLink.createVpcEndpoint(s.request);
      const second = await provision(bench, { request: s.request, ifExists: 'adopt' }, s.workflowId);
      expect(second).toMatchObject({ outcome: 'adopted', endpoint: { EndpointId: first.endpoint?.EndpointId } });
    });

    it('ends as EndpointDiffers, field by field, where the endpoint of the name is another one', async () => {
      const s = scenario(bench);
      const foreign = await bench.privateLink.createVpcEndpoint({ ...s.request, ServiceId: 'epsrv-2' });
      const failure = await failedProvision(bench, { request: s.request, ifExists: 'adopt' }, s.workflowId);
      expect(failure).toMatchObject({
        type: 'EndpointDiffers',
        details: {
          endpointId: foreign.EndpointId,
          differences: [{ field: 'ServiceId', wanted: 'epsrv-1', found: 'epsrv-2' }],
        },
      });
      expect(failure.message).toContain('has the EndpointName of the request');
      expect(s.endpoints()).toHaveLength(1);
    });

    it('ends as EndpointExists where it is the endpoint of another workflow', async () => {
      const s = scenario(bench);
      const theirs = await provision(bench, { request: s.request });
      const failure = await failedProvision(bench, { request: s.request, ifExists: 'adopt' }, s.workflowId);
      expect(failure).toMatchObject({
        type: 'EndpointExists',
        details: { endpointId: theirs.endpoint?.EndpointId, endpointMayExist: false, retryable: false },
      });
      expect(failure.message).toContain('carries the tag of another workflow');
      expect(s.endpoints()).toHaveLength(1);
    });

    it('ends as EndpointExists, naming each, where several endpoints have the name', async () => {
      const s = scenario(bench);
      const one = await bench.privateLink.createVpcEndpoint(s.request);
      const two = await bench.privateLink.createVpcEndpoint(s.request);
      const failure = await failedProvision(bench, { request: s.request, ifExists: 'adopt' }, s.workflowId);
      expect(failure.type).toBe('EndpointExists');
      expect(failure.message).toContain(one.EndpointId);
      expect(failure.message).toContain(two.EndpointId);
      expect(failure.details).not.toHaveProperty('endpointId');
    });

    it('looks by name again before each epoch: what somebody else makes meanwhile is adopted', async () => {
      const s = scenario(bench);
      s.fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' });
      const handle = await startProvision(bench, { request: s.request, ifExists: 'adopt' }, s.workflowId);
      await untilParked(handle);
      const foreign = await bench.privateLink.createVpcEndpoint(s.request);
      await handle.executeUpdate(retryNowUpdate);
      await inPhase(handle, 'waiting');
      await advance(bench.connection, s.workflowId, 600_000).catch(() => undefined);
      const result = await handle.result();
      expect(result).toMatchObject({ outcome: 'adopted', endpoint: { EndpointId: foreign.EndpointId } });
      expect(s.endpoints()).toHaveLength(1);
    });

    it('works without tags: the name is all that is looked for', async () => {
      const s = scenario(bench);
      const foreign = await bench.privateLink.createVpcEndpoint(s.request);
      const input = { request: s.request, ifExists: 'adopt', ownerTags: false };
      const result = await provision(bench, input, s.workflowId);
      expect(result).toMatchObject({ outcome: 'adopted', endpoint: { EndpointId: foreign.EndpointId } });
    });

    it('ends at once where the look-up by name is denied, and nothing was sent', async () => {
      const s = scenario(bench);
      s.fault('ListVpcEndpoints', { kind: 'code', code: 'NoPermission' }, 'always');
      const input = { request: s.request, ifExists: 'adopt', ownerTags: false };
      const failure = await failedProvision(bench, input, s.workflowId);
      expect(failure).toMatchObject({ type: 'AccessDenied', details: { endpointMayExist: false } });
      expect(s.calls('CreateVpcEndpoint')).toBe(0);
    });

    it('needs a name, and says so before anything is called', async () => {
      const { EndpointName, ...unnamed } = scenario(bench).request;
      const failure = await failedProvision(bench, { request: unnamed, ifExists: 'adopt' });
      expect(EndpointName).toBe('orders');
      expect(failure).toMatchObject({ type: 'InvalidInput', details: { problems: [{ path: 'ifExists' }] } });
    });
  });

  describe('"fail"', () => {
    it('creates where nothing exists', async () => {
      const s = scenario(bench);
      const result = await provision(bench, { request: s.request, ifExists: 'fail' }, s.workflowId);
      expect(result.outcome).toBe('created');
    });

    it('ends as EndpointExists where an earlier run of the id made one, and names it', async () => {
      const s = scenario(bench);
      const first = await provision(bench, { request: s.request }, s.workflowId);
      const failure = await failedProvision(bench, { request: s.request, ifExists: 'fail' }, s.workflowId);
      expect(failure).toMatchObject({
        type: 'EndpointExists',
        details: { endpointId: first.endpoint?.EndpointId, endpointMayExist: true, retryable: false },
      });
      expect(failure.message).toContain('ifExists is "fail"');
      expect(endpointsOf(bench, s.workflowId)).toHaveLength(1);
    });

    it('takes what its own lost call made', async () => {
      const s = scenario(bench);
      s.fault('CreateVpcEndpoint', { kind: 'loseResponse' });
      const result = await provision(bench, { request: s.request, ifExists: 'fail' }, s.workflowId);
      expect(result.outcome).toBe('adopted');
      expect(endpointsOf(bench, s.workflowId)).toEqual([result.endpoint?.EndpointId]);
    });
  });

  describe('an address that is taken', () => {
    it('is a wrong request where nothing of ours took it', async () => {
      const s = scenario(bench);
      s.fault('CreateVpcEndpoint', { kind: 'code', code: 'EniIpUnavailable' });
      const failure = await failedProvision(bench, { request: s.request }, s.workflowId);
      expect(failure).toMatchObject({
        type: 'RequestRejected',
        details: { endpointMayExist: false, retryable: false },
      });
      expect(s.calls('ListVpcEndpoints')).toBe(2);
    });
  });

  describe('an endpoint that exists after a call whose answer was lost', () => {
    it.each(['EndpointExist', 'EndpointDuplicated', 'EniIpUnavailable', 'IdempotenceSignatureMismatch'])(
      'is looked for patiently after %s: the list may show it late',
      async (code) => {
        const s = scenario(bench);
        // The looks before the repetition and after the refusal see an old list.
        bench.twin.engine.configure({ switches: { tokenRetentionMs: 0, listVisibleAfterCalls: 2 } });
        s.fault('CreateVpcEndpoint', { kind: 'loseResponse' });
        s.fault('CreateVpcEndpoint', { kind: 'code', code });
        const result = await provision(bench, { request: s.request }, s.workflowId);
        bench.twin.engine.configure({ switches: { tokenRetentionMs: 86_400_000, listVisibleAfterCalls: 0 } });
        expect(result.outcome).toBe('adopted');
        expect(endpointsOf(bench, s.workflowId)).toEqual([result.endpoint?.EndpointId]);
      },
    );
  });
});
