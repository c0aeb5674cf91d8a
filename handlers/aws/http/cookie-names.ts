const LETTERS = [...'set-cookie'];

/**
 * Cookies for a front that takes one value a name: names that differ in case alone are several names to it, and one to the client.
 */
export function cookieNames(cookies: readonly string[]): Record<string, string> {
  return Object.fromEntries(cookies.map((cookie, index) => [spelled(index), cookie]));
}

/** Each bit of `index` is a letter's case. */
function spelled(index: number): string {
  let bits = index;
  const letters = LETTERS.map((letter) => {
    if (letter === '-') return letter;
    const upper = bits % 2 === 1;
    bits = Math.floor(bits / 2);
    return upper ? letter.toUpperCase() : letter;
  });
  return letters.join('');
}
