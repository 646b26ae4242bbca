import { createGroup } from '../../lambda/creation/create-group.ts';
import { readRequest } from '../../lambda/creation/read-request.ts';
import { nextOpening } from '../../lambda/pacing/opening.ts';
import { createStores } from '../../lambda/storage/stores.ts';
import type { Code } from './simulate.ts';

/** The project's own code, as it is. */
export const OWN_CODE: Code = { createGroup, readRequest, createStores, nextOpening };
