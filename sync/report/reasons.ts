/** What a reason means, and what can be done about it; "" where nothing has to be. */
export interface Meaning {
  readonly means: string;
  readonly remedy: string;
}

const TYPE = "Map it to a field of another type, or change the question in the form.";

/** The destination's reasons for rejecting a contact, for leaving a value out, or for keeping a contact as it is. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  no_identifier: {
    means: "The contact has no identifier, such as an email.",
    remedy: "Make the email a required question of the form.",
  },
  invalid_email: {
    means: "The email is not a valid address.",
    remedy: "Correct it in Flowcode, and let the form check addresses.",
  },
  invalid_user_id: {
    means: "The user ID is longer than 52 characters, or has characters other than printable ASCII.",
    remedy: "Map another field to userId.",
  },
  missing_required: {
    means: "A required field is empty.",
    remedy: "Make the question required in the form, or give the mapping entry a default.",
  },
  forgotten: { means: "This person asked Iterable to be forgotten (GDPR).", remedy: "" },
  identity_conflict: {
    means: "Another profile already has this identifier.",
    remedy: "Merge the two profiles in Iterable, then retry.",
  },
  not_found: { means: "Iterable does not know the contact.", remedy: "" },
  invalid_data: {
    means: "Iterable refused the contact's data without saying which.",
    remedy: "Follow the contact with: flowcode-iterable explain EMAIL",
  },
  type_mismatch: { means: "Iterable refused the type of a value.", remedy: TYPE },
  server_error: {
    means: "Iterable keeps failing on this contact, and on no other.",
    remedy: "Retry later. If it stays, ask Iterable's support.",
  },
  too_large: {
    means: "It is larger than Iterable accepts.",
    remedy: "Leave long fields out of the mapping.",
  },
  too_long: { means: "The text is longer than Iterable's 32,000 characters.", remedy: "" },
  not_an_object: { means: "It is not an object.", remedy: TYPE },
  not_a_date: {
    means: "It is not a date that can be read without guessing.",
    remedy: "Add the transform date with a date_format to the mapping entry.",
  },
  not_a_number: { means: "It is not a number.", remedy: TYPE },
  not_an_integer: { means: "It is not a whole number.", remedy: TYPE },
  not_a_boolean: {
    means: "It is none of true, yes, on, 1, false, no, off, 0.",
    remedy: "Add the transform boolean to the mapping entry, or map it to a text field.",
  },
  not_a_location: { means: "It is not an object with lat and lon.", remedy: TYPE },
  not_text: { means: "It is not text.", remedy: TYPE },
  not_e164: {
    means: "The phone number has no country code, such as the +1 in +14155550100.",
    remedy: "Add the transform phone with a phone_country to the mapping entry.",
  },
  not_a_phone: {
    means: "It is not a phone number of the country in phone_country.",
    remedy: "Let the form check phone numbers.",
  },
  schema: { means: "It contradicts the catalog's schema.", remedy: "Discover the fields again." },
  beside_whole: {
    means: "Its whole object is sent beside it.",
    remedy: "Map either the object or the fields in it.",
  },
  exists: { means: "The contact exists in Iterable, and the overwrite mode leaves it alone.", remedy: "" },
  absent: { means: "The contact is not in Iterable, and only existing contacts are updated.", remedy: "" },
  condition: { means: "The condition skip_if in the settings leaves it out.", remedy: "" },
  no_consent: { means: "The person has not agreed.", remedy: "" },
  deleted: { means: "The contact was deleted at its source.", remedy: "" },
};

/** What a reason means; one that is not known here is said in its own words. */
export function meaningOf(reason: string): Meaning {
  return Object.hasOwn(MEANINGS, reason)
    ? (MEANINGS[reason] as Meaning)
    : { means: `${reason.replaceAll("_", " ")}.`, remedy: "" };
}

/** A reason on one line: what it means, and what to do. */
export function reasonText(reason: string): string {
  const { means, remedy } = meaningOf(reason);
  return remedy === "" ? means : `${means} ${remedy}`;
}

/** What was counted, as the destination names it: a field and a reason, or a reason alone. */
export function fieldAndReason(what: string): { readonly field: string; readonly reason: string } {
  const gap = what.lastIndexOf(" ");
  return { field: gap < 0 ? "" : what.slice(0, gap).replace(/:$/, ""), reason: what.slice(gap + 1) };
}
