/**
 * The one error hierarchy. `message` is written for an operator and never holds a secret or a phone number;
 * what was caught underneath stands in `cause`, which is never shown to a caller.
 */
export abstract class GroupPacerError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** DynamoDB did not do what was asked. */
export class StorageError extends GroupPacerError {
  /**
   * `no-answer`: throttled, timed out or cut off; the write may or may not have been applied.
   * `misconfigured`: the table is missing or may not be used; nothing was applied, and trying again will not help.
   */
  readonly kind: 'no-answer' | 'misconfigured';

  constructor(kind: StorageError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** A secret in Secrets Manager cannot be used. The message names the secret and the field, never a value. */
export class SecretError extends GroupPacerError {
  /** `unavailable`: it could not be read; `malformed`: it was read and is wrong; `unfilled`: nobody has filled it yet. */
  readonly kind: 'unavailable' | 'malformed' | 'unfilled';

  constructor(kind: SecretError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** The function's own settings (environment variables) are wrong. */
export class SettingsError extends GroupPacerError {}

/** The execution's deadline has passed: whatever it would do now is forbidden. */
export class ExecutionEndedError extends GroupPacerError {}

/** The wanted instance is not in the secret. */
export class UnknownInstanceError extends GroupPacerError {
  readonly idInstance: string;

  constructor(idInstance: string) {
    super(`there is no instance ${idInstance} in the secret`);
    this.idInstance = idInstance;
  }
}

/** An event of a schedule is wrong; the message names each field. */
export class ScheduleEventError extends GroupPacerError {}

/** A schedule's creation could not be accepted now; delivered again, it may be. */
export class NotTakenError extends GroupPacerError {}
