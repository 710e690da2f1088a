/** Something that can be chosen. */
export interface Choice<T> {
  readonly name: string;
  readonly value: T;
  readonly description?: string;
}

/** Asks whoever sits at the terminal. Every question throws GaveUp at Ctrl+C. */
export interface Asker {
  /** `problem` says what is wrong with an answer; undefined where nothing is. */
  text(question: {
    readonly message: string;
    readonly value?: string | undefined;
    readonly problem?: (answer: string) => string | undefined;
  }): Promise<string>;
  /** Hidden while it is typed. "" keeps what there is, where there is something. */
  secret(question: { readonly message: string; readonly isKept: boolean }): Promise<string>;
  choose<T>(question: {
    readonly message: string;
    readonly choices: readonly Choice<T>[];
    readonly value?: T;
  }): Promise<T>;
  /** A choice out of many, found by typing a part of its name. */
  find<T>(question: { readonly message: string; readonly choices: readonly Choice<T>[] }): Promise<T>;
}

/** Somebody has left the questions. */
export class GaveUp extends Error {
  override readonly name = "GaveUp";
}
