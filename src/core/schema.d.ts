/** A JSON Schema compiled to a plain function at build time (esbuild.js, `schemas` plugin). */
declare module 'schema:*' {
  interface SchemaError {
    readonly instancePath: string;
    readonly keyword: string;
    readonly message?: string;
    readonly params: Readonly<Record<string, unknown>>;
  }
  interface Validate {
    (value: unknown): boolean;
    readonly errors?: readonly SchemaError[] | null;
  }
  const validate: Validate;
  export default validate;
}
