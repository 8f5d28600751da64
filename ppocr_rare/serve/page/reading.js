// The images that a person gave: each is read in a request of its own, several at once.

import { introduction, read } from "./asking.js";
import { makeCard, measure, note, offerAgain, showAnswer, showFault, showRefusal, showWaiting } from "./card.js";
import { looksLikePhotograph } from "./drawing.js";
import { find } from "./elements.js";
import { sayProgress } from "./telling.js";

const AT_ONCE = 4; // requests; a service reads the images of several together

/** In the order in which they came: `answer` is what was read, `error` why nothing was. */
export const items = [];
const waiting = [];
let numReading = 0;
// A service that does not say what it takes is tried with images of words.
const taken = introduction().catch(() => ({ photographs: false, max_body_bytes: Infinity }));

/** Takes images, and reads them. */
export function take(files) {
  const added = [...files].map(add);
  if (added.length === 1) added[0].isAlone = true; // its evidence is shown at once
  tell();
}

function add(file) {
  const item = { file, name: file.name || "pasted image", url: URL.createObjectURL(file) };
  makeCard(item, () => remove(item));
  items.push(item);
  prepare(item);
  return item;
}

/** Takes an image away, wherever it is. */
export function remove(item) {
  const after = item.card.nextElementSibling ?? item.card.previousElementSibling;
  item.sending?.abort();
  items.splice(items.indexOf(item), 1);
  if (waiting.includes(item)) waiting.splice(waiting.indexOf(item), 1);
  URL.revokeObjectURL(item.url);
  item.card.remove();
  (after ? find(".remove", after) : find("#choose")).focus();
  tell();
}

async function prepare(item) {
  if (item.file.type && !item.file.type.startsWith("image/")) return refuse(item, "This is no image");
  const [{ photographs, max_body_bytes: most }] = await Promise.all([taken, measure(item)]);
  if (item.file.size > most) {
    return refuse(item, `This file is larger than the ${Math.floor(most / 2 ** 20)} MiB that the service takes`);
  }
  item.mayBePhotograph = photographs;
  const kind = find("input[name=kind]:checked").value;
  const isLarge = !item.width || looksLikePhotograph(item.width, item.height);
  enqueue(item, photographs && (kind === "auto" ? isLarge : kind === "photograph"));
}

function refuse(item, reason) {
  item.error = `${reason}; it was not sent.`;
  showRefusal(item);
  tell();
}

function enqueue(item, isPhotograph) {
  if (!items.includes(item)) return; // it was removed meanwhile
  Object.assign(item, { isPhotograph, answer: null, error: null });
  showWaiting(item);
  waiting.push(item);
  work();
  tell();
}

async function work() {
  if (numReading >= AT_ONCE || !waiting.length) return;
  const item = waiting.shift();
  numReading += 1;
  item.card.classList.add("reading");
  note(item, "is being read …");
  item.sending = new AbortController();
  const began = performance.now();
  try {
    item.answer = await read(item.file, item.isPhotograph, item.sending.signal, (state) => note(item, state));
    showAnswer(item, (performance.now() - began) / 1000);
    offerOtherwise(item);
  } catch (error) {
    if (error.name !== "AbortError") fail(item, error.message);
  }
  item.card.classList.remove("reading");
  numReading -= 1;
  tell();
  work();
}

function offerOtherwise(item) {
  if (!item.mayBePhotograph) return;
  const other = item.isPhotograph ? "Read as one word" : "Read as a photograph";
  offerAgain(item, other, () => enqueue(item, !item.isPhotograph));
}

function fail(item, reason) {
  item.error = reason;
  showFault(item);
  offerAgain(item, "Try again", () => enqueue(item, item.isPhotograph));
}

function tell() {
  find("#tools").hidden = !items.length;
  document.body.classList.toggle("filled", items.length > 0);
  find("#copy").disabled = find("#download").disabled = !items.some((item) => item.answer);
  sayProgress(items);
}
