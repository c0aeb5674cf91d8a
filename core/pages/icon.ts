/** Three threads that cross. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1d5fa8"/><g fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"><path d="M7 10c9 0 9 12 18 12"/><path d="M7 16h18" opacity=".6"/><path d="M7 22c9 0 9-12 18-12"/></g></svg>`;
