import type { PlantedBug } from './plant.ts';

/** In the queue, the drain and what people do. */
export const BUGS_OF_THE_QUEUE: readonly PlantedBug[] = [
  {
    name: 'the last of a line is served first',
    file: 'storage/stores.ts',
    right: "return placesOf(await table.query({ ...waiting(wanted, select), order: 'ascending' }));",
    wrong: "return placesOf(await table.query({ ...waiting(wanted, select), order: 'descending' }));",
    breaks: 'S5',
  },
  {
    name: 'what waits for any is left to the callers',
    file: 'creation/tick.ts',
    right: 'const heads = [this.#line(idInstance).first(), this.#line(ANY_INSTANCE).first()];',
    wrong: 'const heads = [this.#line(idInstance).first()];',
    breaks: 'S4',
  },
  {
    name: 'what waits for any comes after the own line, whatever its place',
    file: 'creation/tick.ts',
    right: '.toSorted(byPlace)[0]',
    wrong: '[0]',
    breaks: 'S5',
  },
  {
    name: 'after a wait the head of before is served',
    file: 'creation/serve-instance.ts',
    right: '// What was first before the wait need not be first after it.\n      sinceMs = clock.nowMs();\n',
    wrong: '',
    breaks: 'S5',
    seenAt: 189,
  },
  {
    name: 'a caller does not yield to what is due',
    file: 'creation/pool.ts',
    right: 'lines.has(instance.idInstance) || lines.has(ANY_INSTANCE)',
    wrong: "lines.has(instance.idInstance) && lines.has('nothing')",
    breaks: 'S5',
  },
  {
    name: 'a caller overtakes what waits for any',
    file: 'creation/pool.ts',
    right: 'lines.has(instance.idInstance) || lines.has(ANY_INSTANCE)',
    wrong: 'lines.has(instance.idInstance)',
    breaks: 'S5',
    seenAt: 43,
  },
  {
    name: 'what goes back gets a new place',
    file: 'storage/request-writes.ts',
    right:
      'function settled({ id, wanted, placeMs }: GroupRequest, settlement: RequestSettlement) {\n  const set = { ...present(settlement), ...',
    wrong:
      "function settled({ id, wanted, placeMs: before }: GroupRequest, settlement: RequestSettlement) {\n  const placeMs = settlement.status === 'queued' ? settlement.updatedAtMs : before;\n  const set = { ...present(settlement), placeMs, ...",
    breaks: 'S5',
  },
  {
    name: 'what went back to its place is passed over by the same execution',
    file: 'creation/serve-instance.ts',
    right: "if (result.kind === 'lost' || result.request.status !== 'queued') tick.pass(head);",
    wrong: 'tick.pass(head);',
    breaks: 'S5',
    seenAt: 13,
  },
  {
    name: 'a take does not look at the version',
    file: 'storage/request-writes.ts',
    right:
      "remove: ['outcome', 'cause', 'detail', 'evidence'],\n    add: { version: 1 },\n    condition: still(queued, ['queued']),",
    wrong:
      "remove: ['outcome', 'cause', 'detail', 'evidence'],\n    add: { version: 1 },\n    condition: equal('status', 'queued'),",
    breaks: 'S4',
    seenAt: 152,
  },
  {
    name: 'a take does not look at the state',
    file: 'storage/request-writes.ts',
    right:
      "remove: ['outcome', 'cause', 'detail', 'evidence'],\n    add: { version: 1 },\n    condition: still(queued, ['queued']),",
    wrong:
      "remove: ['outcome', 'cause', 'detail', 'evidence'],\n    add: { version: 1 },\n    condition: any(missing('nothing')),",
    breaks: 'S4',
  },
  {
    name: 'a refused take is ignored',
    file: 'creation/attempt.ts',
    right: 'return written.applied ? send(service, hold, written.request) :',
    wrong: 'return written.request ? send(service, hold, written.request) :',
    breaks: 'S4',
    seenAt: 13,
  },
  {
    name: 'a cancel does not look at the state',
    file: 'storage/request-writes.ts',
    right:
      "remove: [WORK_INDEX.partitionKey, WORK_INDEX.sortKey],\n    add: { version: 1 },\n    condition: still(queued, ['queued']),",
    wrong:
      "remove: [WORK_INDEX.partitionKey, WORK_INDEX.sortKey],\n    add: { version: 1 },\n    condition: missing('nothing'),",
    breaks: 'S4',
    seenAt: 124,
  },
  {
    name: 'an attempt settles its request whatever has become of it since',
    file: 'storage/request-writes.ts',
    right:
      "const condition = all(equal('attemptId', attemptId), oneOf('status', ['creating', 'confirming']));",
    wrong: "const condition = equal('attemptId', attemptId);",
    breaks: 'S4',
  },
  {
    name: 'what waits is put over whatever stands there',
    file: 'storage/request-writes.ts',
    right: '    condition: rerunOf\n',
    wrong: "    condition: request.status === 'queued' ? any(isNew, missing('nothing')) : rerunOf\n",
    breaks: 'S3',
    seenAt: 91,
  },
  {
    name: 'a retry leaves the time to live',
    file: 'storage/request-writes.ts',
    right: "'attemptId', 'idInstance', TTL_ATTRIBUTE],",
    wrong: "'attemptId', 'idInstance'],",
    breaks: 'S4',
  },
  {
    name: 'a resume ends the interval too',
    file: 'storage/lock-writes.ts',
    right: "set: {},\n    remove: ['pausedBy'",
    wrong: "set: { freeAtMs: 0 },\n    remove: ['pausedBy'",
    breaks: 'S1',
  },
  {
    name: 'a give-back that is repeated counts twice',
    file: 'storage/lock-writes.ts',
    right: 'remove: [...HOLD, ...coolingGone,',
    wrong: 'remove: [...coolingGone,',
    breaks: 'limit',
    seenAt: 24,
  },
  {
    name: 'the lock is taken beyond the daily limit',
    file: 'storage/lock-writes.ts',
    right: '...(wish.dailyLimit === undefined ? [] : [below(dayAttribute(wish.day), wish.dailyLimit)]),',
    wrong: '',
    breaks: 'limit',
  },
  {
    name: 'the key of an erased request is free again',
    file: 'creation/claiming.ts',
    right: 'if (asker.idempotencyKey !== undefined ||',
    wrong: 'if (request.erasedAtMs !== undefined) return 0;\n  if (asker.idempotencyKey !== undefined ||',
    breaks: 'S3',
    seenAt: 11,
  },
  {
    name: 'a likeness binds only 15 minutes while its request waits',
    file: 'creation/claiming.ts',
    right: "    case 'queued':\n    case 'creating':",
    wrong:
      "    case 'queued':\n      return request.createdAtMs + FINGERPRINT_BINDS_MS;\n    case 'creating':",
    breaks: 'S3',
  },
  {
    name: 'what waits goes back to its place although its group may exist',
    file: 'creation/request-settlement.ts',
    right: "    case 'unknown': {\n",
    wrong:
      "    case 'unknown': {\n      if (request.mode === 'queue') return backToItsPlace(request, endedAtMs);\n",
    breaks: 'S3',
  },
  {
    name: 'what waits is sent again after an overlimit without a look',
    file: 'creation/look-before-sending.ts',
    right: 'if (!overlimitWindow) return undefined;',
    wrong: "if (!overlimitWindow || request.mode === 'queue') return undefined;",
    breaks: 'S3',
  },
  {
    name: 'the drain does not look after what is overdue',
    file: 'creation/drain.ts',
    right: '    lookAfterWatched(service).catch(',
    wrong: '    Promise.resolve().catch(',
    breaks: 'S4',
  },
  {
    name: 'only what is created on an instance of the secret is looked after',
    file: 'creation/watch.ts',
    right: 'const requests = await service.requests.readMany([...new Set(ids)]);',
    wrong:
      "const listed = (await service.instances.list()).map(({ idInstance }) => idInstance);\n  const requests = (await service.requests.readMany(ids)).filter(({ idInstance }) => listed.includes(idInstance ?? ''));",
    breaks: 'S4',
    seenAt: 155,
  },
];
