import { pauseInstance, resumeInstance } from '../creation/change-instance.ts';
import { type InstanceState, listInstances } from '../creation/list-instances.ts';
import { UnknownInstanceError } from '../errors.ts';
import type { Asked } from './asked.ts';
import { instancesView, instanceView } from './instance-view.ts';
import { refuseBody } from './json-body.ts';
import { ID_INSTANCE } from './paths.ts';
import { problem } from './problem.ts';

/** `GET /instances`: what each is at, and how many requests wait. @throws SecretError, StorageError */
export async function getInstances({ service }: Asked): Promise<Response> {
  const list = await listInstances(service);
  return Response.json(instancesView(list, service.policyOf, service.clock.nowMs()));
}

/** `POST /instances/{idInstance}/pause`: no new attempt starts on it. @throws SecretError, StorageError */
export function postPause(asked: Asked, idInstance: string): Promise<Response> {
  return change(asked, idInstance, () => pauseInstance(asked.service, idInstance, asked.keyName));
}

/** `POST /instances/{idInstance}/resume`: ends a pause, a cool-down or a block, never the interval. @throws as postPause */
export function postResume(asked: Asked, idInstance: string): Promise<Response> {
  return change(asked, idInstance, () => resumeInstance(asked.service, idInstance));
}

async function change(
  { service, request }: Asked,
  idInstance: string,
  write: () => Promise<InstanceState>,
): Promise<Response> {
  const refusal = await refuseBody(request, service.clock.nowMs());
  if (refusal) return refusal;
  if (!ID_INSTANCE.test(idInstance)) return noSuchInstance(service.clock.nowMs());
  try {
    const state = await write();
    return Response.json(instanceView(state, service.policyOf(idInstance), service.clock.nowMs()));
  } catch (error) {
    if (error instanceof UnknownInstanceError) return noSuchInstance(service.clock.nowMs());
    throw error;
  }
}

function noSuchInstance(nowMs: number): Response {
  return problem(
    'not-found',
    {
      detail: 'There is no such instance in the instances secret.',
      whatToDo: 'Use the idInstance of one that GET /instances lists.',
    },
    nowMs,
  );
}
