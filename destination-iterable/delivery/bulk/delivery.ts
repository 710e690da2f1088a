import type { Deliver, DeliveryOptions } from "../delivered.js";
import { Course } from "./course.js";
import { createExchange } from "./exchange.js";

/**
 * Delivers batches through an endpoint that takes many contacts at once. Every contact of a batch ends delivered,
 * rejected or postponed; a batch is only ever resent in parts of itself, one part at a time, so no contact is in flight twice.
 * Throws ConfigError where nothing can succeed, and TransientError where Iterable is down: then the batch is unsettled.
 */
export function createDelivery<R>(options: DeliveryOptions<R>): Deliver<R> {
  const exchange = createExchange<R>(options);
  return async (batch) => {
    const course = new Course(batch, exchange, options);
    for (let piece = course.next(); piece; piece = course.next()) {
      const { verdict, failedAt } = await exchange.send(piece);
      course.take({ ...piece, failedAt }, verdict);
    }
    return course.ended;
  };
}
