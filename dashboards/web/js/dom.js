// SPDX-License-Identifier: GPL-2.0-only
/* dom.js - make and change elements. Text is always text: nothing here parses HTML. */

import { tail } from "./format.js";

/** el - an element; children are elements or text. No attribute is ever made of data but labels. */
export function el(tag, attributes = {}, ...children)
{
	const node = document.createElement(tag);

	for (const [name, value] of Object.entries(attributes))
		if (value !== null && value !== undefined)
			node.setAttribute(name, value);
	node.append(...children);
	return node;
}

export function byId(id)
{
	return document.getElementById(id);
}

/** setText - only if it differs: what is selected or read aloud stays. */
export function setText(node, text)
{
	if (node.textContent !== text)
		node.textContent = text;
}

/** setAttribute - the same for an attribute; null takes it away. */
export function setAttribute(node, name, value)
{
	if (value === null)
		node.removeAttribute(name);
	else if (node.getAttribute(name) !== value)
		node.setAttribute(name, value);
}

/** drawPath - a name of a VMA: its end, and all of it for those who point at it */
export function drawPath(node, name)
{
	setText(node, tail(name));
	setAttribute(node, "title", name);
}

/** arrange - @nodes become the children of @parent, in order; who has the focus keeps it. */
export function arrange(parent, nodes)
{
	const focused = parent.contains(document.activeElement) ? document.activeElement : null;

	nodes.forEach((node, i) => {
		if (parent.children[i] !== node)
			parent.insertBefore(node, parent.children[i] ?? null);
	});
	while (parent.children.length > nodes.length)
		parent.lastElementChild.remove();
	if (focused && focused !== document.activeElement)
		focused.focus({ preventScroll: true });
}
