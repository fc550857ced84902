import { describe, expect, test } from 'vitest';
import * as clientErrors from '../../../src/client/errors.js';
import { ConfigError } from '../../../src/config.js';
import { FAILURE_TYPES, type FailureType } from '../../../src/contract/result.js';
import { EXIT_CODES, EXIT_OF_FAILURE, exitCodeTable } from '../../../src/cli/exit-codes.js';
import { reportOf, UsageError } from '../../../src/cli/failure-report.js';
import { InputFileError } from '../../../src/cli/read-input.js';
import { TemporalConnectionError } from '../../../src/temporal/connection-errors.js';
import { DETAILS } from './fixture.js';

const TYPES = Object.keys(FAILURE_TYPES) as FailureType[];

describe('exit codes', () => {
  test.each(TYPES)('a run that fails with %s has one that is neither success nor the unexpected', (type) => {
    const { exit } = reportOf(new clientErrors.ProvisionFailedError('id', type, 'message', DETAILS, undefined));
    expect(exit).toBe(EXIT_OF_FAILURE[type]);
    expect(EXIT_CODES[exit].code).toBeGreaterThan(1);
  });

  test('each number means one thing', () => {
    const codes = Object.values(EXIT_CODES).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test.each(TYPES)('the table of the help names %s', (type) => {
    expect(exitCodeTable()).toMatch(new RegExp(`\\b${type}\\b`));
  });

  test.each([
    { error: new clientErrors.InvalidInputError('id', []), code: 2 },
    { error: new InputFileError('no JSON'), code: 2 },
    { error: new UsageError('contradiction'), code: 2 },
    { error: new clientErrors.RequestConflictError('id', ['request.VpcId']), code: 6 },
    { error: new clientErrors.ProvisionCancelledError('id', { outcome: 'kept' }, undefined), code: 9 },
    { error: new clientErrors.ProvisionCutOffError('id', 'terminated', undefined), code: 9 },
    { error: new clientErrors.ProvisionNotFoundError('id', undefined), code: 10 },
    { error: new clientErrors.UpdateRefusedError('id', 'NotParked', 'm', undefined), code: 10 },
    {
      error: new TemporalConnectionError('m', 'unreachable', { address: 'a', namespace: 'n', tls: false }, undefined),
      code: 69,
    },
    { error: new ConfigError(['PVL_X: is wrong']), code: 78 },
    { error: new Error('a bug'), code: 1 },
  ])('$error.name exits with $code', ({ error, code }) => {
    expect(EXIT_CODES[reportOf(error).exit].code).toBe(code);
  });

  test('every error class of the client is told apart from the unexpected', () => {
    const covered = [
      clientErrors.InvalidInputError,
      clientErrors.ProvisionFailedError,
      clientErrors.ProvisionCancelledError,
      clientErrors.ProvisionCutOffError,
      clientErrors.RequestConflictError,
      clientErrors.ProvisionNotFoundError,
      clientErrors.UpdateRefusedError,
    ];
    const classes = Object.values(clientErrors).filter((given) => given !== clientErrors.ProvisionError);
    expect(new Set<unknown>(covered)).toEqual(new Set<unknown>(classes));
  });

  test('a failure type of a newer version exits with 1, and is named', () => {
    const type = 'SomethingNew' as FailureType;
    const error = new clientErrors.ProvisionFailedError('id', type, 'm', DETAILS, undefined);
    expect(reportOf(error)).toMatchObject({ exit: 'unexpected', type });
  });
});
