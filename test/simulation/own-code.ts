import { pauseInstance, resumeInstance } from '../../lambda/creation/change-instance.ts';
import { removeRequest, resolveRequest, retryRequest } from '../../lambda/creation/change-request.ts';
import { createGroup } from '../../lambda/creation/create-group.ts';
import { drain } from '../../lambda/creation/drain.ts';
import { listRequests } from '../../lambda/creation/list-requests.ts';
import { outlookOf } from '../../lambda/creation/outlook.ts';
import { readRequest } from '../../lambda/creation/read-request.ts';
import { createStores } from '../../lambda/storage/stores.ts';
import type { Code } from './code.ts';

/** The project's own code, as it is. */
export const OWN_CODE: Code = {
  createGroup,
  drain,
  removeRequest,
  retryRequest,
  resolveRequest,
  pauseInstance,
  resumeInstance,
  readRequest,
  listRequests,
  outlookOf,
  createStores,
};
