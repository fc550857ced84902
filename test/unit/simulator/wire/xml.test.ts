import { describe, expect, it } from 'vitest';
import { toXml } from '../../../../src/simulator/wire/xml.js';

const HEAD = "<?xml version='1.0' encoding='UTF-8'?>";

describe('XML', () => {
  const cases: [reason: string, content: unknown, inner: string][] = [
    ['texts, numbers and booleans', { A: 'x', B: 5, C: true }, '<A>x</A><B>5</B><C>true</C>'],
    [
      'a flat list as repeated elements',
      { Zones: [{ Id: 'a' }, { Id: 'b' }] },
      '<Zones><Id>a</Id></Zones><Zones><Id>b</Id></Zones>',
    ],
    ['a nested list', { Regions: { Region: ['a', 'b'] } }, '<Regions><Region>a</Region><Region>b</Region></Regions>'],
    ['an empty list as nothing', { Zones: [], A: '' }, '<A></A>'],
    ['absent fields as nothing', { A: undefined, B: null }, ''],
    ['characters with a meaning', { A: `<a href="b">&'\r` }, "<A>&lt;a href=&quot;b&quot;&gt;&amp;'&#13;</A>"],
    ['characters beyond the first plane', { A: 'é中😀' }, '<A>é中😀</A>'],
    ['characters that XML cannot hold', { A: 'a\u0000b\u000bc\ufffed\ud800' }, '<A>a\ufffdb\ufffdc\ufffdd\ufffd</A>'],
  ];
  it.each(cases)('writes %s', (_, content, inner) => {
    expect(toXml('ListResponse', content)).toBe(`${HEAD}<ListResponse>${inner}</ListResponse>`);
  });
});
