type Values = Record<string, unknown>;
/** Of inputs, selects and their options, text areas: what each may have. */
type Field = HTMLInputElement & { readonly selectedOptions?: Iterable<Field> };

/** `data-capture-unit-price="3"` -> `{ unitPrice: '3' }` */
export function propertiesOf({ dataset }: HTMLElement): Values {
  const properties: Values = {};
  for (const key in dataset) {
    const name = key.split(/^capture(?=[A-Z])(?!Attributes$)/)[1];
    if (name) properties[name.charAt(0).toLowerCase() + name.slice(1)] = dataset[key];
  }
  return properties;
}

/** The fields that the form's `data-capture-attributes` names. */
export function attributesOf({ dataset, elements }: HTMLElement & { readonly elements?: Iterable<unknown> }): Values {
  const attributes: Values = {};
  for (const name of dataset.captureAttributes?.match(/\S+/g) ?? []) {
    const fields = ([...(elements ?? [])] as Field[]).filter((field) => field.name === name && !isSecret(field));
    if (fields[0]) attributes[name] = answerIn(fields, fields[0]);
  }
  return attributes;
}

/** A password that is shown for a moment is a text field, and still says what it is for. */
const isSecret = ({ type, autocomplete }: Field) => /password|file/.test(type + autocomplete);

function answerIn(fields: readonly Field[], { type, multiple, checked }: Field): unknown {
  const values = fields
    .flatMap((field) => [...(field.selectedOptions ?? [field])])
    .filter((field) => field.checked || !/checkbox|radio/.test(field.type))
    .map(({ value }) => value);
  if (multiple || (fields[1] && type !== 'radio')) return values;
  return type === 'checkbox' ? checked : values[0];
}
