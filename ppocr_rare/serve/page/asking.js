// What is asked of the service, and what a person is told where it does not answer.

const TRIES = 6; // while it says that too much waits
const READINGS = 5;

let hasDetails = true; // until the service says that its model was exported without
let introduced; // what it says of itself

/** What the service takes and what its model can read; asked once. */
export function introduction() {
  introduced ??= reached("about").then((response) => response.json());
  return introduced;
}

/**
 * What stands in one image: {words}, and of a photograph {words, width, height}.
 *
 * A request has one image, so that one that fails costs no other its answer. Throws what a person is told.
 *
 * @param file of the image, sent as it is.
 * @param isPhotograph whether its words have to be found first.
 * @param signal ends it.
 * @param tell is told what is waited for.
 */
export async function read(file, isPhotograph, signal, tell) {
  const wanted = hasDetails ? { evidence: true, top_k: READINGS } : {};
  const query = new URLSearchParams({ ...wanted, photograph: isPhotograph });
  const request = { method: "POST", body: file, headers: kind(file), signal };
  const response = await patiently(() => reached(`read?${query}`, request), signal, tell);
  const body = await response.json().catch(() => ({}));
  if (hasDetails && response.status === 422 && body.detail?.includes("without details")) {
    hasDetails = false;
    return read(file, isPhotograph, signal, tell);
  }
  if (!body.words && !body.images) throw new Error(`It was not read: ${body.detail ?? `status ${response.status}`}.`);
  const answer = body.images?.[0] ?? { words: body.words, error: body.words[0].error };
  if (answer.error) throw new Error(`It cannot be read: ${answer.error}.`);
  return answer;
}

function kind(file) {
  return { "Content-Type": file.type || "application/octet-stream" };
}

async function patiently(ask, signal, tell) {
  for (let attempt = 1; ; attempt += 1) {
    const response = await ask();
    if (response.status !== 503 || attempt === TRIES) return response;
    tell("waits, as the service is busy …");
    const seconds = Number(response.headers.get("Retry-After")) || 1;
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds * attempt));
    signal.throwIfAborted();
  }
}

async function reached(address, request) {
  try {
    return await fetch(address, request);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The service does not answer. Is it still running?");
  }
}
