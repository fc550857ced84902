import { describe, expect, it } from 'vitest';
import {
  BUSINESS_STATUSES,
  CONNECTION_STATUSES,
  ENDPOINT_STATUSES,
  readEndpoint,
  type CreatedVpcEndpoint,
  type EndpointReading,
} from '../../../src/model/endpoint.js';

/** The sample answer of the official page: each of its 14 fields. */
const PAGE_ANSWER = {
  EndpointDomain: 'ep-hp33b2e43fays7s8****.epsrv-hp3xdsq46ael67lo****.cn-huhehaote.privatelink.aliyuncs.com',
  RequestId: '0ED8D006-F706-4D23-88ED-E11ED28DCAC0',
  CreateTime: '2022-01-02T19:11:12Z',
  EndpointBusinessStatus: 'Normal',
  EndpointDescription: 'This is my Endpoint.',
  ServiceId: 'epsrv-hp3vpx8yqxblby3i****',
  EndpointStatus: 'Active',
  VpcId: 'vpc-hp356stwkxg3fn2xe****',
  EndpointName: 'test',
  ServiceName: 'com.aliyuncs.privatelink.cn-huhehaote.epsrv-hp3xdsq46ael67lo****',
  Bandwidth: 200,
  EndpointId: 'ep-hp33b2e43fays7s8****',
  ConnectionStatus: 'Disconnected',
  AddressIpVersion: 'IPv4',
} satisfies CreatedVpcEndpoint;

describe('the answer of CreateVpcEndpoint', () => {
  it('has a typed place for each of the 14 fields of the page', () => {
    // The type checker refuses a field that the type lacks, and one that the type needs and the page lacks.
    expect(Object.keys(PAGE_ANSWER)).toHaveLength(14);
  });

  it('knows every status value that the page documents', () => {
    expect(ENDPOINT_STATUSES).toEqual(['Creating', 'Active', 'Pending', 'Deleting']);
    expect(CONNECTION_STATUSES).toEqual(
      expect.arrayContaining(['Pending', 'Connecting', 'Connected', 'Disconnecting', 'Disconnected', 'Deleting']),
    );
    expect(BUSINESS_STATUSES).toEqual(['Normal', 'FinancialLocked']);
  });
});

describe('reading an observed endpoint', () => {
  const cases: {
    status: string | undefined;
    business?: string;
    reading: EndpointReading;
    reason: string;
  }[] = [
    { status: 'Active', reading: { kind: 'ready' }, reason: 'the goal' },
    { status: 'Active', business: 'Normal', reading: { kind: 'ready' }, reason: 'nothing is owed' },
    { status: 'Creating', reading: { kind: 'pending' }, reason: 'on its way' },
    { status: 'Pending', reading: { kind: 'pending' }, reason: 'being modified' },
    { status: 'Deleting', reading: { kind: 'deleting' }, reason: 'a dead end' },
    {
      status: 'Active',
      business: 'FinancialLocked',
      reading: { kind: 'financialLocked' },
      reason: 'Active, yet locked',
    },
    {
      status: 'Creating',
      business: 'FinancialLocked',
      reading: { kind: 'financialLocked' },
      reason: 'never gets ready',
    },
    {
      status: 'Deleting',
      business: 'FinancialLocked',
      reading: { kind: 'financialLocked' },
      reason: 'the arrears explain it',
    },
    {
      status: 'Active',
      business: 'Overdue',
      reading: { kind: 'ready' },
      reason: 'an unknown business status locks nothing',
    },
    {
      status: 'Failed',
      reading: { kind: 'unknownStatus', status: 'Failed' },
      reason: 'not a status of today: neither ready nor dead',
    },
    {
      status: 'active',
      reading: { kind: 'unknownStatus', status: 'active' },
      reason: 'the service has its own spelling',
    },
    { status: '', reading: { kind: 'unknownStatus', status: '' }, reason: 'an empty status says nothing' },
    {
      status: 'constructor',
      reading: { kind: 'unknownStatus', status: 'constructor' },
      reason: 'no name of JavaScript is a status',
    },
    {
      status: undefined,
      reading: { kind: 'unknownStatus', status: '(none)' },
      reason: 'a status that is missing is shown as missing',
    },
  ];

  it.each(cases)('$status/$business reads as $reading.kind: $reason', ({ status, business, reading }) => {
    expect(
      readEndpoint({
        ...(status === undefined ? {} : { EndpointStatus: status }),
        ...(business === undefined ? {} : { EndpointBusinessStatus: business }),
      }),
    ).toEqual(reading);
  });

  it('a service that was deleted is a dead end, whatever the endpoint says, unless the endpoint goes away itself', () => {
    const lost = { ConnectionStatus: 'ServiceDeleted' } as const;
    for (const EndpointStatus of ['Creating', 'Active', 'Pending', 'Odd']) {
      expect(readEndpoint({ ...lost, EndpointStatus })).toEqual({ kind: 'connectionLost' });
    }
    expect(readEndpoint({ ...lost, EndpointStatus: 'Deleting' })).toEqual({ kind: 'deleting' });
    expect(readEndpoint({ EndpointStatus: 'Active', ConnectionStatus: 'Disconnected' })).toEqual({ kind: 'ready' });
  });

  it('every documented status has a reading of its own', () => {
    const kinds = ENDPOINT_STATUSES.map((EndpointStatus) => readEndpoint({ EndpointStatus }).kind);
    expect(kinds).not.toContain('unknownStatus');
  });
});
