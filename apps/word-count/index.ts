import { app } from 'skein';
import { page } from './page.tsx';
import { routes } from './routes.ts';
import { wordCount } from './workflow.ts';

export default app('word-count', {
  title: 'Word count',
  description: 'How often does each word occur? Counts a text of yours, or a bucket full of them, by MapReduce.',
  module: import.meta.url,
  workflows: [wordCount],
  http: [routes],
  page,
});
