import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Definition } from '../../handlers/aws/workflow/index.ts';
import { complaints } from '../aws/validate.ts';
import { temporary } from '../support/server.ts';
import { skein } from './skein.ts';

test('skein compile aws writes a definition that asl-validator takes', async () => {
  const out = join(temporary(), 'build');
  const { code, stdout, stderr } = await skein(['compile', 'aws', 'word-count', '--out', out]);
  expect([code, stdout, stderr]).toEqual([0, `${join(out, 'word-count.asl.json')}\n`, '']);
  const asl = JSON.parse(readFileSync(join(out, 'word-count.asl.json'), 'utf8')) as Definition;
  expect(complaints([asl])).toEqual([]);
  expect(JSON.stringify(asl)).toContain('arn:aws:lambda:us-east-1:123456789012:function:');
});
