import { createRequire } from 'node:module';

const popCore = createRequire(import.meta.resolve('@alicloud/pop-core'));

/** Parse as pop-core does, with the copy of json-bigint that it uses. */
export const parseJsonBigint = (popCore('json-bigint') as { parse: (text: string) => unknown }).parse;
