/**
 * A decoded XML-RPC value. Numbers only come from `<double>`: xapi sends its int64 as decimal text, so that ints,
 * dates and references are all strings here and get their type when a record is parsed.
 */
export type XmlValue = string | number | boolean | XmlValue[] | { [name: string]: XmlValue };

/** What can be sent: every int64 must already be text, as xapi wants it; a number is a double, and has a fraction. */
export type Param = string | boolean | number | readonly Param[] | { readonly [name: string]: Param };
