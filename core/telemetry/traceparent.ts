export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly trace: string;
  /** 16 hexadecimal digits. */
  readonly span: string;
  /** Bit 0: sampled. */
  readonly flags: number;
}

/** Later versions may go on after a dash; 00 may not. Ids of zeros are none. https://www.w3.org/TR/trace-context/#versioning-of-traceparent */
const FORM = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** `undefined` where the text is no W3C traceparent. */
export function parseTraceparent(text: string): TraceContext | undefined {
  const [, version, trace, span, flags, rest] = FORM.exec(text) ?? [];
  if (trace === undefined || span === undefined || flags === undefined) return undefined;
  if (version === '00' && rest !== undefined) return undefined;
  return { trace, span, flags: Number.parseInt(flags, 16) };
}

export function formatTraceparent({ trace, span, flags }: TraceContext): string {
  return `00-${trace}-${span}-${flags.toString(16).padStart(2, '0')}`;
}

/** What a log line has, so that it is found beside its span. */
export function traceFields(traceparent: string | undefined): { readonly trace?: string; readonly span?: string } {
  const context = traceparent === undefined ? undefined : parseTraceparent(traceparent);
  return context === undefined ? {} : { trace: context.trace, span: context.span };
}
