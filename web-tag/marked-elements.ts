type Values = Record<string, unknown>;
/** An input, select or text area, typed as the one with the most properties. */
type Field = HTMLInputElement;

/** `data-capture-unit-price="3"` -> `{ unitPrice: '3' }` */
export function propertiesOf({ dataset }: HTMLElement): Values {
  const properties: Values = {};
  for (const key in dataset) {
    const name = key.split(/^capture(?=[A-Z])(?!Attributes$)/)[1];
    if (name) properties[name.replace(/./, (first) => first.toLowerCase())] = dataset[key];
  }
  return properties;
}

/** The values of the fields that the form's `data-capture-attributes` names. A name is not read when a secret field has it, even if other fields have it, too. */
export function attributesOf(form: HTMLElement & { readonly elements?: Iterable<unknown> }): Values {
  const attributes: Values = {};
  for (const name of form.dataset.captureAttributes?.match(/\S+/g) ?? []) {
    const fields = ([...(form.elements ?? [])] as Field[]).filter((field) => field.name === name);
    const [field, another] = fields;
    if (field && !fields.some(isSecret)) {
      const answers = new FormData(form as HTMLFormElement).getAll(name);
      const isList = field.multiple || (another && field.type !== 'radio');
      attributes[name] = isList ? answers : field.type === 'checkbox' ? field.checked : answers[0];
    }
  }
  return attributes;
}

/** `autocomplete` as well as `type`: a password that a page shows is a text field. */
const isSecret = ({ type, autocomplete }: Field) => /password|file/.test(type + autocomplete);
