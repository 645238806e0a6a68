/**
 * Texts that systems write when they have no value. Compared without case and without quotes or brackets around them,
 * so `(null)`, `<nil>`, `"undefined"` and `[None]` are the same. Sources: what JavaScript, Python, Java, Go, Ruby, C and R
 * print for a missing value; `\N` of MySQL's and PostgreSQL's exports; `na_values` of pandas; the ids that PostHog refuses to merge; Spring Security's
 * `anonymousUser`; Google Analytics' `(not set)`.
 */
const WORDS = new Set([
  ...['null', 'nil', 'none', 'undefined', 'nan', '-nan', 'na', 'n/a', 'infinity', '-infinity', 'unknown', 'empty'],
  ...['invalid date', '\\n'],
  ...['anonymous', 'anonymoususer', 'anonymous_user', 'guest', 'not_authenticated', 'not set', 'distinct_id', 'distinctid'],
  ...['true', 'false'],
]);
const WRAPPED = /^["'`([{<]+|["'`)\]}>]+$/g;

/** Zeros and punctuation only: `0`, `0.0`, `-`, `{}`, `""`, `###`, the all-zero UUID. No system gives such an id to a customer. */
const ZEROS_ONLY = /^[\p{P}\p{Zs}$+<=>^`|~0]*$/u;
const TEST_EMAIL = /^test@/;

/**
 * A value of only these characters is no template and no spreadsheet's error, so most values need no further patterns.
 * Exceptions: a number with an exponent, and LibreOffice's errors.
 */
const ORDINARY = /^[\w@.:/-]+$/;
const NOT_ORDINARY = /^-?\d\.|^err:/;

/**
 * A number that a spreadsheet or a program shortened: its last digits are lost, so it is the same for many customers. Excel
 * writes `1.2E+15`, Java `1.2E15`, JavaScript and Python `1e+21`. The sign or the fraction is needed: `1e5` and `123e4567`
 * are ids in hexadecimal.
 */
const EXPONENT = /^-?(?:\d(?:[.,]\d+)?e\+\d{2,3}|\d[.,]\d+e-?\d{1,3})$/;

/**
 * A spreadsheet's error in any of its languages: `#REF!`, `#NAME?`, `#DIV/0!`, `#BEZUG!`, `#¡VALOR!`; those without a
 * mark at the end; LibreOffice's `Err:502`; what C's runtime on Windows prints.
 * https://support.microsoft.com/office/how-to-correct-a-value-error (and its siblings)
 */
const SPREADSHEET_ERROR = /^(?:#[¡¿]?[\p{L}\p{N}_/]+[!?]|#n\/?a(?: n\/a)?|#nv|#getting_data|err:\d{3}|-?1\.#(?:ind|qnan|inf).*)$/u;

/** `[object Object]` of JavaScript, `<User object at 0x7f…>` of Python. */
const PRINTED_OBJECT = /^(?:\[object [\w ]+\]|<.+ object at 0x[0-9a-f]+>)$/;

/**
 * Templates that were not filled in. One with its own mark counts anywhere in a value. A single pair of brackets or percent
 * signs counts only around a plain name, because Windows writes a GUID as `{6F9619FF-8B86-D011-B42D-00C04FC964FF}`.
 * `__EMAIL__` is not here, because an id in base64url can look like it.
 */
const TEMPLATES: readonly RegExp[] = [
  /\{\{.*\}\}/s, // Handlebars, Mustache, Liquid, Jinja, Angular
  /[$#@%]\{.*\}/s, // JavaScript, shells, JSP; Ruby, Spring; Thymeleaf; Apache
  /<%.*%>|\{%.*%\}|\[%.*%\]|<\?.*\?>/s, // ERB, JSP, EJS; Liquid, Jinja; Template Toolkit; PHP
  /\*\|.*\|\*/s, // Mailchimp
  /%%.+%%/s, // Salesforce Marketing Cloud
  /\[\[.+\]\]/s, // merge fields in double square brackets
  /%![a-z]\(.*\)/s, // Go's formatting: `%!s(<nil>)`, `%!d(MISSING)`
  /^\$\(.+\)$|^%\([\w.]+\)[sd]$/, // shells; Python
  /^%[a-z_][\w .-]*%$/, // ActiveCampaign, Windows
  /^\{(?:\$?[a-z_][\w .]*|\d+)\}$/, // C#, Python, Smarty
  /^\[[a-z_][\w .]*\]$/, // Campaign Monitor
];

/**
 * Why a value is a placeholder: linking by such a value would link strangers.
 * @param lower the trimmed value in lower case, at most some hundred characters, because several patterns read it.
 * @returns null for a value that can identify a customer.
 */
export function whyBlocked(lower: string): string | null {
  if (ORDINARY.test(lower) && !NOT_ORDINARY.test(lower)) {
    if (lower === '-1' || WORDS.has(lower)) return PLACEHOLDER;
    return ZEROS_ONLY.test(lower) ? NOTHING_BUT_ZEROS : whyTestAddress(lower);
  }
  if (ZEROS_ONLY.test(lower)) return lower === '' ? EMPTY : NOTHING_BUT_ZEROS;
  if (WORDS.has(lower.replaceAll(WRAPPED, ''))) return PLACEHOLDER;
  if (EXPONENT.test(lower)) return 'a number in exponent notation, whose last digits are lost';
  if (SPREADSHEET_ERROR.test(lower)) return "a spreadsheet's error";
  if (PRINTED_OBJECT.test(lower)) return 'an object that a program wrote in place of its id';
  if (TEMPLATES.some((template) => template.test(lower))) return 'a template that was not filled in';
  return whyTestAddress(lower);
}

const EMPTY = 'empty';
const PLACEHOLDER = 'what systems write in place of a value';
const NOTHING_BUT_ZEROS = 'nothing but zeros and punctuation';

function whyTestAddress(lower: string): string | null {
  return TEST_EMAIL.test(lower) ? 'a test address' : null;
}
