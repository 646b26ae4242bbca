/** dynalite 4 brings no types: what is used of it here. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** The LevelDB folder; in memory without it. */
    readonly path?: string;
    /** How long a new table is `CREATING`. */
    readonly createTableMs?: number;
  }

  /** A server that is not listening yet. Its `close` closes the database too. */
  export default function dynalite(options: DynaliteOptions): Server;
}
