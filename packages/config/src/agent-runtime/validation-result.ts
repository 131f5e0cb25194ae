/** What a configuration class says of its values. Frozen. */
export interface ValidationResult {
  readonly is_valid: boolean;
  readonly errors: readonly string[];
  /** What is allowed, but probably not meant. */
  readonly warnings: readonly string[];
}

/** What makes a `ValidationResult`; where there is nothing to say, null and undefined will do. */
export interface ValidationResultValues {
  /** @default true when there are no errors */
  readonly is_valid?: boolean | null | undefined;
  readonly errors?: readonly string[] | null | undefined;
  readonly warnings?: readonly string[] | null | undefined;
}

/** Makes a result: frozen, with lists of its own. One with errors is never valid. */
export function validationResult(values: ValidationResultValues): ValidationResult {
  const errors = Object.freeze([...(values.errors ?? [])]);
  const warnings = Object.freeze([...(values.warnings ?? [])]);
  return Object.freeze({ is_valid: (values.is_valid ?? true) && errors.length === 0, errors, warnings });
}
