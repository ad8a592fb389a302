// Waiting for what happens elsewhere: a condition is looked at again and again until it holds.
const lookEveryMs = 15;
export const patienceMs = 60_000;

export const nextLook = () => new Promise((resolve) => setTimeout(resolve, lookEveryMs));

// The first truthy answer of `condition`. Gives up with `what` and the last answer or error.
export async function until(what, condition, limitMs = patienceMs) {
  const end = performance.now() + limitMs;
  for (let last; ; await nextLook()) {
    try {
      last = await condition();
      if (last) return last;
    } catch (error) {
      if (error.fatal) throw error;
      last = error;
    }
    if (performance.now() > end) {
      throw new Error(`waited in vain until ${what}; the last look: ${describe(last)}`);
    }
  }
}

function describe(value) {
  if (value instanceof Error) return value.stack;
  return JSON.stringify(value);
}

// An error that `until` does not take for "not yet".
export function fatal(message) {
  return Object.assign(new Error(message), { fatal: true });
}

export const bounded = (promise, what, limitMs = patienceMs) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${limitMs} ms: ${what}`)), limitMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};
