import integral from './integral/index.ts';
import photos from './photos/index.ts';
import poll from './poll/index.ts';
import statistics from './statistics/index.ts';
import wordCount from './word-count/index.ts';

/** What `npm start` serves. */
export default [integral, wordCount, statistics, poll, photos];
