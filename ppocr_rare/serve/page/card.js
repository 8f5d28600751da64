// The card of an image: its name, how it is, the image, and what was read.

import { choose, showWords } from "./choosing.js";
import { find } from "./elements.js";
import { summary } from "./telling.js";

/** Gives an item its card. */
export function makeCard(item, remove) {
  item.card = find("#card").content.firstElementChild.cloneNode(true);
  find("#results").append(item.card);
  find("h2", item.card).textContent = item.name;
  find(".remove", item.card).setAttribute("aria-label", `Remove ${item.name}`);
  find(".remove", item.card).onclick = remove;
  find(".words", item.card).setAttribute("aria-label", `Words of ${item.name}`);
  find("img", item.card).alt = item.name;
}

/** Writes beside an image's name how it is. */
export function note(item, state) {
  find(".state", item.card).textContent = state;
}

/** Finds an image's size, turned as it is shown; a kind that this browser cannot show has none. */
export async function measure(item) {
  const image = find("img", item.card);
  image.src = item.url;
  try {
    await image.decode();
    resize(item, image.naturalWidth, image.naturalHeight);
  } catch {
    image.hidden = true;
    find("figcaption", item.card).hidden = false;
  }
}

function resize(item, width, height) {
  [item.width, item.height] = [width, height];
  find(".picture", item.card).style.setProperty("--ratio", width / height);
}

/** Of what is going to be read. */
export function showWaiting(item) {
  item.card.className = item.isPhotograph ? "photograph" : "word";
  note(item, "waits");
  find(".again", item.card).onclick = null; // it stays, so that whoever pressed it is not lost
  forget(item);
  find(".evidence", item.card).hidden = true;
  find(".columns", item.card).hidden = false;
}

/** What was read before can no longer be chosen. */
function forget(item) {
  find(".words", item.card).replaceChildren();
  find(".picture svg", item.card)?.remove();
}

/** Of what was read. */
export function showAnswer(item, seconds) {
  if (item.answer.width) resize(item, item.answer.width, item.answer.height);
  note(item, `${summary(item)}, ${seconds.toFixed(1)} s`);
  showWords(item);
  if (item.isAlone && item.answer.words.length) choose(item, 0);
}

/** Of what was not read. */
export function showFault(item) {
  item.card.classList.add("failed");
  note(item, item.error);
  forget(item);
  find(".columns", item.card).hidden = find("img", item.card).hidden;
}

/** Of what was not sent, as it would not be read. */
export function showRefusal(item) {
  item.card.classList.add("failed");
  note(item, item.error);
  find(".columns", item.card).hidden = true;
}

/** Lets an image be read once more, or otherwise. */
export function offerAgain(item, name, act) {
  const again = find(".again", item.card);
  again.textContent = name;
  again.setAttribute("aria-label", `${name}: ${item.name}`);
  again.hidden = false;
  again.onclick = act;
}
