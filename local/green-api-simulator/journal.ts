import type { AnswerName } from './faults.ts';
import { type SpacingViolation, spacingViolations } from './spacing.ts';

/** The check that answered a call (GREEN-API facts, order of checks [G]); `whatsapp`: it passed them all. */
export type Stage =
  | 'receiving'
  | 'instance'
  | 'token'
  | 'rate'
  | 'lapsed'
  | 'quota'
  | 'json'
  | 'size'
  | 'validation'
  | 'state'
  | 'whatsapp';

/** `cut-off`: by the simulator, without an answer. `client-gone`: by the client, before it had one. */
export type Ending = 'under-way' | 'answered' | 'cut-off' | 'client-gone';

/** One createGroup POST, without its token and its members' numbers. Times in milliseconds. */
export interface RecordedPost {
  /** 1, 2, 3… in order of arrival. */
  readonly number: number;
  readonly idInstance: string;
  readonly startMs: number;
  /** Missing while it is under way. */
  readonly endMs?: number;
  readonly ending: Ending;
  /** How far it came; `whatsapp` means that it may have created a group. */
  readonly stage: Stage;
  /** The HTTP status that was sent; missing where none was. */
  readonly status?: number;
  /** What WhatsApp made of it, once it got there. */
  readonly answer?: AnswerName;
  readonly memberCount?: number;
  /** The group that came of it, perhaps after its end. */
  readonly chatId?: string;
  readonly createdAtMs?: number;
}

/** What is learnt of a POST on its way. */
export type PostFacts = Partial<Omit<RecordedPost, 'number' | 'idInstance' | 'startMs'>>;

/** Adds to the record of a POST. */
export type Note = (facts: PostFacts) => void;

/** The open record of one POST. */
export interface Recording {
  readonly note: Note;
  /** As it stands now. */
  readonly post: () => RecordedPost;
}

/** The oldest POSTs are forgotten beyond this. */
const MAX_POSTS = 50_000;

/** Every createGroup POST, in order of arrival. */
export class Journal {
  readonly #posts = new Map<number, RecordedPost>();
  readonly #nowMs: () => number;
  readonly #spacingMs: number;
  #lastNumber = 0;

  constructor(nowMs: () => number, spacingMs: number) {
    this.#nowMs = nowMs;
    this.#spacingMs = spacingMs;
  }

  /** Opens the record of a POST that arrives now. */
  open(idInstance: string): Recording {
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    let post: RecordedPost = {
      number,
      idInstance,
      startMs: this.#nowMs(),
      ending: 'under-way',
      stage: 'receiving',
    };
    this.#posts.set(number, post);
    this.#posts.delete(number - MAX_POSTS);
    const note = (facts: PostFacts): void => {
      post = { ...post, ...facts };
      // One that was cleared, or forgotten, stays so.
      if (this.#posts.has(number)) this.#posts.set(number, post);
    };
    return { note, post: () => post };
  }

  posts(idInstance?: string): readonly RecordedPost[] {
    const posts = [...this.#posts.values()];
    return idInstance === undefined ? posts : posts.filter((post) => post.idInstance === idInstance);
  }

  violations(idInstance?: string): readonly SpacingViolation[] {
    return spacingViolations(this.posts(idInstance), this.#spacingMs, this.#nowMs());
  }

  /** Forgets all POSTs, those under way too; the numbers go on. */
  clear(): void {
    this.#posts.clear();
  }
}
