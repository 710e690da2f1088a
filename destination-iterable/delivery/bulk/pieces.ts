import type { Packed } from "../compact/packing.js";

/** A part of a batch that is sent by itself. */
export interface Piece<R> {
  readonly members: readonly Packed<R>[];
  /** How many requests had succeeded when its members first failed; undefined as long as they have not. */
  readonly failedAt?: number | undefined;
  /** Whether it is sent to find out which contact fails, so that one attempt is enough. */
  readonly isolating?: boolean;
  /** Whether it is what failed alone, once more. */
  readonly isConfirming?: boolean;
  /** Whether its member has been delivered, and is sent again to see whether Iterable is there at all. */
  readonly isControl?: boolean;
  /** One of these conflicts with another profile, if none of its members does. */
  readonly orElse?: readonly Packed<R>[];
}

/**
 * What of a batch is still to be sent: each contact is in one piece at most. Pieces that were cut come first, then those
 * of which it is only believed that they are all right, then contacts that failed alone.
 */
export interface Pieces<R> {
  next(): Piece<R> | undefined;
  add(piece: Piece<R>): void;
  /** Sends both halves. */
  halve(piece: Piece<R>, isolating: boolean): void;
  /** Sends them when nothing else is left, in one piece. */
  confirmLater(members: readonly Packed<R>[]): void;
  /** Sends a contact that failed alone once more, when others have had their turn. */
  retryAlone(piece: Piece<R>): void;
  /** Sends a contact that was delivered next, to see whether Iterable is there at all. */
  control(member: Packed<R>): void;
  /** The largest piece next, where a success is most likely. */
  largestFirst(): void;
}

export function createPieces<R>(batch: readonly Packed<R>[]): Pieces<R> {
  const pending: Piece<R>[] = [{ members: batch }];
  const unsure: Packed<R>[] = [];
  const doubtful: Piece<R>[] = [];
  return {
    next() {
      const piece = pending.pop();
      if (piece) return piece;
      if (unsure.length > 0) return { members: unsure.splice(0) };
      pending.push(...doubtful.splice(0));
      return pending.pop();
    },
    add: (piece) => void pending.push(piece),
    halve({ members, failedAt }, isolating) {
      const middle = Math.ceil(members.length / 2);
      pending.push({ members: members.slice(middle), failedAt, isolating });
      pending.push({ members: members.slice(0, middle), failedAt, isolating });
    },
    confirmLater: (members) => void unsure.push(...members),
    retryAlone: (piece) => void doubtful.push({ ...piece, isConfirming: true }),
    control: (member) => void pending.push({ members: [member], isControl: true, isolating: true }),
    largestFirst: () => void pending.sort((a, b) => a.members.length - b.members.length),
  };
}
