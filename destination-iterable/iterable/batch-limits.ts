/** Iterable documents no number; its reviewers call the size of the body the limit, and 1,000 is what peers send. */
export const MAX_BATCH_USERS = 1000;
/** Iterable refuses bodies above 4 MB (API reference of users/bulkUpdate); this leaves room for the envelope. */
export const MAX_BATCH_BYTES = 3_500_000;
