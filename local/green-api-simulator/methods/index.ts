import { createGroup } from './create-group.ts';
import { getStateInstance } from './get-state-instance.ts';
import type { Method } from './method.ts';

const METHODS: readonly Method[] = [createGroup, getStateInstance];

const BY_NAME: ReadonlyMap<string, Method> = new Map(METHODS.map((method) => [method.name, method]));

/** GREEN-API takes `CreateGroup` as well as `createGroup` [I]: the case of the first letter does not matter. */
export function findMethod(name: string): Method | undefined {
  return BY_NAME.get(name.charAt(0).toLowerCase() + name.slice(1));
}
