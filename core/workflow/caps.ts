/** Bounds that hold in every room; a room's own limits are checked where it compiles. */
export const CAPS = {
  /** Nodes of one workflow, children included. */
  nodes: 2_000,
  /** Blocks inside blocks. */
  depth: 30,
  /** How deep a literal or an expression may be nested. */
  literalDepth: 50,
  /** Items that one map may work on at once. */
  concurrency: 10_000,
  /** Rounds of one repeat. */
  repeats: 10_000,
} as const;

/** Items that a map works on at once unless it says otherwise: what an inline Map state does (Step Functions). */
export const DEFAULT_CONCURRENCY = 40;

/**
 * Bytes of JSON that one value may have, the least of all providers: 256 KiB in Step Functions.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const PAYLOAD_LIMIT = 262_144;
