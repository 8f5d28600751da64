// What a person takes away: all texts, or all that was answered.

import { element, find } from "./elements.js";
import { say } from "./telling.js";

/** The words of an image each in a line of their own: a text for every image, in the order of the page. */
function texts(items) {
  const lines = items.filter((item) => item.answer).map((item) => item.answer.words.map((word) => word.text).join(" "));
  return `${lines.join("\n")}\n`;
}

/** Puts the texts of all images into the clipboard. */
export async function copy(items) {
  try {
    await navigator.clipboard.writeText(texts(items));
  } catch {
    // What is not served over TLS has no clipboard; a selected text can be copied all the same.
    const field = element("textarea", { "aria-label": "texts" });
    field.value = texts(items);
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    find("#copy").focus();
  }
  say("All texts are in the clipboard.");
}

/** Saves all answers as one file. */
export function download(items) {
  const images = items.filter((item) => item.answer || item.error).map((item) => ({
    name: item.name,
    photograph: item.isPhotograph,
    ...(item.answer ?? { error: item.error }),
  }));
  const url = URL.createObjectURL(new Blob([JSON.stringify({ images }, null, 1)], { type: "application/json" }));
  element("a", { href: url, download: "words.json" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
