import type { StepResult } from './walk.ts';

const HEADINGS = ['request', 'step', 'expected', 'got', 'ms', 'ok'] as const;
/** Longer parts of a path, ids and keys, are cut. */
const LONG_PART = /(?<=\/[^/]{10})[^/]{4,}/g;

/** The table of the steps, and what went wrong below it. */
export function tableOf(results: readonly StepResult[]): string {
  const rows = results.map(({ step, got, ms, faults }) => [
    `${step.method} ${step.path.replace(LONG_PART, '…')}`,
    step.name,
    [step.expected.status, step.expected.code].filter((part) => part !== undefined).join(' '),
    got,
    String(ms),
    faults.length === 0 ? 'ok' : 'FAILED',
  ]);
  const all = [[...HEADINGS], ...rows];
  const widths = HEADINGS.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const failures = results
    .filter(({ faults }) => faults.length > 0)
    .map(({ step, faults }) =>
      [
        `FAILED  ${step.method} ${step.path}: ${step.name}`,
        ...faults.map((fault) => `        ${fault}`),
      ].join('\n'),
    );
  return [...lines, ...failures.flatMap((failure) => ['', failure])].join('\n');
}

/** The last line: what was shown, and what was not. */
export function verdictOf(results: readonly StepResult[], stepCount: number, hasKey: boolean): string {
  const failed = results.filter(({ faults }) => faults.length > 0).length;
  const notWalked = stepCount - results.length;
  if (failed > 0) {
    const rest = notWalked > 0 ? `; ${notWalked} more were not tried` : '';
    return `${failed} of ${results.length} steps FAILED${rest}.`;
  }
  return hasKey
    ? `All ${results.length} steps are as expected. Nothing was created.`
    : `All ${results.length} steps are as expected, but only what a stranger may see was tried: with a caller's key in the environment variable API_KEY, ${notWalked} more are.`;
}
