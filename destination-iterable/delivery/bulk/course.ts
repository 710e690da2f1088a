import { ConfigError } from "../../../connector/errors.js";
import type { LostReason } from "../../accounting/reasons.js";
import type { FieldType } from "../../iterable/field-types.js";
import type { Verdict } from "../../iterable/verdict.js";
import { fieldName } from "../../mapping/targets.js";
import type { Packed } from "../compact/packing.js";
import type { Contact } from "../contact.js";
import type { Delivered, DeliveryOptions, Landed } from "../delivered.js";
import { leaveOut, type Repair, repairContact } from "../repair.js";
import type { Exchange } from "./exchange.js";
import { createOutageWatch, type OutageWatch, outageOf, stillThrottled } from "./outage.js";
import { createPieces, type Piece, type Pieces } from "./pieces.js";

/** Where more than one of so many contacts conflicts, all parts are sent; else the ones are searched for. */
const SEARCHED_PER_CONFLICT = 16;

const DELIVERED = { kind: "delivered" } as const;
const NONE: Repair["dropped"] = [];

/** One batch on its way: what each verdict on a part of it leads to. */
export class Course<R> {
  /** Whoever has ended. */
  readonly ended: Landed<R>[] = [];
  private readonly dropped = new Map<string, Repair["dropped"]>();
  private readonly pieces: Pieces<R>;
  private readonly outage: OutageWatch;
  private hasControlled = false;

  constructor(
    batch: readonly Packed<R>[],
    private readonly exchange: Exchange<R>,
    private readonly options: Omit<DeliveryOptions<R>, "limiter">,
  ) {
    this.pieces = createPieces(batch);
    this.outage = createOutageWatch(exchange);
  }

  /** What to send next; undefined where everybody has ended. */
  next(): Piece<R> | undefined {
    return this.pieces.next();
  }

  /** Takes the verdict on a piece. */
  take({ orElse, ...piece }: Piece<R>, verdict: Verdict): void {
    if (piece.isControl) return this.onControl(verdict);
    switch (verdict.kind) {
      case "settled":
        return this.settle(piece, orElse, verdict);
      case "conflict":
        return this.onConflict(piece, orElse ?? [], verdict);
      default:
        // Only a success says anything of those beside a piece.
        if (orElse) this.pieces.confirmLater(orElse);
        return this.onRefusal(piece, verdict);
    }
  }

  private onRefusal(piece: Piece<R>, verdict: Exclude<Verdict, { kind: "settled" | "conflict" }>): void {
    switch (verdict.kind) {
      case "unattributed":
      case "refused":
        return this.isolate(piece, verdict.reason);
      case "too_large":
        return this.isolate(piece, "contact_too_large");
      case "mismatch":
        return this.onMismatch(piece, verdict.fields);
      case "field_limit":
        return this.onFieldLimit(piece, verdict.fields);
      case "malformed":
        return this.takeOut(piece, verdict.rows);
      case "stop":
        throw new ConfigError(verdict.message);
      case "throttled":
        throw stillThrottled();
      case "unavailable":
        if (!this.outage.othersSucceed(piece)) throw outageOf(verdict.problem);
        return this.onFailure(piece, verdict.problem);
      case "failing":
      case "generic":
        return this.onFailure(piece, verdict.problem);
    }
  }

  private end({ contact }: Packed<R>, outcome: Delivered<R>["outcome"]): void {
    this.ended.push({ contact, outcome, dropped: this.dropped.get(contact.key) ?? NONE });
  }

  private postpone({ contact }: Packed<R>, problem: string): void {
    const outcome = { kind: "postponed", error: outageOf(problem) } as const;
    this.ended.push({ contact, outcome, dropped: NONE });
  }

  private deliver(packed: Packed<R>): void {
    this.exchange.lastDelivered = packed;
    this.end(packed, DELIVERED);
  }

  private reject(packed: Packed<R>, reason: LostReason, field?: string): void {
    this.end(packed, { kind: "rejected", stage: this.options.stage, reason, field });
  }

  private isolate(piece: Piece<R>, reason: LostReason): void {
    if (piece.members.length > 1) this.pieces.halve(piece, false);
    else this.reject(piece.members[0] as Packed<R>, reason);
  }

  private settle(
    { members }: Piece<R>,
    orElse: Piece<R>["orElse"],
    { refused, ...verdict }: Extract<Verdict, { kind: "settled" }>,
  ): void {
    if (verdict.hasOddCounts) this.options.onOddCounts();
    this.options.onFields(verdict.createdFields, verdict.filteredOutFields);
    for (const [index, packed] of members.entries()) {
      const reason = refused.get(index);
      if (reason === undefined) this.deliver(packed);
      else this.reject(packed, reason);
    }
    if (!orElse) return;
    if ([...refused.values()].includes("identity_conflict")) this.pieces.confirmLater(orElse);
    else this.search(orElse);
  }

  /** One of these conflicts with another profile: asks one half whether it is there. */
  private search(suspects: readonly Packed<R>[]): void {
    const middle = Math.floor(suspects.length / 2);
    if (middle === 0) this.reject(suspects[0] as Packed<R>, "identity_conflict");
    else this.pieces.add({ members: suspects.slice(0, middle), orElse: suspects.slice(middle) });
  }

  /** Everybody of the piece but those that conflict has been written. `beside` has them no more. */
  private onConflict(
    piece: Piece<R>,
    beside: readonly Packed<R>[],
    { count, suspects }: Extract<Verdict, { kind: "conflict" }>,
  ): void {
    const { members } = piece;
    this.pieces.confirmLater(beside);
    if (suspects.size > 0 && suspects.size < members.length) {
      this.pieces.confirmLater(members.filter((_, index) => !suspects.has(index)));
      this.pieces.add({ members: members.filter((_, index) => suspects.has(index)) });
    } else if (count > 1 && count * SEARCHED_PER_CONFLICT > members.length) this.pieces.halve(piece, false);
    else this.search(members);
  }

  private onMismatch(piece: Piece<R>, fields: ReadonlyMap<string, FieldType>): void {
    this.options.onFieldTypes(fields);
    const insist = piece.members.length === 1;
    const { zone } = this.options;
    this.change(piece, (contact) => repairContact(contact, fields, insist, zone), "type_mismatch");
  }

  private onFieldLimit(piece: Piece<R>, named: readonly string[]): void {
    const isNew = (field: string) => !this.options.isKnownField(field);
    const isNamed = (field: string) => named.includes(fieldName(field)) && isNew(field);
    const fix = (contact: Contact<R>) => {
      const fixed = leaveOut(contact, isNamed, "field_limit") ?? leaveOut(contact, isNew, "field_limit");
      if (fixed) this.options.onFieldLimit(fixed.dropped.map(({ field }) => field));
      return fixed;
    };
    this.change(piece, fix, "field_limit");
  }

  /** Sends whoever could be changed once more, with everybody else; where there is nobody, the piece in parts. */
  private change(
    piece: Piece<R>,
    fix: (contact: Contact<R>) => Repair<R> | undefined,
    otherwise: LostReason,
  ): void {
    const { onInvalidValue, pack } = this.options;
    let changed = false;
    const members: Packed<R>[] = [];
    for (const packed of piece.members) {
      const { key } = packed.contact;
      const fixed = fix(packed.contact);
      const lost = fixed?.dropped[0];
      changed ||= fixed !== undefined;
      if (!fixed) members.push(packed);
      else if (lost && onInvalidValue === "reject_contact") this.reject(packed, lost.reason, lost.field);
      else {
        this.dropped.set(key, [...(this.dropped.get(key) ?? NONE), ...fixed.dropped]);
        members.push(pack(fixed.contact));
      }
    }
    if (!changed) this.isolate(piece, otherwise);
    else if (members.length > 0) this.pieces.add({ ...piece, members });
  }

  private takeOut(piece: Piece<R>, rows: ReadonlyMap<number, string>): void {
    const rest = piece.members.filter((_, index) => !rows.has(index));
    if (rest.length === piece.members.length) return this.isolate(piece, "malformed");
    for (const [index, field] of rows) {
      const packed = piece.members[index];
      if (packed) this.reject(packed, "malformed", field || undefined);
    }
    if (rest.length > 0) this.pieces.add({ ...piece, members: rest });
  }

  private onFailure(piece: Piece<R>, problem: string): void {
    const [packed, ...others] = piece.members;
    if (!packed || others.length > 0) return this.pieces.halve(piece, true);
    if (!piece.isConfirming) {
      this.pieces.retryAlone(piece);
      const seen = this.outage.failedAlone();
      if (seen === "suspicious") this.pieces.largestFirst();
      else if (seen === "down") this.control(problem);
    } else if (this.outage.othersSucceed(piece)) this.reject(packed, "server_error");
    else if (!this.exchange.lastDelivered) this.postpone(packed, problem);
    else {
      this.pieces.retryAlone(piece);
      this.control(problem);
    }
  }

  /**
   * Nobody else has been sent since contacts failed alone: sends one again that was delivered, in a way that changes
   * nothing. Once, and where there is nobody, Iterable is taken to be down.
   */
  private control(problem: string): void {
    const { lastDelivered } = this.exchange;
    if (this.hasControlled || !lastDelivered) throw outageOf(problem);
    this.hasControlled = true;
    this.pieces.control(this.options.pack(this.options.unchanging(lastDelivered.contact)));
  }

  private onControl(verdict: Verdict): void {
    if (verdict.kind === "throttled") throw stillThrottled();
    if (verdict.kind === "unavailable" || verdict.kind === "failing" || verdict.kind === "generic")
      throw outageOf(verdict.problem);
  }
}
