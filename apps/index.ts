import integral from './integral/index.ts';
import wordCount from './word-count/index.ts';

/** What `npm start` serves. */
export default [integral, wordCount];
