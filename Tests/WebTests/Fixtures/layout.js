// Returns what is wrong with the layout, in sentences: text that is cut or leaves the window, and texts that
// lie over each other.
const faults = [];
const seen = (element) => {
  if (element.closest('#chart, dialog:not([open]), noscript, .hidden, .skip')) return false;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return style.visibility === 'visible' && style.display !== 'none' && box.width > 1 && box.height > 1;
};
const name = (element) => `${element.tagName.toLowerCase()}${element.id ? '#' + element.id : ''}${element.className && typeof element.className === 'string' ? '.' + element.className.split(' ').join('.') : ''} "${element.textContent.trim().slice(0, 30)}"`;
const scroller = (element) => {
  for (let parent = element.parentElement; parent; parent = parent.parentElement) {
    const { overflowX, overflowY } = getComputedStyle(parent);
    if (['auto', 'scroll', 'hidden'].includes(overflowX) || ['auto', 'scroll', 'hidden'].includes(overflowY)) return parent;
  }
  return null;
};
if (document.documentElement.scrollWidth > innerWidth + 1) faults.push(`the page is ${document.documentElement.scrollWidth} wide, the window ${innerWidth}`);
const leaves = [...document.body.querySelectorAll('*')].filter((element) => element.children.length === 0 && element.textContent.trim() && seen(element) && !(element instanceof SVGElement));
const boxes = [];
for (const leaf of leaves) {
  const box = leaf.getBoundingClientRect();
  const inside = scroller(leaf);
  const window_ = inside ? inside.getBoundingClientRect() : { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const scrolls = inside && ['auto', 'scroll'].some((word) => [getComputedStyle(inside).overflowX, getComputedStyle(inside).overflowY].includes(word));
  if (!scrolls && (box.right > window_.right + 1 || box.left < window_.left - 1 || box.bottom > window_.bottom + 1)) faults.push(`${name(leaf)} leaves its box`);
  if (leaf.scrollWidth > leaf.clientWidth + 1 && leaf.clientWidth > 0 && getComputedStyle(leaf).overflow !== 'visible' && getComputedStyle(leaf).textOverflow !== 'ellipsis') faults.push(`${name(leaf)} is cut`);
  const visible = { left: Math.max(box.left, window_.left), right: Math.min(box.right, window_.right), top: Math.max(box.top, window_.top), bottom: Math.min(box.bottom, window_.bottom) };
  if (visible.right - visible.left > 2 && visible.bottom - visible.top > 2 && visible.top < innerHeight && visible.bottom > 0) boxes.push([leaf, visible]);
}
for (let one = 0; one < boxes.length; one += 1) {
  for (let other = one + 1; other < boxes.length; other += 1) {
    const [a, first] = boxes[one];
    const [b, second] = boxes[other];
    const width = Math.min(first.right, second.right) - Math.max(first.left, second.left);
    const height = Math.min(first.bottom, second.bottom) - Math.max(first.top, second.top);
    if (width > 2 && height > 2 && !a.contains(b) && !b.contains(a)) faults.push(`${name(a)} and ${name(b)} overlap`);
  }
}
return faults.slice(0, 20);
