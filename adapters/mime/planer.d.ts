declare module 'planer' {
  /** Cuts quotations off plain text; drops lines from the thousandth on and trims the ends. */
  export function extractFromPlain(text: string): string;
}
