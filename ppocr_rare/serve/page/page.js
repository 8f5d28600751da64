// Takes images from a person, has each read in a request of its own, and shows what was read.

import { introduction, read } from "./asking.js";
import { drawLetters, element, evidence, looksLikePhotograph, overlay, said } from "./drawing.js";

const AT_ONCE = 4; // requests; a service reads the images of several together

const find = (selector, within = document) => within.querySelector(selector);
const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

const items = []; // in the order in which they came
const waiting = [];
let numReading = 0;
let about = { photographs: false, max_body_bytes: Infinity };
const isKnown = introduction().then(introduce, (error) => say(error.message));

function introduce(answer) {
  about = answer;
  find("#about").textContent = `ppocr_rare ${about.version}; its model knows ${known(about.characters)}.`;
  if (!about.photographs) {
    find("fieldset").hidden = true;
    find("#missing").hidden = false;
  }
}

function known(characters) {
  if (characters === "0123456789abcdefghijklmnopqrstuvwxyz") return "0 to 9 and a to z, capitals as small letters";
  return characters.length > 100 ? counted(characters.length, "character") : characters;
}

/** Tells everybody, those who listen too. */
function say(text) {
  find("#status").textContent = text;
}

/** Writes beside an image's name how it is. */
function note(item, state) {
  find(".state", item.card).textContent = state;
}

// --- Images come in ---------------------------------------------------------------------------------------------

function take(files) {
  const added = [...files].map(add);
  if (added.length === 1) added[0].isAlone = true; // its evidence is shown at once
  tell();
}

function add(file) {
  const item = { file, name: file.name || "pasted image", url: URL.createObjectURL(file), chosen: -1 };
  item.card = find("#card").content.firstElementChild.cloneNode(true);
  items.push(item);
  find("#results").append(item.card);
  find("h2", item.card).textContent = item.name;
  find(".remove", item.card).setAttribute("aria-label", `Remove ${item.name}`);
  find(".remove", item.card).onclick = () => remove(item);
  find(".words", item.card).setAttribute("aria-label", `Words of ${item.name}`);
  find("img", item.card).alt = item.name;
  prepare(item);
  return item;
}

async function prepare(item) {
  if (item.file.type && !item.file.type.startsWith("image/")) return refuse(item, "This is no image");
  await Promise.all([measure(item), isKnown]);
  if (item.file.size > about.max_body_bytes) {
    const most = Math.floor(about.max_body_bytes / 2 ** 20);
    return refuse(item, `This file is larger than the ${most} MiB that the service takes`);
  }
  const kind = find("input[name=kind]:checked").value;
  const isLarge = !item.width || looksLikePhotograph(item.width, item.height);
  enqueue(item, about.photographs && (kind === "auto" ? isLarge : kind === "photograph"));
}

/** Finds an image's size, turned as it is shown; a kind that this browser cannot show has none. */
async function measure(item) {
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

function remove(item) {
  const after = item.card.nextElementSibling ?? item.card.previousElementSibling;
  item.sending?.abort();
  items.splice(items.indexOf(item), 1);
  if (waiting.includes(item)) waiting.splice(waiting.indexOf(item), 1);
  URL.revokeObjectURL(item.url);
  item.card.remove();
  (after ? find(".remove", after) : find("#choose")).focus();
  tell();
}

// --- Images are read --------------------------------------------------------------------------------------------

function enqueue(item, isPhotograph) {
  if (!items.includes(item)) return; // it was removed meanwhile
  Object.assign(item, { isPhotograph, answer: null, error: null, chosen: -1 });
  item.card.className = isPhotograph ? "photograph" : "word";
  note(item, "waits");
  find(".again", item.card).onclick = null; // it stays, so that whoever pressed it is not lost
  find(".evidence", item.card).hidden = true;
  find(".columns", item.card).hidden = false;
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
    const answer = await read(item.file, item.isPhotograph, item.sending.signal, (state) => note(item, state));
    show(item, answer, (performance.now() - began) / 1000);
  } catch (error) {
    if (error.name !== "AbortError") fail(item, error.message);
  }
  item.card.classList.remove("reading");
  numReading -= 1;
  tell();
  work();
}

// --- What was read is shown -------------------------------------------------------------------------------------

/** Of what would fail again. */
function refuse(item, reason) {
  item.error = `${reason}; it was not sent.`;
  item.card.classList.add("failed");
  note(item, item.error);
  find(".columns", item.card).hidden = true;
  tell();
}

function fail(item, reason) {
  item.error = reason;
  item.card.classList.add("failed");
  note(item, reason);
  find(".words", item.card).replaceChildren();
  find(".picture svg", item.card)?.remove();
  find(".columns", item.card).hidden = find("img", item.card).hidden;
  offerAgain(item, "Try again", () => enqueue(item, item.isPhotograph));
}

function show(item, answer, seconds) {
  item.answer = answer;
  if (answer.width) resize(item, answer.width, answer.height);
  note(item, `${summary(item)}, ${seconds.toFixed(1)} s`);
  const list = find(".words", item.card);
  list.hidden = !answer.words.length;
  list.replaceChildren(...answer.words.map((word, index) => option(item, word, index)));
  draw(item);
  if (about.photographs) {
    const other = item.isPhotograph ? "Read as one word" : "Read as a photograph";
    offerAgain(item, other, () => enqueue(item, !item.isPhotograph));
  }
  if (item.isAlone && answer.words.length) choose(item, 0);
}

function summary(item) {
  const words = item.answer.words.filter((word) => word.text);
  if (item.isPhotograph) return words.length ? counted(words.length, "word") : "no words were found";
  return words.length ? "one word" : "nothing was read";
}

function offerAgain(item, name, act) {
  const again = find(".again", item.card);
  again.textContent = name;
  again.setAttribute("aria-label", `${name}: ${item.name}`);
  again.hidden = false;
  again.onclick = act;
}

function draw(item) {
  const picture = find(".picture", item.card);
  find("svg", picture)?.remove();
  if (!item.width) return;
  const drawing = overlay(item.width, item.height, item.answer.words);
  for (const group of drawing.children) {
    const index = Number(group.dataset.index);
    group.onclick = () => choose(item, index);
    group.onpointerenter = () => near(item, index, true);
    group.onpointerleave = () => near(item, index, false);
  }
  picture.append(drawing);
  if (!item.isPhotograph) drawLetters(drawing, item.answer.words[0]);
}

function option(item, word, index) {
  const row = element("li", { role: "option", "aria-selected": "false", tabindex: index ? -1 : 0 }, ...said(word));
  row.onclick = () => choose(item, index);
  row.onkeydown = (event) => move(event, item, index);
  row.onpointerenter = () => near(item, index, true);
  row.onpointerleave = () => near(item, index, false);
  return row;
}

/** Shows which word of the list and which of the image are one. */
function near(item, index, isNear) {
  for (const one of of(item, index)) one.classList.toggle("near", isNear);
}

function of(item, index) {
  const group = find(`g[data-index="${index}"]`, item.card);
  return [find(".words", item.card).children[index], group].filter(Boolean);
}

function move(event, item, index) {
  const last = item.answer.words.length - 1;
  const targets = { ArrowDown: index + 1, ArrowRight: index + 1, ArrowUp: index - 1, ArrowLeft: index - 1, Home: 0 };
  const target = { ...targets, End: last, Enter: index, " ": index }[event.key];
  if (target === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  choose(item, Math.min(Math.max(target, 0), last));
  of(item, item.chosen)[0].focus();
}

function choose(item, index) {
  const rows = [...find(".words", item.card).children];
  rows.forEach((row, place) => {
    row.setAttribute("aria-selected", place === index);
    row.tabIndex = place === index ? 0 : -1;
  });
  for (const group of item.card.querySelectorAll("g[data-index]")) {
    group.classList.toggle("chosen", Number(group.dataset.index) === index);
  }
  item.chosen = index;
  const word = item.answer.words[index];
  const drawing = find(".picture svg", item.card);
  if (drawing) drawLetters(drawing, word);
  const panel = find(".evidence", item.card);
  panel.replaceChildren(...evidence(word));
  panel.setAttribute("aria-label", `What “${word.text}” was read from`);
  panel.hidden = false;
  const list = find(".words", item.card); // scrolled by itself, so that the page stays where it is
  const [top, bottom] = [rows[index].offsetTop - list.offsetTop, rows[index].offsetHeight];
  if (top < list.scrollTop) list.scrollTop = top;
  if (top + bottom > list.scrollTop + list.clientHeight) list.scrollTop = top + bottom - list.clientHeight;
}

// --- All of it --------------------------------------------------------------------------------------------------

function tell() {
  find("#tools").hidden = !items.length;
  document.body.classList.toggle("filled", items.length > 0);
  const done = items.filter((item) => item.answer);
  const failed = items.filter((item) => item.error).length;
  find("#copy").disabled = find("#download").disabled = !done.length;
  const ended = done.length + failed;
  if (!items.length) return say("");
  if (ended < items.length) return say(`${ended} of ${counted(items.length, "image")} read …`);
  const words = done.flatMap((item) => item.answer.words).filter((word) => word.text).length;
  const told = done.length ? `${counted(words, "word")} in ${counted(done.length, "image")}` : "";
  const fault = failed ? `${counted(failed, "image")} could not be read` : "";
  const hint = words ? " Choose a word to see how it was read." : "";
  say(`${[told, fault].filter(Boolean).join("; ")}.${hint}`);
}

/** The words of an image each in a line of their own: a text for every image, in the order of the page. */
function texts() {
  const lines = items.filter((item) => item.answer).map((item) => item.answer.words.map((word) => word.text).join(" "));
  return `${lines.join("\n")}\n`;
}

async function copy() {
  try {
    await navigator.clipboard.writeText(texts());
  } catch {
    // What is not served over TLS has no clipboard; a selected text can be copied all the same.
    const field = element("textarea", { "aria-label": "texts" });
    field.value = texts();
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    find("#copy").focus();
  }
  say("All texts are in the clipboard.");
}

function download() {
  const images = items.filter((item) => item.answer || item.error).map((item) => ({
    name: item.name,
    photograph: item.isPhotograph,
    ...(item.answer ?? { error: item.error }),
  }));
  const url = URL.createObjectURL(new Blob([JSON.stringify({ images }, null, 1)], { type: "application/json" }));
  element("a", { href: url, download: "words.json" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

for (const name of ["#choose", "#take"]) {
  find(name).onchange = (event) => {
    take(event.target.files);
    event.target.value = ""; // so that the same file can be chosen again
  };
}
find("#copy").onclick = copy;
find("#download").onclick = download;
find("#clear").onclick = () => [...items].forEach(remove);

document.addEventListener("paste", (event) => {
  const { files } = event.clipboardData;
  if (files.length) take(files);
  else say("There is no image in the clipboard.");
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dragging");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dragging");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dragging");
  if (event.dataTransfer.files.length) take(event.dataTransfer.files);
  else say("No image was dropped, only a text or an address; addresses are not looked up.");
});
