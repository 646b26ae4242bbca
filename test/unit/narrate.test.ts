import { describe, expect, it } from 'vitest';
import { narrate } from '../../local/narrate.ts';
import { httpEvent } from '../http-event.ts';
import { CANARIES, findLeaks } from '../leaks.ts';

const result = (statusCode: number, body: string) => ({
  statusCode,
  headers: {},
  body,
  isBase64Encoded: false,
});

describe('what npm start tells of a call', () => {
  it('what was asked, what was answered, why and how long', () => {
    const body = JSON.stringify({
      code: 'busy',
      detail: 'Wait.',
      until: '2026-01-05T09:05:33.000Z',
      idInstance: '1101',
    });
    expect(narrate(httpEvent({ method: 'POST', path: '/groups' }), result(429, body), 1_234)).toBe(
      'POST /groups → 429 busy on 1101, until 2026-01-05T09:05:33.000Z: Wait.  [1.2 s]',
    );
  });

  it('of a path only the first step, because a key may stand in it', () => {
    const path = `/waInstance1101000001/createGroup/${CANARIES.key}`;
    const line = narrate(httpEvent({ method: 'POST', path }), result(401, '{}'), 0);
    expect(line).toBe('POST /waInstance1101000001/… → 401  [0.0 s]');
  });

  it('no phone number, wherever it stands, and nothing that moves the cursor', () => {
    const detail = `/+${CANARIES.phonePrefix}123 is not a field`;
    const event = httpEvent({ path: `/groups/${CANARIES.phonePrefix}123` });
    const line = narrate(event, result(400, JSON.stringify({ code: 'x\u001b[2J\n', detail })), 0);
    expect(findLeaks(line)).toEqual([]);
    expect(line).not.toMatch(/\p{Cc}/u);
  });

  it('an answer without a body', () => {
    expect(narrate(httpEvent({ method: 'HEAD', path: '/health' }), result(200, ''), 0)).toBe(
      'HEAD /health → 200  [0.0 s]',
    );
  });
});
