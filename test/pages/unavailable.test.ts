import { expect, test } from 'vitest';
import { makeKeyring } from '../../core/http/keyring.ts';
import { pages } from '../../core/pages/pages.ts';
import { absentRuns } from '../../handlers/aws/events/absent.ts';
import review from '../support/apps/review.ts';
import { browse } from './browse.ts';

test('where runs are not to be had the home page still lists the apps, and says so', async () => {
  const adminKey = 'a key of this test';
  const keyring = await makeKeyring(adminKey);
  const site = pages({ apps: [review], runs: absentRuns, keyring, report: () => undefined });
  const person = browse({ adminKey, fetch: async (request) => site.fetch(request) });
  await person.logIn();
  const home = await person.get('/');
  expect(home.status).toBe(200);
  expect(home.text).toContain('Reviews &amp; prints');
  expect(home.text).toContain('Runs are not to be had: no engine runs workflows in this function.');
  expect((await person.get('/ui/runs')).status).toBe(503);
});
