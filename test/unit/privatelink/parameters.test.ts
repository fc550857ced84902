import { describe, expect, it } from 'vitest';
import { PROTOCOL_PARAMETERS } from '../../../src/model/request.js';
import { flattenParameters, NOT_SENT_CODE, toWireParameters } from '../../../src/privatelink/parameters.js';
import { PrivateLinkError, type CallParameters } from '../../../src/privatelink/port.js';

function refusal(make: () => unknown): PrivateLinkError {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(PrivateLinkError);
    return error as PrivateLinkError;
  }
  throw new Error('It was not refused');
}

describe('wire parameters', () => {
  it('keep names, values and their order, and drop what is undefined or null', () => {
    const fields = {
      RegionId: 'cn-hangzhou',
      DryRun: false,
      ZonePrivateIpAddressCount: 1,
      EndpointName: undefined,
      ServiceName: null,
      EndpointDescription: '',
      Zone: [{ ZoneId: 'z', ip: undefined }],
      SecurityGroupId: ['sg-1', 'sg-2'],
    };
    expect(toWireParameters(fields, { NewFlag: true })).toEqual({
      RegionId: 'cn-hangzhou',
      DryRun: false,
      ZonePrivateIpAddressCount: 1,
      EndpointDescription: '',
      Zone: [{ ZoneId: 'z' }],
      SecurityGroupId: ['sg-1', 'sg-2'],
      NewFlag: true,
    });
  });

  it.each<[string, object]>([
    ['an object', { Zone: { ZoneId: 'z' } }],
    ['an object inside an object', { Zone: [{ ZoneId: { Id: 'z' } }] }],
    ['a list inside an object', { Zone: [{ ZoneId: ['z'] }] }],
    ['a list inside a list', { SecurityGroupId: [['sg-1']] }],
    ['a gap in a list', { SecurityGroupId: ['sg-1', undefined] }],
    ['an empty object in a list', { Zone: [{ ZoneId: undefined }] }],
    ['a list of both kinds', { Zone: [{ ZoneId: 'z' }, 'z'] }],
    ['a date', { CreateTime: new Date(0) }],
    ['a function', { EndpointName: () => 'x' }],
    ['a bigint', { Bandwidth: 1n }],
    ['a number that is none', { Bandwidth: NaN }],
    ['a number that lost digits', { Bandwidth: 2 ** 60 }],
    ['half a character', { EndpointName: 'a\ud800' }],
    ['a name that is none', { 'a b': '1' }],
    ['an empty name', { '': '1' }],
    ['a bad name inside a list', { Zone: [{ 'a=b': '1' }] }],
  ])('cannot be %s', (_title, fields) => {
    expect(refusal(() => toWireParameters(fields))).toMatchObject({
      code: NOT_SENT_CODE,
      class: 'invalid',
      mayHaveExecuted: false,
    });
  });

  it.each(PROTOCOL_PARAMETERS)('cannot contain %s of the protocol, in any case or place', (name) => {
    for (const spelling of [name, name.toLowerCase()]) {
      refusal(() => toWireParameters({ [spelling]: 'x' }));
      refusal(() => toWireParameters({}, { [spelling]: 'x' }));
      refusal(() => flattenParameters({ [spelling]: 'x' }));
    }
  });

  it('cannot be replaced by extra ones', () => {
    expect(refusal(() => toWireParameters({ VpcId: 'a' }, { VpcId: 'b' })).message).toContain('VpcId is given twice');
    expect(toWireParameters({ VpcId: undefined }, { VpcId: 'b' })).toEqual({ VpcId: 'b' });
  });

  it('are refused without quoting their values', () => {
    const error = refusal(() => toWireParameters({ PolicyDocument: { secret: 'hidden' } }, {}, 'CreateVpcEndpoint'));
    expect(error.answer.action).toBe('CreateVpcEndpoint');
    expect(error.message).not.toContain('hidden');
  });

  it('may have names that every object inherits', () => {
    expect(toWireParameters({ constructor: 'x', toString: 'y' })).toEqual({ constructor: 'x', toString: 'y' });
  });
});

describe('flat parameters', () => {
  it('number lists from 1 and keep the case of names', () => {
    expect(
      flattenParameters({
        DryRun: true,
        ZonePrivateIpAddressCount: 1,
        Zone: [{ ZoneId: 'z-1', ip: '10.0.0.5' }, { ZoneId: 'z-2' }],
        SecurityGroupId: ['sg-1', 'sg-2'],
        Tag: [{ Key: 'a', Value: '' }],
        ResourceId: [],
      }),
    ).toEqual({
      DryRun: 'true',
      ZonePrivateIpAddressCount: '1',
      'Zone.1.ZoneId': 'z-1',
      'Zone.1.ip': '10.0.0.5',
      'Zone.2.ZoneId': 'z-2',
      'SecurityGroupId.1': 'sg-1',
      'SecurityGroupId.2': 'sg-2',
      'Tag.1.Key': 'a',
      'Tag.1.Value': '',
    });
  });

  it('refuse a numbered name that a list gives too', () => {
    refusal(() => flattenParameters({ SecurityGroupId: ['sg-1'], 'SecurityGroupId.1': 'sg-2' }));
  });

  it('check what untyped callers hand in', () => {
    expect(flattenParameters({ VpcId: 'v', EndpointName: undefined } as unknown as CallParameters)).toEqual({
      VpcId: 'v',
    });
    refusal(() => flattenParameters({ Zone: [{ ZoneId: { a: 1 } }] } as unknown as CallParameters));
  });
});
