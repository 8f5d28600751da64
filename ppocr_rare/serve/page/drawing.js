// What a person sees of an answer: words over their image, and what each was read from.

import { drawn, element } from "./elements.js";

/** Whether an image is larger and more compact than words are; the rule of ppocr_rare/engine/read/crop_shape.py. */
export function looksLikePhotograph(width, height) {
  return Math.min(width, height) > 300 && width < 3 * height;
}

/** A score as it is written everywhere; never more than it is. */
function percent(score) {
  return score > 0 && score < 0.001 ? "< 0.1 %" : `${(Math.floor(1000 * score) / 10).toFixed(1)} %`;
}

/**
 * A drawing of words' outlines and letters, which lies over their image and grows with it.
 *
 * The list beside it says the same to those who do not see it, so that it is hidden from them.
 */
export function overlay(width, height, words) {
  const groups = words.map((word, index) => {
    const group = drawn("g", { "data-index": index });
    const outline = outlineOf(word);
    if (outline) group.append(polygon(outline, "halo"), polygon(outline, "outline"));
    return group;
  });
  return drawn("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...groups);
}

/** Draws the letters of one word over all others, and takes those of another away. */
export function drawLetters(picture, word) {
  picture.querySelector(".letters")?.remove();
  const boxes = (word?.characters ?? []).map((one) => polygon(one.box, "letter"));
  picture.append(drawn("g", { class: "letters" }, ...boxes));
}

/** A photograph's word has a polygon; a word alone the points along its upper edge and along its lower. */
function outlineOf(word) {
  if (word.polygon || !word.points) return word.polygon;
  const half = word.points.length / 2;
  return [...word.points.slice(0, half), ...word.points.slice(half).reverse()];
}

function polygon(points, kind) {
  return drawn("polygon", { class: kind, points: points.map((point) => point.join(",")).join(" ") });
}

/** What a word was read from: the straightened word, where each letter was looked for, and what else it may say. */
export function evidence(word) {
  const parts = [];
  if (word.characters?.length) {
    parts.push(part("As the model saw it, straightened, and where it looked for each letter", letters(word)));
  }
  if (word.readings?.length > 1) {
    // A score does not know of a word's end, by which "curve" is less likely than "curves".
    const others = word.readings.slice(1).map(({ text, log_probability: log }) =>
      element("li", {}, ...said({ text, score: Math.exp(log) })),
    );
    parts.push(part("It may also say", element("ol", { class: "readings" }, ...others)));
  }
  return parts.length ? parts : [element("p", { class: "nothing" }, "There is nothing more to show of it.")];
}

function part(title, content) {
  return element("div", {}, element("h3", {}, title), content);
}

/** The text and the score of a word or of a reading. */
export function said(one) {
  const text = element("span", { class: one.text ? "text" : "nothing" }, one.text || "nothing");
  const title = element("span", { class: "unseen" }, "score ");
  return [text, element("span", { class: "number" }, title, percent(one.score))];
}

function letters(word) {
  const seen = element("th", { scope: "col", class: "looked" });
  if (word.rectified) seen.append(element("img", { src: word.rectified, alt: `“${word.text}”, straightened` }));
  const heads = ["Sure", "Or else"].map((name) => element("th", { scope: "col" }, name));
  const first = element("th", { scope: "col" }, element("span", { class: "unseen" }, "Letter"));
  const rows = word.characters.map((one, index) => letter(one, word.attention?.[index]));
  const head = element("thead", {}, element("tr", {}, first, seen, ...heads));
  return element("table", {}, head, element("tbody", {}, ...rows));
}

function letter(one, weights) {
  const instead = element("span", { class: "char" }, one.runner_up || "end");
  return element(
    "tr", {},
    element("th", { scope: "row" }, one.char),
    element("td", { class: "looked" }, ...(weights ? [heat(weights, one.span)] : [])),
    element("td", { class: "number" }, percent(one.score)),
    element("td", { class: "number" }, instead, percent(one.runner_up_score)),
  );
}

/** A row of columns, the darker the more was looked at each. */
function heat(weights, span) {
  const most = Math.max(...weights);
  const columns = weights.map((weight, x) =>
    drawn("rect", { x, y: 0, width: 1, height: 1, "fill-opacity": (weight / most).toFixed(3) }),
  );
  const [begin, end] = span.map((share) => Math.round(100 * share));
  const label = `looked at from ${begin} to ${end} % of the width`;
  const box = { viewBox: `0 0 ${weights.length} 1`, preserveAspectRatio: "none", role: "img", "aria-label": label };
  return drawn("svg", { ...box, "shape-rendering": "crispEdges" }, ...columns);
}
