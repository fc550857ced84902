import { describe, expect, it } from 'vitest';
import { cloudHost, formAnswer } from '../../../../src/simulator/wire/wire-answer.js';

const JSON_TYPE = { 'content-type': 'application/json;charset=utf-8', 'x-acs-request-id': 'R' };
const LISTED = { status: 200, headers: JSON_TYPE, body: '{"RequestId":"R","Zones":[{"ZoneId":"a"}]}' };
const REFUSED = { status: 400, headers: JSON_TYPE, body: '{"RequestId":"R","HostId":"h","Code":"C"}' };
const REQUEST = { action: 'ListVpcEndpointZones', host: '127.0.0.1:8080', format: undefined };

describe('an answer', () => {
  it('stays as it is where JSON is asked for, or nothing', () => {
    expect(formAnswer(LISTED, REQUEST, 'JSON')).toBe(LISTED);
    expect(formAnswer(REFUSED, { ...REQUEST, format: 'JSON' }, 'XML')).toBe(REFUSED);
  });

  it.each([
    ['asked for', { ...REQUEST, format: 'XML' as const }, 'JSON' as const],
    ['what an absent format gives', REQUEST, 'XML' as const],
  ])('becomes XML where that is %s', (_, request, absentFormat) => {
    expect(formAnswer(LISTED, request, absentFormat)).toEqual({
      status: 200,
      headers: { 'content-type': 'text/xml;charset=utf-8', 'x-acs-request-id': 'R' },
      body: "<?xml version='1.0' encoding='UTF-8'?><ListVpcEndpointZonesResponse><RequestId>R</RequestId><Zones><ZoneId>a</ZoneId></Zones></ListVpcEndpointZonesResponse>",
    });
    expect(formAnswer(REFUSED, request, absentFormat).body).toMatch(/<Error><RequestId>R<.*<Code>C<\/Code><\/Error>$/);
  });

  it('names the host of the cloud that the client used, in refusals only', () => {
    const request = { ...REQUEST, host: 'PrivateLink-vpc.cn-hangzhou.aliyuncs.com:8443' };
    expect(JSON.parse(formAnswer(REFUSED, request, 'JSON').body)).toEqual({
      RequestId: 'R',
      HostId: 'privatelink-vpc.cn-hangzhou.aliyuncs.com',
      Code: 'C',
    });
    expect(formAnswer(LISTED, request, 'JSON')).toBe(LISTED);
  });

  it.each([
    ['a page', { status: 502, headers: { 'content-type': 'text/html' }, body: '<html></html>' }],
    ['nothing', { status: 503, headers: {}, body: '' }],
  ])('that is %s stays as it is', (_, answer) => {
    const request = { ...REQUEST, host: 'privatelink.cn-hangzhou.aliyuncs.com', format: 'XML' as const };
    expect(formAnswer(answer, request, 'JSON')).toBe(answer);
  });

  it.each([
    ['privatelink.cn-hangzhou.aliyuncs.com', 'privatelink.cn-hangzhou.aliyuncs.com'],
    ['sts.aliyuncs.com:443', 'sts.aliyuncs.com'],
    ['127.0.0.1:8080', undefined],
    ['aliyuncs.com.example.com', undefined],
    ['<x>.aliyuncs.com', undefined],
    ['', undefined],
  ])('takes %s for the cloud host %s', (host, name) => {
    expect(cloudHost(host)).toBe(name);
  });
});
