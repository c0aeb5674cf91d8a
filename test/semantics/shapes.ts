/** What is known of a value while a workflow is made up: enough to read properties that are probably there. */
export type Shape =
  | 'any'
  | 'num'
  | 'bool'
  | 'str'
  | { list: Shape }
  | { tuple: Shape[] }
  | { rec: Record<string, Shape> };

export const ANY: Shape = 'any';
export const NUM: Shape = 'num';
export const BOOL: Shape = 'bool';
const STR: Shape = 'str';

export const LIST = { list: { rec: { k: NUM, s: STR, opt: ANY } } } satisfies Shape;
export const REC: Shape = {
  rec: {
    ...{ z: NUM, e: STR, f: BOOL, n: ANY, s: STR, g: STR, 'odd key': NUM, 'a.b': NUM, opt: ANY, absent: ANY },
    ...{ nested: { rec: { deep: NUM, absent: ANY } }, arr: { tuple: [NUM, { list: ANY }, { rec: { absent: ANY } }] } },
  },
};
export const INPUT: Shape = {
  rec: {
    a: NUM,
    l: { list: ANY },
    o: { rec: { p: STR, q: ANY } },
    opt: ANY,
    records: { list: { rec: { v: NUM, w: ANY } } },
  },
};
export const EVENT: Shape = { rec: { x: ANY, deep: { rec: { y: ANY } }, opt: ANY } };
export const ERROR = { rec: { name: STR, message: STR, data: ANY } } satisfies Shape;
