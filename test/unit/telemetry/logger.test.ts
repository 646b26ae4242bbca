import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StorageError } from '../../../lambda/errors.ts';
import { createFunctionLog } from '../../../lambda/telemetry/logger.ts';
import { CANARIES, findLeaks } from '../../leaks.ts';

const PHONE = `${CANARIES.phonePrefix}123`;
const EVENT = {
  event: 'attempt-ended',
  requestId: '00000000-0000-4000-8000-000000000001',
  attemptId: '00000000-0000-4000-8000-000000000002',
  idInstance: '1101000001',
  outcome: 'refused',
  detail: `'chatIds' ${PHONE}@c.us and +7 915 555-00-12 are wrong`,
  callMs: 1_234,
} as const;

let lines: string[];

beforeEach(() => {
  lines = [];
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'DEBUG');
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    lines.push(String(chunk));
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    lines.push(String(chunk));
    return true;
  });
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, level).mockImplementation((line) => lines.push(String(line)));
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const parsed = () => JSON.parse(lines[0] ?? '{}');

describe('the log of the function', () => {
  it('tells an attempt with its ids, and masks phone numbers in what GREEN-API said', () => {
    createFunctionLog().event(EVENT);
    expect(parsed()).toMatchObject({
      level: 'INFO',
      event: 'attempt-ended',
      requestId: EVENT.requestId,
      idInstance: '1101000001',
      outcome: 'refused',
      callMs: 1_234,
      detail: "'chatIds' 79***23@c.us and +79***12 are wrong",
    });
    expect(findLeaks(lines.join(''))).toEqual([]);
  });

  it('tells an error with what caused it, and nothing else that hangs on it', () => {
    const cause = Object.assign(new Error(`connect to ${PHONE}`), {
      $metadata: { requestId: 'x' },
      request: {
        headers: { authorization: CANARIES.key },
        path: `/waInstance1/createGroup/${CANARIES.token}`,
      },
    });
    createFunctionLog().error(new StorageError('no-answer', 'DynamoDB gave no answer', { cause }));
    expect(parsed()).toMatchObject({
      level: 'WARN',
      error: { name: 'StorageError', message: 'DynamoDB gave no answer', cause: { name: 'Error' } },
    });
    expect(findLeaks(lines.join(''))).toEqual([]);
  });

  it('an unexpected error is louder than one of ours', () => {
    createFunctionLog().error(new TypeError('x is not a function'));
    expect(parsed()).toMatchObject({
      level: 'ERROR',
      error: { name: 'TypeError', stack: expect.stringContaining('.ts') },
    });
  });

  it('tells what could not be settled', () => {
    const error = new StorageError('no-answer', 'none');
    createFunctionLog().event({
      event: 'settle-failed',
      what: 'request',
      requestId: 'r',
      attemptId: 'a',
      error,
    });
    expect(parsed()).toMatchObject({
      level: 'ERROR',
      what: 'request',
      requestId: 'r',
      error: { name: 'StorageError' },
    });
  });

  it('is silent below its level', () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'WARN');
    createFunctionLog().event(EVENT);
    expect(lines).toEqual([]);
  });
});
