/** The colours of the pages that every room serves, by day and by night. */
export const palette = `:root {
  color-scheme: light dark;
  --text: #1c2430;
  --quiet: #5b6675;
  --paper: #f7f7f4;
  --card: #ffffff;
  --line: #d9dde3;
  --rail: #c3cad3;
  --accent: #1d5fa8;
  --on-accent: #ffffff;
  --alarm: #a3261b;
  --good: #1d7a46;
  --wait: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6e9ee;
    --quiet: #9aa5b4;
    --paper: #14181e;
    --card: #1c222b;
    --line: #343d4a;
    --rail: #4a5563;
    --accent: #7db4f0;
    --on-accent: #0d1724;
    --alarm: #ff9a8c;
    --good: #74cf9b;
    --wait: #e8b75a;
  }
}`;
