import type { PlantedBug } from './plant.ts';

/** In how a tick uses its time, and in when an instance may create. */
export const BUGS_OF_PACE: readonly PlantedBug[] = [
  {
    name: 'a tick does not wait for slots',
    file: 'creation/serve-instance.ts',
    right: 'await clock.sleep(waitMs, execution.signal);',
    wrong: 'return served;',
    breaks: 'L2',
  },
  {
    name: 'a tick waits only for slots that open within half a minute',
    file: 'creation/serve-instance.ts',
    right: 'opening.atMs <= tick.lastStartMs',
    wrong: 'opening.atMs <= tick.service.clock.nowMs() + 30_000',
    breaks: 'L2',
  },
  {
    name: 'one instance that fails stops the drain',
    file: 'creation/drain.ts',
    right: "return 'failed';",
    wrong: 'throw error;',
    breaks: 'L2',
  },
  {
    name: 'active hours begin an hour early',
    file: 'pacing/allowed.ts',
    right: '|| minute < fromMinute ||',
    wrong: '|| minute < fromMinute - 60 ||',
    breaks: 'hours',
  },
  {
    name: 'the next day begins by another clock than that of the policy',
    file: 'creation/take-lock.ts',
    right: 'day: dayOf(policy, nowMs),',
    wrong: "day: dayOf({ ...policy, timeZone: 'Pacific/Auckland' }, nowMs),",
    breaks: 'hours',
  },
];
