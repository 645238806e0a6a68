import type { Ref } from 'react';
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';
import { TextArea } from 'react-aria-components/TextArea';
import { TextField } from 'react-aria-components/TextField';
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
  readonly autoFocus?: boolean;
  readonly autoComplete?: string;
  readonly inputRef?: Ref<HTMLInputElement | HTMLTextAreaElement>;
}

export function Field(props: FieldProps) {
  const { label, value, onChange, error = null, placeholder, maxLength } = props;
  const control = { className: `field ${error ? 'field-invalid' : ''}`, placeholder, spellCheck: props.isMultiline === true };
  return (
    <TextField
      className="field-group"
      value={value}
      onChange={onChange}
      isInvalid={error !== null}
      isDisabled={props.isDisabled}
      maxLength={maxLength}
      autoFocus={props.autoFocus}
      autoComplete={props.autoComplete ?? 'off'}
      validationBehavior="aria"
    >
      <Label className={props.isLabelHidden ? 'only-read' : 'field-label'}>{label}</Label>
      {props.isMultiline ? (
        <TextArea {...control} ref={props.inputRef as Ref<HTMLTextAreaElement>} />
      ) : (
        <Input {...control} ref={props.inputRef as Ref<HTMLInputElement>} />
      )}
      {props.description && (
        <Text slot="description" className="field-description">
          {props.description}
        </Text>
      )}
      <FieldError className="mistake">
        <Icon name="alert" size="small" />
        <span>{error}</span>
      </FieldError>
    </TextField>
  );
}
