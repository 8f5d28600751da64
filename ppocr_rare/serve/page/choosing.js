// The words of an image: a list beside it, a drawing over it, and which word is chosen in both.

import { drawLetters, evidence, overlay, said } from "./drawing.js";
import { element, find } from "./elements.js";

/** Shows the words of an item's answer. */
export function showWords(item) {
  const { words } = item.answer;
  const list = find(".words", item.card);
  list.hidden = !words.length;
  list.replaceChildren(...words.map((word, index) => option(item, word, index)));
  draw(item);
}

function option(item, word, index) {
  const row = element("li", { role: "option", "aria-selected": "false", tabindex: index ? -1 : 0 }, ...said(word));
  row.onkeydown = (event) => move(event, item, index);
  return pointed(row, item, index);
}

function draw(item) {
  const picture = find(".picture", item.card);
  find("svg", picture)?.remove();
  if (!item.width) return;
  const drawing = overlay(item.width, item.height, item.answer.words);
  [...drawing.children].forEach((group, index) => pointed(group, item, index));
  picture.append(drawing);
  if (!item.isPhotograph) drawLetters(drawing, item.answer.words[0]);
}

/** Lets a word be pointed at and chosen, and shows which word of the list and which of the image are one. */
function pointed(one, item, index) {
  const near = (isNear) => of(item, index).forEach((part) => part.classList.toggle("near", isNear));
  one.onclick = () => choose(item, index);
  one.onpointerenter = () => near(true);
  one.onpointerleave = () => near(false);
  return one;
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
  const next = Math.min(Math.max(target, 0), last);
  choose(item, next);
  of(item, next)[0].focus();
}

/** Chooses a word of an item, and shows what it was read from. */
export function choose(item, index) {
  const rows = [...find(".words", item.card).children];
  rows.forEach((row, place) => {
    row.setAttribute("aria-selected", place === index);
    row.tabIndex = place === index ? 0 : -1;
  });
  for (const group of item.card.querySelectorAll("g[data-index]")) {
    group.classList.toggle("chosen", Number(group.dataset.index) === index);
  }
  showEvidence(item, item.answer.words[index]);
  reveal(rows[index]);
}

function showEvidence(item, word) {
  const drawing = find(".picture svg", item.card);
  if (drawing) drawLetters(drawing, word);
  const panel = find(".evidence", item.card);
  panel.replaceChildren(...evidence(word));
  panel.setAttribute("aria-label", `What “${word.text}” was read from`);
  panel.hidden = false;
}

/** Scrolls the list of words to one of them; the page stays where it is. */
function reveal(row) {
  const list = row.parentElement;
  const [top, height] = [row.offsetTop - list.offsetTop, row.offsetHeight];
  if (top < list.scrollTop) list.scrollTop = top;
  if (top + height > list.scrollTop + list.clientHeight) list.scrollTop = top + height - list.clientHeight;
}
