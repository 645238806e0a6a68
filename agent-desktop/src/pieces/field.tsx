import { type Ref, useEffect, useId, useRef } from 'react';
import { Icon } from './icon.tsx';

export interface FieldProps {
  readonly label: string;
  /** True: only screen readers get the label, because the placeholder or a heading says the same. */
  readonly isLabelHidden?: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What is wrong with the value, as a sentence that says what to do. */
  readonly error?: string | null;
  readonly description?: string;
  readonly placeholder?: string;
  readonly isMultiline?: boolean;
  readonly isDisabled?: boolean;
  readonly maxLength?: number;
  /** True: the field has the focus when it comes. */
  readonly autoFocus?: boolean;
  readonly autoComplete?: string;
  readonly inputRef?: Ref<HTMLInputElement | HTMLTextAreaElement>;
}

/** A text field with its label, and below it what is wrong with it. */
export function Field(props: FieldProps) {
  const { label, value, onChange, error = null, description, autoFocus = false } = props;
  const id = useId();
  const own = useRef<HTMLInputElement | HTMLTextAreaElement>(null);
  useEffect(() => {
    if (autoFocus) own.current?.focus();
  }, [autoFocus]);
  const described = [description && `${id}-description`, error !== null && `${id}-error`].filter(Boolean).join(' ');
  const control = {
    id,
    value,
    className: `field ${error === null ? '' : 'field-invalid'}`,
    placeholder: props.placeholder,
    disabled: props.isDisabled,
    maxLength: props.maxLength,
    autoComplete: props.autoComplete ?? 'off',
    spellCheck: props.isMultiline === true,
    'aria-invalid': error !== null,
    'aria-describedby': described || undefined,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
    ref: (element: HTMLInputElement | HTMLTextAreaElement | null) => {
      own.current = element;
      const { inputRef } = props;
      if (typeof inputRef === 'function') return inputRef(element);
      if (inputRef) inputRef.current = element;
    },
  };
  return (
    <div className="field-group">
      <label className={props.isLabelHidden ? 'only-read' : 'field-label'} htmlFor={id}>
        {label}
      </label>
      {props.isMultiline ? <textarea {...control} /> : <input type="text" {...control} />}
      {description && (
        <p id={`${id}-description`} className="field-description">
          {description}
        </p>
      )}
      {error !== null && (
        <p id={`${id}-error`} className="mistake" role="alert">
          <Icon name="alert" size="small" />
          <span>{error}</span>
        </p>
      )}
    </div>
  );
}
