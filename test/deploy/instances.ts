import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../../local/green-api-simulator/simulator.ts';
import { CANARIES } from '../leaks.ts';

/** Each part of the walk has an instance of its own, for an instance creates but one group in five minutes. */
export const INSTANCES = {
  contract: '1101000001',
  race: '1101000002',
  sameWish: '1101000003',
  rejected: '1101000004',
  unclear: '1101000005',
  incomplete: '1101000013',
  loggedOut: '1101000014',
  killed: '1101000015',
  ownPath: '1101000006',
  queue: '1101000010',
  schedule: '1101000011',
  fired: '1101000012',
  pool: ['1101000007', '1101000008', '1101000009'],
} as const;

const ALL = Object.values(INSTANCES).flat();

/** GREEN-API's stand-in, with all instances. */
export function simulateInstances(spacingSeconds: number): Promise<Simulator> {
  return startSimulator({
    instances: ALL.map((idInstance) => ({
      idInstance,
      apiTokenInstance: CANARIES.token,
      ownPhone: `${CANARIES.phonePrefix}999`,
    })),
    spacingSeconds,
  });
}

/** Writes what goes into the instances secret. @returns the file's path */
export async function writeInstancesJson(folder: string, apiUrl: string): Promise<string> {
  const path = join(folder, 'instances.json');
  const instances = ALL.map((idInstance) => ({
    idInstance,
    apiTokenInstance: CANARIES.token,
    apiUrl,
    label: `number ${idInstance}`,
  }));
  await writeFile(path, JSON.stringify({ instances }));
  return path;
}
