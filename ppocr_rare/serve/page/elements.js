// Parts of the page: found, and made. What an answer says only ever becomes text.

/** The first element that a selector names. */
export const find = (selector, within = document) => within.querySelector(selector);

/** An element with attributes and content. */
export function element(name, attributes = {}, ...content) {
  return filled(document.createElement(name), attributes, content);
}

/** The same, of a drawing. */
export function drawn(name, attributes = {}, ...content) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, content);
}

function filled(node, attributes, content) {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...content);
  return node;
}
