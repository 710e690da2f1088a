/** What a reason means, and what can be done about it; "" where nothing has to be. */
interface Meaning {
  readonly means: string;
  readonly remedy: string;
}

const TYPE = "Map it to a field of another type, or ask for it in another way in the form.";

/** The destination's reasons for turning a contact or a value away, or for leaving a contact as it is. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  no_identifier: {
    means: "The contact has no identifier, such as an email.",
    remedy: "Make the email a required question of the form.",
  },
  invalid_email: {
    means: "The email cannot be an address, or Iterable does not take it.",
    remedy: "Correct it in Flowcode, and let the form check addresses.",
  },
  invalid_user_id: {
    means: "The user id is longer than 52 characters, or holds others than printable ASCII.",
    remedy: "Map another field to userId.",
  },
  missing_required: {
    means: "A field that the mapping requires has no value.",
    remedy: "Make the question required in the form, or give the entry a default.",
  },
  forgotten: { means: "Iterable was asked to forget this person (GDPR).", remedy: "" },
  identity_conflict: {
    means: "Another profile has this identifier already.",
    remedy: "Merge the two profiles in Iterable, then retry.",
  },
  not_found: { means: "Iterable does not know the contact.", remedy: "" },
  invalid_data: {
    means: "Iterable did not take the contact's data, without saying which.",
    remedy: "Look at the contact with flowcode-iterable explain.",
  },
  type_mismatch: { means: "Iterable refused the type of a value.", remedy: TYPE },
  server_error: {
    means: "Iterable failed on this contact again and again, and not on others.",
    remedy: "Retry later; if it stays, ask Iterable's support.",
  },
  too_large: { means: "It is larger than Iterable takes.", remedy: "Leave long fields out of the mapping." },
  too_long: { means: "The text is longer than the 32,000 characters that Iterable keeps.", remedy: "" },
  not_an_object: { means: "It is not an object of fields.", remedy: TYPE },
  not_a_date: {
    means: "It is no date that can be read without guessing.",
    remedy: "Give the entry the transform date with its date_format.",
  },
  not_a_number: { means: "It is not a number.", remedy: TYPE },
  not_an_integer: { means: "It is not a whole number.", remedy: TYPE },
  not_a_boolean: {
    means: "It is none of true, yes, 1, false, no, 0.",
    remedy: "Give the entry the transform boolean, or map it to a text.",
  },
  not_a_location: { means: "It is no object with lat and lon.", remedy: TYPE },
  not_text: { means: "It is not a text.", remedy: TYPE },
  not_e164: {
    means: "It is no phone number with a country code, such as +14155550100.",
    remedy: "Give the entry the transform phone with a phone_country.",
  },
  not_a_phone: {
    means: "It is no phone number of the country in phone_country.",
    remedy: "Let the form check phone numbers.",
  },
  schema: { means: "It contradicts the catalog's schema.", remedy: "Run discover again." },
  beside_whole: {
    means: "Its whole object is sent beside it.",
    remedy: "Map either the object or the fields in it.",
  },
  exists: { means: "It exists, and the overwrite mode leaves it alone.", remedy: "" },
  absent: { means: "It does not exist, and only contacts who exist are updated.", remedy: "" },
  condition: { means: "A condition of the settings (skip_if) leaves it out.", remedy: "" },
  no_consent: { means: "The person has not agreed.", remedy: "" },
};

/** What a reason means; one that is not known here is said in its own words. */
export function meaningOf(reason: string): Meaning {
  return MEANINGS[reason] ?? { means: reason.replaceAll("_", " "), remedy: "" };
}

/** What was counted, as the destination names it: a field and a reason, or a reason alone. */
export function fieldAndReason(what: string): { readonly field: string; readonly reason: string } {
  const gap = what.lastIndexOf(" ");
  return { field: gap < 0 ? "" : what.slice(0, gap).replace(/:$/, ""), reason: what.slice(gap + 1) };
}
