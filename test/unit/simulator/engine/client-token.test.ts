import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../../src/simulator/index.js';
import { ACCOUNT, createEngine, text, VALID_CREATE } from '../fixture.js';

const DAY_MS = 24 * 60 * 60_000;
const token = { ClientToken: 'token-1' };

describe('a ClientToken after a success', () => {
  it('gives the same endpoint under a new RequestId and makes nothing', () => {
    const { engine, create } = createEngine();
    const first = create(token);
    const second = create(token);
    expect(second.body).toEqual({ ...first.body, RequestId: second.body.RequestId });
    expect(second.body.RequestId).not.toBe(first.body.RequestId);
    expect(engine.inspect()).toHaveLength(1);
  });

  it('takes no notice of what changes with each signature', () => {
    const { create } = createEngine();
    const signed = (nonce: string) => ({
      ...token,
      SignatureNonce: nonce,
      Timestamp: nonce,
      Signature: nonce,
      AccessKeyId: nonce,
      SecurityToken: nonce,
      Format: nonce,
    });
    expect(text(create(signed('a')), 'EndpointId')).toBe(text(create(signed('b')), 'EndpointId'));
  });

  it('takes an empty parameter and a missing one for the same', () => {
    const { create } = createEngine();
    const first = create({ ...token, 'Tag.1.Key': 'a', 'Tag.1.Value': '' });
    expect(text(create({ ...token, 'Tag.1.Key': 'a' }), 'EndpointId')).toBe(text(first, 'EndpointId'));
  });

  it.each([
    ['another value', { VpcId: 'vpc-2' }],
    ['one more parameter', { EndpointName: 'web' }],
    ['a parameter that the service does not know', { Unknown: '1' }],
  ])('refuses %s', (_, change) => {
    const { create } = createEngine();
    create(token);
    expect(create({ ...token, ...change })).toMatchObject({
      status: 400,
      body: {
        Code: 'IdempotenceSignatureMismatch',
        Message: 'There is an idempotence signature mismatch between this and the previous request.',
      },
    });
  });

  it('means nothing to another account, region or action', () => {
    const { create, call } = createEngine({ switches: { deleteNeedsZonesRemoved: false } });
    const first = text(create(token), 'EndpointId');
    expect(text(create(token, '2000000000000002'), 'EndpointId')).not.toBe(first);
    expect(text(create({ ...token, RegionId: 'cn-hangzhou' }), 'EndpointId')).not.toBe(first);
    expect(call('DeleteVpcEndpoint', { ...token, EndpointId: first }).status).toBe(200);
  });

  it('spans the regions of an account where that switch says so', () => {
    const { create } = createEngine({ switches: { tokenPerRegion: false } });
    create(token);
    expect(create({ ...token, RegionId: 'cn-hangzhou' }).body.Code).toBe('IdempotenceSignatureMismatch');
  });

  it('is forgotten after a day, or as long as that switch says', () => {
    const { create, clock } = createEngine();
    const first = text(create(token), 'EndpointId');
    clock.nowMs += DAY_MS - 1;
    expect(text(create(token), 'EndpointId')).toBe(first);
    clock.nowMs += 1;
    expect(text(create(token), 'EndpointId')).not.toBe(first);
  });

  it('still names its endpoint when that is gone', () => {
    const { create, engine } = createEngine();
    const first = text(create(token), 'EndpointId');
    engine.removeEndpoint(first);
    expect(text(create(token), 'EndpointId')).toBe(first);
  });

  it('lets a repeated delete succeed', () => {
    const { create, call, clock } = createEngine({ switches: { deleteNeedsZonesRemoved: false } });
    const parameters = { ...token, EndpointId: text(create(), 'EndpointId') };
    call('DeleteVpcEndpoint', parameters);
    clock.nowMs += 60_000;
    expect(call('DeleteVpcEndpoint', parameters).status).toBe(200);
  });
});

describe('a ClientToken after a refusal', () => {
  it('repeats it, even when its reason is gone', () => {
    const { engine, create } = createEngine({ missing: ['vpc-1'] });
    expect(create(token).body.Code).toBe('VpcNotFound');
    engine.configure({ missing: [] });
    expect(create(token).body.Code).toBe('VpcNotFound');
    expect(create({ ClientToken: 'token-2' }).status).toBe(200);
    expect(create({ ...token, VpcId: 'vpc-2' }).body.Code).toBe('IdempotenceSignatureMismatch');
  });

  it('has forgotten it where that switch is off', () => {
    const { engine, create } = createEngine({ missing: ['vpc-1'], switches: { rememberRefusals: false } });
    create(token);
    engine.configure({ missing: [] });
    expect(create(token).status).toBe(200);
  });

  const refusals: [code: string, remembered: boolean, reason: string][] = [
    ['QuotaMisMatched', true, 'final until something else changes'],
    ['IncorrectStatus.VpcEndpointService', true, 'a refusal like any other'],
    ['EndpointExist', true, 'a refusal like any other'],
    ['SomethingNew', true, 'an unlisted refusal is one'],
    ['Throttling', false, 'rejected before execution'],
    ['Throttling.User', false, 'rejected before execution'],
    ['SystemBusy', false, 'asks to try again later'],
    ['IdempotenceProcessing', false, 'speaks of another copy'],
    ['IdempotenceSignatureMismatch', false, 'speaks of another call'],
    ['ConcurrentCallNotSupported', false, 'asks to try again later'],
    ['EndpointLocked', false, 'passes'],
    ['VpcNatServiceException', false, 'asks to try again later'],
    ['InternalError', false, 'status 500'],
    ['ServiceUnavailable', false, 'status 503'],
  ];
  it.each(refusals)('after an injected %s: remembered is %s, for it is %s', (code, remembered) => {
    const { engine, create } = createEngine();
    const parameters = { ...VALID_CREATE, ...token };
    const answer = engine.refuse({ action: 'CreateVpcEndpoint', parameters, accountId: ACCOUNT }, new Refusal(code));
    expect(answer.body.Code).toBe(code);
    expect(create(token).body.Code).toBe(remembered ? code : undefined);
  });

  it('never loses its endpoint to an injected refusal', () => {
    const { engine, create } = createEngine();
    const first = text(create(token), 'EndpointId');
    const parameters = { ...VALID_CREATE, ...token };
    engine.refuse({ action: 'CreateVpcEndpoint', parameters, accountId: ACCOUNT }, new Refusal('QuotaMisMatched'));
    expect(text(create(token), 'EndpointId')).toBe(first);
  });

  it('is not touched by calls that lack a mandatory parameter', () => {
    const { create } = createEngine();
    expect(create({ ...token, VpcId: '' }).body.Code).toBe('MissingVpcId');
    expect(create(token).status).toBe(200);
  });
});

describe('a ClientToken whose first copy is in progress', () => {
  const call = { action: 'CreateVpcEndpoint', parameters: { ...VALID_CREATE, ...token }, accountId: ACCOUNT };

  it('answers IdempotenceProcessing until a time', () => {
    const { engine, create, clock } = createEngine();
    engine.holdToken(call, clock.nowMs + 1_000);
    expect(create(token).body).toMatchObject({
      Code: 'IdempotenceProcessing',
      Message: 'The previous request is being processed.',
    });
    expect(create({ ...token, VpcId: 'vpc-2' }).body.Code).toBe('IdempotenceSignatureMismatch');
    clock.nowMs += 1_000;
    expect(create(token).status).toBe(200);
  });

  it('or until it is let go', () => {
    const { engine, create } = createEngine();
    const release = engine.holdToken(call);
    expect(create(token).body.Code).toBe('IdempotenceProcessing');
    release();
    expect(create(token).status).toBe(200);
  });

  it('is not in progress when it has an answer already', () => {
    const { engine, create } = createEngine();
    const first = text(create(token), 'EndpointId');
    engine.holdToken(call)();
    expect(text(create(token), 'EndpointId')).toBe(first);
  });
});

describe('a dry run', () => {
  it('does not use up its ClientToken', () => {
    const { create } = createEngine();
    expect(create({ ...token, DryRun: 'true' }).body.Code).toBe('DryRunOperation');
    expect(create({ ...token, DryRun: 'true' }).body.Code).toBe('DryRunOperation');
    expect(create(token).status).toBe(200);
  });

  it('uses it up where that switch is on', () => {
    const { create } = createEngine({ switches: { dryRunConsumesToken: true } });
    expect(create({ ...token, DryRun: 'true' }).body.Code).toBe('DryRunOperation');
    expect(create(token).body.Code).toBe('IdempotenceSignatureMismatch');
  });
});
