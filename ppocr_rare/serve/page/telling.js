// What a person is told of how it goes.

import { find } from "./elements.js";

/** "1 word", "2 words". */
export const counted = (count, one) => `${count} ${count === 1 ? one : `${one}s`}`;

/** Tells everybody, those who listen too. */
export function say(text) {
  find("#status").textContent = text;
}

/** Says how far the reading of all images is. */
export function sayProgress(items) {
  const done = items.filter((item) => item.answer);
  const failed = items.filter((item) => item.error).length;
  const ended = done.length + failed;
  if (!items.length) return say("");
  if (ended < items.length) return say(`${ended} of ${counted(items.length, "image")} read …`);
  const words = done.flatMap((item) => item.answer.words).filter((word) => word.text).length;
  const told = done.length ? `${counted(words, "word")} in ${counted(done.length, "image")}` : "";
  const fault = failed ? `${counted(failed, "image")} could not be read` : "";
  const hint = words ? " Choose a word to see how it was read." : "";
  say(`${[told, fault].filter(Boolean).join("; ")}.${hint}`);
}

/** What was read in an image, in a few words. */
export function summary(item) {
  const words = item.answer.words.filter((word) => word.text);
  if (item.isPhotograph) return words.length ? counted(words.length, "word") : "no words were found";
  return words.length ? "one word" : "nothing was read";
}

/** The characters that a model knows. */
export function known(characters) {
  if (characters === "0123456789abcdefghijklmnopqrstuvwxyz") return "0 to 9 and a to z, capitals as small letters";
  return characters.length > 100 ? counted(characters.length, "character") : characters;
}
