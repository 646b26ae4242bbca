import type { pauseInstance, resumeInstance } from '../../lambda/creation/change-instance.ts';
import type { removeRequest, resolveRequest, retryRequest } from '../../lambda/creation/change-request.ts';
import type { createGroup } from '../../lambda/creation/create-group.ts';
import type { drain } from '../../lambda/creation/drain.ts';
import type { listRequests } from '../../lambda/creation/list-requests.ts';
import type { outlookOf } from '../../lambda/creation/outlook.ts';
import type { readRequest } from '../../lambda/creation/read-request.ts';
import type { createStores } from '../../lambda/storage/stores.ts';

/** The code under simulation: the project's own, or a copy with a bug planted in it. */
export interface Code {
  readonly createGroup: typeof createGroup;
  readonly drain: typeof drain;
  readonly removeRequest: typeof removeRequest;
  readonly retryRequest: typeof retryRequest;
  readonly resolveRequest: typeof resolveRequest;
  readonly pauseInstance: typeof pauseInstance;
  readonly resumeInstance: typeof resumeInstance;
  readonly readRequest: typeof readRequest;
  readonly listRequests: typeof listRequests;
  readonly outlookOf: typeof outlookOf;
  readonly createStores: typeof createStores;
}
