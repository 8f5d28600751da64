// The page begins here: what it says of the service, how images come in, and what its buttons do.

import { introduction } from "./asking.js";
import { find } from "./elements.js";
import { copy, download } from "./keeping.js";
import { items, remove, take } from "./reading.js";
import { known, say } from "./telling.js";

introduction().then(introduce, (error) => say(error.message));

function introduce(about) {
  find("#about").textContent = `ppocr_rare ${about.version}; its model knows ${known(about.characters)}.`;
  if (!about.photographs) {
    find("fieldset").hidden = true;
    find("#missing").hidden = false;
  }
}

for (const name of ["#choose", "#take"]) {
  find(name).onchange = (event) => {
    take(event.target.files);
    event.target.value = ""; // so that the same file can be chosen again
  };
}
find("#copy").onclick = () => copy(items);
find("#download").onclick = () => download(items);
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
